"""Streamlit's own page, with what has to be there before Streamlit is."""

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from streamlit import file_util

from pages.shared import menu

_HISTORY = Path(menu.__file__).with_name("components") / "history" / "history.js"
_SCRIPT = _HISTORY.read_text("utf-8")
_VERSION = hashlib.sha256(_SCRIPT.encode()).hexdigest()[:16]
# A component is there only once Streamlit has loaded what shows components. On a busy machine that
# is after the first pages have said their choices, each as a step of the history of its own.
_HEAD = f"""<head>
<script type="module">
import oneStepAPage from "./history.js?v={_VERSION}";
oneStepAPage();
</script>"""
_STREAMLIT = (Path(file_util.get_static_dir()) / "index.html").read_text("utf-8")
#: What is given out for every page: Streamlit's program, which asks for the rest.
PAGE = _STREAMLIT.replace("<head>", _HEAD, 1)


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse(PAGE, headers={"Cache-Control": "no-cache"})


async def _history(request: Request) -> Response:
    is_this = request.query_params.get("v") == _VERSION
    kept = "private, immutable, max-age=31536000" if is_this else "no-store"
    return Response(_SCRIPT, media_type="text/javascript", headers={"Cache-Control": kept})


ROUTES = [
    Route("/history.js", _history),
    Route("/", _page),
    # The page of annotation brings its first case: see first_case.py.
    *(
        Route(f"/{entry.address}", _page)
        for entry in menu.ENTRIES
        if entry.address != menu.FULL_SCREEN
    ),
]
