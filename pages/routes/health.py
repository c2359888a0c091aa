"""Whether the app can do its work, for whoever watches over it."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from db.queries.health import database_answers


async def _health(_request: Request) -> JSONResponse:
    is_ok = await run_in_threadpool(database_answers)
    return JSONResponse({"ok": is_ok}, status_code=200 if is_ok else 503)


ROUTES = [Route("/healthz", _health)]
