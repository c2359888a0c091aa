"""``report html``: a study's results as one file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from db import schema
from db.engine import read_session
from db.queries.results import pace
from evalkit.cli.report.options import (
    AnnotatorOption,
    CategoryOption,
    JudgesFlag,
    MarginOption,
    MostCostOption,
    MostLatencyOption,
    StudyOption,
    collected_style,
    narrowed,
)
from evalkit.cli.terminal import (
    out,
    require_database,
)
from evalkit.html.document import About, html_report, write_report
from evalkit.reports.decision.requirements import Requirements

HtmlFile = Annotated[Path, typer.Argument(help="Where to write the report, like report.html.")]


def html(
    file: HtmlFile,
    study: StudyOption,
    category: CategoryOption = None,
    annotator: AnnotatorOption = None,
    judges: JudgesFlag = False,
    most_cost: MostCostOption = None,
    most_latency: MostLatencyOption = None,
    margin: MarginOption = None,
) -> None:
    """Write the whole study to one HTML file that needs nothing else."""
    require_database()
    with read_session() as session:
        found = narrowed(session, study, category, annotator, judges)
        times = pace(session, found.study, filters=found.filters)
    about = About(
        made_at=datetime.now(UTC),
        schema=schema.revision() or "",
        models=found.study.models,
        requirements=Requirements(most_cost, most_latency, margin),
    )
    style = collected_style(found.collected)
    document = html_report(found.collected, times, about=about, style=style)
    n_bytes = write_report(file, document)
    out().print(f"Wrote the report of {study!r} to {file}: {n_bytes / 1024:,.0f} KB.")
