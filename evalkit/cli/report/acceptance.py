"""``report acceptance``: which verdicts may be taken without a person, at a stated risk."""

from dataclasses import replace
from typing import Annotated

import typer

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.reports.acceptance.document import acceptance_document
from evalkit.reports.acceptance.report import CONFIDENCE, RISK, Promise, acceptance_report
from evalkit.reports.acceptance.tables import acceptance_section

RiskOption = Annotated[
    float,
    typer.Option("--risk", min=0.001, max=0.5, help="The share of accepted verdicts to be wrong."),
]
ConfidenceOption = Annotated[
    float,
    typer.Option("--confidence", min=0.5, max=0.999, help="With which probability at most that."),
]


@report
def acceptance(
    asked: Asked, risk: RiskOption = RISK, confidence: ConfidenceOption = CONFIDENCE
) -> Answer:
    """Say whose verdicts may be accepted without a person, and what is missing to accept any."""
    asked.filters = replace(asked.filters, judges=True)
    promise = Promise(risk, confidence)
    if asked.as_json:
        return acceptance_document(
            asked.collected, acceptance_report(asked.collected, asked.splits, promise=promise)
        )
    made = acceptance_report(asked.main_part, asked.splits, promise=promise)
    return acceptance_section(made).blocks
