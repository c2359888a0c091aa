"""Retrieval as one JSON document."""

from dataclasses import asdict

from evalkit.reports.document import Document, heading
from evalkit.reports.retrieval.report import RetrievalReport
from evalkit.reports.retrieval.sentences import HOW, retrieval_verdict
from evalkit.study.collected import Collected


def retrieval_document(collected: Collected, report: RetrievalReport) -> Document:
    """Return recall and precision of every model; the shape is described in docs/reports.md."""
    return {
        **heading(collected),
        "verdict": retrieval_verdict(report),
        "how": HOW,
        "n_responses": report.n_responses,
        "n_unmarked": report.n_unmarked,
        "n_without_relevant": report.n_nothing,
        "models": [asdict(row) for row in report.depths],
        "states": [asdict(row) for row in report.states],
    }
