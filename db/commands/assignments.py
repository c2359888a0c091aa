"""Give out the next case: one that was begun, else the next unit of the study."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now
from db.commands.units import (
    N_PLACES,
    count_units,
    counted,
    locked_study,
    release_reservations,
    unit_of,
)
from db.engine import read_session, write_session
from db.models import Assignment, Study, Unit, UnitPair, WorkCount
from db.queries.annotation.progress import NOT_OPEN
from db.queries.annotation.work import UNFINISHED
from evalkit.annotation.assignment.policy import (
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

#: Among how many units the next one is chosen, and how many are looked at for them.
_N_CANDIDATES, _N_LOOKED_AT = 64, 512


def next_task_id(*, study_id: int, annotator_id: int) -> int | None:
    """Return the assignment to show: one that is begun, else a new one, else None.

    The row is written, and the case reserved, before anything is shown.
    """
    with read_session() as session:
        _require_open(session.get(Study, study_id))
        for assignment in _unfinished(session, study_id, annotator_id):
            if assignment.reserved_until and assignment.reserved_until > now() + RESERVATION / 2:
                return assignment.id
    with write_session() as session:
        study = _require_open(locked_study(session, study_id))
        at = now()
        if not study.are_units_current:
            count_units(session, study)
        release_reservations(session, study, at=at)
        task = _resumed(session, study, annotator_id, at)
        if task is None:
            task = _given_out(session, study, annotator_id, at)
        return None if task is None else task.id


def _require_open(study: Study | None) -> Study:
    if study is None or not study.is_open:
        raise NotFoundError(NOT_OPEN)  # whoever guesses at addresses learns of no study
    return study


def _unfinished(session: Session, study_id: int, annotator_id: int) -> list[Assignment]:
    """Return what this annotator has begun, drafts first.

    Sorted here: SQLite would read all they ever did, to have it in order.
    """
    begun = session.exec(
        select(Assignment).where(
            Assignment.study_id == study_id,
            Assignment.annotator_id == annotator_id,
            col(Assignment.state).in_(UNFINISHED),
        )
    )
    return sorted(begun, key=lambda task: (task.state != AssignmentState.DRAFT, task.id))


def _resumed(session: Session, study: Study, annotator_id: int, at: datetime) -> Assignment | None:
    """Take up what this annotator has begun, and reserve it anew.

    A draft is never lost to a reservation that ran out. A case that was only looked at is, once
    others have taken its places.
    """
    for assignment in _unfinished(session, study.id or 0, annotator_id):
        is_theirs = assignment.state == AssignmentState.DRAFT or assignment.reserved_until
        if is_theirs or _has_place(session, study, assignment):
            with counted(session, study, assignment):
                assignment.reserved_until = at + RESERVATION
            return assignment
    return None


def _has_place(session: Session, study: Study, assignment: Assignment) -> bool:
    unit = unit_of(session, assignment)
    return unit is None or unit.n_live < study.overlap


def _given_out(
    session: Session, study: Study, annotator_id: int, at: datetime
) -> Assignment | None:
    unit = _next_unit(session, study, annotator_id)
    if unit is None:
        return None
    pair = session.get_one(UnitPair, unit.pair_id)
    outputs = [unit.first_output_id, unit.second_output_id]
    coin = side_coin(
        unit.case_id,
        Pair(pair.first_run_id, pair.second_run_id),
        seed=study.seed,
        annotator_id=annotator_id,
    )
    if not first_is_left(
        lead=pair.lead, lead_of_unit=unit.lead, n_missing=pair.n_missing, coin=coin
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
        reserved_until=at + RESERVATION,
        shown_at=at,
        created_at=at,
    )
    with counted(session, study, assignment, is_new=True):
        pass
    return assignment


# The next unit


def _next_unit(session: Session, study: Study, annotator_id: int) -> Unit | None:
    """Choose what an annotator is shown next.

    Never a unit they were shown before (even if they skipped it), never one that has its
    ``overlap`` annotators. Among the rest a case they have not seen comes first; then see
    `first_choice`. Only so many units are looked at, from a place that is drawn, that it takes
    no longer in a large study. All are where those few are none of theirs to do: this is so at
    the end of their work, and then nearly all that is open is what they did themselves.
    """
    start = _start(session, study, annotator_id)
    for is_known, n in (
        (_is_case_known, _N_LOOKED_AT),
        (_is_known, _N_LOOKED_AT),
        (_is_known, None),
    ):
        for n_live in reversed(range(study.overlap)):
            candidates: dict[Candidate, int] = {}
            for looked_at in _open_units(study, n_live, start, n):
                unknown = ~is_known(looked_at.c, annotator_id)
                candidates |= _candidates(session, looked_at, unknown)
            if candidates:
                choice = first_choice(candidates, seed=study.seed, annotator_id=annotator_id)
                return session.get_one(Unit, candidates[choice])
    return None


def _start(session: Session, study: Study, annotator_id: int) -> int:
    """Draw where an annotator's search begins: elsewhere after every case of theirs."""
    work = session.get(WorkCount, (study.id, annotator_id), populate_existing=True)
    n_submitted = 0 if work is None else work.n_submitted
    return draw(study.seed, "start", annotator_id, n_submitted) % N_PLACES


def _open_units(study: Study, n_live: int, start: int, n: int | None) -> Iterable[sa.Subquery]:
    """Select units with so many annotators, ``n`` on from the start, and ``n`` before it."""
    for place in (col(Unit.place) >= start, col(Unit.place) < start):
        yield (
            sa.select(Unit)
            .where(
                col(Unit.study_id) == study.id,
                col(Unit.is_offered),
                col(Unit.n_live) == n_live,
                place,
            )
            .order_by(col(Unit.place))
            .limit(n)
            .subquery()
        )


def _candidates(
    session: Session, units: sa.Subquery, unknown: sa.ColumnElement[bool]
) -> dict[Candidate, int]:
    """Return what to choose among, each with the id of its unit."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            units.c.id,
            units.c.case_id,
            units.c.n_live,
            col(UnitPair.n_live),
            col(UnitPair.first_run_id),
            col(UnitPair.second_run_id),
        )
        .join(UnitPair, col(UnitPair.id) == units.c.pair_id)
        .where(unknown)
        .limit(_N_CANDIDATES)
    )
    return {
        Candidate(case_id, Pair(first, second), n_live, n_live_of_pair): unit_id
        for unit_id, case_id, n_live, n_live_of_pair, first, second in session.connection().execute(
            statement
        )
    }


def _is_case_known(unit: Any, annotator_id: int) -> sa.Exists:
    """Tell in SQL whether somebody was shown the case of a unit, with any pair."""
    return sa.exists().where(
        col(Assignment.annotator_id) == annotator_id,
        col(Assignment.study_id) == unit.study_id,
        col(Assignment.case_id) == unit.case_id,
    )


def _is_known(unit: Any, annotator_id: int) -> sa.Exists:
    """Tell in SQL whether somebody was shown a unit."""
    outputs = (unit.first_output_id, unit.second_output_id)
    right: Any = col(Assignment.right_output_id)
    return _is_case_known(unit, annotator_id).where(
        col(Assignment.left_output_id).in_(outputs), right.in_(outputs)
    )
