"""Requests of the annotation screen: who sends them, what they hold, and how they are answered."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse

from db.engine import NOT_TO_BE_HAD
from db.queries.annotation.task import SkippedError
from evalkit.annotation.draft import IncompleteError, OutdatedError
from evalkit.annotation.opening import NewerError
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import Role
from pages.routes.hosts import is_own_page
from pages.routes.session import account_word, who_asks

LARGEST_BODY = 256 * 1024
_LARGEST_ID, _LONGEST = 2**63 - 1, 19

#: So many of these requests are at work at once, and the others wait in the order in which they
#: came: more would only wait for the database, or for one another, in threads that others need.
_N_AT_WORK = 8
_LIMITER: RunVar[CapacityLimiter] = RunVar("annotating")
_NO_STORE = {"Cache-Control": "no-store"}

Body = dict[str, Any]
Act = Callable[[Body, int], Body]


class _Answer(JSONResponse):
    def render(self, content: Body) -> bytes:
        return orjson.dumps(content)  # several times as fast, with two responses in it


def endpoint(act: Act) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Answer with what an act makes of a request and of who sends it, in JSON.

    It is read and checked on the event loop; the database's part is done off it.
    """

    async def answer(request: Request) -> JSONResponse:
        # Other sites cannot set the header without asking first, and are never allowed to. To
        # ask for a case reserves it, so the origin is looked at here for what only reads, too.
        is_own = is_own_page(request.headers, is_https=request.url.scheme == "https")
        if request.headers.get("x-evalkit") != "1" or not is_own:
            return _error(403, "This did not come from the annotation page. Reload it.")
        raw = await _read(request)
        if raw is None:
            return _error(413, "This is more than can be stored at once. Shorten the comment.")
        # A case that is theirs already is only read: that waits for nobody who writes.
        only_reads = request.method == "GET" and "assignment" in request.query_params
        limiter = None if only_reads else _limiter()
        return await run_sync(_answer, act, request, raw, limiter=limiter)

    return answer


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
        body = asked(request.query_params) if request.method == "GET" else _parsed(raw)
        return _Answer(act(body, user.id), headers=_NO_STORE)
    except NOT_TO_BE_HAD as trouble:
        logging.getLogger("evalkit").warning("The database was not to be had", exc_info=trouble)
        return _error(503, "The database is busy. What you entered is sent again in a moment.")
    except IncompleteError as refused:
        return _error(422, str(refused), refused.fields)
    except NewerError as refused:
        return _error(409, str(refused), newer=refused.mark)
    except (OutdatedError, SkippedError) as refused:
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


def asked(address: Mapping[str, str]) -> Body:
    """Read what an address asks for; its numbers are written as text."""
    return {
        name: int(value)
        if value.isascii() and value.isdigit() and len(value) <= _LONGEST
        else value
        for name, value in address.items()
    }


def assignment_id(body: Body) -> int:
    """Return the case a request is for."""
    return number(body.get("assignment_id"), "case")


def number(value: object, of: str) -> int:
    """Return the number of what a request is for; ``of`` calls it by its noun."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LARGEST_ID:
        raise RefusedError(f"It is not said which {of} this is for. Reload the page.")
    return value


def _error(
    status: int, sentence: str, fields: tuple[str, ...] = (), *, newer: str | None = None
) -> JSONResponse:
    content: Body = {"error": sentence, "fields": list(fields)}
    if newer is not None:
        content["newer"] = newer
    return _Answer(content, status_code=status, headers=_NO_STORE)
