"""``report retrieval``: whether the right passages were retrieved, apart from the responses."""

from db.queries.results.retrieval import retrieval as read_retrieval
from evalkit.cli.report.options import Answer, Asked, report
from evalkit.reports.blocks import words
from evalkit.reports.retrieval.document import retrieval_document
from evalkit.reports.retrieval.report import retrieval_report
from evalkit.reports.retrieval.sentences import retrieval_verdict
from evalkit.reports.retrieval.tables import retrieval_section


@report
def retrieval(asked: Asked) -> Answer:
    """Say how well each model's passages were retrieved, against those marked as relevant."""
    told = retrieval_report(asked.collected, read_retrieval(asked.session, asked.study))
    if asked.as_json:
        return retrieval_document(asked.collected, told)
    return retrieval_section(told).blocks or [words(retrieval_verdict(told))]
