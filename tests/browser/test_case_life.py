"""A full life of a case as a lead sees it, from the reason it was added for to its retirement."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.walking import sign_in, wait_until_whole
from tests.factories import make_eval_set

pytestmark = pytest.mark.browser

SET = "The life of a case"
CASE = "refund-after-40-days"
FIND = "Find in texts, references, why it exists, tags, id"
WHY = "Why it exists: the failure it covers"


@pytest.fixture
def page(demo, demo_database, chromium_page, monkeypatch):
    """An eval set beside that of the demo, whose results stay as they are."""
    monkeypatch.setenv("DATABASE_URL", demo_database)
    ids = make_eval_set(name=SET, models=("Elm",))
    sign_in(chromium_page, demo, "leo")
    chromium_page.goto(f"{demo}/eval-sets?set={ids['eval_set']}")
    wait_until_whole(chromium_page)
    return chromium_page


def fill(page: Page, label: str, words: str) -> None:
    """Write into a box and leave it, for Streamlit takes what was written then."""
    box = page.get_by_role("textbox", name=label)
    box.fill(words)
    box.blur()
    wait_until_whole(page)


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    wait_until_whole(page)


def find(page: Page, words: str) -> Locator:
    """Find the only case that holds these words; give what is said of how it stands."""
    page.get_by_role("tab", name="Cases").click()
    fill(page, FIND, words)
    expect(page.get_by_text(re.compile(r"^1 of \d+ cases"))).to_be_visible()
    stands = page.get_by_text(re.compile(f"^{CASE}: "))
    expect(stands).to_have_count(1)
    return stands.last  # while the page is drawn anew, the former may stand beside it


def change_status(page: Page, status: str, reason: str) -> None:
    page.get_by_role("combobox", name="Status").click()
    page.get_by_role("option", name=re.compile(f"^{status}")).click()
    fill(page, "Reason", reason)
    press(page, "Change the status")


def test_a_case_is_added_watched_revised_doubted_and_retired_and_its_history_says_why(page):
    page.get_by_role("tab", name="Versions").click()
    page.get_by_text("Add a case by hand").click()
    fill(page, "Id", CASE)
    fill(page, "What it asks", "May I return it after 40 days?")
    press(page, "Add the case")
    expect(page.get_by_text("Say why this case exists")).to_be_visible()
    form = page.get_by_test_id("stForm").filter(has_text="What it asks")
    form.get_by_label(WHY).fill("Promised refunds after the deadline")
    press(page, "Add the case")
    expect(page.get_by_text("Version 2 against version 1: 1 added, 4 the same.")).to_be_visible()

    stands = find(page, "deadline 40")
    expect(stands).to_contain_text("active. Why it exists: Promised refunds after the deadline")
    page.get_by_text("Change status, why it exists").click()
    press(page, "Watch it")
    expect(stands).to_contain_text("watched")

    fill(page, "Its last message; another text makes the next version", "And after 41 days?")
    fill(page, "Why it is revised", "Forty is disputed")
    press(page, "Revise it")
    page.get_by_role("tab", name="Versions").click()
    expect(page.get_by_text("Version 3 against version 2: 1 edited, 4 the same.")).to_be_visible()

    stands = find(page, "deadline 41")
    expect(stands).to_contain_text("watched")
    change_status(page, "Quarantined", "The deadline moved")
    expect(stands).to_contain_text("quarantined since")
    expect(stands).to_contain_text("(The deadline moved)")
    change_status(page, "Active", "The deadline is 30 days again")
    expect(stands).not_to_contain_text("quarantined")
    change_status(page, "Retired", "Every model has learnt it")
    expect(stands).to_contain_text("retired since")

    history = page.locator("p", has_text="UTC by leo")
    expect(history).to_have_text(
        [
            re.compile("retired, active before: Every model has learnt it$"),
            re.compile("active, quarantined before: The deadline is 30 days again$"),
            re.compile("quarantined, active before: The deadline moved$"),
            re.compile("its text revised, .*: Forty is disputed$"),
            re.compile("watched from here on$"),
            re.compile("added by hand"),
        ]
    )
