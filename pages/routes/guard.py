"""What every request passes: security headers, whose page it is, and the way to sign in."""

import re
from functools import cache, lru_cache
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.engine import read_session
from db.queries.people import User, is_first_run
from evalkit.vocabulary import Role
from pages.routes import uploads
from pages.routes.hosts import OwnPagesOnly
from pages.routes.session import signed_in
from pages.shared import menu

#: Open to everybody: they ask for themselves, or hold nothing but the program.
OPEN = {"/sign-in", "/sign-out", "/first-run", "/healthz", "/favicon.png", "/mark.svg"}
OPEN |= {"/account.css", "/account.woff2", "/_stcore/health", "/_stcore/host-config"}
OPEN_FOLDERS = ("/invitation/", "/static/", "/component/", "/_stcore/bidi-components/")
#: Holds what people enter, upload and download; asked for by scripts, so no page is shown instead.
HELD = ("/media/", "/_stcore/", "/annotate/", "/image/")

#: A status that web servers write into their logs for it; nobody is there to read the answer.
_CLIENT_WENT_AWAY = 499
_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]+")


async def say_nothing(_request: Request, _error: Exception) -> Response:
    """End a request whose sender went away in the middle of it: that is no failure of ours."""
    return Response(status_code=_CLIENT_WENT_AWAY)


#: For the whole app, whatever route was reading.
EXCEPTION_HANDLERS = {ClientDisconnect: say_nothing}


class SecurityHeaders:
    """Add the headers that keep a browser from loading, framing or telling anything elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, with the headers it has not set itself."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = _security_headers(Headers(scope=scope).get("host", ""))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in wanted.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class SignInRequired:
    """Send whoever is not signed in to the sign-in page; pages ask again for themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does to whoever is signed in."""
        if scope["type"] != "http" or _is_open(scope["path"]):
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        user = await run_in_threadpool(signed_in, request.cookies)
        scope["user"] = user  # whoever answers need not ask again: `session.who_asks`
        is_upload = scope["path"].startswith(uploads.FOLDER)
        if user is not None and is_upload and not user.may(Role.LEAD):  # no page of theirs asks
            await PlainTextResponse("Not for your account.", 403)(scope, receive, send)
        elif user is not None and _is_beyond(scope["path"], user):
            # The page would be unknown to the router, which says so in a dialog in its own words.
            to = f"/?{menu.CLOSED}=1"
            await RedirectResponse(to, 303, {"Cache-Control": "no-store"})(scope, receive, send)
        elif user is not None:
            await self.app(scope, receive, send)
        elif scope["path"].startswith(HELD):
            await PlainTextResponse("Not signed in.", 401)(scope, receive, send)
        else:
            to = await run_in_threadpool(_way_in, request)
            response = RedirectResponse(to, 303, headers={"Cache-Control": "no-store"})
            await response(scope, receive, send)


def _is_beyond(path: str, user: User) -> bool:
    """Say whether a path is that of a page for others than this user."""
    address = path.strip("/")
    return any(entry.address == address and not user.may(entry.role) for entry in menu.ENTRIES)


def _is_open(path: str) -> bool:
    if path.startswith("/annotate/"):
        return path in _asking_later()
    return path in OPEN or path.startswith(OPEN_FOLDERS)


@cache
def _asking_later() -> set[str]:
    """Return what asks who it is in the thread that answers; nobody needs it at the start."""
    from pages.routes import annotation

    return {route.path for route in annotation.ROUTES}


def _way_in(request: HTTPConnection) -> str:
    with read_session() as session:
        if is_first_run(session):
            return "/first-run"
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted)}"


@lru_cache(maxsize=64)
def _security_headers(host: str) -> dict[str, str]:
    """Return the headers; the host is named, for some browsers keep sockets out of 'self'."""
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    policy = {
        "default-src": "'self'",
        # Components are modules from blob: addresses; the page has one inline line of its own.
        "script-src": "'self' 'unsafe-inline' blob:",
        "worker-src": "'self' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "font-src": "'self' data:",
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "connect-src": f"'self'{sockets}",
        "frame-src": "'self' blob:",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{key} {value}" for key, value in policy.items()),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": (
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
    }


#: In this order, from the outside in.
MIDDLEWARE = [
    Middleware(SecurityHeaders),
    Middleware(OwnPagesOnly),
    Middleware(SignInRequired),
    Middleware(uploads.OneAtATime),
]
