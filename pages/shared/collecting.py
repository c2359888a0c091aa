"""What results are computed from, read and computed once, and kept until something is submitted."""

import functools
import threading
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import streamlit as st

from db.engine import database_url, read_session
from db.queries import results
from db.queries.responses import responses
from db.queries.results import ResultFilters, ResultStudy, acceptances
from db.queries.results.automated_checks import automated_checks, state_of_checks
from db.queries.results.failure_looks import board_in, state_of_board
from db.queries.results.style import features_of
from db.queries.results.watched import watched_in, watched_state
from evalkit.reports.acceptance.audit import AuditRow
from evalkit.reports.failures.looks import SetLooks
from evalkit.reports.failures.report import BoardReport
from evalkit.reports.judges.biases import BiasReport, bias_report
from evalkit.reports.ranking.style import StyleReport, style_report
from evalkit.reports.watched.report import NOTHING_WATCHED, WatchedReport
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.study.collected import Collected
from evalkit.study.found_by_checks import FoundByCheck
from evalkit.study.main_criteria import main_part
from evalkit.study.sentences import source
from evalkit.study.style_features import FEATURES
from pages.shared.display import saved_charts

Given = ParamSpec("Given")
Made = TypeVar("Made")

#: How many reports of one study within one choice of filters are kept.
_MOST_REPORTS = 64


