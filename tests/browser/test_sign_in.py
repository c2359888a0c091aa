"""From nobody to signed in and out again, in a real browser before the real app."""

import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from db import schema
from db.engine import engine
from tests.browser.serving import app_server, start_anew
from tests.browser.walking import fill_in

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
#: Streamlit looks for its own files under the address of a deep link first, and finds none.
HARMLESS = re.compile(r"status of (404|403)")


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('app') / 'evalkit.db'}"
    schema.upgrade(url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with app_server(url, port=port, start=start_anew) as served:
        yield served
    engine(url).dispose()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    yield made
    made.close()


def sign_in(page: Page, address: str, *, name: str = "Grace", password: str = PASSWORD) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_team_starts_from_nothing_and_nothing_leaves_the_server(context, browser, address):
    page = context.new_page()
    asked_for: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: asked_for.append(request.url))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    # The first visitor makes the admin, whatever address they came to.
    page.goto(f"{address}/people")
    expect(page.get_by_role("heading", name="Make the first account")).to_be_visible()
    page.get_by_label("Your name").fill("Grace")
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account and sign in").click()

    # They invite somebody.
    page.goto(f"{address}/people")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    fill_in(page.get_by_label("Name"), "Ada")
    page.get_by_role("button", name="Add and make a link").click()
    code = page.get_by_test_id("stCode")
    expect(code).to_contain_text(f"{address}/invitation/")
    link = code.inner_text().strip()

    # Who is invited sets a password in their own browser and is in.
    theirs = browser.new_context()
    invited = theirs.new_page()
    invited.goto(link)
    expect(invited.get_by_role("heading", name="Welcome, Ada")).to_be_visible()
    invited.get_by_label("Password", exact=False).first.fill("another long one")
    invited.get_by_label("The same password again").fill("another long one")
    invited.get_by_role("button", name="Set the password and sign in").click()
    expect(invited.get_by_role("button", name="Ada")).to_be_visible()
    invited.goto(f"{address}/people")
    expect(invited.get_by_text("The page you asked for is not for your account")).to_be_visible()
    expect(invited.get_by_role("heading", name="Invite somebody")).not_to_be_visible()
    theirs.close()

    hosts = {urlsplit(url.removeprefix("blob:")).netloc for url in asked_for} - {""}
    assert hosts == {urlsplit(address).netloc}
    assert [text for text in complaints if not HARMLESS.search(text)] == []


def test_a_deep_link_survives_the_sign_in_and_a_reload_keeps_the_session(context, address):
    page = context.new_page()
    page.goto(f"{address}/people?tab=1")
    page.get_by_label("Name").fill("Grace")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(f"{address}/people?tab=1")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    assert page.evaluate("document.cookie").count("evalkit") == 0


def test_signing_out_from_the_corner_ends_an_open_page_elsewhere(context, browser, address):
    elsewhere = browser.new_context()
    open_page = elsewhere.new_page()
    sign_in(open_page, address)
    open_page.goto(f"{address}/people")
    expect(open_page.get_by_role("heading", name="People")).to_be_visible()

    page = context.new_page()
    sign_in(page, address)
    page.get_by_role("button", name="Grace").click()
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out, here and everywhere else.")).to_be_visible()

    fill_in(open_page.get_by_label("Name"), "Eve")
    open_page.get_by_role("button", name="Add and make a link").click()
    expect(open_page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    open_page.get_by_role("link", name="Sign in").click()
    expect(open_page).to_have_url(f"{address}/sign-in?next=/people")
    elsewhere.close()


def test_a_page_opened_without_a_session_says_so_calmly(context, address):
    # The socket is open to everybody; what runs behind it asks for itself.
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/people")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    context.clear_cookies()

    refused = page.goto(f"{address}/people")

    assert refused is not None
    assert page.url == f"{address}/sign-in?next=/people"
