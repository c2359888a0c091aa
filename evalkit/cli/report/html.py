"""``report html``: a study's results as one file."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from db import revisions
from db.queries.results.acceptances import acceptance_basis
from db.queries.results.failure_looks import board_of_version
from evalkit.cli.report.options import (
    Asked,
    MarginOption,
    MostCostOption,
    MostLatencyOption,
    study_command,
)
from evalkit.cli.terminal import out
from evalkit.html.document import About, html_report, write_report
from evalkit.reports.checks.report import checks_report
from evalkit.reports.decision.requirements import Requirements
from evalkit.reports.judges.admission import admission_blocks

HtmlFile = Annotated[Path, typer.Argument(help="Where to write the report, like report.html.")]


@study_command
def html(
    asked: Asked,
    file: HtmlFile,
    most_cost: MostCostOption = None,
    most_latency: MostLatencyOption = None,
    margin: MarginOption = None,
) -> None:
    """Write the whole study to one HTML file that needs nothing else."""
    about = About(
        made_at=datetime.now(UTC),
        schema=revisions.of_database() or "",
        models=asked.study.models,
        requirements=Requirements(most_cost, most_latency, margin),
    )
    # What is told of judges themselves is told of those not admitted, too.
    measured = replace(asked, filters=replace(asked.filters, every_judge=True))
    failures = board_of_version(asked.session, asked.study.version_id, judges=asked.filters.judges)
    document = html_report(
        asked.collected,
        asked.times,
        about=about,
        style=asked.style,
        biases=measured.biases if asked.filters.judges else None,
        sure=measured.sure_judges if asked.filters.judges else (),
        acceptance=acceptance_basis(asked.session, asked.study, filters=asked.filters),
        correction=asked.correction if asked.filters.judges else None,
        admission=admission_blocks(*asked.admission),
        watched=asked.watched,
        checks=checks_report(asked.collected, asked.automated_checks),
        failures=failures,
    )
    n_bytes = write_report(file, document)
    out().print(f"Wrote the report of {asked.study.name!r} to {file}: {n_bytes / 1024:,.0f} KB.")
