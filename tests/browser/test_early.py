"""The first case of a page that is loaded anew: drawn before Streamlit is there to draw it."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from db.commands.people import add_demo_accounts
from db.commands.studies import StudyPlan, create_study
from db.engine import write_session
from db.models import Output
from tests.browser.serving import app_server
from tests.browser.walking import (
    begin,
    n_stored,
    read_guidelines,
    ready,
    settled,
    sign_in,
    wait_until_whole,
)
from tests.factories import make_eval_set

pytestmark = pytest.mark.browser

MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")
EARLY = "body > .ek-host .ek-workbench"
SELECT = """getSelection().selectAllChildren(
  [...document.querySelectorAll(".ek-pane-body p")].find((part) => part.textContent === "Long."))"""


@pytest.fixture
def study(sqlite_database) -> int:
    make_eval_set(models=MODELS, n_cases=4, name="Four cases")
    with write_session() as session:
        for output in session.exec(select(Output)):
            output.content = "```python\nfor row in batch:\n    pass\n```\n" + "Long.\n\n" * 60
            session.add(output)
    add_demo_accounts()
    plan = StudyPlan(
        name="Early", eval_set="Four cases", models=MODELS, collects=frozenset({"preference"})
    )
    return create_study(plan)


def hold_back_streamlit(page: Page) -> None:
    """Let Streamlit's program wait, until ``page.unroute_all()`` lets it through."""
    page.route(re.compile(r"/static/js/index\."), lambda _route: None)


def test_a_case_is_judged_before_streamlit_is_there_and_then_stands_in_its_page(
    study, sqlite_database, chromium_page, free_port
):
    page = chromium_page
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study)  # the first time Streamlit draws it, and its looks are kept
        colour = "getComputedStyle(document.querySelector('.ek-workbench')).backgroundColor"
        looks = page.evaluate(colour)
        hold_back_streamlit(page)
        page.goto(f"{address}/compare?study={study}", wait_until="commit")

        ready(page)
        expect(page.locator(EARLY)).to_be_visible()
        assert page.evaluate(colour) == looks
        assert page.locator("#ek-page").count() == 0  # it is on the screen, and nowhere else
        first = page.url
        page.keyboard.press("a")
        page.keyboard.press("Control+Enter")
        expect(page).not_to_have_url(first)
        settled(page, lambda: n_stored(study), is_right=lambda n: n == 1)

        second = page.url
        page.keyboard.press("b")
        page.evaluate(SELECT)
        page.keyboard.press("g")
        expect(page.get_by_role("dialog", name="Guidelines")).to_be_visible()
        page.evaluate("document.querySelector('.ek-pane-body').scrollTop = 99")
        coloured = "[...CSS.highlights.get('ek-keyword')].map(String)"
        words = page.evaluate(coloured)
        assert "for" in words
        page.unroute_all()

        expect(page.locator(EARLY)).to_have_count(0)
        expect(page.locator(".stApp .ek-workbench")).to_have_count(1)
        expect(page.get_by_role("dialog", name="Guidelines")).to_be_visible()
        assert page.evaluate("document.querySelector('.ek-pane-body').scrollTop") == 99
        assert page.evaluate(coloured) == words
        page.keyboard.press("Escape")
        assert page.evaluate("getSelection().toString()") == "Long."
        expect(page.get_by_role("radio", name="B better")).to_be_checked()
        assert page.url == second
        page.keyboard.press("Control+Enter")
        settled(page, lambda: n_stored(study), is_right=lambda n: n == 2)


@pytest.mark.parametrize("way", ["the button", "the browser"])
def test_the_way_out_is_open_while_streamlit_is_not_there(
    study, sqlite_database, chromium_page, free_port, way
):
    page = chromium_page
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        read_guidelines(page, address, study)
        page.goto(f"{address}/annotate")
        page.locator(f".st-key-study-{study} button").click()
        ready(page)
        hold_back_streamlit(page)
        page.reload(wait_until="commit")
        ready(page)
        expect(page.locator(EARLY)).to_be_visible()
        page.unroute_all()

        if way == "the browser":
            # So does Streamlit once it has run the page of the case, until this page is gone.
            page.evaluate("""() => {
                addEventListener("popstate", () => history.pushState({}, "", "/compare"));
            }""")
            page.go_back()
        else:
            page.get_by_role("button", name="Studies").click()

        expect(page).to_have_url(f"{address}/annotate")
        expect(page.locator(f".st-key-study-{study} button")).to_be_visible()
        if way == "the browser":
            wait_until_whole(page)
            page.go_forward()
            ready(page)
