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
    """What somebody asked about a case of theirs; ``answer`` is None until there is one.

    ``is_new`` says that it has an answer which they have not read.
    """

    question_id: int
    assignment_id: int
    words: str
    answer: str | None
    answered_at: datetime | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer that who asked has not read, and the study and the case it is about."""

    question_id: int
    study_id: int
    study: str
    assignment_id: int
    words: str
    answer: str
    answered_at: datetime


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
    questions = session.exec(
        select(Question)
        .join(Assignment, col(Assignment.id) == Question.assignment_id)
        .where(Assignment.annotator_id == annotator_id, Assignment.study_id == study_id)
        .order_by(col(Question.id).desc())
        .limit(_MOST)
    )
    return [
        OwnQuestion(
            question_id=question.id or 0,
            assignment_id=question.assignment_id,
            words=question.words,
            answer=question.answer,
            answered_at=question.answered_at,
            is_new=question.answer is not None and question.read_at is None,
        )
        for question in questions
    ]


def new_answers(session: Session, *, annotator_id: int) -> list[NewAnswer]:
    """Return the answers that somebody has not read, the latest first."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Question.id),
            col(Assignment.study_id),
            col(Study.name),
            col(Question.assignment_id),
            col(Question.words),
            col(Question.answer),
            col(Question.answered_at),
        )
        .join(Assignment, col(Assignment.id) == Question.assignment_id)
        .join(Study, col(Study.id) == Assignment.study_id)
        .where(
            col(Assignment.annotator_id) == annotator_id,
            col(Question.answer).is_not(None),
            col(Question.read_at).is_(None),
        )
        .order_by(col(Question.answered_at).desc(), col(Question.id).desc())
        .limit(_MOST)
    )
    return [NewAnswer(*row) for row in session.connection().execute(statement)]


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
