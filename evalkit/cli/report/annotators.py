"""`report annotators|html`: how each annotator works, and the whole study as one file."""

from dataclasses import replace
from typing import Annotated

import typer

from db.engine import read_session
from db.queries.results import ResultFilters, collect, pace
from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    Narrowed,
    StudyOption,
    annotator_ids,
    narrowed,
)
from evalkit.cli.terminal import (
    JsonFlag,
    print_blocks,
    print_reasons,
    print_report,
    require_database,
)
from evalkit.errors import RefusedError
from evalkit.reports.annotators import leave_out as without, tables
from evalkit.reports.annotators.report import annotators_document, annotators_report
from evalkit.reports.blocks import Block, words
from evalkit.reports.decision.document import NOTHING_JUDGED
from evalkit.study.subjects import subjects

WithoutOption = Annotated[
    list[str] | None,
    typer.Option("--without", help="Also: the results without this annotator; repeat."),
]


def annotators(
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    without_names: WithoutOption = None,
    as_json: bool = JsonFlag,
) -> None:
    """Describe each annotator: agreement with the rest, sides, pace, runs, twins, quality."""
    require_database()
    left_out = list(dict.fromkeys(without_names or ()))
    with read_session() as session:
        found = narrowed(session, study, category, annotator, judges)
        full, times = found.collected, pace(session, found.study, filters=found.filters)
        rest = None
        if left_out:
            rest = collect(session, found.study, filters=_without(found, left_out))
    if as_json:
        document = annotators_document(full, times)
        if rest:
            document["without"] = without.without_document(full, rest, left_out=left_out)
        print_report("annotators", document, full.cases_of)
        return
    reports = [annotators_report(full, times, subject=first) for first in subjects(full)[:1]]
    blocks: list[Block] = [] if reports else [words(NOTHING_JUDGED)]
    for report in reports:
        blocks += [*tables.opening(report), tables.habits(report), tables.notes(report)]
    if rest:
        compared = without.without_report(full, rest, left_out=left_out)
        blocks += tables.without_blocks(compared)
    print_blocks(full, *blocks)
    for report in reports:
        print_reasons((row.profile.annotator, row.quality.estimate.reason) for row in report.rows)


def _without(found: Narrowed, left_out: list[str]) -> ResultFilters:
    """Return the filters of everybody else; refuse names that are not there, or leaving nobody."""
    gone = annotator_ids(found.study, found.filters, left_out, option="--without")
    counted = found.study.counted_annotators(found.filters)
    kept = tuple(one.annotator_id for one in counted if one.annotator_id not in gone)
    if not kept:
        raise RefusedError("--without leaves out everybody: nothing is left to compute.")
    return replace(found.filters, annotator_ids=kept)
