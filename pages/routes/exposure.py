"""Who can reach the demo's accounts, whose password is printed on the way in."""

import os

from starlette.requests import HTTPConnection

from pages.routes import hosts

#: Set to 1 by who wants the demo's accounts open to everybody who reaches this server.
VARIABLE = "EVALKIT_OPEN_DEMO"


def is_meant() -> bool:
    """Tell whether the demo was opened to others on purpose."""
    return os.environ.get(VARIABLE, "").strip().lower() in {"1", "yes", "true"}


def is_beyond_this_machine(address: str | None) -> bool:
    """Tell whether a server on this address, or under the names it was given, is for others too.

    Without an address it listens on all there are; a socket in the file system is the proxy's.
    """
    is_local = address is not None and (address.startswith("unix://") or hosts.is_loopback(address))
    return not is_local or not all(map(hosts.is_loopback, hosts.listed()))


def is_demo_open(request: HTTPConnection) -> bool:
    """Tell whether who asks may come in by the demo's accounts: from this machine, or as meant."""
    address, port = request.scope.get("server") or ("", 0)
    is_local = port is None or hosts.is_loopback(address)  # no port: a socket in the file system
    return is_meant() or (is_local and hosts.is_loopback(request.headers.get("host", "")))


DANGER = """\
The accounts of the demo, an admin among them, are in this database, and their password is shown
to everybody who opens the sign-in page; others than this machine can reach it.
"""

REMEDY = f"""\
Keep to this machine (STREAMLIT_SERVER_ADDRESS=127.0.0.1, no EVALKIT_HOSTS), or take a database
without the demo (DATABASE_URL), or end the demo with an admin of your own (python -m evalkit
annotator add NAME --role admin). If all of them may come in, set {VARIABLE}=1.
"""
