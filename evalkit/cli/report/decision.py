"""`report decision`: which model to take, by quality, cost and latency."""

from typing import Annotated

import typer

from evalkit import text
from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    StudyOption,
    study_collected,
)
from evalkit.cli.terminal import JsonFlag, out, print_json, print_table, text_table
from evalkit.reports.decision import sentences as words
from evalkit.reports.decision.document import (
    NOTHING_JUDGED,
    decided,
    decision_document,
    decision_verdict,
)

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
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    as_json: bool = JsonFlag,
) -> None:
    """Say who leads, what the others take, and who is beaten on everything."""
    collected = study_collected(study, category, annotator, judges)
    if as_json:
        print_json(decision_document(collected, quality=quality, baseline=baseline))
        return
    report = decided(collected, quality=quality, baseline=baseline)
    if report is None:
        out().print(NOTHING_JUDGED)
        return
    out().print(decision_verdict(collected, report))
    for said in (*words.open_sentences(report), words.basis(collected, report)):
        out().print(said)
    measure = report.chosen.measure
    form = words.format_of(measure)
    to_baseline = f"To {report.baseline}"
    has_raw = any(number.raw for number in report.chosen.overall)
    names = (words.number_name(measure), *(["Raw"] if has_raw else []), to_baseline)
    table = text_table("Model", *names, "Cost of 1,000", "Median")
    for one in report.standings:
        number = report.number(one.model)
        table.add_row(
            one.model,
            text.estimate(number.estimate, form),
            *([text.estimate(number.raw, form) if number.raw else ""] if has_raw else []),
            words.difference_shown(report, report.chosen, number),
            text.estimate(one.taken.cost_usd, text.dollars_per_thousand),
            text.estimate(one.taken.latency_median_ms, text.seconds),
        )
    print_table(collected, table)
