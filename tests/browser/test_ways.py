"""From case to case in the real app: the browser's own ways, other tabs, a server that restarts."""

import re

import pytest
from playwright.sync_api import Page, expect

from db.commands.people import add_demo_accounts
from db.commands.studies import StudyPlan, create_study
from tests.browser.serving import app_server
from tests.browser.walking import (
    begin,
    n_stored,
    progress,
    read_guidelines,
    ready,
    settled,
    sign_in,
    wait_until_whole,
)
from tests.browser.workbench import seen_only
from tests.factories import make_eval_set

pytestmark = pytest.mark.browser

MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")


@pytest.fixture
def study(sqlite_database) -> int:
    make_eval_set(models=MODELS, n_cases=4, name="Four cases")
    add_demo_accounts()
    plan = StudyPlan(
        name="Ways", eval_set="Four cases", models=MODELS, collects=frozenset({"preference"})
    )
    return create_study(plan)


def assignment(page: Page) -> str:
    return re.search(r"assignment=(\d+)", page.url)[1]


def judge(page: Page, preference: str) -> str:
    """Submit the case on the screen, wait for the next one, and return the next one's number."""
    before = page.url
    page.keyboard.press(preference)
    page.keyboard.press("Control+Enter")
    expect(page).not_to_have_url(before)
    expect(page.locator(".ek-status")).to_have_text("Stored")
    return assignment(page)


def is_again(page: Page, preference: str) -> None:
    """Expect a case that was submitted before, with what was submitted."""
    expect(page.get_by_role("button", name=re.compile("^Submit again"))).to_be_enabled()
    expect(page.get_by_role("radio", name=preference)).to_be_checked()


def is_left(page: Page, study: int) -> None:
    """Wait until the studies are whole where the case was.

    The address comes first: a key pressed then would reach the case that goes, and Streamlit
    takes who goes forward again before it has run the page back to it. It takes the case away
    before it says that it runs, so that is not asked before something of the page is there.
    """
    expect(page.locator(".ek-workbench")).to_have_count(0)
    expect(page.locator(f".st-key-study-{study} button")).to_be_visible()
    wait_until_whole(page)


def test_a_page_is_one_step_back_and_a_reload_or_a_link_shows_the_same_case(
    study, sqlite_database, chromium_page, free_port
):
    page = chromium_page
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        read_guidelines(page, address, study)
        page.goto(f"{address}/annotate")
        # Nobody clicks before the page is whole.
        settled(page, lambda: page.evaluate("window.evalkitHistory"), is_right=bool)
        page.locator(f".st-key-study-{study} button").click()
        ready(page)
        expect(page).to_have_url(re.compile("assignment="))
        first = assignment(page)
        second = judge(page, "a")
        third = judge(page, "b")
        assert len({first, second, third}) == 3

        page.keyboard.press("[")
        is_again(page, "B better")
        assert assignment(page) == second
        page.reload()
        is_again(page, "B better")
        page.keyboard.press("[")
        is_again(page, "A better")
        assert assignment(page) == first
        page.go_back()
        expect(page).to_have_url(f"{address}/annotate")
        is_left(page, study)
        page.go_forward()
        is_again(page, "A better")
        page.keyboard.press("]")
        is_again(page, "B better")
        page.keyboard.press("]")
        ready(page)
        assert assignment(page) == third
        expect(page.get_by_text(re.compile("^2 done"))).to_be_visible()

        tab = seen_only(page.context.new_page())
        tab.goto(f"{address}/compare?study={study}&assignment={first}")
        is_again(tab, "A better")
        tab.close()
        page.get_by_role("button", name="Studies").click()
        expect(page).to_have_url(f"{address}/annotate")
        is_left(page, study)
        page.go_back()
        ready(page)
        assert assignment(page) == third
        judge(page, "e")
        page.keyboard.press("x")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Nothing is left for you")).to_be_visible()
        expect(page).to_have_url(f"{address}/compare?study={study}")
        assert n_stored(study) == 4
    assert not [said for said in page.complaints if "404" not in said]


def test_a_restart_of_the_server_leaves_the_screen_as_it_is_and_sends_what_was_on_its_way(
    study, sqlite_database, chromium_page, free_port
):
    page = chromium_page
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        with page.expect_response("**/annotate/hold"):  # so that the skip brings the one after
            begin(page, address, study)
        page.keyboard.press("s")  # the page was run for this one, and would not show it any more
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.get_by_text("You skipped a case.")).to_be_visible()
        expect(page.locator(".ek-status")).to_have_text("Skipped")
        second = assignment(page)
    page.keyboard.press("b")
    page.keyboard.press("Control+Enter")  # with no server there; the next case is held
    expect(page).not_to_have_url(re.compile(f"assignment={second}$"))
    expect(page.locator(".ek-status")).to_have_text("Not stored yet: no connection. Retrying")
    third = assignment(page)
    page.keyboard.press("a")
    connected = []
    page.on("websocket", lambda socket: connected.append(socket))
    with app_server(sqlite_database, port=free_port):
        settled(page, lambda: len(connected), is_right=lambda n: n > 0)
        page.wait_for_timeout(2_000)  # Streamlit has connected again, and runs the page
        assert connected
        expect(page.locator(".ek-status")).to_have_text("Draft saved")
        assert assignment(page) == third
        expect(page.get_by_role("radio", name="A better")).to_be_checked()
        expect(page.get_by_text("You skipped a case.")).to_have_count(0)
        assert n_stored(study) == 1
        assert progress(page).startswith("1 done")
        page.keyboard.press("[")
        is_again(page, "B better")
