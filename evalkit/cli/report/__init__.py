"""``python -m evalkit report``: the numbers of a study, one command per question."""

import typer

from evalkit.cli.report import (
    agreement,
    annotators,
    decision,
    html,
    models,
    power,
    ranking,
    regression,
    scores,
    significance,
)

app = typer.Typer(no_args_is_help=True)
for command in (
    agreement.agreement,
    ranking.ranking,
    scores.scores,
    models.models,
    annotators.annotators,
    html.html,
    decision.decision,
    power.power,
    significance.significance,
    regression.regression,
):
    app.command()(command)
