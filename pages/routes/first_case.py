"""The annotation page with its first case in it, drawn while Streamlit still loads."""

import json
import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from db.engine import NOT_TO_BE_HAD
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.routes import shell
from pages.routes.annotation import asked_task
from pages.routes.requests import Body, asked
from pages.routes.session import account_word, who_asks
from pages.shared import menu
from pages.shared.components.workbench import SCRIPT, STYLE, VERSION, page_data, prefix

_HEAD = """<head>
<link rel="modulepreload" href="{base}annotate/screen.js?v={version}">
<link rel="stylesheet" id="ek-style" href="{base}annotate/screen.css?v={version}">
<script type="application/json" id="ek-page">{data}</script>
<script type="module">
import {{ drawEarly }} from "{base}annotate/screen.js?v={version}";
drawEarly();
</script>"""
_FOR_A_YEAR = {"Cache-Control": "private, immutable, max-age=31536000"}
_NEVER = {"Cache-Control": "no-store"}


async def _page(request: Request) -> Response:
    """Give Streamlit's own page, with a case where one is to be shown."""
    # To ask for a case reserves it: only who comes to look at it does, and nothing in advance.
    is_visit = request.headers.get("sec-fetch-dest") == "document"
    head = None
    if is_visit and "sec-purpose" not in request.headers:
        head = await run_in_threadpool(_head, request)
    if head is None:
        return HTMLResponse(shell.PAGE, headers={"Cache-Control": "no-cache"})
    return HTMLResponse(shell.PAGE.replace("<head>", head, 1), headers=_NEVER)


def _head(request: Request) -> str | None:
    """Return the head with a case; None where Streamlit's page says what there is instead."""
    user = who_asks(request)
    address = asked(request.query_params)
    wanted: Body = {name: address[name] for name in ("study", "assignment") if name in address}
    if user is None or not user.may(Role.ANNOTATOR) or not wanted:
        return None
    try:
        case = asked_task(wanted, user.id)["task"]
    except RefusedError:
        return None
    except NOT_TO_BE_HAD as trouble:
        logging.getLogger("evalkit").warning("The database was not to be had", exc_info=trouble)
        return None
    if case is None:
        return None
    # Text that ends a script, or begins a comment in one, is written in another way.
    data = json.dumps(page_data(case, account=account_word(user))).replace("<", "\\u003c")
    return _HEAD.format(base=prefix(), version=VERSION, data=data)


def _program(text: str, media_type: str) -> Route:
    async def answer(request: Request) -> Response:
        is_this = request.query_params.get("v") == VERSION
        return Response(text, media_type=media_type, headers=_FOR_A_YEAR if is_this else _NEVER)

    name = "screen.js" if media_type == "text/javascript" else "screen.css"
    return Route(f"/annotate/{name}", answer)


ROUTES = [
    Route(f"/{menu.FULL_SCREEN}", _page),
    _program(SCRIPT, "text/javascript"),
    _program(STYLE, "text/css"),
]
