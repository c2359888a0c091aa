"""The browser's way back: one step for each page, and each page as it was left."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walking import sign_in

pytestmark = pytest.mark.browser


def choose(page: Page, title: str) -> None:
    page.get_by_text("Results", exact=True).first.click()
    page.locator("a[data-testid*=Nav]", has_text=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=60_000)
    expect(page).to_have_url(re.compile("study="), timeout=60_000)


def test_a_page_is_one_step_also_where_what_shows_components_is_slow_to_come(chromium_page, demo):
    # As on a busy machine, where two steps back from the third page led to the second again.
    page, held = chromium_page, []
    sign_in(page, demo, "leo")
    page.route("**/BidiComponent.*.js", lambda route: held.append(route))
    page.goto(f"{demo}/overview?study=1&category=code")
    expect(page).to_have_url(re.compile("criterion="), timeout=60_000)
    assert held
    assert page.evaluate("history.length") == 2  # an empty page before it

    choose(page, "Decision")
    expect(page).to_have_url(re.compile("baseline="), timeout=60_000)

    assert page.evaluate("history.length") == 3
    page.go_back(wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview", timeout=60_000)


def test_back_leads_to_the_page_before_in_one_step_with_its_choices(chromium_page, demo):
    page = chromium_page
    sign_in(page, demo, "leo")
    page.goto(f"{demo}/overview?study=1&category=code")
    expect(page).to_have_url(re.compile("criterion="), timeout=60_000)

    choose(page, "Decision")
    expect(page).to_have_url(re.compile("baseline="), timeout=60_000)
    assert "category=code" in page.url  # filters go along
    decided = page.url
    choose(page, "Agreement")
    page.go_back(wait_until="commit")

    expect(page.get_by_role("heading", level=1)).to_have_text("Decision", timeout=60_000)
    expect(page).to_have_url(decided)
    page.go_back(wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview", timeout=60_000)
    expect(page.get_by_text("Only code;").first).to_be_visible(timeout=60_000)
