"""Ask the lead about a case, and answer."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import col, select, update

from db.columns import now
from db.engine import write_session
from db.models import Assignment, Question
from db.queries.annotation.leaks import study_names
from db.queries.annotation.task import own_assignment
from evalkit.annotation.blinding.names import names_of_study
from evalkit.annotation.draft import OutdatedError, checked_text
from evalkit.errors import NotFoundError, RefusedError

#: So many questions of one person about one case are more than a lead would read.
_MOST = 20


def ask(*, assignment_id: int, annotator_id: int, token: str, words: object) -> int:
    """Keep what somebody asks about a case of theirs; the same words again are the same question.

    Returns
    -------
    int
        The number of the question.
    """
    asked = checked_text(words, "The question").strip()
    if not asked:
        raise RefusedError("Write what you would like to know.")
    with write_session() as session:
        assignment: Assignment = own_assignment(session, assignment_id, annotator_id)
        if assignment.token != token:
            raise OutdatedError("The case on this page is no longer there, so nothing was asked.")
        before = session.exec(
            select(Question).where(Question.assignment_id == assignment_id).limit(_MOST)
        ).all()
        for question in before:
            if question.words == asked and question.answer is None:
                return question.id or 0
        if len(before) == _MOST:
            raise RefusedError(
                "You asked a lot about this case already. Skip it, or ask in person."
            )
        question = Question(assignment_id=assignment_id, words=asked)
        session.add(question)
        session.flush()
        return question.id or 0


def answer(
    question_id: int, *, words: str, actor_id: int | None, instead_of: str | None = None
) -> None:
    """Answer a question; an answer again takes the place of ``instead_of``, the one before.

    Where somebody else answered meanwhile it is refused, so that nobody's answer is lost unseen.
    One that names a model or a maker is refused: whoever reads it judges blind.
    """
    answered = checked_text(words, "The answer").strip()
    if not answered:
        raise RefusedError("Write an answer.")
    with write_session() as session:
        question = session.get(Question, question_id)
        if question is None:
            raise NotFoundError("This question is not there any more: its study was discarded.")
        if question.answer not in (None, instead_of, answered):
            raise RefusedError(
                f"Somebody else answered meanwhile: “{question.answer}”. Yours was not stored."
            )
        study_id = session.get_one(Assignment, question.assignment_id).study_id
        if told := names_of_study(study_names(session, study_id)).told_in(answered):
            raise RefusedError(
                f"The answer names a model or a maker ({', '.join(told)}), and annotators judge "
                "without knowing them. Say it without the name."
            )
        question.answer, question.answered_by_id = answered, actor_id
        question.answered_at, question.read_at = now(), None
        session.add(question)


def note_answers_read(answered_at: Mapping[int, datetime], *, annotator_id: int) -> None:
    """Note that somebody read the answers that these questions had been given at these moments.

    What is not theirs, has no answer, or was answered anew since, stays as it is.
    """
    own = select(Assignment.id).where(Assignment.annotator_id == annotator_id)
    with write_session() as session:
        for question_id, moment in answered_at.items():
            session.exec(
                update(Question)
                .where(
                    col(Question.id) == question_id,
                    col(Question.assignment_id).in_(own),
                    col(Question.answered_at) == moment,
                    col(Question.read_at).is_(None),
                )
                .values(read_at=now())
            )
