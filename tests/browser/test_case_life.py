"""A full life of a case as a lead sees it: added with a reason, watched, revised, retired."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walking import sign_in

pytestmark = pytest.mark.browser


def fill(page: Page, label: str, words: str) -> None:
    """Write into a box and leave it, for Streamlit takes what was written then."""
    box = page.get_by_role("textbox", name=label)
    box.fill(words)
    box.blur()


def test_a_case_is_added_watched_revised_and_retired_and_its_history_says_all(demo, chromium_page):
    page = chromium_page
    sign_in(page, demo, "leo")
    page.goto(f"{demo}/eval-sets")
    page.get_by_role("tab", name="Versions").click()
    page.get_by_text("Add a case by hand").click()
    fill(page, "Id", "life-of-a-case")
    fill(page, "What it asks", "May I return it after 40 days?")
    page.get_by_role("button", name="Add the case").click()
    expect(page.get_by_text("Say why this case exists")).to_be_visible()
    page.locator(".stForm").filter(has_text="What it asks").get_by_label(
        "Why it exists: the failure it covers"
    ).fill("Promised refunds after the deadline")
    page.get_by_role("button", name="Add the case").click()
    expect(page.get_by_text("life-of-a-case is in this version.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"1 added, \d+ the same"))).to_be_visible()

    page.get_by_role("tab", name="Cases").click()
    fill(page, "Find in texts, references, why it exists, tags, id", "deadline 40")
    expect(page.get_by_text(re.compile(r"^1 of \d+ cases"))).to_be_visible()
    stands = page.get_by_text(re.compile("^life-of-a-case: "))
    expect(stands).to_contain_text("active. Why it exists: Promised refunds after the deadline")

    page.get_by_text("Change status, why it exists").click()
    page.get_by_role("button", name="Watch it").click()
    expect(stands).to_contain_text("watched")
    fill(page, "Its last message; another text makes the next version", "And after 41 days?")
    fill(page, "Why it is revised", "Forty is disputed")
    page.get_by_role("button", name="Revise it").click()
    expect(page.get_by_text("life-of-a-case is revised in this version")).to_be_visible()

    fill(page, "Find in texts, references, why it exists, tags, id", "deadline 41")
    expect(page.get_by_text(re.compile(r"^1 of \d+ cases"))).to_be_visible()
    fill(page, "Reason", "Every model has learnt it")
    page.get_by_role("combobox", name="Status").click()
    page.get_by_role("option", name=re.compile("^Retired")).click()
    page.get_by_role("button", name="Change the status").click()
    expect(stands).to_contain_text("retired since")

    history = page.get_by_text(re.compile("UTC by leo, retired, active before"))
    expect(history).to_be_visible()
    expect(history).to_contain_text("Forty is disputed")
