"""The running app, asked over real sockets for what only the whole of it shows."""

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from db import schema
from db.commands import people
from db.engine import engine, read_session
from db.queries import people as queries
from pages.routes import session
from tests.browser.serving import app_server, start_anew


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
        with app_server(url, port=port, start=start_anew) as address:
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


@pytest.fixture
def opened_page(server) -> Iterator[tuple[str, str]]:
    """Open a page as Grace; give the cookie of her browser and the id of the page's session."""
    with read_session() as opened:
        (grace,) = [person for person in queries.accounts(opened) if person.name == "Grace"]
        user = queries.user_of_session(opened, annotator_id=grace.id, epoch=0)
    assert user is not None
    cookie = f"{session.COOKIE}={session.cookie_value(user)}"
    with connect(
        server.replace("http", "ws", 1) + "/_stcore/stream",
        origin=server,
        additional_headers={"Cookie": cookie},
        subprotocols=["streamlit"],
        max_size=None,
    ) as socket_of_page:
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        socket_of_page.send(asked.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(socket_of_page.recv(timeout=60, decode=False))
            if answer.WhichOneof("type") == "new_session":
                break
        yield cookie, answer.new_session.initialize.session_id


def test_what_is_uploaded_lies_on_disk_and_not_in_memory(server, opened_page):
    cookie, page = opened_page
    xsrf = generate_xsrf_token_string()
    content = b"x" * 2_000_000
    head = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="f.jsonl"\r\n\r\n'

    for number in range(3):
        asked = urllib.request.Request(
            f"{server}/_stcore/upload_file/{page}/file-{number}",
            method="PUT",
            data=head + content + b"\r\n--cut--\r\n",
            headers={
                "Content-Type": "multipart/form-data; boundary=cut",
                "Cookie": f"{cookie}; _streamlit_xsrf={xsrf}",
                "Origin": server,
                "X-Xsrftoken": xsrf,
            },
        )
        with urllib.request.urlopen(asked) as answer:
            assert answer.status == 204

    metrics = urllib.request.Request(f"{server}/_stcore/metrics", headers={"Cookie": cookie})
    with urllib.request.urlopen(metrics) as answer:
        lines = answer.read().decode().splitlines()
    # Streamlit counts the bytes of the files it holds; here it holds one of none.
    held = [line.split()[-1] for line in lines if "UploadedFileManager" in line]
    assert held == ["0"]
