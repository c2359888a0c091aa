"""A case of a study that is only planned, as its annotators would see it; nothing is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.columns import number_of
from db.models import Assignment, Case, Output, Study, VersionCase
from db.queries.annotation.cases import is_readable
from db.queries.annotation.form import Definitions, form_with
from db.queries.annotation.leaks import case_words, names_of_runs, names_told
from db.queries.annotation.shown import shown_outputs
from db.queries.annotation.task import fresh_task
from db.queries.annotation.tasks import tasks_of
from evalkit.annotation.assignment.policy import PlannedCase, plan, shown_order, side_coin
from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.annotation.assignment.tournament import Pair
from evalkit.annotation.task import ComparisonTask
from evalkit.vocabulary import LEAST_ANSWERED, SIDES, CaseStatus, LeakPolicy, TaskKind

#: How many cases are looked at for one that may be shown.
_N_LOOKED_AT = 32


def planned_task(
    session: Session,
    study: Study,
    run_ids: Sequence[int],
    asked: Definitions,
    *,
    viewer_id: int,
    kind: TaskKind,
) -> ComparisonTask | None:
    """Return the first case of a study that is not stored which may be shown so, or None.

    The pair and the sides are those that its policy would give ``viewer_id`` if it were the only
    case. Where responses that name their maker are left out, only so many are looked at.
    """
    study.names, study.are_units_current = sorted(names_of_runs(session, run_ids)), True
    task_asked = next(task for task in tasks_of(study) if task.kind == kind)
    for assignment in _assignments(session, study, run_ids, task_asked, viewer_id):
        if study.leak_policy == LeakPolicy.LEAVE_OUT and _gives_away(session, study, assignment):
            continue
        form = form_with(asked, session, study, assignment)
        task = fresh_task(session, study, assignment, form)
        return replace(task, n_total=_n_tasks(session, study))
    return None


def answered_by_category(
    session: Session, study: Study, run_ids: Sequence[int], *, kind: TaskKind
) -> dict[str, tuple[int, int]]:
    """Return the categories of cases that enough of the models answered for a kind of task.

    Each with how many they are and the lowest of their ids, as `drawn_by_category` asks for them.
    """
    rows = session.exec(
        select(Case.category, sa.func.count(), sa.func.min(col(Case.id)))
        .join(VersionCase, col(VersionCase.case_id) == Case.id)
        .where(*_is_answered(study, run_ids, kind))
        .group_by(col(Case.category))
    )
    return {category or "": (size, lowest or 0) for category, size, lowest in rows}


def _assignments(
    session: Session, study: Study, run_ids: Sequence[int], task: StudyTask, viewer_id: int
) -> Iterator[Assignment]:
    """Give what could be assigned of the first cases that enough of the models answered."""
    kind = task.kind
    runs = sorted(run_ids)
    for case_id in session.exec(_answered(study, run_ids, kind)):
        outputs = {
            runs.index(output.run_id): number_of(output)
            for output in session.exec(
                select(Output)
                .join(Case, col(Case.id) == Output.case_id)
                .where(Output.case_id == case_id, col(Output.run_id).in_(run_ids), is_readable())
            )
        }
        planned = plan(
            [PlannedCase(case_id, "", frozenset(outputs))],
            n_models=len(run_ids),
            pairs_per_case=task.per_case,
            seed=study.seed,
            kind=kind,
        )
        chosen = planned.units[0].pair
        ids = [outputs[model] for model in chosen.models]
        pair = Pair(runs[chosen.first], runs[chosen.second])
        if kind == TaskKind.RANK:
            ids = shown_order(ids, case_id, seed=study.seed, turn=0)
        elif side_coin(case_id, pair, seed=study.seed, annotator_id=viewer_id):
            ids.reverse()
        if kind == TaskKind.SINGLE:
            ids = ids[:1]
        on_sides: dict[str, Any] = {
            f"{side}_output_id": output_id for side, output_id in zip(SIDES, ids, strict=False)
        }
        yield Assignment(
            id=0,
            study_id=0,
            case_id=case_id,
            annotator_id=viewer_id,
            **on_sides,
            presentation="",
            token="",
        )


def _answered(study: Study, run_ids: Sequence[int], kind: TaskKind) -> SelectOfScalar[int]:
    """Select the first cases with enough outputs; counted case by case, so that it can stop."""
    return (
        select(VersionCase.case_id)
        .join(Case, col(Case.id) == VersionCase.case_id)
        .where(*_is_answered(study, run_ids, kind))
        .order_by(col(VersionCase.case_id))
        .limit(_N_LOOKED_AT)
    )


def _is_answered(
    study: Study, run_ids: Sequence[int], kind: TaskKind
) -> tuple[sa.ColumnElement[bool], ...]:
    """Tell in SQL of a case of the version whether enough of the models answered it."""
    n_outputs = (
        select(sa.func.count())
        .where(Output.case_id == Case.id, col(Output.run_id).in_(run_ids), is_readable())
        .scalar_subquery()
    )
    return (
        col(VersionCase.version_id) == study.eval_set_version_id,
        col(Case.status) == CaseStatus.ACTIVE,
        n_outputs >= LEAST_ANSWERED[kind],
    )


def _gives_away(session: Session, study: Study, assignment: Assignment) -> bool:
    """Tell whether a response of an assignment names its maker."""
    case = session.get_one(Case, assignment.case_id)
    words = case_words(case, frozenset(study.names or ()))
    ids = shown_outputs(assignment).values()
    outputs = session.exec(select(Output).where(col(Output.id).in_(ids)))
    return any(names_told(output, words) for output in outputs)


def _n_tasks(session: Session, study: Study) -> int:
    """Return how many there would be for one annotator, if every model answered every case."""
    n_cases = _n_cases(session, study)
    return sum(
        max(1, round(n_cases * task.share)) * (1 if task.kind == TaskKind.RANK else task.per_case)
        for task in tasks_of(study)
    )


def _n_cases(session: Session, study: Study) -> int:
    if study.n_drawn is not None:
        return study.n_drawn
    of_version = VersionCase.version_id == study.eval_set_version_id
    return session.exec(select(sa.func.count()).select_from(VersionCase).where(of_version)).one()
