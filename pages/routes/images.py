"""Images of cases and responses, from our own store alone: no page loads one from elsewhere."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from db.engine import read_session
from db.queries.images import stored_image
from evalkit.images.references import ADDRESS

#: An image never changes under its hash. Whoever signs out leaves it in no shared cache.
_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


async def _image(request: Request) -> Response:
    return await run_in_threadpool(_answer, request.path_params["content_hash"])


def _answer(content_hash: str) -> Response:
    with read_session() as session:
        image = stored_image(session, content_hash)
    if image is None:
        headers = {"Cache-Control": "no-store"}
        return PlainTextResponse("There is no such image.", 404, headers)
    return Response(image.content, media_type=image.media_type, headers=_HEADERS)


ROUTES = [Route(f"{ADDRESS}{{content_hash}}", _image)]
