"""What results are computed from, read once and kept until something new is submitted."""

import streamlit as st

from db.engine import database_url, read_session
from db.queries import results
from db.queries.results import ResultFilters, ResultStudy
from evalkit.reporting.collected import Collected


def collected(study: ResultStudy, filters: ResultFilters) -> Collected:
    """Return what a study collected within the filters."""
    with read_session() as session:
        state = results.state_of_results(session)
    return _kept(database_url(), study, filters, state)


@st.cache_data(max_entries=12, show_spinner="Reading the annotations")
def _kept(
    url: str, study: ResultStudy, filters: ResultFilters, state: tuple[int, ...]
) -> Collected:
    """Read once per database, study, filters and state."""
    with read_session() as session:
        return results.collect(session, study, filters=filters)
