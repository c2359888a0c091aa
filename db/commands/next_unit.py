"""Which unit of a study comes next for an annotator."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.commands.units import N_PLACES
from db.models import Assignment, Study, Unit, UnitPair, WorkCount
from db.prepared import Prepared, columns_of
from db.queries.annotation.progress import shares_left
from db.queries.annotation.tasks import tasks_of
from db.queries.annotation.work import shows
from evalkit.annotation.assignment.policy import Candidate, first_choice, turn_of_kinds
from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.annotation.assignment.tournament import Pair, draw
from evalkit.vocabulary import TaskKind

_Statement = sa.Select[*tuple[Any, ...]]

#: Among how many units the next one is chosen, and how many are looked at for them.
_N_CANDIDATES, _N_LOOKED_AT = 64, 512


def next_unit(session: Session, study: Study, annotator_id: int, at: datetime) -> Any | None:
    """Choose what an annotator is shown next; return it with its pair's counts, see ``_CHOSEN``.

    Where a study asks for several kinds of task, one of the kind whose turn it is, else of another.
    """
    tasks = tasks_of(study)
    if len(tasks) > 1:
        left = shares_left(session, study, annotator_id=annotator_id, at=at)
        turn = draw(study.seed, "kind", annotator_id, _n_given(session, study, annotator_id))
        order = turn_of_kinds(left, turn=turn)
        tasks = tuple(sorted(tasks, key=lambda task: order.index(task.kind)))
    for task in tasks:
        unit = _next_of_kind(session, study, task, annotator_id)
        if unit is not None:
            return unit
    return None


def _n_given(session: Session, study: Study, annotator_id: int) -> int:
    """Return how many cases somebody did or has begun: what comes next is another turn."""
    whose = {"study_id": study.id, "annotator_id": annotator_id}
    return _N_GIVEN.scalar(session, whose) or 0


def _next_of_kind(session: Session, study: Study, task: StudyTask, annotator_id: int) -> Any | None:
    """Choose the next unit of one kind.

    Never a unit they were shown before (even if they skipped it), never one that has its
    ``overlap`` annotators. Among the rest a case they have not seen comes first; then see
    `first_choice`. Only so many units are looked at, from a place that is drawn, that it takes
    no longer in a large study. All are where those few are none of theirs to do: this is so at
    the end of their work, and then nearly all that is open is what they did themselves.
    """
    start = _start(session, study, annotator_id)
    asked: dict[str, Any] = {
        "study_id": study.id,
        "annotator_id": annotator_id,
        "kind": task.kind,
        "start": start,
    }
    for search in _SEARCHES_OF_RANKINGS if task.kind == TaskKind.RANK else _SEARCHES:
        below: int | None = task.overlap
        while below is not None:  # those that have most annotators, then those that have fewer
            asked["below"] = below
            candidates = {
                Candidate(case_id, Pair(first, second), n_live, n_live_of_pair): unit_id
                for unit_id, case_id, n_live, n_live_of_pair, first, second in search.all(
                    session, asked
                )
            }
            if candidates:
                choice = first_choice(candidates, seed=study.seed, annotator_id=annotator_id)
                return _CHOSEN.first(session, {"unit_id": candidates[choice]})
            below = _FULLEST.scalar(session, asked)
    return None


def _start(session: Session, study: Study, annotator_id: int) -> int:
    """Draw where an annotator's search begins: elsewhere after every case of theirs."""
    whose = {"study_id": study.id, "annotator_id": annotator_id}
    n_submitted = _N_SUBMITTED.scalar(session, whose) or 0
    return draw(study.seed, "start", annotator_id, n_submitted) % N_PLACES


def _is_case_known(unit: Any) -> sa.Exists:
    """Tell in SQL whether somebody was shown the case of a unit, with any pair."""
    return sa.exists().where(
        col(Assignment.annotator_id) == sa.bindparam("annotator_id"),
        col(Assignment.study_id) == unit.study_id,
        col(Assignment.case_id) == unit.case_id,
    )


def _is_known(unit: Any) -> sa.Exists:
    """Tell in SQL whether somebody was shown a unit."""
    return _is_case_known(unit).where(shows(unit.first_output_id, unit.second_output_id))


def _is_ranking_known(unit: Any) -> sa.Exists:
    """Tell in SQL whether somebody was shown a case to rank: that is one unit."""
    ranked = shows(unit.first_output_id, unit.second_output_id, kind=TaskKind.RANK)
    return _is_case_known(unit).where(ranked)


def _search(is_known: Callable[[Any], sa.Exists], n: int | None) -> Prepared:
    """Make what looks at ``n`` units from the start on, and at ``n`` before it."""
    parts = (
        _unknown(is_known, _OPEN.where(place).order_by(col(Unit.place)).limit(n).subquery().c)
        for place in (
            col(Unit.place) >= sa.bindparam("start"),
            col(Unit.place) < sa.bindparam("start"),
        )
    )
    return Prepared(sa.union_all(*(sa.select(part.subquery()) for part in parts)))


def _unknown(is_known: Callable[[Any], sa.Exists], unit: Any) -> _Statement:
    return (
        sa.select(
            unit.id,
            unit.case_id,
            unit.n_live,
            col(UnitPair.n_live).label("n_live_of_pair"),
            col(UnitPair.first_run_id),
            col(UnitPair.second_run_id),
        )
        .join(UnitPair, col(UnitPair.id) == unit.pair_id)
        .where(~is_known(unit))
        .limit(_N_CANDIDATES)
    )


# Statements that every case needs are made once: it takes several times as long as to run them.

_N_LIVE_OF_FULLEST = sa.select(sa.func.max(col(Unit.n_live)).label("n_live")).where(
    col(Unit.study_id) == sa.bindparam("study_id"),
    col(Unit.kind) == sa.bindparam("kind"),
    col(Unit.is_offered),
    col(Unit.n_live) < sa.bindparam("below"),
)
_OPEN = sa.select(Unit).where(
    col(Unit.study_id) == sa.bindparam("study_id"),
    col(Unit.kind) == sa.bindparam("kind"),
    col(Unit.is_offered),
    col(Unit.n_live) == _N_LIVE_OF_FULLEST.scalar_subquery(),
)
_FULLEST = Prepared(_N_LIVE_OF_FULLEST)
_SEARCHES = (
    _search(_is_case_known, _N_LOOKED_AT),
    _search(_is_known, _N_LOOKED_AT),
    _search(_is_known, None),
)
_SEARCHES_OF_RANKINGS = (
    _search(_is_case_known, _N_LOOKED_AT),
    _search(_is_ranking_known, _N_LOOKED_AT),
    _search(_is_ranking_known, None),
)
_OWN_WORK = (
    col(WorkCount.study_id) == sa.bindparam("study_id"),
    col(WorkCount.annotator_id) == sa.bindparam("annotator_id"),
)
_N_SUBMITTED = Prepared(sa.select(sa.func.sum(col(WorkCount.n_submitted))).where(*_OWN_WORK))
_N_GIVEN = Prepared(
    sa.select(sa.func.sum(col(WorkCount.n_submitted) + col(WorkCount.n_begun))).where(*_OWN_WORK)
)
_CHOSEN = Prepared(
    sa.select(
        *columns_of(Unit),
        col(UnitPair.first_run_id),
        col(UnitPair.second_run_id),
        col(UnitPair.lead).label("lead_of_pair"),
        col(UnitPair.n_missing),
    )
    .join(UnitPair, col(UnitPair.id) == Unit.pair_id)
    .where(col(Unit.id) == sa.bindparam("unit_id"))
)
