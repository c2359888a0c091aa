"""What the annotation screen asks for and sends: cases, drafts, submissions, skips; all JSON."""

from collections.abc import Callable

from starlette.routing import Route

from db.commands import annotation as commands, assignments
from db.commands.assignments import OnScreen
from db.engine import one_transaction, read_session
from db.queries.annotation import task as queries
from db.queries.annotation.progress import study_progress
from evalkit.annotation.draft import checked_seconds
from evalkit.annotation.opening import parse_opening
from evalkit.errors import RefusedError
from evalkit.rendering.task import render_task
from pages.routes.requests import Body, assignment_id, endpoint, number

_NEIGHBOURS = ("previous", "following")


def asked_task(asked: Body, annotator_id: int) -> Body:
    """Show a case: of a study what comes next, or one of theirs, or what is beside that."""
    if asked.get("assignment") is None:
        study_id = number(asked.get("study"), "study")
        task_id = assignments.next_task_id(study_id=study_id, annotator_id=annotator_id)
    else:
        task_id = number(asked["assignment"], "case")
        if (to := asked.get("to")) in _NEIGHBOURS:
            with read_session() as session:
                around = queries.beside(session, task_id, annotator_id=annotator_id)
            task_id = around.previous if to == "previous" else around.following
    return {"task": None if task_id is None else _rendered(task_id, annotator_id)}


def _rendered(assignment_id: int, annotator_id: int) -> Body:
    with read_session() as session:
        task = queries.comparison_task(session, assignment_id, annotator_id=annotator_id)
    return render_task(task)


def _hold(body: Body, annotator_id: int) -> Body:
    study_id = number(body.get("study_id"), "study")
    return _held(study_id, _hold_next(study_id, body, annotator_id), annotator_id)


def _hold_next(study_id: int, body: Body, annotator_id: int) -> int | None:
    return assignments.hold_next(
        study_id=study_id, annotator_id=annotator_id, on_screen=_on_screen(body)
    )


def _held(study_id: int, held_id: int | None, annotator_id: int) -> Body:
    """Give what is held, and how far they are by now."""
    if held_id is not None:
        held = _rendered(held_id, annotator_id)
        return {"held": held, "done": held["done"], "total": held["total"]}
    with read_session() as session:
        own = study_progress(session, study_id, annotator_id=annotator_id)
    return {"held": None, "done": own.n_done, "total": own.n_total}


def _and_hold(body: Body, annotator_id: int, send: Callable[[], tuple[Body, int]]) -> Body:
    """Send a case, and hold what comes next for who asks for it, in one transaction.

    What they sent is stored, whatever becomes of the holding: then it is sent once more, alone.
    """
    if body.get("hold") is not True:
        return send()[0]
    try:
        with one_transaction():
            sent, study_id = send()
            held_id = _hold_next(study_id, body, annotator_id)
    except RefusedError:
        return send()[0] | {"held": None}
    try:
        return sent | _held(study_id, held_id, annotator_id)
    except RefusedError:
        return sent | {"held": None}


def _on_screen(body: Body) -> OnScreen | None:
    screen = body.get("shown")
    if not isinstance(screen, dict):
        return None
    return OnScreen(
        assignment_id(screen),
        parse_opening(screen).token,
        checked_seconds(screen.get("seconds", 0)),
    )


def _release(body: Body, annotator_id: int) -> Body:
    is_released = assignments.release(
        assignment_id=assignment_id(body),
        annotator_id=annotator_id,
        token=parse_opening(body).token,
    )
    return {"released": is_released}


def _save_draft(body: Body, annotator_id: int) -> Body:
    saved = commands.save_draft(
        assignment_id=assignment_id(body),
        annotator_id=annotator_id,
        opening=parse_opening(body),
        draft=body.get("draft"),
        active_seconds=body.get("active_seconds"),
    )
    return {"saved": saved.is_newest, "edit": saved.is_edit}


def _submit(body: Body, annotator_id: int) -> Body:
    def submit() -> tuple[Body, int]:
        submitted = commands.submit(
            assignment_id=assignment_id(body),
            annotator_id=annotator_id,
            opening=parse_opening(body),
            draft=body.get("draft"),
            active_seconds=body.get("active_seconds"),
            submission_key=body.get("submission_key"),
        )
        return {"stored": True, "revision": submitted.revision}, submitted.study_id

    return _and_hold(body, annotator_id, submit)


def _skip(body: Body, annotator_id: int) -> Body:
    def skip() -> tuple[Body, int]:
        study_id = commands.skip(
            assignment_id=assignment_id(body),
            annotator_id=annotator_id,
            opening=parse_opening(body),
            reason=body.get("reason"),
            note=body.get("note"),
        )
        return {"skipped": True}, study_id

    return _and_hold(body, annotator_id, skip)


def _take_back(body: Body, annotator_id: int) -> Body:
    commands.take_back(
        assignment_id=assignment_id(body), annotator_id=annotator_id, opening=parse_opening(body)
    )
    return {"taken_back": True}


def _discard_edit(body: Body, annotator_id: int) -> Body:
    commands.discard_edit(
        assignment_id=assignment_id(body), annotator_id=annotator_id, opening=parse_opening(body)
    )
    return {"discarded": True}


def _withdraw(body: Body, annotator_id: int) -> Body:
    commands.withdraw(
        assignment_id=assignment_id(body), annotator_id=annotator_id, opening=parse_opening(body)
    )
    return {"withdrawn": True}


ROUTES = [
    Route("/annotate/task", endpoint(asked_task), methods=["GET"]),
    Route("/annotate/hold", endpoint(_hold), methods=["POST"]),
    Route("/annotate/release", endpoint(_release), methods=["POST"]),
    Route("/annotate/draft", endpoint(_save_draft), methods=["PUT"]),
    Route("/annotate/submit", endpoint(_submit), methods=["POST"]),
    Route("/annotate/skip", endpoint(_skip), methods=["POST"]),
    Route("/annotate/take-back", endpoint(_take_back), methods=["POST"]),
    Route("/annotate/discard", endpoint(_discard_edit), methods=["POST"]),
    Route("/annotate/withdraw", endpoint(_withdraw), methods=["POST"]),
]
