"""Give out the next case: one that was begun, else the next unit of the study."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now
from db.commands.counts import counted, has_place, release_reservations, shown_since
from db.commands.units import (
    N_PLACES,
    count_units,
    locked_study,
)
from db.engine import read_session, write_session
from db.models import Assignment, Study, Unit, UnitPair, WorkCount
from db.queries.annotation.audience import NOT_OPEN, is_for
from db.queries.annotation.task import study_of_own
from db.queries.annotation.work import UNFINISHED
from evalkit.annotation.assignment.policy import (
    HOLD,
    POLICY,
    RESERVATION,
    Candidate,
    first_choice,
    first_is_left,
    side_coin,
)
from evalkit.annotation.assignment.tournament import Pair, draw
from evalkit.errors import NotFoundError
from evalkit.vocabulary import AssignmentState, Sampling

_Statement = sa.Select[*tuple[Any, ...]]

#: Among how many units the next one is chosen, and how many are looked at for them.
_N_CANDIDATES, _N_LOOKED_AT = 64, 512


@dataclass(frozen=True, slots=True)
class OnScreen:
    """The case that somebody says is on their screen, by its token, and for how many seconds."""

    assignment_id: int
    token: str
    seconds: float


def next_task_id(*, study_id: int, annotator_id: int) -> int | None:
    """Return the assignment to show: one that is begun, else a new one, else None.

    The row is written, and the case reserved, before anything is shown.
    """
    with read_session() as session:
        _require_open(session.get(Study, study_id))
        begun = _unfinished(session, study_id, annotator_id)
        if not begun and not is_for(session, study_id, annotator_id=annotator_id):
            raise NotFoundError(NOT_OPEN)
        for assignment in begun:
            until = assignment.reserved_until
            if assignment.shown_at and until and until > now() + RESERVATION / 2:
                return assignment.id
    with write_session() as session:
        study = _require_open(locked_study(session, study_id))
        task = _next_task(session, study, annotator_id)
        if task is not None:
            _show(session, study, task)
        return None if task is None else task.id


def hold_next(*, study_id: int, annotator_id: int, on_screen: OnScreen | None) -> int | None:
    """Reserve what comes next for a short time, so that it is there at once; return its id.

    Nothing is shown by that: it is what `next_task_id` gives out once ``on_screen`` is done, the
    same one however often it is asked for. What is on the screen counts as shown, and is reserved
    anew. None where nothing comes next, as in a study that was closed.
    """
    with write_session() as session:
        study = locked_study(session, study_id)
        if study is None or not study.is_open:
            return None
        current = _own(session, study_id, annotator_id, on_screen)
        if on_screen is not None and current is not None:
            _show(session, study, current, seconds=on_screen.seconds)
        task = _next_task(session, study, annotator_id, but=current)
        return None if task is None else task.id


def release(*, assignment_id: int, annotator_id: int, token: str) -> bool:
    """Give a case back that was held and never shown; tell whether there was something to give.

    It stays this annotator's if nobody else takes its place meanwhile.
    """
    with write_session() as session:
        study_id = study_of_own(session, assignment_id, annotator_id)
        study = locked_study(session, study_id)
        assert study is not None  # an assignment refers to it
        assignment = _own(session, study_id, annotator_id, OnScreen(assignment_id, token, 0))
        if assignment is None or not assignment.is_held or assignment.reserved_until is None:
            return False
        with counted(session, study, assignment):
            assignment.reserved_until = None
        return True


def _own(
    session: Session, study_id: int, annotator_id: int, on_screen: OnScreen | None
) -> Assignment | None:
    """Read the assignment a screen speaks of; None if it is not theirs, or of another study."""
    if on_screen is None:
        return None
    asked = {
        "assignment_id": on_screen.assignment_id,
        "token": on_screen.token,
        "annotator_id": annotator_id,
        "study_id": study_id,
    }
    return session.exec(_ON_SCREEN, params=asked).first()


def _next_task(
    session: Session, study: Study, annotator_id: int, *, but: Assignment | None = None
) -> Assignment | None:
    """Reserve the next case, for a short time: one that is begun, ``but`` this, else a new one."""
    at = now()
    if not study.are_units_current:
        count_units(session, study)
    release_reservations(session, study, at=at)
    resumed = _resumed(session, study, annotator_id, at, but=but)
    if resumed is not None or not is_for(session, study.id or 0, annotator_id=annotator_id):
        return resumed
    return _given_out(session, study, annotator_id, at)


def _show(session: Session, study: Study, assignment: Assignment, *, seconds: float = 0) -> None:
    """Note that a case is on the screen for some seconds now, and reserve it for its reading."""
    if assignment.state not in UNFINISHED:
        return
    at = now()
    with counted(session, study, assignment):
        if assignment.shown_at is None:
            assignment.shown_at = shown_since(assignment, seconds, at)
        assignment.reserved_until = at + RESERVATION


def _require_open(study: Study | None) -> Study:
    if study is None or not study.is_open:
        raise NotFoundError(NOT_OPEN)  # whoever guesses at addresses learns of no study
    return study


def _unfinished(session: Session, study_id: int, annotator_id: int) -> list[Assignment]:
    """Return what this annotator has begun, drafts first.

    Sorted here: SQLite would read all they ever did, to have it in order.
    """
    begun = session.exec(_UNFINISHED, params={"study_id": study_id, "annotator_id": annotator_id})
    return sorted(
        begun, key=lambda task: (task.state != AssignmentState.DRAFT, task.is_held, task.id)
    )


def _resumed(
    session: Session,
    study: Study,
    annotator_id: int,
    at: datetime,
    *,
    but: Assignment | None,
) -> Assignment | None:
    """Take up what this annotator has begun, and reserve it anew.

    A draft is never lost to a reservation that ran out. A case that was only looked at is, once
    others have taken its places.
    """
    for assignment in _unfinished(session, study.id or 0, annotator_id):
        if assignment is but:
            continue
        is_theirs = assignment.state == AssignmentState.DRAFT or assignment.reserved_until
        if is_theirs or has_place(session, study, assignment):
            with counted(session, study, assignment):
                assignment.reserved_until = at + (HOLD if assignment.is_held else RESERVATION)
            return assignment
    return None


def _given_out(
    session: Session, study: Study, annotator_id: int, at: datetime
) -> Assignment | None:
    unit = _next_unit(session, study, annotator_id)
    if unit is None:
        return None
    outputs = [unit.first_output_id, unit.second_output_id]
    coin = side_coin(
        unit.case_id,
        Pair(unit.first_run_id, unit.second_run_id),
        seed=study.seed,
        annotator_id=annotator_id,
    )
    if not first_is_left(
        lead=unit.lead_of_pair, lead_of_unit=unit.lead, n_missing=unit.n_missing, coin=coin
    ):
        outputs.reverse()
    assignment = Assignment(
        study_id=unit.study_id,
        annotator_id=annotator_id,
        case_id=unit.case_id,
        left_output_id=outputs[0],
        right_output_id=outputs[1],
        presentation=f"case {unit.case_id}: {min(outputs)} and {max(outputs)}",
        policy=POLICY,
        sampling=Sampling.RANDOM,
        inclusion_probability=unit.inclusion_probability,
        reserved_until=at + HOLD,
        created_at=at,
    )
    with counted(session, study, assignment, is_new=True):
        pass
    return assignment


# The next unit


def _next_unit(session: Session, study: Study, annotator_id: int) -> sa.Row[Any] | None:
    """Choose what an annotator is shown next; return it with its pair's counts, see ``_CHOSEN``.

    Never a unit they were shown before (even if they skipped it), never one that has its
    ``overlap`` annotators. Among the rest a case they have not seen comes first; then see
    `first_choice`. Only so many units are looked at, from a place that is drawn, that it takes
    no longer in a large study. All are where those few are none of theirs to do: this is so at
    the end of their work, and then nearly all that is open is what they did themselves.
    """
    connection = session.connection()
    start = _start(session, study, annotator_id)
    asked = {"study_id": study.id, "annotator_id": annotator_id, "start": start}
    for search in _SEARCHES:
        for n_live in _counts_of_open_units(session, study):
            candidates = {
                Candidate(row.case_id, Pair(row.first, row.second), n_live, row.n_live): row.id
                for part in search
                for row in connection.execute(part, asked | {"n_live": n_live})
            }
            if candidates:
                choice = first_choice(candidates, seed=study.seed, annotator_id=annotator_id)
                return connection.execute(_CHOSEN, {"unit_id": candidates[choice]}).one()
    return None


def _start(session: Session, study: Study, annotator_id: int) -> int:
    """Draw where an annotator's search begins: elsewhere after every case of theirs."""
    whose = {"study_id": study.id, "annotator_id": annotator_id}
    n_submitted = session.connection().execute(_N_SUBMITTED, whose).scalar() or 0
    return draw(study.seed, "start", annotator_id, n_submitted) % N_PLACES


