"""What judges must reach in a study, who did, and when their tests were opened."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import Annotator, JudgeAdmission, JudgeBar, JudgeOpening
from evalkit.study.admitted import Admission, AdmissionBar, OpenedTest
from evalkit.vocabulary import AdmissionStanding


def bar_of(session: Session, study_id: int) -> AdmissionBar | None:
    """Return what a judge must reach in a study, or None where nobody said."""
    row = session.get(JudgeBar, study_id)
    if row is None:
        return None
    return AdmissionBar(row.ratio, row.sensitivity, row.specificity, row.bias)


def openings_of(session: Session, study_id: int) -> tuple[OpenedTest, ...]:
    """Return when tests were opened in a study, the last first."""
    actor = aliased(Annotator)
    statement: Any = (
        sa.select(
            col(Annotator.name).label("judge"),
            col(JudgeOpening.opened_at),
            col(actor.name).label("actor"),
            col(JudgeOpening.n_cases),
        )
        .select_from(JudgeOpening)
        .join(Annotator, col(Annotator.id) == col(JudgeOpening.annotator_id))
        .outerjoin(actor, col(actor.id) == col(JudgeOpening.opened_by))
        .where(col(JudgeOpening.study_id) == study_id)
        .order_by(col(JudgeOpening.id).desc())
    )
    return tuple(
        OpenedTest(row.judge, f"{row.opened_at:%Y-%m-%d %H:%M} UTC", row.actor or "", row.n_cases)
        for row in session.connection().execute(statement)
    )


def admissions_in(session: Session, study_id: int) -> tuple[Admission, ...]:
    """Return how judges stood when their tests were last opened."""
    last = (
        sa.select(sa.func.max(col(JudgeOpening.id)))
        .where(col(JudgeOpening.study_id) == study_id)
        .group_by(col(JudgeOpening.annotator_id))
    )
    statement: Any = (
        sa.select(
            col(Annotator.name),
            col(JudgeAdmission.subject),
            col(JudgeAdmission.category),
            col(JudgeAdmission.standing),
            col(JudgeAdmission.reason),
        )
        .join(JudgeOpening, col(JudgeOpening.id) == col(JudgeAdmission.opening_id))
        .join(Annotator, col(Annotator.id) == col(JudgeOpening.annotator_id))
        .where(col(JudgeOpening.id).in_(last))
        .order_by(col(Annotator.name), col(JudgeAdmission.id))
    )
    return tuple(
        Admission(name, subject, category, AdmissionStanding(standing), reason)
        for name, subject, category, standing, reason in session.connection().execute(statement)
    )
