"""What a study has to give out: its planned units, and who was shown what so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from db.models import Annotator, Assignment, Case, Output, Study, StudyRun, VersionCase
from evalkit.annotation.assignment.policy import Plan, PlannedCase, Shown, Unit, plan
from evalkit.vocabulary import AnnotatorKind, AssignmentKind, AssignmentState, CaseStatus

#: Whoever was shown nothing for so long is not counted on for what remains.
ACTIVE_WITHIN = timedelta(days=7)

UNFINISHED = (AssignmentState.OPEN, AssignmentState.DRAFT)


@dataclass(frozen=True, slots=True)
class StudyWork:
    """A study as the assignment policy sees it, for one annotator at one moment.

    ``outputs`` maps (case id, position of the model in the study) to the output's id.
    """

    units: tuple[Unit, ...]
    shown: tuple[Shown, ...]
    outputs: Mapping[tuple[int, int], int]

    def without(self, output_ids: frozenset[int]) -> "StudyWork":
        """Leave out the units that would show one of these outputs."""
        if not output_ids:
            return self
        kept = tuple(unit for unit in self.units if not output_ids & set(self.outputs_of(unit)))
        return StudyWork(kept, self.shown, self.outputs)

    def outputs_of(self, unit: Unit) -> tuple[int, int]:
        """Return the ids of the two outputs of a unit, the pair's first model first."""
        case_id, pair = unit.case_id, unit.pair
        return self.outputs[case_id, pair.first], self.outputs[case_id, pair.second]


def study_work(session: Session, study: Study, *, annotator_id: int, at: datetime) -> StudyWork:
    """Plan the study and count what was shown; ``n_own`` is of this annotator."""
    planned = _planned(session, study)
    shown = _shown(session, study, planned.model_of, annotator_id=annotator_id, at=at)
    return StudyWork(planned.plan.keeping(shown), shown, planned.outputs)


def n_active_annotators(session: Session, *, study_id: int, annotator_id: int, at: datetime) -> int:
    """Count the people at work on a study, the one who asks among them."""
    statement = (
        select(Assignment.annotator_id)
        .join(Annotator, col(Annotator.id) == Assignment.annotator_id)
        .where(
            Assignment.study_id == study_id,
            Annotator.kind == AnnotatorKind.HUMAN,
            col(Annotator.is_simulated).is_(False),
            col(Annotator.disabled_at).is_(None),
            col(Assignment.shown_at) > at - ACTIVE_WITHIN,
        )
        .distinct()
    )
    return len({*session.exec(statement).all(), annotator_id})


def is_live(at: datetime) -> sa.ColumnElement[bool]:
    """Tell in SQL whether an assignment counts towards the overlap of its unit."""
    return sa.or_(
        col(Assignment.state) == AssignmentState.SUBMITTED,
        sa.and_(
            col(Assignment.state).in_(UNFINISHED),
            col(Assignment.reserved_until) > at,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Planned:
    """A plan with the outputs behind it; ``model_of`` maps an output's id to its model's place."""

    plan: Plan
    outputs: Mapping[tuple[int, int], int]
    model_of: Mapping[int, int]


#: The last plan of each study, by database and study, with what it was made from. A plan is the
#: same whenever it is made; keeping it saves two seconds per case shown of a 10,000-case study.
_PLANS: dict[tuple[str, int], tuple[Any, _Planned]] = {}
_MAX_PLANS = 64


def _planned(session: Session, study: Study) -> _Planned:
    assert study.id is not None  # it was read from the database
    run_ids = session.exec(
        select(StudyRun.run_id).where(StudyRun.study_id == study.id).order_by(col(StudyRun.run_id))
    ).all()
    key = (session.get_bind().engine.url.render_as_string(), study.id)
    made_from = _made_from(session, study, run_ids)
    kept = _PLANS.get(key)
    if kept is not None and kept[0] == made_from:
        return kept[1]
    outputs = _outputs(session, study, run_ids)
    planned = _Planned(
        plan=plan(
            _planned_cases(session, study, outputs),
            n_models=len(run_ids),
            pairs_per_case=study.pairs_per_case,
            seed=study.seed,
        ),
        outputs=outputs,
        model_of={output_id: model for (_, model), output_id in outputs.items()},
    )
    if len(_PLANS) >= _MAX_PLANS:
        _PLANS.clear()
    _PLANS[key] = (made_from, planned)
    return planned


def _made_from(session: Session, study: Study, run_ids: Sequence[int]) -> tuple[Any, ...]:
    """Sum up what a plan depends on: a change of any of it changes these numbers."""
    outputs = session.exec(
        select(func.count(), func.sum(Output.id), func.max(Output.id)).where(
            col(Output.run_id).in_(run_ids)
        )
    ).one()
    cases = session.exec(
        select(func.count(), func.sum(Case.id), func.max(Case.status_at))
        .join(VersionCase, col(VersionCase.case_id) == Case.id)
        .where(
            VersionCase.version_id == study.eval_set_version_id,
            Case.status == CaseStatus.ACTIVE,
        )
    ).one()
    decided = (study.eval_set_version_id, study.pairs_per_case, study.seed)
    return (decided, tuple(run_ids), tuple(outputs), tuple(cases))


def _outputs(session: Session, study: Study, run_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    positions = {run_id: position for position, run_id in enumerate(run_ids)}
    rows = session.exec(
        select(Output.case_id, Output.run_id, Output.id)
        .join(VersionCase, col(VersionCase.case_id) == Output.case_id)
        .where(VersionCase.version_id == study.eval_set_version_id, col(Output.run_id).in_(run_ids))
    ).all()
    return {
        (case_id, positions[run_id]): output_id
        for case_id, run_id, output_id in rows
        if output_id is not None
    }


def _shown(
    session: Session,
    study: Study,
    model_of: Mapping[int, int],
    *,
    annotator_id: int,
    at: datetime,
) -> tuple[Shown, ...]:
    """Count every presentation given out; judges do not count, whatever they judged."""
    counts = sa.and_(is_live(at), col(Assignment.kind) == AssignmentKind.WORK)
    own = col(Assignment.annotator_id) == annotator_id
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Assignment.case_id),
            col(Assignment.left_output_id),
            col(Assignment.right_output_id),
            sa.func.count(sa.distinct(sa.case((counts, col(Assignment.annotator_id))))),
            sa.func.sum(sa.case((own, 1), else_=0)),
        )
        .join(Annotator, col(Annotator.id) == Assignment.annotator_id)
        .where(
            col(Assignment.study_id) == study.id,
            col(Annotator.kind) == AnnotatorKind.HUMAN,
            col(Assignment.right_output_id).is_not(None),
        )
        .group_by(
            col(Assignment.case_id),
            col(Assignment.left_output_id),
            col(Assignment.right_output_id),
        )
    )
    rows = session.connection().execute(statement).all()
    return tuple(
        Shown(case_id, model_of[left], model_of[right], n_live=n_live, n_own=int(n_own))
        for case_id, left, right, n_live, n_own in rows
        if left in model_of and right in model_of
    )


def _planned_cases(
    session: Session, study: Study, outputs: Mapping[tuple[int, int], int]
) -> list[PlannedCase]:
    available: dict[int, set[int]] = {}
    for case_id, position in outputs:
        available.setdefault(case_id, set()).add(position)
    rows = session.exec(
        select(Case.id, Case.category, Case.status)
        .join(VersionCase, col(VersionCase.case_id) == Case.id)
        .where(VersionCase.version_id == study.eval_set_version_id)
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
