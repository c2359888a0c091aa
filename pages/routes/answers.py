"""What the annotation screen sends of answers to questions: that they were read."""

from starlette.routing import Route

from db.commands.questions import note_answers_read
from evalkit.errors import RefusedError
from pages.routes.requests import Body, endpoint, number

#: More than a screen is ever told of.
_MOST = 100


def _read(body: Body, annotator_id: int) -> Body:
    questions = body.get("questions")
    if not isinstance(questions, list) or len(questions) > _MOST:
        raise RefusedError("It is not said which answers were read. Reload the page.")
    ids = [number(question, "question") for question in questions]
    note_answers_read(ids, annotator_id=annotator_id)
    return {"read": True}


ROUTES = [Route("/annotate/answers-read", endpoint(_read), methods=["POST"])]
