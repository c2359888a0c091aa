"""`report power`: what more annotations would buy."""

from typing import Annotated

import typer

from evalkit import text
from evalkit.cli.report.options import Answer, Asked, report
from evalkit.cli.terminal import out, print_whole, text_table
from evalkit.reports.power import sentences as words
from evalkit.reports.power.report import HALF_WIDTH, power_document, power_report

HalfWidthOption = Annotated[
    float,
    typer.Option("--half-width", help="Half the interval wanted: 0.05 is ± 5 points of the scale."),
]


@report
def power(asked: Asked, half_width: HalfWidthOption = HALF_WIDTH) -> Answer:
    """Say how many more cases or annotators an answer needs, and which of them buys more."""
    if asked.as_json:
        return power_document(asked.collected, half_width=half_width)
    report = power_report(asked.main_part, half_width=half_width)
    for pair in report.pairs:
        out().print(words.pair_sentence(report, pair))
    table = text_table("Model", "", "Now", "Cases", "or per case")
    for interval in report.intervals:
        table.add_row(
            interval.model,
            interval.criterion.key if interval.criterion else "win rate",
            text.estimate(interval.estimate, text.number if interval.criterion else text.percent),
            f"{interval.n_cases_now:,} → {_needed(interval.n_cases_needed)}",
            f"{interval.per_case_now:.1f} → {_needed(interval.per_case_needed)}",
        )
    out().print(f"\nFor intervals of ± {text.percent(half_width)} of the scale:")
    print_whole(table)
    for said in (words.where_to_spend(report), report.reason or "", words.ASSUMPTIONS):
        if said:
            out().print(said)
    return []


def _needed(n: int | None) -> str:
    return text.MISSING if n is None else text.whole(n)
