"""``report clusters``: what notes and comments say, in groups, and of whose responses."""

from typing import Annotated

import typer

from db.queries import results
from evalkit.cli.report.options import Answer, Asked, report
from evalkit.reports.clusters.document import clusters_document
from evalkit.reports.clusters.report import clusters_report
from evalkit.reports.clusters.tables import clusters_section
from evalkit.reports.model_order import order_of
from evalkit.study.notes import WRITTEN
from evalkit.vocabulary import NoteSource

SourceOption = Annotated[
    list[NoteSource] | None,
    typer.Option("--source", help="Only notes of this source; repeatable."),
]


@report
def clusters(asked: Asked, source: SourceOption = None) -> Answer:
    """Say what notes, comments and judges' reasons say, in groups that hold, by model."""
    sources = tuple(dict.fromkeys(source or WRITTEN))
    notes = results.notes(asked.session, asked.study, filters=asked.filters, sources=sources)
    told = clusters_report(asked.collected, notes)
    if asked.as_json:
        return clusters_document(asked.collected, told)
    return clusters_section(told, order_of(asked.collected)).blocks