def _counts_of_open_units(session: Session, study: Study) -> Iterator[int]:
    """Give the numbers of annotators that units have, largest first, below the overlap."""
    below: int | None = study.overlap
    while below is not None:
        asked = {"study_id": study.id, "below": below}
        below = session.connection().execute(_FULLEST, asked).scalar()
        if below is not None:
            yield below


def _is_case_known(unit: Any) -> sa.Exists:
    """Tell in SQL whether somebody was shown the case of a unit, with any pair."""
    return sa.exists().where(
        col(Assignment.annotator_id) == sa.bindparam("annotator_id"),
        col(Assignment.study_id) == unit.study_id,
        col(Assignment.case_id) == unit.case_id,
    )


def _is_known(unit: Any) -> sa.Exists:
    """Tell in SQL whether somebody was shown a unit."""
    outputs = (unit.first_output_id, unit.second_output_id)
    right: Any = col(Assignment.right_output_id)
    return _is_case_known(unit).where(
        col(Assignment.left_output_id).in_(outputs), right.in_(outputs)
    )


def _search(is_known: Callable[[Any], sa.Exists], n: int | None) -> tuple[_Statement, ...]:
    """Make what looks at ``n`` units from the start on, and what looks at ``n`` before it."""
    return tuple(
        _unknown(is_known, _OPEN.where(place).order_by(col(Unit.place)).limit(n).subquery().c)
        for place in (
            col(Unit.place) >= sa.bindparam("start"),
            col(Unit.place) < sa.bindparam("start"),
        )
    )


