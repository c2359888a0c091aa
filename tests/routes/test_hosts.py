"""Whose pages may talk to the server; tests/routes/test_server.py asks a real one."""

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from pages.routes import guard, hosts


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8501", "localhost:8501", "localhost", "LOCALHOST:8501", "[::1]:8501", "10.0.0.7"],
)
def test_a_machine_is_answered_by_its_address_without_any_setting(host, monkeypatch):
    monkeypatch.delenv(hosts.VARIABLE, raising=False)

    assert hosts.is_our_host(host)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example"],
)
def test_a_name_nobody_listed_is_not_answered(host, monkeypatch):
    monkeypatch.setenv(hosts.VARIABLE, "evalkit.example.org")

    assert not hosts.is_our_host(host)


@pytest.mark.parametrize(
    "host", ["", " ", "evil.example/@127.0.0.1", "127.0.0.1:8501:1", "a b", "localhost#", "é"]
)
def test_what_is_no_host_is_not_answered(host):
    assert not hosts.is_our_host(host)


@pytest.mark.parametrize("listed", ["evalkit.example.org other", "other, EVALKIT.example.org"])
@pytest.mark.parametrize("host", ["evalkit.example.org", "Evalkit.Example.org:8443"])
def test_a_listed_name_is_answered_on_any_port(listed, host, monkeypatch):
    monkeypatch.setenv(hosts.VARIABLE, listed)

    assert hosts.is_our_host(host)


def test_a_name_listed_with_a_port_is_answered_on_that_one_only(monkeypatch):
    monkeypatch.setenv(hosts.VARIABLE, "evalkit.example.org:8443")

    assert hosts.is_our_host("evalkit.example.org:8443")
    assert not hosts.is_our_host("evalkit.example.org")


def asked(*pairs: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.encode(), value.encode()) for name, value in pairs])


OUR_HOST = ("host", "127.0.0.1:8501")


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:9999",
        "http://127.0.0.1",
        "http://localhost:8501",
        "http://evil.example",
        "http://127.0.0.1:8501@evil.example",
        "http://someone@127.0.0.1:8501",
        "http://[127.0.0.1:8501",
        "chrome-extension://127.0.0.1:8501",
        "127.0.0.1:8501",
        "null",
        "",
    ],
)
def test_a_page_of_another_origin_is_not_ours(origin):
    assert not hosts.is_own_page(asked(OUR_HOST, ("origin", origin)), is_https=False)


def test_a_page_of_the_same_origin_is_ours():
    headers = asked(OUR_HOST, ("origin", "http://127.0.0.1:8501"))

    assert hosts.is_own_page(headers, is_https=False)


def test_who_ends_tls_before_us_need_not_say_so_but_tls_is_never_lost_on_the_way():
    host = ("host", "evalkit.example.org")

    assert hosts.is_own_page(asked(host, ("origin", "https://evalkit.example.org")), is_https=False)
    assert not hosts.is_own_page(
        asked(host, ("origin", "http://evalkit.example.org")), is_https=True
    )


def test_two_origins_are_none():
    ours = ("origin", "http://127.0.0.1:8501")

    assert not hosts.is_own_page(asked(OUR_HOST, ours, ("origin", "x")), is_https=False)


@pytest.mark.parametrize(
    ("site", "is_ours"),
    [("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False)],
)
def test_what_the_browser_says_of_the_site_counts(site, is_ours):
    assert hosts.is_own_page(asked(OUR_HOST, ("sec-fetch-site", site)), is_https=False) == is_ours


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8:80", True),
        ("localhost:8501", True),
        ("[::1]:8501", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("evalkit.example.org", False),
        ("", False),
    ],
)
def test_what_is_this_machine_and_nothing_else(host, expected):
    assert hosts.is_loopback(host) == expected


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:8501", "http://evil.example"),
        ("127.0.0.1:8501", "http://127.0.0.1:1"),
        ("evil.example", "http://evil.example"),
    ],
)
def test_a_socket_of_another_page_reaches_nothing_that_looks_its_origin_up_elsewhere(host, origin):
    # Streamlit refuses a foreign origin only after it asked the outside for its own address, while
    # nobody else is answered.
    reached = []

    async def stream(socket: WebSocket) -> None:
        reached.append(socket.headers["origin"])
        await socket.accept()

    app = Starlette(routes=[WebSocketRoute("/_stcore/stream", stream)], middleware=guard.MIDDLEWARE)
    with TestClient(app) as browser:
        opening = browser.websocket_connect(
            "/_stcore/stream", headers={"host": host, "origin": origin}
        )
        with pytest.raises(WebSocketDisconnect), opening:
            pass

    assert reached == []
