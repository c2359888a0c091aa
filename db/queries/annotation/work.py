"""What a study has to give out: its planned units, and what was given out so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import (
    Annotator,
    Assignment,
    Case,
    Output,
    Study,
    StudyCase,
    StudyRun,
    VersionCase,
)
from db.queries.annotation.cases import is_asked_for, outputs_elsewhere
from db.queries.annotation.tasks import KIND, tasks_of
from evalkit.annotation.assignment.policy import PlannedCase, PlannedUnit, Shown
from evalkit.annotation.assignment.tasks import planned_units
from evalkit.vocabulary import (
    AnnotatorKind,
    AssignmentKind,
    AssignmentState,
    CaseStatus,
    TaskKind,
)

UNFINISHED = (AssignmentState.OPEN, AssignmentState.DRAFT)

#: What stands right of the left output, which is itself where it stands alone: as in a unit.
_OTHER: Any = sa.func.coalesce(col(Assignment.right_output_id), col(Assignment.left_output_id))

_MORE = (
    col(Assignment.third_output_id),
    col(Assignment.fourth_output_id),
    col(Assignment.fifth_output_id),
)

WORK_DONE = (
    "study_id",
    "annotator_id",
    "kind",
    "n_submitted",
    "n_begun",
    "last_submitted_id",
    "shown_at",
    "n_open",
    "n_missing",
)


@dataclass(frozen=True, slots=True)
class StudyWork:
    """A study as it is planned from its cases and outputs, and as it was given out.

    Models are positions in ``run_ids``; ``outputs`` maps (case id, model) to the output's id.
    """

    run_ids: tuple[int, ...]
    units: tuple[PlannedUnit, ...]
    shown: tuple[Shown, ...]
    outputs: Mapping[tuple[int, int], int]


def study_work(session: Session, study: Study) -> StudyWork:
    """Plan a study and count what was shown. It reads all of it: never while somebody waits."""
    run_ids, outputs = study_outputs(session, study)
    shown = _shown(session, study, {output: model for (_, model), output in outputs.items()})
    units = planned_units(
        _planned_cases(session, study, outputs),
        tasks_of(study),
        shown,
        n_models=len(run_ids),
        seed=study.seed,
    )
    if study.n_drawn is not None:
        units = _as_drawn(session, study, units)
    return StudyWork(tuple(run_ids), units, shown, outputs)


def study_outputs(
    session: Session, study: Study
) -> tuple[Sequence[int], Mapping[tuple[int, int], int]]:
    """Return the runs of a study, and their outputs by case and place of the run among them."""
    run_ids = _run_ids(session, study)
    return run_ids, _outputs(session, study, run_ids)


def planned_cases(session: Session, study: Study, run_ids: Sequence[int]) -> list[PlannedCase]:
    """Return the cases a study of these runs asks for, each with the models that answered it."""
    return _planned_cases(session, study, _outputs(session, study, run_ids))


def _run_ids(session: Session, study: Study) -> Sequence[int]:
    return session.exec(
        select(StudyRun.run_id).where(StudyRun.study_id == study.id).order_by(col(StudyRun.run_id))
    ).all()


def _as_drawn(
    session: Session, study: Study, units: Sequence[PlannedUnit]
) -> tuple[PlannedUnit, ...]:
    """Take into the chance of a unit that its case had to be drawn first."""
    chances = dict(
        session.exec(
            select(StudyCase.case_id, StudyCase.inclusion_probability).where(
                StudyCase.study_id == study.id
            )
        ).all()
    )
    return tuple(
        replace(unit, inclusion_probability=unit.inclusion_probability * chances[unit.case_id])
        for unit in units
    )


def work_done(study_id: int) -> sa.Select[*tuple[Any, ...]]:
    """Select what each annotator did of each kind in a study: as `WorkCount`s, from assignments.

    Judges are left out; the columns are ``WORK_DONE``.
    """
    is_submitted = col(Assignment.state) == AssignmentState.SUBMITTED
    is_draft = col(Assignment.state) == AssignmentState.DRAFT
    is_begun = sa.or_(is_draft, sa.and_(is_live(), ~is_submitted))
    return (
        sa.select(
            col(Assignment.study_id),
            col(Assignment.annotator_id),
            KIND,
            sa.func.sum(sa.case((is_submitted, 1), else_=0)),
            sa.func.sum(sa.case((is_begun, 1), else_=0)),
            sa.func.max(sa.case((is_submitted, col(Assignment.id)))),
            sa.func.max(col(Assignment.shown_at)),
            sa.literal(0),
            sa.literal(0),
        )
        .join(Annotator, col(Annotator.id) == Assignment.annotator_id)
        .where(col(Assignment.study_id) == study_id, col(Annotator.kind) == AnnotatorKind.HUMAN)
        .group_by(col(Assignment.study_id), col(Assignment.annotator_id), KIND)
    )


def shows(first: Any, second: Any, *, kind: TaskKind = TaskKind.PAIR) -> sa.ColumnElement[bool]:
    """Tell in SQL whether an assignment of a case shows the outputs of a unit, on whichever sides.

    A case asks for one ranking, and whatever was ranked of it is that one.
    """
    third, left = col(Assignment.third_output_id), col(Assignment.left_output_id)
    if kind == TaskKind.RANK:
        return third.is_not(None)
    on_sides = sa.or_(
        sa.and_(left == first, second == _OTHER), sa.and_(left == second, first == _OTHER)
    )
    return sa.and_(on_sides, third.is_(None))


def is_live() -> sa.ColumnElement[bool]:
    """Tell in SQL whether an assignment holds a place of its unit.

    Reservations that ran out are taken from an assignment before anything is given out.
    """
    return sa.or_(
        col(Assignment.state) == AssignmentState.SUBMITTED,
        sa.and_(
            col(Assignment.state).in_(UNFINISHED),
            col(Assignment.reserved_until).is_not(None),
        ),
    )


def _outputs(session: Session, study: Study, run_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    positions = {run_id: position for position, run_id in enumerate(run_ids)}
    rows = session.exec(
        select(Output.case_id, Output.run_id, Output.id)
        .join(VersionCase, col(VersionCase.case_id) == Output.case_id)
        .where(is_asked_for(study), col(Output.run_id).in_(run_ids))
    ).all()
    return {
        (case_id, positions[run_id]): output_id
        for case_id, run_id, output_id in rows
        if output_id is not None
    }


def _shown(session: Session, study: Study, model_of: Mapping[int, int]) -> tuple[Shown, ...]:
    """Count every presentation given out; judges do not count, whatever they judged."""
    counts = sa.and_(is_live(), col(Assignment.kind) == AssignmentKind.WORK)
    kinds = [task.kind.value for task in tasks_of(study)]
    outputs = (col(Assignment.left_output_id), _OTHER, *_MORE)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Assignment.case_id),
            sa.func.count(sa.distinct(col(Assignment.annotator_id))),
            *outputs,
        )
        .join(Annotator, col(Annotator.id) == Assignment.annotator_id)
        .where(
            col(Assignment.study_id) == study.id,
            col(Annotator.kind) == AnnotatorKind.HUMAN,
            KIND.in_(kinds),
            counts,
        )
        .group_by(col(Assignment.case_id), *outputs)
    )
    presentations = []
    for case_id, n_live, *ids in session.connection().execute(statement):
        output_ids = [output_id for output_id in ids if output_id is not None]
        if all(output_id in model_of for output_id in output_ids):
            models = tuple(model_of[output_id] for output_id in output_ids)
            presentations.append(Shown(case_id, models, n_live=n_live))
    return tuple(presentations)


def _planned_cases(
    session: Session, study: Study, outputs: Mapping[tuple[int, int], int]
) -> list[PlannedCase]:
    available: dict[int, set[int]] = {}
    elsewhere = outputs_elsewhere(session, study)
    for (case_id, position), output_id in outputs.items():
        if output_id not in elsewhere:
            available.setdefault(case_id, set()).add(position)
    rows = session.exec(
        select(Case.id, Case.category, Case.status)
        .join(VersionCase, col(VersionCase.case_id) == Case.id)
        .where(is_asked_for(study))
    ).all()
    return [
        PlannedCase(
            case_id=case_id,
            category=category or "",
            available=(
                frozenset(available.get(case_id, ()))
                if status == CaseStatus.ACTIVE
                else frozenset()
            ),
        )
        for case_id, category, status in rows
        if case_id is not None
    ]
