"""What the annotation screen sends: drafts, submissions, skips. Each answer is short JSON."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from db.commands import annotation as commands
from evalkit.annotation.draft import IncompleteError, OutdatedError
from evalkit.annotation.opening import NewerError, parse_opening
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import Role
from pages.routes.session import signed_in

LARGEST_BODY = 256 * 1024
_LARGEST_ID = 2**63 - 1

Body = dict[str, Any]
Act = Callable[[Body, int, int], Body]


def _save_draft(body: Body, assignment_id: int, annotator_id: int) -> Body:
    saved = commands.save_draft(
        assignment_id=assignment_id,
        annotator_id=annotator_id,
        opening=parse_opening(body),
        draft=body.get("draft"),
        active_seconds=body.get("active_seconds"),
    )
    return {"saved": saved.is_newest, "edit": saved.is_edit}


def _submit(body: Body, assignment_id: int, annotator_id: int) -> Body:
    submitted = commands.submit(
        assignment_id=assignment_id,
        annotator_id=annotator_id,
        opening=parse_opening(body),
        draft=body.get("draft"),
        active_seconds=body.get("active_seconds"),
        submission_key=body.get("submission_key"),
    )
    return {"stored": True, "revision": submitted.revision}


def _skip(body: Body, assignment_id: int, annotator_id: int) -> Body:
    commands.skip(
        assignment_id=assignment_id,
        annotator_id=annotator_id,
        opening=parse_opening(body),
        reason=body.get("reason"),
        note=body.get("note"),
    )
    return {"skipped": True}


def _take_back(body: Body, assignment_id: int, annotator_id: int) -> Body:
    commands.take_back(
        assignment_id=assignment_id, annotator_id=annotator_id, opening=parse_opening(body)
    )
    return {"taken_back": True}


def _discard_edit(body: Body, assignment_id: int, annotator_id: int) -> Body:
    commands.discard_edit(
        assignment_id=assignment_id, annotator_id=annotator_id, opening=parse_opening(body)
    )
    return {"discarded": True}


def _endpoint(act: Act) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Read and check a request on the event loop, and do the database's part off it."""

    async def endpoint(request: Request) -> JSONResponse:
        # Other sites cannot set the header without asking first, and are never allowed to.
        if request.headers.get("x-evalkit") != "1":
            return _error(403, "This did not come from the annotation page. Reload it.")
        raw = await _read(request)
        if raw is None:
            return _error(413, "This is more than can be stored at once. Shorten the comment.")
        return await run_in_threadpool(_answer, act, request, raw)

    return endpoint


def _answer(act: Act, request: Request, raw: bytes) -> JSONResponse:
    user = signed_in(request.cookies)
    if user is None:
        return _error(401, "You are signed out. Sign in again in another tab, then retry.")
    if not user.may(Role.ANNOTATOR):
        return _error(403, "Your account may not annotate.")
    try:
        body = _parsed(raw)
        return JSONResponse(act(body, _assignment_id(body), user.id), headers=_NO_STORE)
    except IncompleteError as refused:
        return _error(422, str(refused), refused.fields)
    except NewerError as refused:
        return _error(409, str(refused), newer=refused.mark)
    except OutdatedError as refused:
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


def _assignment_id(body: Body) -> int:
    assignment = body.get("assignment_id")
    if (
        isinstance(assignment, bool)
        or not isinstance(assignment, int)
        or not 0 < assignment <= _LARGEST_ID
    ):
        raise RefusedError("It is not said which case this is for. Reload the page.")
    return assignment


def _error(
    status: int, sentence: str, fields: tuple[str, ...] = (), *, newer: str | None = None
) -> JSONResponse:
    content: Body = {"error": sentence, "fields": list(fields)}
    if newer is not None:
        content["newer"] = newer
    return JSONResponse(content, status_code=status, headers=_NO_STORE)


_NO_STORE = {"Cache-Control": "no-store"}

ROUTES = [
    Route("/annotate/draft", _endpoint(_save_draft), methods=["PUT"]),
    Route("/annotate/submit", _endpoint(_submit), methods=["POST"]),
    Route("/annotate/skip", _endpoint(_skip), methods=["POST"]),
    Route("/annotate/take-back", _endpoint(_take_back), methods=["POST"]),
    Route("/annotate/discard", _endpoint(_discard_edit), methods=["POST"]),
]
