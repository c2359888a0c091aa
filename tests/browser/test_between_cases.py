"""Where Streamlit draws the page: what is on its way goes out, and the last one is undone."""

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from db.commands.people import add_demo_accounts
from db.commands.studies import StudyPlan, create_study, discard_study, set_study_open
from db.engine import read_session
from db.models import Annotation
from tests.browser.serving import app_server
from tests.browser.test_accessibility import coloured, found
from tests.browser.walking import begin, cut_off, ready, sign_in, wait_until_whole
from tests.factories import make_eval_set

pytestmark = pytest.mark.browser

MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")
ON_ITS_WAY = "1 submission on this computer is still on its way"


def make_study(name: str) -> int:
    plan = StudyPlan(
        name=name,
        eval_set="Two cases",
        models=MODELS,
        collects=frozenset({"preference", "comment"}),
    )
    return create_study(plan)


def submit_into_the_void(page: Page) -> None:
    """Submit a case while no submission reaches the server, and go to the studies nevertheless."""
    cut_off(page, "/annotate/submit")
    page.keyboard.press("a")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ek-status")).to_contain_text("Retrying")
    page.locator(".ek-top").get_by_text("Studies").click()
    page.get_by_role("button", name="Leave nevertheless").click()


def wrong_in_both(page: Page) -> list[str]:
    """Return what breaks a rule of accessibility in the light and in the dark."""
    wait_until_whole(page)
    wrong = []
    for scheme in ("dark", "light"):
        wrong += found(page, coloured(page, scheme))
    return wrong


def test_what_is_on_its_way_goes_out_from_the_studies_and_the_last_is_undone_at_the_end(
    sqlite_database, chromium_page, free_port
):
    make_eval_set(models=MODELS, n_cases=2, name="Two cases")
    add_demo_accounts()
    study = make_study("Which one")
    page = chromium_page
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study)
        submit_into_the_void(page)

        expect(page.get_by_text(f"{ON_ITS_WAY}: no connection. Retrying.")).to_be_visible()
        expect(page.get_by_text("0 done, about 2 to go")).to_be_visible()
        assert wrong_in_both(page) == []
        page.unroute("**/annotate/submit")
        expect(page.get_by_text("1 done, about 1 to go")).to_be_visible(timeout=60_000)
        expect(page.get_by_text(ON_ITS_WAY)).to_have_count(0)

        page.get_by_role("button", name="Continue").click()
        ready(page)
        page.keyboard.press("b")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Nothing is left for you")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("button", name="Undo the last one")).to_be_visible()
        assert wrong_in_both(page) == []
        page.keyboard.press("Control+z")
        ready(page)
        expect(page.get_by_role("radio", name="B better")).to_be_checked()

    with read_session() as session:
        submitted = session.exec(select(Annotation).order_by(Annotation.id)).all()
    assert [(each.preference, each.is_superseded) for each in submitted] == [
        ("left", False),
        ("right", True),
    ]


def test_what_is_refused_waits_for_its_case_to_be_opened(sqlite_database, chromium_page, free_port):
    make_eval_set(models=MODELS, n_cases=2, name="Two cases")
    add_demo_accounts()
    study = make_study("Which one")
    page = chromium_page
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study)
        submit_into_the_void(page)
        expect(page.get_by_text(ON_ITS_WAY)).to_be_visible()
        set_study_open(study, is_open=False)
        page.unroute("**/annotate/submit")

        expect(page.get_by_text("is closed and takes no more annotations")).to_be_visible()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.dismiss()))  # stay
        page.get_by_role("link", name="Open the case").click()
        expect(page.get_by_role("alert")).to_contain_text("is closed and takes no more annotations")
        expect(page.get_by_role("radio", name="A better")).to_be_checked()
        assert dialogs == []


def test_what_has_no_case_any_more_is_said_once_with_its_comment(
    sqlite_database, chromium_page, free_port
):
    make_eval_set(models=MODELS, n_cases=2, name="Two cases")
    add_demo_accounts()
    study = make_study("Which one")
    page = chromium_page
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study)
        page.get_by_role("textbox", name="Comment").fill("Both miss the point.")
        page.keyboard.press("Escape")
        submit_into_the_void(page)
        expect(page.get_by_text(ON_ITS_WAY)).to_be_visible()
        discard_study(study, actor_id=None)
        page.unroute("**/annotate/submit")

        lost = page.get_by_text("Your comment on it: “Both miss the point.”")
        expect(lost).to_be_visible(timeout=60_000)
        expect(lost).to_contain_text("There is no such case among yours")
        expect(page.get_by_role("link", name="Open the case")).to_have_count(0)
        assert wrong_in_both(page) == []
        page.reload()
        expect(page.get_by_text("No study is open at the moment")).to_be_visible()
        wait_until_whole(page)
        expect(lost).to_have_count(0)
        assert page.evaluate("Object.keys(localStorage).filter(key => /outbox/.test(key))") == []