class Kept:
    """What a study collected within some filters, and every report that was made of it.

    All sessions share it: nothing in it may be changed, and its arrays refuse to be.
    """

    def __init__(self, study: ResultStudy, filters: ResultFilters) -> None:
        self._study, self._filters = study, filters
        with read_session() as session:
            self.collected = results.collect(session, study, filters=filters)
        _protect(self.collected)
        self._made = functools.lru_cache(_MOST_REPORTS)(self._make)
        self._found = functools.lru_cache(_MOST_REPORTS)(self._find)

    def of(
        self,
        make: Callable[Concatenate[Collected, Given], Made],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Made:
        """Return what a function makes of what was collected, once for the same arguments."""
        # Both must be hashable, which a ParamSpec cannot say.
        named: dict[str, Any] = kwargs
        made: Made = self._made(make, *args, **named)
        return made

    def of_main(
        self,
        make: Callable[Concatenate[Collected, Given], Made],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Made:
        """Return what a function makes of the main criteria, where it would go through all."""
        return self.of(_of_main, make, args, tuple(sorted(kwargs.items())))

    def read(self, query: Callable[..., Made], **kwargs: Hashable) -> Made:
        """Return what a query finds within the filters, asked once for the same arguments."""
        made: Made = self._found(query, **kwargs)
        return made

    def _make(self, make: Callable[..., Any], *args: Hashable, **kwargs: Hashable) -> Any:
        with st.spinner("Computing"):
            return make(self.collected, *args, **kwargs)

    def _find(self, query: Callable[..., Any], **kwargs: Hashable) -> Any:
        with read_session() as session:
            return query(session, self._study, filters=self._filters, **kwargs)


def kept(study: ResultStudy, filters: ResultFilters) -> Kept:
    """Return what a study collected within the filters, with the reports made so far."""
    with read_session() as session:
        state = study, results.state_of_results(session, study_id=study.study_id)
    shelf = _shelf(database_url(), study.study_id, filters)
    with shelf.lock:
        if shelf.kept is None or shelf.state != state:
            with st.spinner("Reading the annotations"):
                shelf.kept, shelf.state = Kept(study, filters), state
        collected = shelf.kept.collected
        saved_charts.rest_on(collected.study, source(collected))
        return shelf.kept


def audited(study: ResultStudy) -> tuple[AuditRow, ...]:
    """Return how people read again what was accepted in a study, made once for what they said."""
    with read_session() as session:
        state = acceptances.state_of_audits(session, study.study_id)
    return _audits(database_url(), study.study_id, state) if state else ()


@st.cache_resource(max_entries=12, show_spinner="Reading what was read again")
def _audits(url: str, study_id: int, state: tuple[tuple[object, ...], ...]) -> tuple[AuditRow, ...]:
    """Return the audits of a study in one state, the same for everybody."""
    with read_session() as session:
        return acceptances.audits(session, study_id)


def found_by_checks(study: ResultStudy) -> tuple[FoundByCheck, ...]:
    """Return what checks found in a study's eval set, read once for what there is to read."""
    with read_session() as session:
        state = state_of_checks(session, study)
    return _findings(database_url(), study.study_id, state, study)


@st.cache_resource(max_entries=12, show_spinner="Reading what checks found")
def _findings(
    url: str, study_id: int, state: tuple[tuple[object, ...], ...], _study: ResultStudy
) -> tuple[FoundByCheck, ...]:
    """Return what checks found in one state, the same for everybody."""
    with read_session() as session:
        return automated_checks(session, _study)


def watched(version_id: int, *, judges: bool) -> WatchedReport:
    """Return how the watched cases of an eval set stand, made once for what its studies say."""
    with read_session() as session:
        state = watched_state(session, version_id)
    return _watched(database_url(), version_id, judges, state) if state else NOTHING_WATCHED


@st.cache_resource(max_entries=12, show_spinner="Looking at watched cases")
def _watched(
    url: str, version_id: int, judges: bool, state: tuple[tuple[int, str], ...]
) -> WatchedReport:
    """Return how watched cases stand in one state, the same for everybody."""
    with read_session() as session:
        return watched_in(session, version_id, judges=judges)


def failure_board(eval_set_id: int, *, judges: bool) -> tuple[BoardReport, SetLooks]:
    """Return the failures of an eval set and the looks they rest on, made once for their state."""
    with read_session() as session:
        state = state_of_board(session, eval_set_id)
    return _failure_board(database_url(), eval_set_id, judges, state)


@st.cache_resource(max_entries=6, show_spinner="Reading what was looked at for errors")
def _failure_board(
    url: str, eval_set_id: int, judges: bool, state: tuple[object, ...]
) -> tuple[BoardReport, SetLooks]:
    """Return the board in one state, the same for everybody."""
    with read_session() as session:
        return board_in(session, eval_set_id, judges=judges)


def of_all(several: Sequence[Kept], make: Callable[..., Made], *args: Hashable) -> Made:
    """Return what a function makes of what several studies collected, once."""
    if not several:
        return make((), *args)
    first, *others = several
    return first.of(_of_all, make, tuple(others), *args)


def _of_main(
    collected: Collected,
    make: Callable[..., Made],
    args: tuple[Hashable, ...],
    named: tuple[tuple[str, Hashable], ...],
) -> Made:
    return make(main_part(collected), *args, **dict(named))


def _of_all(
    collected: Collected, make: Callable[..., Made], others: tuple[Kept, ...], *args: Hashable
) -> Made:
    return make((collected, *(other.collected for other in others)), *args)


@dataclass(slots=True, eq=False)
class _Shelf:
    """Room for what a study collected at the latest state: older ones may take much memory."""

    kept: Kept | None = None
    state: tuple[ResultStudy, str] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


@st.cache_resource(max_entries=12, show_spinner=False)
def _shelf(url: str, study_id: int, filters: ResultFilters) -> _Shelf:
    """Return the room of a study and its filters, the same for everybody."""
    return _Shelf()


def case_keys(case_ids: Collection[int]) -> dict[int, str]:
    """Return what cases are called, by their row numbers."""
    with read_session() as session:
        return responses.case_keys(session, case_ids)


def style(collected: Collected) -> StyleReport:
    """Return the ranking with style held equal beside the one without."""
    return style_report(collected, _style_features(collected))


def biases(collected: Collected) -> BiasReport:
    """Return what judges lean to beyond people."""
    return bias_report(collected, _style_features(collected))


def _protect(collected: Collected) -> None:
    """Let nobody write into arrays that all sessions read."""
    tables = (
        *(collected.outputs, collected.preferences),
        *(collected.values, collected.marks, collected.checks),
    )
    for table in (*tables, collected.penalties):
        for column in fields(table) if table else ():
            if (values := getattr(table, column.name)) is not None:
                values.flags.writeable = False


def _style_features(collected: Collected) -> FloatArray:
    """Return the style features of the outputs that were compared, ``NaN`` of others."""
    preferences = collected.preferences
    compared = np.unique(np.concatenate([preferences.left, preferences.right])).astype(np.int64)
    table = np.full((len(collected.outputs.id), len(FEATURES)), np.nan)
    table[compared] = _read_features(database_url()).of(collected.outputs.id[compared])
    return table


class _Features:
    """Style features by output id; each text is read once, for the text of an output stays."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._table = np.full((0, len(FEATURES)), np.nan)

    def of(self, output_ids: IntArray) -> FloatArray:
        """Return the features of outputs, shape (n_outputs, 4), and read those not known yet."""
        with self._lock:
            n_more = int(output_ids.max(initial=-1)) + 1 - len(self._table)
            if n_more > 0:
                more = np.full((n_more, len(FEATURES)), np.nan)
                self._table = np.concatenate([self._table, more])
            unknown = output_ids[np.isnan(self._table[output_ids, 0])]
            if len(unknown):
                with read_session() as session:
                    self._table[unknown] = features_of(session, unknown)
            features: FloatArray = self._table[output_ids]
            return features


@st.cache_resource(max_entries=4, show_spinner=False)
def _read_features(url: str) -> _Features:
    """Return the features read so far from a database, the same for everybody."""
    return _Features()
