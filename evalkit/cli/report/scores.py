"""``report scores``: what responses were scored, how many are acceptable, what errors weigh."""

from typing import Annotated

import typer

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.cli.terminal import Reasons
from evalkit.reports.errors.penalties import penalty_rows
from evalkit.reports.errors.tables import penalties
from evalkit.reports.model_order import order_of
from evalkit.reports.production.report import production_report
from evalkit.reports.production.tables import production_blocks, reasons
from evalkit.reports.scores import tables
from evalkit.reports.scores.checklists import checklist_report, checklist_section
from evalkit.reports.scores.document import scores_document
from evalkit.reports.scores.levels import level_shares, level_shares_document
from evalkit.reports.scores.report import scores_report
from evalkit.reports.scores.trials import trials_report, trials_section
from evalkit.study.subject_keys import PREFERENCE

WeightOption = Annotated[
    list[str] | None,
    typer.Option(
        "--weight",
        help="What an error weighs: major=5, or of one tag minor:TAG=0.1; repeatable.",
    ),
]
LevelOption = Annotated[
    float | None,
    typer.Option("--at-least", help="Also the share of scores that are this or more."),
]


@report
def scores(asked: Asked, weight: WeightOption = None, at_least: LevelOption = None) -> Answer:
    """Give mean scores per model and criterion, acceptable responses, and what errors weigh."""
    asked.weigh(weight or [])
    if asked.as_json:
        document = scores_document(asked.collected)
        if at_least is not None:
            document |= level_shares_document(asked.collected, level=at_least)
        return document
    collected = asked.main_part
    reached = () if at_least is None else level_shares(collected, level=at_least)
    report, weighed, models = scores_report(collected), penalty_rows(collected), order_of(collected)
    production = production_report(collected)
    return [
        *(tables.means(of, models) for of in report.criteria),
        *(tables.spread(of, models) for of in report.criteria if of.quantiles),
        *(tables.at_least(level, models) for level in reached),
        tables.acceptable_shares(report, models),
        *checklist_section(checklist_report(collected), models).blocks,
        *trials_section(trials_report(collected), models).blocks,
        *production_blocks(production, models, without=(PREFERENCE,)),
        *((penalties(weighed, models),) if weighed else ()),
        Reasons(reasons(production, without=(PREFERENCE,))),
        Reasons([("acceptable", report.acceptable_note)]),
        Reasons((scored.criterion.key, scored.reason) for scored in report.criteria),
        Reasons((row.model, row.estimate.reason) for row in report.acceptable if not row.category),
    ]
