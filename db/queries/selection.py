"""What is known of chosen responses, and what a study of them would ask; for leads only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import (
    Case,
    EvalSet,
    EvalSetVersion,
    Model,
    Output,
    Run,
    Study,
    StudyRun,
    VersionCase,
)
from db.queries.annotation.tasks import tasks_of
from db.queries.records.rows import BATCH, batched
from evalkit.annotation.assignment.tasks import StudyTask
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.selection import ChosenResponse, Selection
from evalkit.phrases import counted, quoted
from evalkit.vocabulary import LEAST_ANSWERED, CaseStatus, TaskKind

#: What people can give of a response that stands alone.
_OF_ONE = ("scores", "tags", "comment")
_GONE = "Some of these responses are gone. Load the page again."


def selection_of(session: Session, output_ids: Sequence[int]) -> Selection:
    """Return what is known of responses, by their row numbers, each once.

    Raises RefusedError where there are none, NotFoundError where one does not exist.
    """
    wanted = list(dict.fromkeys(output_ids))
    if not wanted:
        raise RefusedError("No response is chosen. Tick some, or take the whole list.")
    rows: dict[int, ChosenResponse] = {}
    for part in batched(wanted, BATCH):
        statement: sa.Select[*tuple[Any, ...]] = (
            sa.select(
                col(Output.id),
                col(Output.case_id),
                col(Case.key),
                col(Case.case_hash),
                col(EvalSet.name),
                col(Output.run_id),
                col(Model.name).label("model"),
                sa.func.coalesce(col(Case.note), "") != "",
                col(Case.is_watched),
            )
            .join(Case, col(Case.id) == col(Output.case_id))
            .join(EvalSet, col(EvalSet.id) == col(Case.eval_set_id))
            .join(Run, col(Run.id) == col(Output.run_id))
            .join(Model, col(Model.id) == col(Run.model_id))
            .where(col(Output.id).in_(part))
        )
        for row in session.connection().execute(statement):
            rows[row.id] = ChosenResponse(*row)
    if len(rows) < len(wanted):
        raise NotFoundError(_GONE)
    return Selection(tuple(rows[output_id] for output_id in wanted))


@dataclass(frozen=True, slots=True)
class StudyOfResponses:
    """What a study of chosen responses would ask for: of which runs, how, of how many responses."""

    source: str
    run_ids: tuple[int, ...]
    task: StudyTask
    n_responses: int


def study_of(session: Session, selection: Selection, study_id: int) -> StudyOfResponses:
    """Return what a study of these cases and models would be that asks as another study does.

    Raises NotFoundError where that study is gone, RefusedError where a case or a run is not of it,
    a case is asked about no more, and where what it asks cannot be asked of so few models.
    """
    like = session.get(Study, study_id)
    if like is None:
        raise NotFoundError("The study these responses were chosen in is gone.")
    runs = session.connection().scalars(
        sa.select(col(StudyRun.run_id)).where(col(StudyRun.study_id) == like.id)
    )
    run_ids = [run_id for run_id in runs.all() if run_id in selection.run_ids]
    if len(run_ids) < len(selection.run_ids):
        raise RefusedError(f"Some of these responses are of models that “{like.name}” has not.")
    _check_cases(session, selection, like)
    task = _task(like, len(run_ids))
    n = 0
    for part in batched(selection.case_ids, BATCH):
        n += (
            session.connection()
            .execute(
                sa.select(sa.func.count())
                .select_from(Output)
                .where(col(Output.case_id).in_(part), col(Output.run_id).in_(run_ids))
            )
            .scalar_one()
        )
    return StudyOfResponses(like.name, tuple(sorted(run_ids)), task, n)


def _check_cases(session: Session, selection: Selection, like: Study) -> None:
    in_version = (
        sa.select(col(Case.id))
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(col(VersionCase.version_id) == like.eval_set_version_id)
    )
    active = in_version.where(col(Case.status) == CaseStatus.ACTIVE)
    for cases, problem in (
        (in_version, f"not in the version of “{like.name}”"),
        (active, "asked about no more (saturated, retired or quarantined)"),
    ):
        of_these = set(session.connection().scalars(cases))
        names = {each.case for each in selection.responses if each.case_id not in of_these}
        if out := sorted(names):
            is_are, them = ("is", "it") if len(out) == 1 else ("are", "them")
            raise RefusedError(
                f"{counted(len(out), 'case')} of these {is_are} {problem}: "
                f"{quoted(out[:3])}. Choose without {them}."
            )


def newest_of(session: Session, eval_set: str) -> tuple[int, int]:
    """Return the number of the newest version of an eval set, and how many cases it holds."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(EvalSetVersion.number),
            sa.select(sa.func.count())
            .where(col(VersionCase.version_id) == col(EvalSetVersion.id))
            .scalar_subquery(),
        )
        .join(EvalSet, col(EvalSet.id) == col(EvalSetVersion.eval_set_id))
        .where(col(EvalSet.name) == eval_set)
        .order_by(col(EvalSetVersion.number).desc())
        .limit(1)
    )
    number, n_cases = session.connection().execute(statement).one()
    return number, n_cases


def _task(like: Study, n_runs: int) -> StudyTask:
    """Return how to ask: as the other study does first, else response by response."""
    for task in tasks_of(like):
        if n_runs < LEAST_ANSWERED[task.kind]:
            continue
        of_all = {
            TaskKind.SINGLE: n_runs,
            TaskKind.PAIR: n_runs * (n_runs - 1) // 2,
            TaskKind.RANK: n_runs,
        }[task.kind]
        # Alone every chosen model is asked about; of pairs no more than the study asked for.
        per_case = of_all if task.kind is TaskKind.SINGLE else min(task.per_case, of_all)
        return replace(task, per_case=per_case, share=1.0)
    first = tasks_of(like)[0]
    collects = tuple(what for what in first.collects if what in _OF_ONE)
    if not {"scores", "tags"} & set(collects):
        raise RefusedError(
            f"“{like.name}” asks only which of several responses is better: of "
            f"{counted(n_runs, 'model')} that cannot be asked. Choose responses of more models."
        )
    return StudyTask(TaskKind.SINGLE, first.overlap, n_runs, collects)
