"""`report decision`: which model to take, by quality, cost and latency."""

from typing import Annotated

import typer

from evalkit.cli.report.options import (
    Answer,
    Asked,
    MarginOption,
    MostCostOption,
    MostLatencyOption,
    report,
)
from evalkit.reports.blocks import words
from evalkit.reports.decision import tables
from evalkit.reports.decision.document import (
    decided,
    decision_document,
    decision_verdict,
    met,
    nothing_judged,
)
from evalkit.reports.decision.requirements import Requirements
from evalkit.reports.decision.sentences import FRONT_DEFINITION
from evalkit.reports.production.report import production_report
from evalkit.reports.production.tables import production_blocks
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.report import win_rates
from evalkit.reports.watched.document import watched_document
from evalkit.reports.watched.tables import alarm_blocks

QualityOption = Annotated[
    str | None,
    typer.Option(
        "--quality", help="preference, acceptable, penalty or a criterion; else the first."
    ),
]
BaselineOption = Annotated[
    str | None, typer.Option("--baseline", help="The model the others are set beside.")
]


@report
def decision(
    asked: Asked,
    quality: QualityOption = None,
    baseline: BaselineOption = None,
    most_cost: MostCostOption = None,
    most_latency: MostLatencyOption = None,
    margin: MarginOption = None,
) -> Answer:
    """Say who leads, what the others take, and who is beaten on everything."""
    collected, style = asked.collected, asked.style
    requirements = Requirements(most_cost, most_latency, margin)
    if asked.as_json:
        document = decision_document(
            collected, quality=quality, baseline=baseline, requirements=requirements, style=style
        )
        return document | {"watched": watched_document(asked.watched)}
    report = decided(collected, quality=quality, baseline=baseline)
    if report is None:
        return [words(nothing_judged(collected))]
    is_preference = report.chosen.measure.is_preference
    beware = cautions(report.ranking, win_rates(collected)) if is_preference else []
    return [
        *alarm_blocks(asked.watched),
        *tables.opening(collected, report, decision_verdict(collected, report, style), beware),
        words(*met(collected, report, requirements)[1], style="lead"),
        tables.standings(report, report.models),
        *production_blocks(
            production_report(collected), report.models, only=(report.chosen.measure.key,)
        ),
        tables.prices(report, report.models),
        words(FRONT_DEFINITION if tables.front(report) else "", style="note"),
        *tables.by_category(report, report.models, within=" here"),
    ]
