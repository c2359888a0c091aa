"""Give out the next case: one that was begun, else the next unit of the study."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.columns import new_token, now, number_of
from db.commands.counts import count_new, counted, has_place, release_reservations, shown_since
from db.commands.units import (
    N_PLACES,
    count_units,
    locked_study,
    locked_study_of_own,
)
from db.engine import read_session, write_session
from db.models import Assignment, Study, Unit, UnitPair, WorkCount
from db.prepared import Prepared, columns_of
from db.queries.annotation.audience import NOT_OPEN, is_for
from db.queries.annotation.task import own_assignment
from db.queries.annotation.work import UNFINISHED, shows
from evalkit.annotation.assignment.policy import (
    HOLD,
    POLICY,
    RESERVATION,
    Candidate,
    first_choice,
    first_is_left,
    shown_order,
    side_coin,
)
from evalkit.annotation.assignment.tournament import Pair, draw
from evalkit.errors import NotFoundError
from evalkit.vocabulary import SIDES, AssignmentKind, AssignmentState, Sampling, TaskKind

_Statement = sa.Select[*tuple[Any, ...]]

#: Among how many units the next one is chosen, and how many are looked at for them.
_N_CANDIDATES, _N_LOOKED_AT = 64, 512


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
    unit = _next_unit(session, study, annotator_id)
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


# The next unit


def _next_unit(session: Session, study: Study, annotator_id: int) -> Any | None:
    """Choose what an annotator is shown next; return it with its pair's counts, see ``_CHOSEN``.

    Never a unit they were shown before (even if they skipped it), never one that has its
    ``overlap`` annotators. Among the rest a case they have not seen comes first; then see
    `first_choice`. Only so many units are looked at, from a place that is drawn, that it takes
    no longer in a large study. All are where those few are none of theirs to do: this is so at
    the end of their work, and then nearly all that is open is what they did themselves.
    """
    start = _start(session, study, annotator_id)
    asked = {"study_id": study.id, "annotator_id": annotator_id, "start": start}
    for search in _SEARCHES_OF_RANKINGS if study.task_kind == TaskKind.RANK else _SEARCHES:
        below: int | None = study.overlap
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
_N_LIVE_OF_FULLEST = sa.select(sa.func.max(col(Unit.n_live)).label("n_live")).where(
    col(Unit.study_id) == sa.bindparam("study_id"),
    col(Unit.is_offered),
    col(Unit.n_live) < sa.bindparam("below"),
)
_OPEN = sa.select(Unit).where(
    col(Unit.study_id) == sa.bindparam("study_id"),
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
    _search(_is_ranking_known, _N_LOOKED_AT),
    _search(_is_ranking_known, None),
)
_N_SUBMITTED = Prepared(
    sa.select(col(WorkCount.n_submitted)).where(
        col(WorkCount.study_id) == sa.bindparam("study_id"),
        col(WorkCount.annotator_id) == sa.bindparam("annotator_id"),
    )
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
