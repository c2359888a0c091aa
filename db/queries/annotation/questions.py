"""What annotators ask about cases: for who asked, and for the lead who answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import Annotator, Assignment, Case, Question, Study

#: What one person is shown of what they asked, and a lead of what was answered; latest first.
_MOST = 50


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """What somebody asked about a case of theirs; ``answer`` is None until there is one."""

    assignment_id: int
    words: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as a lead reads it."""

    question_id: int
    study_id: int
    study: str
    case: str
    asked_by: str
    asked_at: datetime
    words: str
    answer: str | None


def own_questions(session: Session, study_id: int, *, annotator_id: int) -> list[OwnQuestion]:
    """Return what somebody asked in a study, latest first."""
    rows = session.exec(
        select(Question.assignment_id, Question.words, Question.answer)
        .join(Assignment, col(Assignment.id) == Question.assignment_id)
        .where(Assignment.annotator_id == annotator_id, Assignment.study_id == study_id)
        .order_by(col(Question.id).desc())
        .limit(_MOST)
    )
    return [OwnQuestion(*row) for row in rows]


def asked_questions(session: Session, *, is_answered: bool) -> list[AskedQuestion]:
    """Return what waits for an answer, the oldest first; or what was answered, the latest first."""
    number = col(Question.id)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            number,
            col(Assignment.study_id),
            col(Study.name),
            col(Case.key),
            col(Annotator.name),
            col(Question.asked_at),
            col(Question.words),
            col(Question.answer),
        )
        .join(Assignment, col(Assignment.id) == Question.assignment_id)
        .join(Study, col(Study.id) == Assignment.study_id)
        .join(Case, col(Case.id) == Assignment.case_id)
        .join(Annotator, col(Annotator.id) == Assignment.annotator_id)
        .where(col(Question.answer).is_not(None) if is_answered else col(Question.answer).is_(None))
        .order_by(number.desc() if is_answered else number)
        .limit(_MOST)
    )
    return [AskedQuestion(*row) for row in session.connection().execute(statement)]
