"""`report pair`: what differs between two models, where, and how sure that is."""

from typing import Annotated

import typer

from evalkit.cli.report.options import Answer, Asked, report
from evalkit.errors import NotFoundError, RefusedError
from evalkit.phrases import quoted
from evalkit.reports.blocks import Heading, bullets, words
from evalkit.reports.by_criterion.report import criterion_report
from evalkit.reports.by_criterion.tables import two_by_criterion
from evalkit.reports.pair import tables
from evalkit.reports.pair.analyses import analyses_of
from evalkit.reports.pair.daily import daily_sentence, daily_win_rate
from evalkit.reports.pair.document import pair_document
from evalkit.reports.pair.report import pair_report
from evalkit.reports.pair.sentences import category_findings, error_findings
from evalkit.reports.pair.significance import significance_report
from evalkit.reports.ranking.report import ranking_report
from evalkit.reports.strength.report import strength_report
from evalkit.reports.strength.tables import two_blocks

ModelOption = Annotated[str, typer.Option("--model", help="Differences are this model's.")]
OtherOption = Annotated[str, typer.Option("--other", help="The model it is set beside.")]


@report
def pair(asked: Asked, model: ModelOption, other: OtherOption) -> Answer:
    """Set two models side by side: on everything judged, by category, errors, what they take."""
    for name in (model, other):
        if name not in asked.study.models:
            there = quoted(asked.study.models)
            raise NotFoundError(f"“{asked.study.name}” has no model “{name}”. It has: {there}.")
    if model == other:
        raise RefusedError(f"“{model}” differs from itself in nothing. Name two models.")
    collected = asked.collected if asked.as_json else asked.main_part
    two = pair_report(collected, significance_report(collected), model=model, other=other)
    if asked.as_json:
        return pair_document(collected, two)
    return [
        tables.opening(two, analyses_of(two, ranking_report(collected))),
        words(
            daily_sentence(
                daily_win_rate(collected, model=model, other=other), model=model, other=other
            )
        ),
        tables.differences(two.overall),
        *two_blocks(strength_report(collected, model=model, other=other)),
        *two_by_criterion(
            criterion_report(collected, model=model, other=other), model=model, other=other
        ),
        *tables.taken(two),
        Heading("Where they differ"),
        bullets(category_findings(two)),
        tables.differences(tables.tested_in(two)),
        Heading("Errors"),
        words(error_findings(two)),
        tables.error_table(two),
    ]
