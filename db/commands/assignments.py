"""Give out the next case: one that was begun, else the next unit of the study."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.columns import new_token, now, number_of
from db.commands.counts import count_new, counted, has_place, release_reservations, shown_since
from db.commands.next_unit import next_unit
from db.commands.units import (
    count_units,
    locked_study,
    locked_study_of_own,
)
from db.engine import read_session, write_session
from db.models import Assignment, Study
from db.prepared import Prepared, columns_of
from db.queries.annotation.audience import NOT_OPEN, is_for
from db.queries.annotation.task import own_assignment
from db.queries.annotation.work import UNFINISHED
from evalkit.annotation.assignment.policy import (
    HOLD,
    POLICY,
    RESERVATION,
    first_is_left,
    shown_order,
    side_coin,
)
from evalkit.annotation.assignment.tournament import Pair
from evalkit.errors import NotFoundError
from evalkit.vocabulary import SIDES, AssignmentKind, AssignmentState, Sampling


@dataclass(frozen=True, slots=True)
class OnScreen:
    """The case that somebody says is on their screen, by its token, and for how many seconds."""

    assignment_id: int
    token: str
    seconds: float

    def is_of(self, assignment: Assignment) -> bool:
        """Tell whether it is this case."""
        return (assignment.id, assignment.token) == (self.assignment_id, self.token)


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
        begun = _unfinished(session, study_id, annotator_id)
        return _next_task_id(session, study, annotator_id, begun, is_shown=True)


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
        begun = _unfinished(session, study_id, annotator_id)
        for assignment in begun:
            if on_screen is not None and on_screen.is_of(assignment):
                _show(session, study, assignment, seconds=on_screen.seconds)
                begun.remove(assignment)
                break
        return _next_task_id(session, study, annotator_id, begun, is_shown=False)


def release(*, assignment_id: int, annotator_id: int, token: str) -> bool:
    """Give a case back that was held and never shown; tell whether there was something to give.

    It stays this annotator's if nobody else takes its place meanwhile.
    """
    with write_session() as session:
        study = locked_study_of_own(session, assignment_id, annotator_id)
        assignment = own_assignment(session, assignment_id, annotator_id)
        is_held = assignment.is_held and assignment.token == token
        if not is_held or assignment.reserved_until is None:
            return False
        with counted(session, study, assignment):
            assignment.reserved_until = None
        return True


def _next_task_id(
    session: Session, study: Study, annotator_id: int, begun: list[Assignment], *, is_shown: bool
) -> int | None:
    """Reserve the next case, one of those that are begun, else a new one; return its id.

    For a short time, unless it is shown.
    """
    at = now()
    if not study.are_units_current:
        count_units(session, study)
    release_reservations(session, study, at=at)
    resumed = _resumed(session, study, begun, at)
    if resumed is not None:
        if is_shown:
            _show(session, study, resumed)
        return resumed.id
    if not is_for(session, number_of(study), annotator_id=annotator_id):
        return None
    return _given_out(session, study, annotator_id, at, is_shown=is_shown)


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
    asked = {"study_id": study_id, "annotator_id": annotator_id}
    tasks = _UNFINISHED.objects(session, asked, Assignment)
    begun = [task for task in tasks if task.state in UNFINISHED]  # else ended just now, unflushed
    return sorted(
        begun, key=lambda task: (task.state != AssignmentState.DRAFT, task.is_held, task.id)
    )


def _resumed(
    session: Session, study: Study, begun: list[Assignment], at: datetime
) -> Assignment | None:
    """Take up what an annotator has begun, and reserve it anew.

    A draft is never lost to a reservation that ran out. A case that was only looked at is, once
    others have taken its places.
    """
    for assignment in begun:
        is_theirs = assignment.state == AssignmentState.DRAFT or assignment.reserved_until
        if is_theirs or has_place(session, study, assignment):
            with counted(session, study, assignment):
                assignment.reserved_until = at + (HOLD if assignment.is_held else RESERVATION)
            return assignment
    return None


def _given_out(
    session: Session, study: Study, annotator_id: int, at: datetime, *, is_shown: bool
) -> int | None:
    unit = next_unit(session, study, annotator_id, at)
    if unit is None:
        return None
    outputs = _on_sides(study, unit, annotator_id)
    what = " and ".join(map(str, sorted(outputs)))
    assignment = {
        "study_id": unit.study_id,
        "annotator_id": annotator_id,
        "case_id": unit.case_id,
        **dict.fromkeys(f"{side}_output_id" for side in SIDES),
        **{f"{side}_output_id": output for side, output in zip(SIDES, outputs, strict=False)},
        "presentation": f"case {unit.case_id}: {what}",
        "token": new_token(),
        "kind": AssignmentKind.WORK,
        "policy": POLICY,
        "sampling": Sampling.RANDOM if study.n_drawn is None else Sampling.STRATIFIED,
        "inclusion_probability": unit.inclusion_probability,
        "state": AssignmentState.OPEN,
        "active_seconds": 0.0,
        "reserved_until": at + (RESERVATION if is_shown else HOLD),
        "shown_at": at if is_shown else None,
        "created_at": at,
    }
    _GIVE_OUT.run(session, assignment)
    count_new(session, study, unit, annotator_id=annotator_id, shown_at=assignment["shown_at"])
    assignment_id: int = _GIVEN_OUT.scalar(session, assignment)
    return assignment_id


def _on_sides(study: Study, unit: Any, annotator_id: int) -> list[int]:
    """Return the outputs of a unit as an annotator is shown them, left first."""
    outputs = [unit.first_output_id, unit.second_output_id, *(unit.more_output_ids or ())]
    if unit.more_output_ids:
        return shown_order(outputs, unit.case_id, seed=study.seed, turn=unit.n_live)
    if outputs[0] == outputs[1]:
        return outputs[:1]
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
    return outputs


# Statements that every case needs are made once: it takes several times as long as to run them.

_UNFINISHED = Prepared(
    sa.select(*columns_of(Assignment)).where(
        col(Assignment.study_id) == sa.bindparam("study_id"),
        col(Assignment.annotator_id) == sa.bindparam("annotator_id"),
        col(Assignment.state).in_(UNFINISHED),
    )
)
_GIVE_OUT = Prepared(sa.insert(Assignment))
_GIVEN_OUT = Prepared(
    sa.select(col(Assignment.id)).where(
        col(Assignment.study_id) == sa.bindparam("study_id"),
        col(Assignment.annotator_id) == sa.bindparam("annotator_id"),
        col(Assignment.presentation) == sa.bindparam("presentation"),
    )
)