def _unknown(is_known: Callable[[Any], sa.Exists], unit: Any) -> _Statement:
    return (
        sa.select(
            unit.id,
            unit.case_id,
            col(UnitPair.n_live),
            col(UnitPair.first_run_id).label("first"),
            col(UnitPair.second_run_id).label("second"),
        )
        .join(UnitPair, col(UnitPair.id) == unit.pair_id)
        .where(~is_known(unit))
        .limit(_N_CANDIDATES)
    )


# Statements that every case needs are made once: it takes several times as long as to run them.

_THEIRS = select(Assignment).where(
    Assignment.study_id == sa.bindparam("study_id"),
    Assignment.annotator_id == sa.bindparam("annotator_id"),
)
_UNFINISHED = _THEIRS.where(col(Assignment.state).in_(UNFINISHED))
_ON_SCREEN = (
    _THEIRS.where(
        Assignment.id == sa.bindparam("assignment_id"), Assignment.token == sa.bindparam("token")
    )
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_OPEN = sa.select(Unit).where(
    col(Unit.study_id) == sa.bindparam("study_id"),
    col(Unit.is_offered),
    col(Unit.n_live) == sa.bindparam("n_live"),
)
_SEARCHES = (
    _search(_is_case_known, _N_LOOKED_AT),
    _search(_is_known, _N_LOOKED_AT),
    _search(_is_known, None),
)
_FULLEST = sa.select(sa.func.max(col(Unit.n_live))).where(
    col(Unit.study_id) == sa.bindparam("study_id"),
    col(Unit.is_offered),
    col(Unit.n_live) < sa.bindparam("below"),
)
_N_SUBMITTED = sa.select(col(WorkCount.n_submitted)).where(
    col(WorkCount.study_id) == sa.bindparam("study_id"),
    col(WorkCount.annotator_id) == sa.bindparam("annotator_id"),
)
_CHOSEN: _Statement = (
    sa.select(
        col(Unit.study_id),
        col(Unit.case_id),
        col(Unit.first_output_id),
        col(Unit.second_output_id),
        col(Unit.inclusion_probability),
        col(Unit.lead),
        col(UnitPair.first_run_id),
        col(UnitPair.second_run_id),
        col(UnitPair.lead).label("lead_of_pair"),
        col(UnitPair.n_missing),
    )
    .join(UnitPair, col(UnitPair.id) == Unit.pair_id)
    .where(col(Unit.id) == sa.bindparam("unit_id"))
)
