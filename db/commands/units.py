"""The units of a study: plan them, and keep count of what is given out, as it is given out.

Whoever changes what is counted holds the study first (`locked_study`) and then the assignment, so
that no two wait for each other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from db.models import Annotator, Assignment, Study, Unit, UnitPair, WorkCount
from db.queries.annotation.leaks import leaking_outputs, study_names
from db.queries.annotation.work import (
    UNFINISHED,
    WORK_DONE,
    StudyWork,
    is_live,
    study_work,
    work_done,
)
from evalkit.annotation.assignment.tournament import Pair, draw
from evalkit.vocabulary import AnnotatorKind, AssignmentKind, AssignmentState, LeakPolicy

#: Units stand at one of so many places, drawn for each.
N_PLACES = 2**31
_AT_ONCE = 200  # reservations that are released by one request

#: Typed as what it is in SQL, where it may be empty.
_RIGHT: Any = col(Assignment.right_output_id)
_LOCKED = select(Study).where(Study.id == sa.bindparam("study_id")).with_for_update(key_share=True)


def locked_study(session: Session, study_id: int) -> Study | None:
    """Read a study whose counts nobody else changes until this is committed.

    SQLite holds its one write lock already, and knows no other.
    """
    return session.exec(_LOCKED, params={"study_id": study_id}).first()


def outdate_units(session: Session, *study_ids: int) -> None:
    """Say that cases, outputs or labels of studies changed otherwise than by annotating here.

    To be called last in the transaction of the change: it waits for who gives out their cases.
    """
    session.connection().execute(
        sa.update(Study)
        .where(col(Study.id).in_(sorted(study_ids)), col(Study.are_units_current))
        .values(are_units_current=False)
    )


# Counting all


def count_units(session: Session, study: Study) -> None:
    """Plan the units of a study anew, and count all that was given out."""
    study_id = _id(study)
    study.are_units_current = False
    for table in (Unit, UnitPair, WorkCount):
        session.connection().execute(sa.delete(table).where(col(table.study_id) == study_id))
    work = study_work(session, study)
    units = _units(session, study, work)
    pairs = _pairs(study, work, units)
    session.add_all(pairs.values())
    session.flush()
    if units:
        rows = [row | {"pair_id": pairs[pair].id} for pair, row in units]
        session.connection().execute(sa.insert(Unit), rows)
    _count_everybody(session, study)
    study.are_units_current, study.names = True, sorted(study_names(session, study_id))
    session.add(study)
    session.flush()


def _units(session: Session, study: Study, work: StudyWork) -> list[tuple[Pair, dict[str, Any]]]:
    """Return the rows of the units, each with its pair of models by their positions."""
    n_live: Counter[tuple[int, int, int]] = Counter()
    for entry in work.shown:
        n_live[entry.case_id, entry.left, entry.right] += entry.n_live
    leaking: frozenset[int] = frozenset()
    if study.leak_policy == LeakPolicy.LEAVE_OUT:
        leaking = leaking_outputs(session, study)
    rows = []
    for unit in work.units:
        case_id, first, second = unit.case_id, unit.pair.first, unit.pair.second
        outputs = work.outputs[case_id, first], work.outputs[case_id, second]
        n_first, n_second = n_live[case_id, first, second], n_live[case_id, second, first]
        row = {
            "study_id": study.id,
            "case_id": case_id,
            "first_output_id": outputs[0],
            "second_output_id": outputs[1],
            "place": draw(study.seed, "place", *outputs) % N_PLACES,
            "inclusion_probability": unit.inclusion_probability,
            "is_offered": not leaking.intersection(outputs),
            "n_live": n_first + n_second,
            "lead": n_first - n_second,
        }
        rows.append((unit.pair, row))
    return rows


def _pairs(
    study: Study, work: StudyWork, units: list[tuple[Pair, dict[str, Any]]]
) -> dict[Pair, UnitPair]:
    totals: defaultdict[Pair, Counter[str]] = defaultdict(Counter)
    for pair, row in units:
        n_missing = _n_missing(study, row["n_live"]) if row["is_offered"] else 0
        total = totals[pair]
        total["n_live"] += row["n_live"]
        total["lead"] += row["lead"]
        total["n_open"] += n_missing > 0
        total["n_missing"] += n_missing
    return {
        pair: UnitPair(
            study_id=_id(study),
            first_run_id=work.run_ids[pair.first],
            second_run_id=work.run_ids[pair.second],
            **total,
        )
        for pair, total in totals.items()
    }


def _count_everybody(session: Session, study: Study) -> None:
    """Count what each annotator did in a study, and which open units are theirs no more."""
    connection = session.connection()
    connection.execute(sa.insert(WorkCount).from_select(WORK_DONE, work_done(_id(study))))
    known = sa.union(
        *(
            sa.select(
                col(Assignment.annotator_id),
                col(Unit.id),
                (study.overlap - col(Unit.n_live)).label("n_missing"),
            )
            .join(Unit, sa.and_(col(Assignment.left_output_id) == left, right == _RIGHT))
            .join(Annotator, col(Annotator.id) == Assignment.annotator_id)
            .where(
                col(Annotator.kind) == AnnotatorKind.HUMAN,
                col(Assignment.study_id) == study.id,
                col(Unit.study_id) == study.id,
                col(Unit.is_offered),
                col(Unit.n_live) < study.overlap,
            )
            for left, right in (
                (col(Unit.first_output_id), col(Unit.second_output_id)),
                (col(Unit.second_output_id), col(Unit.first_output_id)),
            )
        )
    ).subquery()
    counts = sa.select(known.c.annotator_id, sa.func.count(), sa.func.sum(known.c.n_missing))
    for annotator_id, n_open, n_missing in connection.execute(
        counts.group_by(known.c.annotator_id)
    ):
        more = {"n_open": n_open, "n_missing": n_missing}
        _add_work(session, study, {annotator_id: more})


# Counting one change


@contextmanager
def counted(
    session: Session, study: Study, assignment: Assignment, *, is_new: bool = False
) -> Iterator[None]:
    """Keep the counts of a study with what is done to one of its assignments in between.

    The study is locked. Of an assignment ``is_new`` nothing was counted yet.
    """
    before = _NOTHING if is_new else _standing(assignment)
    yield
    session.add(assignment)
    session.flush()
    after = _standing(assignment)
    if not study.are_units_current or (after == before and not is_new):
        return
    is_submitted = after.n_submitted > before.n_submitted
    is_newly_shown = after.shown_at != before.shown_at
    more = {
        "n_submitted": after.n_submitted - before.n_submitted,
        "n_begun": after.n_begun - before.n_begun,
        "last_submitted_id": assignment.id if is_submitted else None,
        "shown_at": after.shown_at if is_newly_shown else None,
    }
    _add_work(session, study, {assignment.annotator_id: more})
    if is_new or after.is_live != before.is_live:
        _count_unit(session, study, assignment, is_new=is_new)


def release_reservations(session: Session, study: Study, *, at: datetime) -> None:
    """Give the places back that were reserved for longer than anybody came for them."""
    late = session.exec(_LATE, params={"study_id": study.id, "at": at}).all()
    for assignment in late:
        with counted(session, study, assignment):
            assignment.reserved_until = None


def has_place(session: Session, study: Study, assignment: Assignment) -> bool:
    """Tell whether an assignment may still be done: others have not taken all its places."""
    unit = _unit_of(session, assignment)
    return unit is None or unit.n_live < study.overlap


@dataclass(frozen=True, slots=True)
class _Standing:
    """What one assignment counts for."""

    n_submitted: int
    n_begun: int
    is_live: bool
    shown_at: datetime | None


_NOTHING = _Standing(0, 0, is_live=False, shown_at=None)


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


def _count_unit(session: Session, study: Study, assignment: Assignment, *, is_new: bool) -> None:
    """Count one unit anew, and what changes with it for its pair and for all who were shown it."""
    unit = _unit_of(session, assignment)
    if unit is None:
        return
    people = _shown_to(session, unit)
    sides = [
        len({entry.annotator_id for entry in people if entry.is_live and entry.left == left})
        for left in (unit.first_output_id, unit.second_output_id)
    ]
    n_live, lead = sum(sides), sides[0] - sides[1]
    was_missing = _n_missing(study, unit.n_live) if unit.is_offered else 0
    n_missing = _n_missing(study, n_live) if unit.is_offered else 0
    n_more, n_opened = n_missing - was_missing, bool(n_missing) - bool(was_missing)
    connection = session.connection()
    connection.execute(_COUNT_UNIT, {"unit_id": unit.id, "now_live": n_live, "now_lead": lead})
    added = {
        "pair_id": unit.pair_id,
        "more_n_live": n_live - unit.n_live,
        "more_lead": lead - unit.lead,
        "more_n_missing": n_more,
        "more_n_open": n_opened,
    }
    connection.execute(_COUNT_PAIR, added)
    ids = sorted({entry.annotator_id for entry in people})
    more = {
        annotator_id: {"n_open": n_opened, "n_missing": n_more} for annotator_id in ids if n_more
    }
    if is_new and assignment.annotator_id in ids:
        more[assignment.annotator_id] = {"n_open": int(n_missing > 0), "n_missing": n_missing}
    _add_work(session, study, more)


@dataclass(frozen=True, slots=True)
class _ShownTo:
    annotator_id: int
    left: int
    is_live: bool


def _shown_to(session: Session, unit: sa.Row[Any]) -> list[_ShownTo]:
    """Return to whom a unit was shown; judges do not count."""
    asked = {
        "study_id": unit.study_id,
        "case_id": unit.case_id,
        "output_id": unit.first_output_id,
        "other_id": unit.second_output_id,
    }
    rows = session.connection().execute(_SHOWN_TO, asked)
    return [_ShownTo(annotator, left, bool(live)) for annotator, left, live in rows]


def _unit_of(session: Session, assignment: Assignment) -> sa.Row[Any] | None:
    """Return the unit of an assignment, unless it is not planned any more."""
    asked = {
        "study_id": assignment.study_id,
        "case_id": assignment.case_id,
        "output_id": assignment.left_output_id,
        "other_id": assignment.right_output_id,
    }
    return session.connection().execute(_UNIT_OF, asked).first()


def _add_work(session: Session, study: Study, more: Mapping[int, dict[str, Any]]) -> None:
    """Add to what annotators did in a study, whoever does so at the same moment."""
    rows = [
        _NO_WORK | {"study_id": study.id, "annotator_id": annotator_id} | added
        for annotator_id, added in more.items()
    ]
    if rows:
        statement = _ADD_WORK[session.get_bind().dialect.name]
        session.connection().execute(statement, rows)


def _n_missing(study: Study, n_live: int) -> int:
    return max(study.overlap - n_live, 0)


def _id(study: Study) -> int:
    assert study.id is not None  # it was read or flushed
    return study.id


# Statements that every case needs are made once: it takes several times as long as to run them.

_LATE = (
    select(Assignment)
    .where(
        Assignment.study_id == sa.bindparam("study_id"),
        col(Assignment.reserved_until).is_not(None),
        col(Assignment.reserved_until) <= sa.bindparam("at"),
    )
    .limit(_AT_ONCE)
    .with_for_update(key_share=True, skip_locked=True)
)
_OUTPUTS: Any = (sa.bindparam("output_id"), sa.bindparam("other_id"))
_UNIT_OF: sa.Select[*tuple[Any, ...]] = sa.select(*Unit.__table__.columns).where(  # type: ignore[attr-defined]
    col(Unit.study_id) == sa.bindparam("study_id"),
    col(Unit.case_id) == sa.bindparam("case_id"),
    col(Unit.first_output_id).in_(_OUTPUTS),
    col(Unit.second_output_id).in_(_OUTPUTS),
)
_SHOWN_TO: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        col(Assignment.annotator_id),
        col(Assignment.left_output_id),
        sa.and_(is_live(), col(Assignment.kind) == AssignmentKind.WORK),
    )
    .join(Annotator, col(Annotator.id) == Assignment.annotator_id)
    .where(
        col(Assignment.study_id) == sa.bindparam("study_id"),
        col(Assignment.case_id) == sa.bindparam("case_id"),
        col(Assignment.left_output_id).in_(_OUTPUTS),
        _RIGHT.in_(_OUTPUTS),
        col(Annotator.kind) == AnnotatorKind.HUMAN,
    )
)
_COUNT_UNIT = (
    sa.update(Unit)
    .where(col(Unit.id) == sa.bindparam("unit_id"))
    .values(n_live=sa.bindparam("now_live"), lead=sa.bindparam("now_lead"))
)
_COUNT_PAIR = (
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
    return row.on_conflict_do_update(index_elements=["study_id", "annotator_id"], set_=sums | last)


_ADD_WORK = {
    "postgresql": _adding_work(postgresql.insert),
    "sqlite": _adding_work(sqlite.insert),
}
