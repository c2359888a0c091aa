"""What the annotation screen asks once for a study: what it tells, and questions to the lead."""

from dataclasses import asdict
from typing import Any

from starlette.routing import Route

from db.commands.instructions import note_read
from db.commands.questions import ask
from db.engine import read_session
from db.queries.annotation.instructions import OwnInstructions, reading
from db.queries.annotation.pace import seconds_per_case
from db.queries.annotation.questions import own_questions
from evalkit.annotation.draft import checked_text
from evalkit.annotation.opening import parse_opening
from evalkit.annotation.suggesting.offers import is_helped
from evalkit.rendering.markdown import clean
from pages.routes.requests import Body, assignment_id, endpoint, number
from pages.routes.tag_models import model_of


def _study(asked: Body, annotator_id: int) -> Body:
    study_id = number(asked.get("study"), "study")
    with read_session() as session:
        told = reading(session, study_id, annotator_id=annotator_id)
        seconds = seconds_per_case(session, study_id, annotator_id=annotator_id)
        questions = own_questions(session, study_id, annotator_id=annotator_id)
    return {
        "about": clean(told.instructions.about),
        "contact": clean(told.instructions.contact),
        "seconds_per_case": seconds,
        "digest": told.digest,
        "is_read": told.is_read,
        "questions": [asdict(question) for question in questions],
        "suggesting": _suggesting(told, study_id, annotator_id, asked.get("model")),
    }


def _suggesting(told: OwnInstructions, study_id: int, annotator_id: int, known: Any) -> Any:
    """Return what suggests tags to somebody, or of one they have its digest alone.

    None where nothing does, whatever the reason: the switch, the lot, or too little written yet.
    """
    is_on = told.instructions.suggests_tags
    if not (is_on and is_helped(seed=told.seed, study_id=study_id, annotator_id=annotator_id)):
        return None
    model = model_of(study_id)
    return {"digest": known} if model is not None and model["digest"] == known else model


def _read(body: Body, annotator_id: int) -> Body:
    study_id = number(body.get("study_id"), "study")
    digest = checked_text(body.get("digest"), "What was read")
    note_read(study_id, annotator_id=annotator_id, digest=digest)
    return {"read": True}


def _ask(body: Body, annotator_id: int) -> Body:
    ask(
        assignment_id=assignment_id(body),
        annotator_id=annotator_id,
        token=parse_opening(body).token,
        words=body.get("words"),
    )
    return {"asked": True}


ROUTES = [
    Route("/annotate/study", endpoint(_study), methods=["GET"]),
    Route("/annotate/read", endpoint(_read), methods=["POST"]),
    Route("/annotate/ask", endpoint(_ask), methods=["POST"]),
]
