"""Whose pages may talk to this server: the host a request names, and the page it comes from.

Cookies, and the ``Origin`` check of many a server, ignore the port: what is served on another port
of this host would be taken for us. Names are a way in, too: a site may point its own name at this
machine, and its pages are then of one origin with us as far as the browser knows.
"""

import ipaddress
import os
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

#: The host names this installation answers to beside addresses of machines and ``localhost``,
#: separated by spaces or commas; with a port where only that one is meant.
VARIABLE = "EVALKIT_HOSTS"

#: Holds nothing and changes nothing; whoever watches over the server asks it by any name.
_HEALTH = "/healthz"
_READING = {"GET", "HEAD", "OPTIONS"}
_HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?")


class OwnPagesOnly:
    """Refuse what names a host that is not ours, and what pages of other origins set going."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does where host and origin are ours."""
        reason = _why_refused(scope) if scope["type"] in {"http", "websocket"} else None
        if reason is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":  # closed before it was opened: the answer is 403
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
        else:
            await PlainTextResponse(reason, 403)(scope, receive, send)


def listed() -> list[str]:
    """Return the names this installation was told it is reached by."""
    return os.environ.get(VARIABLE, "").lower().replace(",", " ").split()


def is_our_host(host: str) -> bool:
    """Tell whether a ``Host`` is an address of a machine, ``localhost`` or a name we answer to.

    Nobody can make an address lead elsewhere, as they can with a name of theirs.
    """
    parts = _HOST.fullmatch(host.lower())
    if parts is None:
        return False
    ours = listed()
    name = parts["name"].rstrip(".")
    is_listed = name in ours or host.lower() in ours
    return name == "localhost" or _address(name) is not None or is_listed


def is_loopback(host: str) -> bool:
    """Tell whether a host, with or without a port, is this machine and nothing else."""
    parts = _HOST.fullmatch(host.lower())
    name = parts["name"] if parts else host
    address = _address(name)
    return name == "localhost" if address is None else address.is_loopback


def is_own_page(headers: Headers, *, is_https: bool) -> bool:
    """Tell whether a page of ours sent a request, or no page at all, as far as the browser says."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origins = headers.getlist("origin")
    if not origins:
        return True  # no browser lets a page of another origin leave it out
    if origins == ["null"]:  # sent where the referrer is withheld
        return site == "same-origin"
    try:
        scheme, netloc = urlsplit(origins[0])[:2]
    except ValueError:
        return False
    # Who ends TLS before us may not say so, but nobody adds it after us.
    schemes = {"https"} if is_https else {"http", "https"}
    return len(origins) == 1 and scheme in schemes and netloc == headers.get("host")


def _why_refused(scope: Scope) -> str | None:
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    if scope["path"] == _HEALTH:
        return None
    if len(hosts) != 1 or not is_our_host(hosts[0]):
        return (
            "evalkit does not answer to the name in this address. "
            f"Whoever runs it here lists its names in {VARIABLE}."
        )
    changes = scope["type"] == "websocket" or scope["method"] not in _READING
    if changes and not is_own_page(headers, is_https=scope["scheme"] in {"https", "wss"}):
        return "This came from elsewhere. Open evalkit in a tab of its own and try again."
    return None


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None
