"""Forms of plain HTML pages: read, and only believed when they come from one of our pages."""

import secrets
from urllib.parse import parse_qsl

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from db.commands.people import ensure_cookie_key
from pages.routes.session import LIFE_SECONDS

COOKIE = "evalkit_form"
LARGEST_BODY = 16_384

Form = dict[str, str]


async def read(request: Request) -> Form:
    """Return the fields of a form; one that is larger than any of ours counts as empty."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def browser_mark(request: Request) -> str:
    """Return the random mark of this browser, a new one where it has none."""
    return request.cookies.get(COOKIE) or secrets.token_urlsafe(16)


def token(mark: str) -> str:
    """Sign the mark of a browser, for the hidden field of its forms."""
    return _serializer().dumps(mark)


def remember(response: Response, request: Request, mark: str) -> None:
    """Leave the mark with the browser, to be compared with the field of the form."""
    response.set_cookie(
        COOKIE,
        mark,
        max_age=LIFE_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def is_ours(request: Request, form: Form) -> bool:
    """Tell whether a form was filled in in this browser; ``hosts`` asks whose page sent it."""
    try:
        signed = _serializer().loads(form.get("token", ""), max_age=LIFE_SECONDS)
    except BadSignature:
        return False
    mark = request.cookies.get(COOKIE, "")
    return bool(mark) and secrets.compare_digest(str(signed), mark)


def local_path(address: str | None) -> str:
    """Return an address when it is a path on this server, and the start page otherwise."""
    if not address or not address.isprintable() or "\\" in address:
        return "/"
    return address if address.startswith("/") and not address.startswith("//") else "/"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(ensure_cookie_key(), salt="evalkit.form")
