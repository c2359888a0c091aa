"""Files to take away: whoever asks for one is asked again who they are, and what they may see.

A page offers a file for as long as it is open, and its maker runs when somebody asks for it. What
decides is the account behind the request at that moment, not the one that once opened the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from mimetypes import guess_type
from urllib.parse import quote
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from db.engine import read_session
from db.queries.existing import has_study
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.routes.session import who_asks

FOLDER = "/download/"
_NO_STORE = {"Cache-Control": "no-store"}


@dataclass(slots=True, weakref_slot=True, eq=False)
class Offer:
    """A file that a page offers to one person; ``study_id`` is the study that it tells of."""

    user_id: int
    study_id: int | None
    make: Callable[[], bytes]
    file_name: str


#: By an unguessable token. The session of the page holds the offers, and they end with it.
OFFERS: WeakValueDictionary[str, Offer] = WeakValueDictionary()


async def _download(request: Request) -> Response:
    return await run_in_threadpool(_answer, request)


def _answer(request: Request) -> Response:
    user = who_asks(request)
    if user is None:
        return _refusal(401, "You are signed out. Sign in again and open the page anew.")
    offer = OFFERS.get(request.path_params["token"])
    if offer is None or offer.user_id != user.id:
        return _refusal(404, "This download is over. Open the page it was on anew.")
    if not user.may(Role.LEAD):
        return _refusal(403, "Results are for leads, which your account no longer is.")
    if offer.study_id is not None:
        with read_session() as session:
            if not has_study(session, offer.study_id):
                return _refusal(404, "This study has been discarded.")
    try:
        content = offer.make()
    except RefusedError as refused:
        return _refusal(404, str(refused))
    to = f"attachment; filename*=UTF-8''{quote(offer.file_name)}"
    headers = {"Content-Disposition": to, **_NO_STORE}
    kind, _ = guess_type(offer.file_name)
    return Response(content, media_type=kind or "application/octet-stream", headers=headers)


def _refusal(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status, headers=_NO_STORE)


ROUTES = [Route(f"{FOLDER}{{token}}", _download)]
