"""What results are computed from, read once and kept until something new is submitted."""

import numpy as np
import streamlit as st

from db.engine import database_url, read_session
from db.queries import results
from db.queries.results import ResultFilters, ResultStudy
from db.queries.style import style_table
from evalkit.reporting.annotators import AnnotatorsReport, annotators_report
from evalkit.reporting.collected import Collected, comparisons
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.win_rates import PairWinRate, pairwise_win_rates


def collected(study: ResultStudy, filters: ResultFilters) -> Collected:
    """Return what a study collected within the filters."""
    return _kept(database_url(), study, filters, _state())


@st.cache_data(max_entries=12, show_spinner="Reading the annotations")
def _kept(
    url: str, study: ResultStudy, filters: ResultFilters, state: tuple[int, ...]
) -> Collected:
    """Read once per database, study, filters and state."""
    with read_session() as session:
        return results.collect(session, study, filters=filters)


def win_rates(study: ResultStudy, filters: ResultFilters) -> tuple[PairWinRate, ...]:
    """Return how often each model won against each other one."""
    return _kept_rates(collected(study, filters), database_url(), study, filters, _state())


@st.cache_data(max_entries=12, show_spinner="Counting who won")
def _kept_rates(
    _collected: Collected,
    url: str,
    study: ResultStudy,
    filters: ResultFilters,
    state: tuple[int, ...],
) -> tuple[PairWinRate, ...]:
    """Count once per database, study, filters and state."""
    return pairwise_win_rates(comparisons(_collected))


def annotators(study: ResultStudy, filters: ResultFilters, on: int | None) -> AnnotatorsReport:
    """Return how each annotator works, and how reliable they are, on one thing judged."""
    return _kept_annotators(collected(study, filters), database_url(), study, filters, _state(), on)


@st.cache_data(max_entries=12, show_spinner="Looking at the annotators")
def _kept_annotators(
    _collected: Collected,
    url: str,
    study: ResultStudy,
    filters: ResultFilters,
    state: tuple[int, ...],
    on: int | None,
) -> AnnotatorsReport:
    """Fit once per database, study, filters, state and what was judged."""
    with read_session() as session:
        pace = results.pace(session, study, filters=filters)
    return annotators_report(_collected, pace, criterion=on)


def _state() -> tuple[int, ...]:
    with read_session() as session:
        return results.state_of_results(session)


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
