"""The running app, asked over real sockets for what only the whole of it shows."""

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from db import schema
from db.commands import people
from db.engine import engine
from tests.browser.serving import app_server


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    """Serve an empty installation with its admin; give its address."""
    url = f"sqlite:///{tmp_path_factory.mktemp('served') / 'evalkit.db'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.delenv("EVALKIT_HOSTS", raising=False)
        schema.upgrade(url)
        people.make_first_admin(name="Grace", password="correct horse battery")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with app_server(url, port=port) as address:
            yield address
    engine(url).dispose()


def handshake(server: str, *, host: str, origin: str | None) -> int:
    """Try to open the socket a page talks over; give the status it is answered with."""
    port = server.rsplit(":", 1)[1]
    with socket.create_connection(("127.0.0.1", int(port))) as opened:
        try:
            with connect(
                f"ws://{host}:{port}/_stcore/stream",
                sock=opened,
                origin=origin.format(port=port) if origin else None,
                subprotocols=["streamlit"],
            ):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_our_own_page_opens_its_socket_by_either_name_of_this_machine(server, name):
    assert handshake(server, host=name, origin=f"http://{name}:{{port}}") == 101


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", "http://127.0.0.1:1"),  # a page on another port of this machine
        ("127.0.0.1", "http://127.0.0.1"),
        ("127.0.0.1", "http://localhost:{port}"),
        ("127.0.0.1", "http://evil.example"),
        ("127.0.0.1", "null"),
        ("evil.example", "http://evil.example:{port}"),  # a name its owner points at this machine
        ("evil.example", None),
    ],
)
def test_no_other_page_opens_a_socket(server, host, origin):
    assert handshake(server, host=host, origin=origin) == 403


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"Host": "evil.example"}),
        ("POST", {"Origin": "http://127.0.0.1:1"}),
        ("PUT", {"Sec-Fetch-Site": "same-site"}),
        ("DELETE", {"Origin": "null"}),
    ],
)
def test_no_other_page_asks_for_anything_over_http(server, method, headers):
    asked = urllib.request.Request(f"{server}/sign-in", method=method, headers=headers)

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked)

    with refused.value as answer:
        assert answer.code == 403
