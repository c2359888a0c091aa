"""What the annotation screen sends of answers to questions: that they were read."""

from datetime import UTC, datetime
from typing import Any

from starlette.routing import Route

from db.commands.questions import note_answers_read
from evalkit.errors import RefusedError
from pages.routes.requests import Body, endpoint, number

#: More than a screen is ever told of.
_MOST = 100
_UNSAID = "It is not said which answers were read. Reload the page."


def _read(body: Body, annotator_id: int) -> Body:
    questions = body.get("questions")
    if not isinstance(questions, list) or len(questions) > _MOST:
        raise RefusedError(_UNSAID)
    note_answers_read(dict(map(_answer, questions)), annotator_id=annotator_id)
    return {"read": True}


def _answer(question: Any) -> tuple[int, datetime]:
    """Return the number of a question, and when it was given the answer that was shown."""
    try:
        answered_at = datetime.fromisoformat(question["answered_at"]).astimezone(UTC)
    except (TypeError, KeyError, ValueError, OverflowError):
        raise RefusedError(_UNSAID) from None
    return number(question.get("question_id"), "question"), answered_at


ROUTES = [Route("/annotate/answers-read", endpoint(_read), methods=["POST"])]
