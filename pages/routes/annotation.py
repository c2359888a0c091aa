"""What the annotation screen asks for and sends: cases, drafts, submissions, skips; all JSON."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from db.commands import annotation as commands, assignments
from db.commands.assignments import OnScreen
from db.engine import one_transaction, read_session
from db.queries.annotation import task as queries
from db.queries.annotation.progress import study_progress
from evalkit.annotation.draft import IncompleteError, OutdatedError, checked_seconds
from evalkit.annotation.opening import NewerError, parse_opening
from evalkit.errors import NotFoundError, RefusedError
from evalkit.rendering.task import render_task
from evalkit.vocabulary import Role
from pages.routes.hosts import is_own_page
from pages.routes.session import account_word, who_asks

LARGEST_BODY = 256 * 1024
_LARGEST_ID, _LONGEST = 2**63 - 1, 19

#: So many of these requests are at work at once, and the others wait in the order in which they
#: came: more would only wait for the database, or for one another, in threads that others need.
_N_AT_WORK = 8
_LIMITER: RunVar[CapacityLimiter] = RunVar("annotating")

Body = dict[str, Any]
Act = Callable[[Body, int], Body]

_NEIGHBOURS = ("previous", "following")


def _task(asked: Body, annotator_id: int) -> Body:
    """Show a case: of a study what comes next, or one of theirs, or what is beside that."""
    if asked.get("assignment") is None:
        study_id = _number(asked.get("study"), "study")
        task_id = assignments.next_task_id(study_id=study_id, annotator_id=annotator_id)
    else:
        task_id = _number(asked["assignment"], "case")
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
    study_id = _number(body.get("study_id"), "study")
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

    What they sent is stored then, whatever becomes of the holding.
    """
    if body.get("hold") is not True:
        return send()[0]
    with one_transaction():
        sent, study_id = send()
        try:
            held_id = _hold_next(study_id, body, annotator_id)
        except RefusedError:
            return sent | {"held": None}
    try:
        return sent | _held(study_id, held_id, annotator_id)
    except RefusedError:
        return sent | {"held": None}


def _on_screen(body: Body) -> OnScreen | None:
    screen = body.get("shown")
    if not isinstance(screen, dict) or not isinstance(screen.get("token"), str):
        return None
    return OnScreen(
        _assignment_id(screen), screen["token"], checked_seconds(screen.get("seconds", 0))
    )


def _release(body: Body, annotator_id: int) -> Body:
    is_released = assignments.release(
        assignment_id=_assignment_id(body),
        annotator_id=annotator_id,
        token=parse_opening(body).token,
    )
    return {"released": is_released}


def _save_draft(body: Body, annotator_id: int) -> Body:
    saved = commands.save_draft(
        assignment_id=_assignment_id(body),
        annotator_id=annotator_id,
        opening=parse_opening(body),
        draft=body.get("draft"),
        active_seconds=body.get("active_seconds"),
    )
    return {"saved": saved.is_newest, "edit": saved.is_edit}


def _submit(body: Body, annotator_id: int) -> Body:
    def submit() -> tuple[Body, int]:
        submitted = commands.submit(
            assignment_id=_assignment_id(body),
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
            assignment_id=_assignment_id(body),
            annotator_id=annotator_id,
            opening=parse_opening(body),
            reason=body.get("reason"),
            note=body.get("note"),
        )
        return {"skipped": True}, study_id

    return _and_hold(body, annotator_id, skip)


def _take_back(body: Body, annotator_id: int) -> Body:
    commands.take_back(
        assignment_id=_assignment_id(body), annotator_id=annotator_id, opening=parse_opening(body)
    )
    return {"taken_back": True}


def _discard_edit(body: Body, annotator_id: int) -> Body:
    commands.discard_edit(
        assignment_id=_assignment_id(body), annotator_id=annotator_id, opening=parse_opening(body)
    )
    return {"discarded": True}


