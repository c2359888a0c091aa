"""``report annotators``: how each annotator works, and the results without some."""

from dataclasses import replace
from typing import Annotated

import typer

from db.queries.results import collect
from evalkit.cli.report.options import Answer, Asked, annotator_ids, report
from evalkit.cli.terminal import Reasons
from evalkit.errors import RefusedError
from evalkit.reports.annotators import leave_out as without, tables
from evalkit.reports.annotators.report import annotators_document, annotators_report
from evalkit.reports.blocks import Block, words
from evalkit.reports.decision.document import NOTHING_JUDGED
from evalkit.reports.ranking.sentences import verdict
from evalkit.study.collected import Collected
from evalkit.study.subjects import subjects

WithoutOption = Annotated[
    list[str] | None,
    typer.Option("--without", help="Also: the results without this annotator; repeat."),
]


@report
def annotators(asked: Asked, without_names: WithoutOption = None) -> Answer:
    """Describe each annotator: agreement with the rest, sides, pace, runs, twins, quality."""
    full, left_out = asked.collected, list(dict.fromkeys(without_names or ()))
    rest = _without(asked, left_out) if left_out else None
    if asked.as_json:
        document = annotators_document(full, asked.times)
        if rest:
            document["without"] = without.without_document(full, rest, left_out=left_out)
        return document
    answer: list[Block | Reasons] = []
    for subject in subjects(full)[:1]:
        report = annotators_report(full, asked.times, subject=subject)
        answer += [*tables.opening(report), tables.habits(report), tables.notes(report)]
        reasons = ((row.profile.annotator, row.quality.estimate.reason) for row in report.rows)
        answer += [Reasons(reasons)]
    if rest:
        compared = without.without_report(full, rest, left_out=left_out)
        answer += tables.without_blocks(compared, verdict(compared.rest.ranking))
    return answer or [words(NOTHING_JUDGED)]


def _without(asked: Asked, left_out: list[str]) -> Collected:
    """Collect from everybody else; refuse names that are not there, or leaving nobody."""
    gone = annotator_ids(asked.study, asked.filters, left_out, option="--without")
    counted = asked.study.counted_annotators(asked.filters)
    ids = (annotator.annotator_id for annotator in counted)
    rest = tuple(annotator_id for annotator_id in ids if annotator_id not in gone)
    if not rest:
        raise RefusedError("--without leaves out everybody: nothing is left to compute.")
    filters = replace(asked.filters, annotator_ids=rest)
    return collect(asked.session, asked.study, filters=filters)
