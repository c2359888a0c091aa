"""Signing in and out through HTTP, as a browser does it."""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator
from html import unescape

import httpx
import pytest
from itsdangerous import TimestampSigner
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from db.commands import people as commands
from evalkit.errors import RefusedError
from evalkit.vocabulary import Role
from pages.routes import (
    account,
    exposure,
    forms,
    guard,
    health,
    hosts,
    passwords,
    session,
)
from pages.shared import menu

PASSWORD = "correct horse battery"
NewClient = Callable[..., TestClient]


@pytest.fixture
def new_client(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[NewClient]:
    """Make browsers, each with cookies of its own, before routes and guard as the app has them."""

    monkeypatch.setenv(hosts.VARIABLE, "evalkit.test")
    monkeypatch.setattr(account, "_DESK", passwords.Desk(n_threads=1))

    async def page(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"the page {request.url.path}")

    def who(request: Request) -> PlainTextResponse:
        user = session.who_asks(request)
        return PlainTextResponse("nobody" if user is None else user.name)

    app = Starlette(
        routes=[*account.ROUTES, *health.ROUTES, Route("/who", who), Route("/{path:path}", page)],
        middleware=guard.MIDDLEWARE,
    )
    opened: list[TestClient] = []

    def new_client(*, base_url: str = "http://evalkit.test") -> TestClient:
        opened.append(TestClient(app, base_url=base_url, follow_redirects=False))
        return opened[-1]

    yield new_client
    for client in opened:
        client.close()


@pytest.fixture
def client(new_client: NewClient) -> TestClient:
    return new_client()


def send(client: TestClient, path: str, *, headers=None, **fields: str):
    """Open the page of a form, fill it in and send it, with its hidden fields."""
    html = client.get(path).text
    token = re.search(r'name="token" value="([^"]*)"', html)
    hidden = {"token": token[1]} if token else {}
    return client.post(path, data=hidden | fields, headers=headers)


def error(response) -> str:
    found = re.search(r'role="alert">([^<]*)<', response.text)
    return unescape(found[1]) if found else ""


def make_grace():
    commands.make_first_admin(name="Grace", password=PASSWORD)


def sign_in(client, **fields):
    return send(client, "/sign-in", **({"name": "Grace", "password": PASSWORD} | fields))


def is_in(client) -> bool:
    return client.get("/annotate").status_code == 200


def test_before_anybody_has_an_account_every_page_leads_to_the_first_run(client):
    assert client.get("/").headers["location"] == "/first-run"
    assert client.get("/people?study=3").headers["location"] == "/first-run"
    assert client.get("/sign-in").headers["location"] == "/first-run"


def test_the_first_run_makes_the_admin_signs_them_in_and_is_over(client, new_client):
    response = send(client, "/first-run", name="Grace", password=PASSWORD, again=PASSWORD)

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert is_in(client)
    late = new_client()
    assert late.get("/first-run").headers["location"] == "/sign-in"


def test_two_passwords_that_differ_are_sent_back_with_the_name_still_there(client):
    response = send(client, "/first-run", name="Grace", password=PASSWORD, again="something else")

    assert "differ" in error(response)
    assert 'value="Grace"' in response.text
    assert PASSWORD not in response.text


def test_a_visitor_is_sent_to_sign_in_and_then_to_where_they_wanted_to_go(client):
    make_grace()

    asked = client.get("/agreement?study=3&category=code")
    signed_in = send(
        client,
        asked.headers["location"],
        name="Grace",
        password=PASSWORD,
        next="/agreement?study=3&category=code",
    )

    assert asked.headers["location"] == "/sign-in?next=/agreement%3Fstudy%3D3%26category%3Dcode"
    assert signed_in.headers["location"] == "/agreement?study=3&category=code"


def test_who_asks_is_read_once_for_a_request(client, monkeypatch):
    make_grace()
    sign_in(client)
    read = session.people.user_of_session
    asked: list[int] = []

    def counted(*arguments, annotator_id, **more):
        asked.append(annotator_id)
        return read(*arguments, annotator_id=annotator_id, **more)

    monkeypatch.setattr(session.people, "user_of_session", counted)

    assert client.get("/who").text == "Grace"
    assert len(asked) == 1


def test_the_sign_in_page_carries_along_where_they_wanted_to_go(client):
    make_grace()

    html = client.get("/sign-in?next=/agreement%3Fstudy%3D3").text

    assert 'name="next" value="/agreement?study=3"' in html


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "//[evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "/%0d%0aSet-Cookie:x",
        "people",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(client, elsewhere):
    make_grace()

    response = sign_in(client, next=elsewhere)

    location = response.headers["location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "set-cookie" not in location.lower() or "%0d" in location


def test_a_wrong_password_says_so_keeps_the_name_and_gives_no_cookie(client):
    make_grace()

    response = sign_in(client, password="not the password")

    assert error(response) == "This name and password do not go together."
    assert 'value="Grace"' in response.text
    assert session.COOKIE not in client.cookies


def test_too_many_wrong_passwords_are_told_in_a_sentence(client):
    make_grace()
    for _ in range(5):
        sign_in(client, password="not the password")

    response = sign_in(client)

    assert "Too many wrong passwords for this name" in error(response)
    assert (response.status_code, 'value="Grace"' in response.text) == (429, True)


def test_wrong_passwords_and_nothing_else_count_against_an_address(client, monkeypatch):
    monkeypatch.setattr(passwords, "MOST_WRONG", 3)
    monkeypatch.setattr(account, "_DESK", passwords.Desk(n_threads=1))
    for _ in range(4):
        answer = send(client, "/first-run", name="Grace", password=PASSWORD, again="another")
        assert "differ" in error(answer)
    make_grace()

    answers = [sign_in(client, name=f"nobody {n}") for n in range(4)]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
    assert "came from your address" in error(answers[-1])


def test_a_crowd_of_sign_ins_is_told_to_come_back_with_the_name_still_there(client, monkeypatch):
    make_grace()
    desk = passwords.Desk(n_threads=1)
    monkeypatch.setattr(account, "_DESK", desk)
    desk._most_inside = 0  # as if everybody were here already

    response = sign_in(client)

    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert "Try again in a moment" in error(response)
    assert 'value="Grace"' in response.text
    assert PASSWORD not in response.text
    assert not is_in(client)


def test_an_address_that_tries_many_names_waits_as_a_name_does_that_many_try(client):
    make_grace()
    for n in range(30):
        assert "do not go together" in error(sign_in(client, name=f"Somebody {n}"))

    response = sign_in(client)

    assert (response.status_code, "from your address" in error(response)) == (429, True)
    assert not is_in(client)


def test_who_works_is_answered_while_a_crowd_has_its_passwords_checked(new_client, monkeypatch):
    # Sixty at once from as many addresses: more than there are threads for everybody's work.
    make_grace()
    client = new_client()
    token = re.search(r'name="token" value="([^"]*)"', client.get("/sign-in").text)[1]
    may_end = threading.Event()
    n_checked = 0

    def check(**_: object) -> None:
        nonlocal n_checked
        n_checked += 1
        may_end.wait(60)
        raise RefusedError("This name and password do not go together.")

    monkeypatch.setattr(commands, "sign_in", check)

    def browser(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(client.app, client=(address, 1))
        cookies = dict(client.cookies)
        return httpx.AsyncClient(
            transport=transport, base_url="http://evalkit.test", cookies=cookies
        )

    async def sign_in_from(address: str) -> int:
        form = {"token": token, "name": "Grace", "password": "not the password"}
        async with browser(address) as crowded:
            return (await crowded.post("/sign-in", data=form)).status_code

    async def story() -> int:
        crowd = [asyncio.ensure_future(sign_in_from(f"10.0.0.{n}")) for n in range(60)]
        try:
            while n_checked == 0 and not all(one.done() for one in crowd):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)  # all that can be checked at once is
            async with browser("10.0.1.1") as working:  # on a thread, as drafts are saved
                return (await asyncio.wait_for(working.get("/healthz"), 20)).status_code
        finally:
            may_end.set()
            await asyncio.gather(*crowd)

    assert asyncio.run(story()) == 200


def test_signing_out_never_waits_behind_passwords(client, monkeypatch):
    make_grace()
    sign_in(client)
    monkeypatch.setattr(account, "_DESK", None)

    assert send(client, "/sign-out").headers["location"] == "/sign-in?signed-out"


def test_what_somebody_typed_as_a_name_is_shown_as_text(client):
    make_grace()

    response = sign_in(client, name='"><script>alert(1)</script>', password="whatever it is")

    assert "<script" not in response.text


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    make_grace()

    cookie = sign_in(client).headers["set-cookie"]

    assert cookie.startswith(f"{session.COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=43200" in cookie  # 12 hours
    assert "Secure" not in cookie


def test_over_https_the_session_cookie_stays_on_https(new_client):
    make_grace()

    cookie = sign_in(new_client(base_url="https://evalkit.test")).headers["set-cookie"]

    assert "Secure" in cookie


def test_a_session_ends_after_twelve_hours(client, monkeypatch):
    make_grace()
    sign_in(client)
    at = time.time()

    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(at + 12 * 3600 - 60))
    assert is_in(client)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: int(at + 12 * 3600 + 60))
    assert not is_in(client)


@pytest.mark.parametrize("cookie", ["", "x", "WzEsMF0.aaaa.bbbb", "é", "a" * 4000])
def test_a_cookie_that_is_not_ours_is_nobodys(new_client, cookie):
    make_grace()
    client = new_client()

    response = client.get("/people", headers={"cookie": f"{session.COOKIE}={cookie}".encode()})

    assert response.headers["location"] == "/sign-in?next=/people"


def test_a_cookie_signed_by_another_installation_is_nobodys(client):
    make_grace()
    forged = session._serializer("the key of another installation").dumps([1, 0])

    client.cookies.set(session.COOKIE, forged)

    assert not is_in(client)


def test_a_form_token_cannot_be_used_as_a_session(client):
    make_grace()

    client.cookies.set(session.COOKIE, forms.token("mark"))

    assert not is_in(client)


def test_signing_out_ends_the_session_in_every_browser(new_client):
    make_grace()
    here, there = new_client(), new_client()
    sign_in(here)
    sign_in(there)

    response = send(here, "/sign-out")

    assert response.headers["location"] == "/sign-in?signed-out"
    assert "signed out" in here.get("/sign-in?signed-out").text
    assert (is_in(here), is_in(there)) == (False, False)


def test_opening_the_sign_out_page_signs_nobody_out(client):
    make_grace()
    sign_in(client)

    client.get("/sign-out")

    assert is_in(client)


def test_disabling_an_account_ends_its_sessions(client):
    make_grace()
    token = commands.add_account(name="Ada", role=Role.LEAD)
    send(client, f"/invitation/{token}", without_password="yes")
    assert is_in(client)

    commands.set_disabled(annotator_id=2, disabled=True)

    assert not is_in(client)


def test_looking_at_an_invitation_does_not_use_it_up(client):
    make_grace()
    path = f"/invitation/{commands.add_account(name='Ada', role=Role.LEAD)}"

    assert "Welcome, Ada" in client.get(path).text
    assert "Welcome, Ada" in client.get(path).text


def test_an_invitation_sets_a_password_once(new_client):
    make_grace()
    path = f"/invitation/{commands.add_account(name='Ada', role=Role.LEAD)}"
    ada = new_client()

    response = send(ada, path, password="another long one", again="another long one")

    assert response.headers["location"] == "/"
    assert is_in(ada)
    over = new_client().get(path)
    assert (over.status_code, "invitation is over" in over.text) == (410, True)
    assert sign_in(new_client(), name="Ada", password="another long one").status_code == 303


def test_an_invitation_lets_somebody_in_without_a_password(client):
    make_grace()
    path = f"/invitation/{commands.add_account(name='Ada', role=Role.LEAD)}"

    send(client, path, without_password="yes")

    assert is_in(client)


@pytest.mark.parametrize("path", ["/sign-in", "/first-run", "/sign-out", "/invitation/{token}"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_sent_from_another_site_does_nothing(client, path, headers):
    if path != "/first-run":
        make_grace()
        path = path.format(token=commands.add_account(name="Ada", role=Role.LEAD))
    if path == "/sign-out":
        sign_in(client)
    fields = {"name": "Grace", "password": PASSWORD, "again": PASSWORD}

    response = send(client, path, headers=headers, **fields)

    assert (response.status_code, "came from elsewhere" in response.text) == (403, True)
    assert is_in(client) == (path == "/sign-out")


def test_a_form_without_the_token_of_this_browser_does_nothing(new_client):
    make_grace()
    other = new_client()
    stolen = re.search(r'name="token" value="([^"]*)"', other.get("/sign-in").text)[1]
    client = new_client()
    client.get("/sign-in")

    for token in ("", "x", stolen):
        fields = {"name": "Grace", "password": PASSWORD, "token": token}
        assert "came from elsewhere" in error(client.post("/sign-in", data=fields))
    assert not is_in(client)


def test_a_form_larger_than_any_of_ours_is_not_read(client):
    make_grace()

    response = sign_in(client, password="x" * 20_000)

    assert "came from elsewhere" in error(response)


@pytest.mark.parametrize("told", [None, "1"])
@pytest.mark.parametrize("address", ["http://evalkit.test", "http://192.168.1.5:8501"])
def test_the_demo_lets_in_from_elsewhere_only_where_that_is_meant(
    new_client, monkeypatch, address, told
):
    commands.add_demo_accounts()
    if told is not None:
        monkeypatch.setenv(exposure.VARIABLE, told)
    client = new_client(base_url=address)

    offered = "Demo accounts" in client.get("/sign-in").text
    sign_in(client, name="ada", password=commands.DEMO_PASSWORD)

    assert offered == is_in(client) == (told is not None)


def test_the_demo_accounts_are_offered_until_a_real_admin_is_here(new_client):
    commands.add_demo_accounts()

    html = new_client(base_url="http://127.0.0.1:8501").get("/sign-in").text
    assert "Demo accounts" in html
    assert html.count(f'name="password" value="{commands.DEMO_PASSWORD}"') == 3

    token = commands.add_account(name="Grace", role=Role.ADMIN)
    commands.accept_invitation(token=token, password=PASSWORD)

    assert "Demo accounts" not in new_client(base_url="http://127.0.0.1:8501").get("/sign-in").text


def test_no_demo_accounts_are_offered_where_there_is_no_demo(new_client):
    make_grace()

    assert "Demo accounts" not in new_client().get("/sign-in").text


@pytest.mark.parametrize(
    "path", ["/media/export.csv", "/_stcore/upload_file/1/2", "/_stcore/metrics"]
)
def test_what_people_upload_and_download_and_how_many_they_are_needs_a_session(client, path):
    make_grace()
    assert client.get(path).status_code == 401

    sign_in(client)

    assert client.get(path).status_code == 200


@pytest.mark.parametrize(("role", "status"), [(Role.ANNOTATOR, 403), (Role.LEAD, 200)])
def test_only_those_whose_pages_take_files_can_fill_the_memory_with_them(client, role, status):
    make_grace()
    invited = commands.add_account(name="Ida", role=role)
    commands.accept_invitation(token=invited, password=PASSWORD)
    sign_in(client, name="Ida")

    assert client.get("/_stcore/upload_file/1/2").status_code == status
    assert client.get("/media/export.csv").status_code == 200


@pytest.mark.parametrize("path", ["/decision", "/people", "/eval-sets/"])
def test_who_asks_for_a_page_of_others_is_sent_to_their_own_and_told_so(client, path):
    make_grace()
    invited = commands.add_account(name="Ida", role=Role.ANNOTATOR)
    commands.accept_invitation(token=invited, password=PASSWORD)
    # Before Ida is known she learns nothing, neither which pages there are nor whose they are.
    assert client.get(path).headers["location"].startswith("/sign-in?next=")
    sign_in(client, name="Ida")

    answer = client.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/?closed=1")
    assert client.get("/annotate").status_code == 200
    assert client.get("/no-such-page").status_code == 200  # the router says what it knows


def test_an_admin_opens_every_page(client):
    make_grace()
    sign_in(client)

    assert {client.get(f"/{one.address}").status_code for one in menu.ENTRIES} == {200}


@pytest.mark.parametrize("path", ["/healthz", "/_stcore/health", "/static/js/x.js", "/mark.svg"])
def test_the_program_itself_and_its_health_are_open(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/sign-in/../people", "/sign-inx", "/invitations", "/static"])
def test_an_address_that_only_looks_open_is_not(client, path):
    make_grace()

    assert client.get(path).status_code == 303


def test_health_tells_when_the_database_does_not_answer(client, monkeypatch, tmp_path):
    assert client.get("/healthz").json() == {"ok": True}

    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/none?connect_timeout=1")

    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (503, {"ok": False})


def test_every_answer_keeps_browsers_from_loading_framing_or_telling_anything_elsewhere(client):
    make_grace()
    for path in ("/sign-in", "/people", "/healthz", "/media/x"):
        headers = client.get(path).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        allowed = " ".join(policy.values())
        assert policy["frame-ancestors"] == "'none'"
        assert policy.get("object-src", policy["default-src"]) == "'none'"
        assert "http:" not in allowed
        assert "*" not in allowed
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] in {"no-referrer", "same-origin"}


def test_a_host_that_is_no_host_does_not_reach_the_policy(client):
    response = client.get("/healthz", headers={"host": "x; script-src *"})

    assert "script-src *" not in response.headers["content-security-policy"]


def test_pages_about_accounts_are_never_kept_by_a_cache(client):
    make_grace()

    assert client.get("/sign-in").headers["cache-control"] == "no-store"
    assert client.get("/people").headers["cache-control"] == "no-store"
