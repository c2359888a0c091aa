"""`report agreement|ranking|scores|models`: the numbers of a study, as the pages show them."""

from typing import Annotated

import typer

from db.engine import read_session
from evalkit.cli.report.models import WeightOption
from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    StudyOption,
    narrowed,
    shown_part,
)
from evalkit.cli.terminal import (
    JsonFlag,
    print_blocks,
    print_reasons,
    print_report,
    require_database,
)
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.errors.tables import penalties
from evalkit.reports.scores import tables
from evalkit.reports.scores.document import scores_document
from evalkit.reports.scores.levels import level_shares, level_shares_document
from evalkit.reports.scores.report import scores_report

LevelOption = Annotated[
    float | None,
    typer.Option("--at-least", help="Also the share of scores that are this or more."),
]


def scores(
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    weight: WeightOption = None,
    at_least: LevelOption = None,
    as_json: bool = JsonFlag,
) -> None:
    """Give mean scores per model and criterion, acceptable responses, and what errors weigh."""
    require_database()
    with read_session() as session:
        found = narrowed(session, study, category, annotator, judges, weight)
    collected = found.collected
    if as_json:
        more = {} if at_least is None else level_shares_document(collected, level=at_least)
        print_report("scores", scores_document(collected) | more, collected.cases_of)
        return
    collected = shown_part(collected)
    reached = () if at_least is None else level_shares(collected, level=at_least)
    report, weighed, models = scores_report(collected), penalty_rows(collected), collected.models
    print_blocks(
        collected,
        *(tables.means(of, models) for of in report.criteria),
        *(tables.at_least(level, models) for level in reached),
        tables.acceptable_shares(report, models),
        *((penalties(weighed, models),) if weighed else ()),
    )
    print_reasons([("acceptable", report.acceptable_note)])
    print_reasons((criterion.criterion.key, criterion.reason) for criterion in report.criteria)
    print_reasons((row.model, row.estimate.reason) for row in report.acceptable if not row.category)
