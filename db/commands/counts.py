"""Keep count of what a study gives out, with every change of one of its assignments."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from db.models import Annotator, Assignment, Study, Unit, UnitPair, WorkCount
from db.prepared import Prepared, columns_of
from db.queries.annotation.tasks import KIND, kind_of, task_of
from db.queries.annotation.work import UNFINISHED, is_live, shows
from evalkit.vocabulary import AnnotatorKind, AssignmentKind, AssignmentState, TaskKind

_AT_ONCE = 200  # reservations that are released by one request


@contextmanager
def counted(session: Session, study: Study, assignment: Assignment) -> Iterator[None]:
    """Keep the counts of a study with what is done to one of its assignments in between.

    The study is locked.
    """
    before = _standing(assignment)
    yield
    session.add(assignment)
    after = _standing(assignment)
    if not study.are_units_current or after == before:
        return
    annotator_id = assignment.annotator_id
    is_submitted = after.n_submitted > before.n_submitted
    is_newly_shown = after.shown_at != before.shown_at
    more = {
        "n_submitted": after.n_submitted - before.n_submitted,
        "n_begun": after.n_begun - before.n_begun,
        "last_submitted_id": assignment.id if is_submitted else None,
        "shown_at": after.shown_at if is_newly_shown else None,
    }
    kind = kind_of(assignment)
    work: dict[int, dict[str, Any]] = {}
    if after.is_live != before.is_live:
        session.flush()  # the unit is counted from the assignments
        unit = _unit_of(session, assignment)
        if unit is not None:
            work = _count_unit(session, study, unit)
    add_work(session, study, kind, work | {annotator_id: work.get(annotator_id, {}) | more})
    if after.n_submitted < before.n_submitted:
        whose = {"own_study": study.id, "own_annotator": annotator_id, "own_kind": kind}
        session.flush()
        session.connection().execute(_LAST_SUBMITTED, whose)


def count_new(
    session: Session, study: Study, unit: Any, *, annotator_id: int, shown_at: datetime | None
) -> None:
    """Count that a unit was given to somebody who was not shown it before."""
    work = _count_unit(session, study, unit, new_to=annotator_id)
    more = {"n_begun": 1, "shown_at": shown_at}
    kind = TaskKind(unit.kind)
    add_work(session, study, kind, work | {annotator_id: work.get(annotator_id, {}) | more})


def release_reservations(session: Session, study: Study, *, at: datetime) -> None:
    """Give the places back that were reserved for longer than anybody came for them."""
    asked = {"study_id": study.id, "at": at}
    if _FIRST_LATE.first(session, asked) is None:
        return  # nearly always, and known at a tenth of what it takes to ask for objects
    for assignment in session.exec(_LATE, params=asked).all():
        with counted(session, study, assignment):
            assignment.reserved_until = None


def shown_since(assignment: Assignment, seconds: float, at: datetime) -> datetime:
    """Return since when a case is on a screen for so many seconds, or was held: it is no longer."""
    longest = (at - assignment.created_at).total_seconds()
    return at - timedelta(seconds=min(seconds, longest))


def has_place(session: Session, study: Study, assignment: Assignment) -> bool:
    """Tell whether an assignment may still be done: others have not taken all its places."""
    unit = _unit_of(session, assignment)
    return unit is None or n_missing_of(study, TaskKind(unit.kind), unit.n_live) > 0


@dataclass(frozen=True, slots=True)
class _Standing:
    """What one assignment counts for."""

    n_submitted: int
    n_begun: int
    is_live: bool
    shown_at: datetime | None


def _standing(assignment: Assignment) -> _Standing:
    is_submitted = assignment.state == AssignmentState.SUBMITTED
    is_unfinished = assignment.state in UNFINISHED
    is_reserved = is_unfinished and assignment.reserved_until is not None
    is_begun = is_reserved or assignment.state == AssignmentState.DRAFT
    return _Standing(
        int(is_submitted),
        int(is_begun),
        is_live=is_submitted or is_reserved,
        shown_at=assignment.shown_at,
    )


def _count_unit(
    session: Session, study: Study, unit: Any, *, new_to: int | None = None
) -> dict[int, dict[str, Any]]:
    """Count one unit anew, and what changes with it for its pair.

    Returns what changes with it for all who were shown it; one of them only now, if at all.
    """
    people, kind = _shown_to(session, unit), TaskKind(unit.kind)
    n_live, lead = _sides(unit, people)
    was_missing = n_missing_of(study, kind, unit.n_live) if unit.is_offered else 0
    n_missing = n_missing_of(study, kind, n_live) if unit.is_offered else 0
    n_more, n_opened = n_missing - was_missing, bool(n_missing) - bool(was_missing)
    _COUNT_UNIT.run(session, {"unit_id": unit.id, "now_live": n_live, "now_lead": lead})
    added = {
        "pair_id": unit.pair_id,
        "more_n_live": n_live - unit.n_live,
        "more_lead": lead - unit.lead,
        "more_n_missing": n_more,
        "more_n_open": n_opened,
    }
    _COUNT_PAIR.run(session, added)
    ids = sorted({entry.annotator_id for entry in people})
    more = {
        annotator_id: {"n_open": n_opened, "n_missing": n_more} for annotator_id in ids if n_more
    }
    if new_to is not None and new_to in ids:
        more[new_to] = {"n_open": int(n_missing > 0), "n_missing": n_missing}
    return more


@dataclass(frozen=True, slots=True)
class _ShownTo:
    annotator_id: int
    left: int
    is_live: bool


def _sides(unit: Any, people: list[_ShownTo]) -> tuple[int, int]:
    """Return how many judge a unit, and how many more of them with its first output left.

    The order in which several are ranked has no lead.
    """
    if unit.more_output_ids:
        return len({entry.annotator_id for entry in people if entry.is_live}), 0
    first, second = (
        len({entry.annotator_id for entry in people if entry.is_live and entry.left == left})
        for left in (unit.first_output_id, unit.second_output_id)
    )
    is_alone = unit.first_output_id == unit.second_output_id
    return (first, 0) if is_alone else (first + second, first - second)


def _shown_to(session: Session, unit: Any) -> list[_ShownTo]:
    """Return to whom a unit was shown; judges do not count."""
    asked = {
        "study_id": unit.study_id,
        "case_id": unit.case_id,
        "output_id": unit.first_output_id,
        "other_id": unit.second_output_id,
    }
    shown_to = _SHOWN_TO[unit.kind == TaskKind.RANK]
    return [_ShownTo(*row) for row in shown_to.all(session, asked)]


def _unit_of(session: Session, assignment: Assignment) -> Any | None:
    """Return the unit of an assignment, unless it is not planned any more."""
    kind = kind_of(assignment)
    asked = {
        "study_id": assignment.study_id,
        "kind": kind,
        "case_id": assignment.case_id,
        "output_id": assignment.left_output_id,
        "other_id": assignment.right_output_id or assignment.left_output_id,
    }
    return _UNIT_OF[kind == TaskKind.RANK].first(session, asked)


def add_work(
    session: Session, study: Study, kind: TaskKind, more: dict[int, dict[str, Any]]
) -> None:
    """Add to what annotators did of a kind in a study, whoever does so at the same moment."""
    rows = [
        _NO_WORK | {"study_id": study.id, "annotator_id": annotator_id, "kind": kind} | added
        for annotator_id, added in more.items()
    ]
    _ADD_WORK[session.get_bind().dialect.name].run(session, *rows)


def n_missing_of(study: Study, kind: TaskKind, n_live: int) -> int:
    """Return how many annotators a unit of a kind of the study still needs."""
    task = task_of(study, kind)
    return 0 if task is None else max(task.overlap - n_live, 0)


# Statements that every case needs are made once: it takes several times as long as to run them.

_IS_LATE = (
    col(Assignment.study_id) == sa.bindparam("study_id"),
    col(Assignment.reserved_until).is_not(None),
    col(Assignment.reserved_until) <= sa.bindparam("at"),
)
_FIRST_LATE = Prepared(sa.select(col(Assignment.id)).where(*_IS_LATE).limit(1))
_LATE = (
    select(Assignment)
    .where(*_IS_LATE)
    .limit(_AT_ONCE)
    .with_for_update(key_share=True, skip_locked=True)
)
_OWN_WORK = (
    col(WorkCount.study_id) == sa.bindparam("own_study"),
    col(WorkCount.annotator_id) == sa.bindparam("own_annotator"),
    col(WorkCount.kind) == sa.bindparam("own_kind"),
)
_LAST_SUBMITTED = (
    sa.update(WorkCount)
    .where(*_OWN_WORK)
    .values(
        last_submitted_id=sa.select(sa.func.max(col(Assignment.id)))
        .where(
            col(Assignment.study_id) == sa.bindparam("own_study"),
            col(Assignment.annotator_id) == sa.bindparam("own_annotator"),
            col(Assignment.state) == AssignmentState.SUBMITTED,
            sa.bindparam("own_kind") == KIND,
        )
        .scalar_subquery()
    )
)
_OUTPUT: Any = sa.bindparam("output_id", type_=sa.Integer)
_OTHER: Any = sa.bindparam("other_id", type_=sa.Integer)
_UNITS_OF_CASE = sa.select(*columns_of(Unit)).where(
    col(Unit.study_id) == sa.bindparam("study_id"),
    col(Unit.case_id) == sa.bindparam("case_id"),
    col(Unit.kind) == sa.bindparam("kind"),
)
#: For pairs and single responses, and for rankings.
_UNIT_OF = (
    Prepared(
        _UNITS_OF_CASE.where(
            sa.or_(
                sa.and_(col(Unit.first_output_id) == _OUTPUT, col(Unit.second_output_id) == _OTHER),
                sa.and_(col(Unit.first_output_id) == _OTHER, col(Unit.second_output_id) == _OUTPUT),
            )
        )
    ),
    Prepared(_UNITS_OF_CASE),
)
_SHOWN_TO = tuple(
    Prepared(
        sa.select(
            col(Assignment.annotator_id),
            col(Assignment.left_output_id),
            sa.and_(is_live(), col(Assignment.kind) == AssignmentKind.WORK).label("is_live"),
        )
        .join(Annotator, col(Annotator.id) == Assignment.annotator_id)
        .where(
            col(Assignment.study_id) == sa.bindparam("study_id"),
            col(Assignment.case_id) == sa.bindparam("case_id"),
            shows(_OUTPUT, _OTHER, kind=kind),
            col(Annotator.kind) == AnnotatorKind.HUMAN,
        )
    )
    for kind in (TaskKind.PAIR, TaskKind.RANK)
)
_COUNT_UNIT = Prepared(
    sa.update(Unit)
    .where(col(Unit.id) == sa.bindparam("unit_id"))
    .values(n_live=sa.bindparam("now_live"), lead=sa.bindparam("now_lead"))
)
_COUNT_PAIR = Prepared(
    sa.update(UnitPair)
    .where(col(UnitPair.id) == sa.bindparam("pair_id"))
    .values(
        {
            name: getattr(UnitPair, name) + sa.bindparam(f"more_{name}")
            for name in ("n_live", "lead", "n_missing", "n_open")
        }
    )
)
_ADDED = ("n_submitted", "n_begun", "n_open", "n_missing")
_LATEST = ("last_submitted_id", "shown_at")
_NO_WORK: dict[str, Any] = dict.fromkeys(_ADDED, 0) | dict.fromkeys(_LATEST)


def _adding_work(insert: Any) -> Any:
    """Make what adds to a row, or makes it; the last submission and the last moment stay so."""
    row = insert(WorkCount)
    sums: dict[str, Any] = {name: getattr(WorkCount, name) + row.excluded[name] for name in _ADDED}
    last = {
        name: sa.case(
            (row.excluded[name].is_(None), getattr(WorkCount, name)),
            (getattr(WorkCount, name) > row.excluded[name], getattr(WorkCount, name)),
            else_=row.excluded[name],
        )
        for name in _LATEST
    }
    return row.on_conflict_do_update(
        index_elements=["study_id", "annotator_id", "kind"], set_=sums | last
    )


_ADD_WORK = {
    "postgresql": Prepared(_adding_work(postgresql.insert)),
    "sqlite": Prepared(_adding_work(sqlite.insert)),
}
