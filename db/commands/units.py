"""The units of a study: plan them, and count all that was given out.

Whoever changes what is counted holds the study first (`locked_study`) and then the assignment, so
that no two wait for each other.
"""

from collections import Counter, defaultdict
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import number_of
from db.commands.counts import add_work, n_missing_of
from db.engine import read_session, write_session
from db.models import Annotator, Assignment, Study, Unit, UnitPair, WorkCount
from db.prepared import Prepared, Values, columns_of
from db.queries.annotation.cases import outputs_elsewhere
from db.queries.annotation.leaks import leaking_outputs, study_names
from db.queries.annotation.task import NOT_YOURS
from db.queries.annotation.tasks import tasks_of
from db.queries.annotation.work import WORK_DONE, StudyWork, shows, study_work, work_done
from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.annotation.assignment.tournament import Pair, draw
from evalkit.errors import NotFoundError
from evalkit.vocabulary import AnnotatorKind, LeakPolicy, TaskKind

#: The pair of models of a unit by their positions, of all units of one kind.
_PairOfKind = tuple[TaskKind, Pair]

#: Units stand at one of so many places, drawn for each.
N_PLACES = 2**31

_STUDY = sa.select(*columns_of(Study)).with_for_update(key_share=True)
_LOCKED = Prepared(_STUDY.where(col(Study.id) == sa.bindparam("study_id")))
_LOCKED_OF_OWN = Prepared(
    _STUDY.where(
        col(Study.id)
        == sa.select(col(Assignment.study_id))
        .where(
            col(Assignment.id) == sa.bindparam("assignment_id"),
            col(Assignment.annotator_id) == sa.bindparam("annotator_id"),
        )
        .scalar_subquery()
    )
)


def locked_study(session: Session, study_id: int) -> Study | None:
    """Read a study whose counts nobody else changes until this is committed.

    SQLite holds its one write lock already, and knows no other. What is locked by a part of a
    transaction is not read again by the next one.
    """
    locked: Study | None = session.info.get(("locked", study_id))
    return locked or _locked(session, _LOCKED, {"study_id": study_id})


def locked_study_of_own(session: Session, assignment_id: int, annotator_id: int) -> Study:
    """Read the study of an assignment of this annotator, locked in the same way."""
    asked = {"assignment_id": assignment_id, "annotator_id": annotator_id}
    study = _locked(session, _LOCKED_OF_OWN, asked)
    if study is None:
        raise NotFoundError(NOT_YOURS)
    return study


def _locked(session: Session, statement: Prepared, asked: Values) -> Study | None:
    for study in statement.objects(session, asked, Study):
        session.info["locked", study.id] = study
        return study
    return None


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


def count_outdated_units() -> None:
    """Count what open studies give out, where that changed otherwise than by annotating here."""
    outdated = select(Study.id).where(col(Study.is_open), col(Study.are_units_current).is_(False))
    with read_session() as session:
        study_ids = session.exec(outdated).all()
    for study_id in study_ids:
        with write_session() as session:
            study = locked_study(session, study_id or 0)
            if study is not None and not study.are_units_current:
                count_units(session, study)


def count_units(session: Session, study: Study) -> None:
    """Plan the units of a study anew, and count all that was given out."""
    study_id = number_of(study)
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


def _units(
    session: Session, study: Study, work: StudyWork
) -> list[tuple[_PairOfKind, dict[str, Any]]]:
    """Return the rows of the units, each with its kind and pair of models."""
    n_live: Counter[tuple[int, Pair, int]] = Counter()
    for entry in work.shown:
        n_live[entry.case_id, entry.pair, entry.models[0]] += entry.n_live
    withheld = outputs_elsewhere(session, study)
    if study.leak_policy == LeakPolicy.LEAVE_OUT:
        withheld |= leaking_outputs(session, study)
    rows = []
    for unit in work.units:
        case_id, pair = unit.case_id, unit.pair
        outputs = [work.outputs[case_id, model] for model in pair.models]
        n_first, n_second, *n_more = (n_live[case_id, pair, model] for model in pair.models)
        is_alone = pair.first == pair.second
        row = {
            "study_id": study.id,
            "kind": pair.kind,
            "case_id": case_id,
            "first_output_id": outputs[0],
            "second_output_id": outputs[1],
            "more_output_ids": outputs[2:] or None,
            "place": draw(study.seed, "place", *outputs) % N_PLACES,
            "inclusion_probability": unit.inclusion_probability,
            "is_offered": not withheld.intersection(outputs),
            "n_live": n_first if is_alone else n_first + n_second + sum(n_more),
            "lead": 0 if n_more else n_first - n_second,
        }
        rows.append(((pair.kind, Pair(pair.first, pair.second)), row))
    return rows


def _pairs(
    study: Study, work: StudyWork, units: list[tuple[_PairOfKind, dict[str, Any]]]
) -> dict[_PairOfKind, UnitPair]:
    totals: defaultdict[_PairOfKind, Counter[str]] = defaultdict(Counter)
    for pair, row in units:
        n_missing = n_missing_of(study, pair[0], row["n_live"]) if row["is_offered"] else 0
        total = totals[pair]
        total["n_live"] += row["n_live"]
        total["lead"] += row["lead"]
        total["n_open"] += n_missing > 0
        total["n_missing"] += n_missing
    return {
        (kind, pair): UnitPair(
            study_id=number_of(study),
            kind=kind,
            first_run_id=work.run_ids[pair.first],
            second_run_id=work.run_ids[pair.second],
            **total,
        )
        for (kind, pair), total in totals.items()
    }


def _count_everybody(session: Session, study: Study) -> None:
    """Count what each annotator did in a study, and which open units are theirs no more."""
    connection = session.connection()
    connection.execute(sa.insert(WorkCount).from_select(WORK_DONE, work_done(number_of(study))))
    for task in tasks_of(study):
        _count_known(session, study, task)


def _count_known(session: Session, study: Study, task: StudyTask) -> None:
    """Count the open units of one kind that each annotator was shown."""
    is_shown = sa.and_(
        col(Assignment.case_id) == Unit.case_id,
        shows(col(Unit.first_output_id), col(Unit.second_output_id), kind=task.kind),
    )
    known = (
        sa.select(
            col(Assignment.annotator_id),
            col(Unit.id),
            (task.overlap - col(Unit.n_live)).label("n_missing"),
        )
        .distinct()
        .join(Unit, is_shown)
        .join(Annotator, col(Annotator.id) == Assignment.annotator_id)
        .where(
            col(Annotator.kind) == AnnotatorKind.HUMAN,
            col(Assignment.study_id) == study.id,
            col(Unit.study_id) == study.id,
            col(Unit.kind) == task.kind,
            col(Unit.is_offered),
            col(Unit.n_live) < task.overlap,
        )
        .subquery()
    )
    counts = sa.select(known.c.annotator_id, sa.func.count(), sa.func.sum(known.c.n_missing))
    rows = session.connection().execute(counts.group_by(known.c.annotator_id)).all()
    for annotator_id, n_open, n_missing in rows:
        more = {"n_open": n_open, "n_missing": n_missing}
        add_work(session, study, task.kind, {annotator_id: more})
