"""The whole study as one HTML file, made when it is asked for."""

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from db import schema
from db.engine import read_session
from db.queries import results
from db.queries.results import ResultFilters, ResultStudy
from evalkit.reporting.html import About, html_report
from pages.shared import library_tables


def download_button(study: ResultStudy, chosen: ResultFilters) -> None:
    """Offer the report of a study within the filters."""
    st.download_button(
        "Download the whole report as one HTML file",
        partial(_report, study, chosen),
        file_name=f"{library_tables.file_name(study.name)}.html",
        mime="text/html",
        key="html-report",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
    )


def _report(study: ResultStudy, chosen: ResultFilters) -> bytes:
    with read_session() as session:
        collected = results.collect(session, study, filters=chosen)
        pace = results.pace(session, study, filters=chosen)
    about = About(made_at=datetime.now(UTC), schema=schema.revision() or "", models=study.models)
    return html_report(collected, pace, about=about).encode()
