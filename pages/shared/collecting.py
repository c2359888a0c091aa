"""What results are computed from, read once and kept until something new is submitted."""

import numpy as np
import streamlit as st

from db.engine import database_url, read_session
from db.queries import results
from db.queries.results import ResultFilters, ResultStudy
from db.queries.style import style_table
from evalkit.reporting.collected import Collected
from evalkit.stats.counts import FloatArray, IntArray


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


def style_features(collected: Collected) -> FloatArray:
    """Return the style features of the outputs that were compared; each text is read once."""
    given = collected.preferences
    compared = np.unique(np.concatenate([given.left, given.right]))
    return _kept_features(database_url(), collected.outputs.id, compared, collected)


@st.cache_data(max_entries=4, show_spinner="Reading the responses")
def _kept_features(
    url: str, output_ids: IntArray, compared: IntArray, _collected: Collected
) -> FloatArray:
    """Read once per database and outputs: the text of an output never changes."""
    with read_session() as session:
        return style_table(session, _collected)
