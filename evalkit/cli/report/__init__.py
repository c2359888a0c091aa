"""``python -m evalkit report``: the numbers of a study, one command per question."""

import typer

from evalkit.cli.report.acceptance import acceptance
from evalkit.cli.report.agreement import agreement
from evalkit.cli.report.annotators import annotators
from evalkit.cli.report.checks import checks
from evalkit.cli.report.clusters import clusters
from evalkit.cli.report.correction import correction
from evalkit.cli.report.coverage import coverage
from evalkit.cli.report.decision import decision
from evalkit.cli.report.differences import differences
from evalkit.cli.report.drift import drift
from evalkit.cli.report.errors import errors
from evalkit.cli.report.failures import failures
from evalkit.cli.report.html import html
from evalkit.cli.report.judges import judges
from evalkit.cli.report.models import models
from evalkit.cli.report.pair import pair
from evalkit.cli.report.power import power
from evalkit.cli.report.ranking import ranking
from evalkit.cli.report.regression import regression
from evalkit.cli.report.retrieval import retrieval
from evalkit.cli.report.scores import scores
from evalkit.cli.report.significance import significance

app = typer.Typer(no_args_is_help=True)
for command in (
    agreement,
    ranking,
    scores,
    models,
    errors,
    clusters,
    failures,
    annotators,
    judges,
    checks,
    retrieval,
    acceptance,
    correction,
    differences,
    drift,
    html,
    decision,
    power,
    significance,
    pair,
    regression,
    coverage,
):
    app.command()(command)
