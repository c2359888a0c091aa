"""The few-shot cases of a study, as the judges see them that are shown these."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db.columns import number_of
from db.models import Assignment, Case, FewShotCase, Study
from db.queries.annotation.form import form_of
from db.queries.annotation.task import fresh_task
from evalkit.annotation.draft import parse_draft
from evalkit.annotation.task import ComparisonTask
from evalkit.judging.few_shot import FewShot
from evalkit.vocabulary import JudgeTask


@dataclass(frozen=True, slots=True)
class FewShotRow:
    """One few-shot case of a study as a lead reads it."""

    few_shot_id: int
    case: str
    task: JudgeTask
    rationale: str
    created_at: datetime


def task_for_judge(
    session: Session, study: Study, *, case_id: int, left: int, right: int | None
) -> ComparisonTask:
    """Return outputs as a judge sees them: what annotators see, masked as for them."""
    presented = Assignment(
        study_id=number_of(study),
        annotator_id=0,
        case_id=case_id,
        left_output_id=left,
        right_output_id=right,
        presentation="",
    )
    return fresh_task(session, study, presented, form_of(session, study, presented))


def few_shot_of(
    session: Session,
    study: Study,
    task: JudgeTask,
    *,
    hashes: Collection[str] | None = None,
) -> tuple[FewShot, ...]:
    """Return the few-shot cases of a study for what a judge is asked, the first added first.

    With ``hashes`` those that a judge was shown, also where they were removed since.
    """
    statement = select(FewShotCase).where(
        col(FewShotCase.study_id) == number_of(study), col(FewShotCase.task) == task
    )
    if hashes is None:
        statement = statement.where(col(FewShotCase.removed_at).is_(None))
    rows = session.exec(statement.order_by(col(FewShotCase.id))).all()
    every = {(shot := _read(session, study, row)).hash: shot for row in rows}
    return tuple(shot for key, shot in every.items() if hashes is None or key in hashes)


def few_shot_rows(session: Session, study_id: int) -> tuple[FewShotRow, ...]:
    """Return what new judges of a study may be shown, the first added first."""
    statement = (
        select(FewShotCase, Case.key)
        .join(Case, col(Case.id) == col(FewShotCase.case_id))
        .where(col(FewShotCase.study_id) == study_id, col(FewShotCase.removed_at).is_(None))
        .order_by(col(FewShotCase.id))
    )
    return tuple(
        FewShotRow(number_of(row), key, JudgeTask(row.task), row.rationale, row.created_at)
        for row, key in session.exec(statement)
    )


def _read(session: Session, study: Study, row: FewShotCase) -> FewShot:
    task = task_for_judge(
        session,
        study,
        case_id=row.case_id,
        left=row.left_output_id,
        right=row.right_output_id,
    )
    return FewShot(
        case_id=row.case_id,
        messages=task.messages,
        context=task.context,
        responses=task.responses,
        answer=parse_draft(row.answer),
        rationale=row.rationale,
        checklist=task.checklist,
    )
