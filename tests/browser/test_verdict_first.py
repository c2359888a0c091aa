"""What a lead wants to know stands in the upper third of the screen, under one line of choices."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.walking import lower_edge, sign_in

pytestmark = pytest.mark.browser

#: The first 30 % of a screen of 1440 × 900.
_LOWEST = 270


def test_the_verdict_is_in_the_first_30_percent_and_filters_fold_under_what_they_are(
    chromium_page, demo
):
    page = chromium_page
    sign_in(page, demo, "leo")
    for name in ("overview", "decision"):
        page.goto(f"{demo}/{name}?study=1")
        verdict = page.get_by_text(re.compile("^Atlas is ahead of")).first
        expect(verdict).to_be_visible()
        assert lower_edge(verdict, at_most=_LOWEST) <= _LOWEST

    page.goto(f"{demo}/decision?study=1&category=code")
    page.get_by_role("button", name="Only code").click()
    page.get_by_placeholder("All annotators").click()
    page.get_by_role("option").nth(1).click()  # the first is all of them
    expect(page).to_have_url(re.compile("annotator="), timeout=60_000)
    # The words on it change while it is open, and it stays open.
    expect(page.get_by_role("dialog", name=re.compile("^Only code, only by"))).to_be_visible()
    expect(page.get_by_text("Include judges")).to_be_visible()


def test_the_list_that_a_click_opens_is_scrolled_to(chromium_page, demo):
    page = chromium_page
    choices = page.locator(".st-key-failures-tag")  # the choice of a cell, and its list beneath

    def is_scrolled_to(place: Locator) -> None:
        expect(place).to_be_in_viewport(timeout=60_000)

    sign_in(page, demo, "leo")
    page.goto(f"{demo}/overview?study=1")
    cell = page.locator("a[href*='tag=']").first
    cell.click(timeout=60_000)
    is_scrolled_to(choices)

    page.goto(f"{demo}/failures?study=1")
    expect(choices).to_be_attached(timeout=60_000)
    expect(choices).not_to_be_in_viewport()
    page.locator("a[href*='tag=']:visible").first.click(timeout=60_000)
    is_scrolled_to(choices)

    page.goto(f"{demo}/compare-models?study=1")
    page.get_by_text("See the cases of").locator("a").first.click(timeout=60_000)
    is_scrolled_to(page.get_by_role("heading", name="The most one-sided cases"))
    expect(page).to_have_url(re.compile(r"category=(?!.*to=)"), timeout=60_000)
