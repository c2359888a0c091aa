"""`report decision`: which model to take, by quality, cost and latency."""

from typing import Annotated

import typer

from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    MarginOption,
    MostCostOption,
    MostLatencyOption,
    StudyOption,
    collected_style,
    study_collected,
)
from evalkit.cli.terminal import JsonFlag, out, print_blocks, print_report
from evalkit.reports.blocks import words
from evalkit.reports.decision import tables
from evalkit.reports.decision.document import (
    NOTHING_JUDGED,
    decided,
    decision_document,
    decision_verdict,
    met,
)
from evalkit.reports.decision.requirements import Requirements
from evalkit.reports.decision.sentences import FRONT_DEFINITION
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.report import win_rates

QualityOption = Annotated[
    str | None,
    typer.Option(
        "--quality", help="preference, acceptable, penalty or a criterion; else the first."
    ),
]
BaselineOption = Annotated[
    str | None, typer.Option("--baseline", help="The model the others are set beside.")
]


def decision(
    study: StudyOption,
    quality: QualityOption = None,
    baseline: BaselineOption = None,
    most_cost: MostCostOption = None,
    most_latency: MostLatencyOption = None,
    margin: MarginOption = None,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Say who leads, what the others take, and who is beaten on everything."""
    collected = study_collected(study, category, annotator, judges)
    asked = Requirements(most_cost, most_latency, margin)
    style = collected_style(collected)
    if as_json:
        body = decision_document(
            collected, quality=quality, baseline=baseline, requirements=asked, style=style
        )
        print_report("decision", body, collected.cases_of)
        return
    report = decided(collected, quality=quality, baseline=baseline)
    if report is None:
        out().print(NOTHING_JUDGED)
        return
    is_preference = report.chosen.measure.is_preference
    beware = cautions(report.ranking, win_rates(collected)) if is_preference else []
    verdict = decision_verdict(collected, report, style)
    print_blocks(
        collected,
        *tables.opening(collected, report, verdict, beware),
        words(*met(collected, report, asked)[1], style="lead"),
        tables.standings(report),
        tables.prices(report),
        words(FRONT_DEFINITION if tables.front(report) else "", style="note"),
        *tables.by_category(report, within=" here"),
    )
