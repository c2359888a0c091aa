"""`report power`: what more annotations would buy."""

from typing import Annotated

import typer

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.reports.model_order import order_of
from evalkit.reports.power.report import HALF_WIDTH, power_document, power_report
from evalkit.reports.power.tables import power_blocks

HalfWidthOption = Annotated[
    float,
    typer.Option("--half-width", help="Half the interval wanted: 0.05 is ± 5 points of the scale."),
]


@report
def power(asked: Asked, half_width: HalfWidthOption = HALF_WIDTH) -> Answer:
    """Say how many more cases or annotators an answer needs, and which of them buys more."""
    if asked.as_json:
        return power_document(asked.collected, half_width=half_width)
    plan = power_report(asked.main_part, half_width=half_width)
    return power_blocks(plan, order_of(asked.main_part))