def _endpoint(act: Act) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Read and check a request on the event loop, and do the database's part off it."""

    async def endpoint(request: Request) -> JSONResponse:
        # Other sites cannot set the header without asking first, and are never allowed to. To
        # ask for a case reserves it, so the origin is looked at here for what only reads, too.
        is_own = is_own_page(request.headers, is_https=request.url.scheme == "https")
        if request.headers.get("x-evalkit") != "1" or not is_own:
            return _error(403, "This did not come from the annotation page. Reload it.")
        raw = await _read(request)
        if raw is None:
            return _error(413, "This is more than can be stored at once. Shorten the comment.")
        return await run_sync(_answer, act, request, raw, limiter=_limiter())

    return endpoint


def _limiter() -> CapacityLimiter:
    """Return the one of this event loop."""
    limiter = _LIMITER.get(None)
    if limiter is None:
        limiter = CapacityLimiter(_N_AT_WORK)
        _LIMITER.set(limiter)
    return limiter


def _answer(act: Act, request: Request, raw: bytes) -> JSONResponse:
    user = who_asks(request)
    if user is None:
        return _error(401, "You are signed out. Sign in again in another tab, then retry.")
    # A page that somebody left open is not another's, who signed in since in the same browser.
    account = request.headers.get("x-evalkit-account")
    if account is not None and account != account_word(user):
        return _error(401, "Somebody else is signed in by now. Sign in again as yourself.")
    if not user.may(Role.ANNOTATOR):
        return _error(403, "Your account may not annotate.")
    try:
        body = _asked(request.query_params) if request.method == "GET" else _parsed(raw)
        return JSONResponse(act(body, user.id), headers=_NO_STORE)
    except IncompleteError as refused:
        return _error(422, str(refused), refused.fields)
    except NewerError as refused:
        return _error(409, str(refused), newer=refused.mark)
    except (OutdatedError, queries.SkippedError) as refused:
        return _error(409, str(refused))
    except NotFoundError as refused:
        return _error(404, str(refused))
    except RefusedError as refused:
        return _error(422, str(refused))


async def _read(request: Request) -> bytes | None:
    """Return the body, or None once it is larger than any of ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return body


def _parsed(raw: bytes) -> Body:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise RefusedError("This could not be read. Reload the page; your draft is kept.")
    return body


def _asked(address: Mapping[str, str]) -> Body:
    """Read what an address asks for; its numbers are written as text."""
    return {
        name: int(value)
        if value.isascii() and value.isdigit() and len(value) <= _LONGEST
        else value
        for name, value in address.items()
    }


def _assignment_id(body: Body) -> int:
    return _number(body.get("assignment_id"), "case")


def _number(value: object, of: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST_ID:
        raise RefusedError(f"It is not said which {of} this is for. Reload the page.")
    return value


def _error(
    status: int, sentence: str, fields: tuple[str, ...] = (), *, newer: str | None = None
) -> JSONResponse:
    content: Body = {"error": sentence, "fields": list(fields)}
    if newer is not None:
        content["newer"] = newer
    return JSONResponse(content, status_code=status, headers=_NO_STORE)


_NO_STORE = {"Cache-Control": "no-store"}

ROUTES = [
    Route("/annotate/task", _endpoint(_task), methods=["GET"]),
    Route("/annotate/hold", _endpoint(_hold), methods=["POST"]),
    Route("/annotate/release", _endpoint(_release), methods=["POST"]),
    Route("/annotate/draft", _endpoint(_save_draft), methods=["PUT"]),
    Route("/annotate/submit", _endpoint(_submit), methods=["POST"]),
    Route("/annotate/skip", _endpoint(_skip), methods=["POST"]),
    Route("/annotate/take-back", _endpoint(_take_back), methods=["POST"]),
    Route("/annotate/discard", _endpoint(_discard_edit), methods=["POST"]),
]
