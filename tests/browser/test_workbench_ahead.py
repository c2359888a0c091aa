"""The screen of the next case is made while one is read, and nobody meets it before its turn."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import found
from tests.browser.workbench import fill, press, wait_for_case

pytestmark = pytest.mark.browser

AHEAD = ".ek-unseen-yet"


def wait_for_next(page: Page) -> None:
    page.wait_for_selector(AHEAD, state="attached")


def test_the_next_case_is_the_very_screen_that_was_laid_out_before(opened):
    page = opened("plain,tools,formulas")
    wait_for_next(page)
    page.evaluate(f"window.ahead = document.querySelector('{AHEAD}')")
    assert page.evaluate("ahead.querySelector('.ek-pane-body').clientHeight") > 200

    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")

    assert page.evaluate("ahead.isConnected && ahead.checkVisibility()")
    expect(page.locator(".ek-count")).to_have_text(re.compile("^12 done"))
    assert (
        page.evaluate("document.querySelectorAll('.ek-workbench:not(.ek-unseen-yet)').length") == 1
    )
    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "support")


def test_what_is_laid_out_before_its_turn_cannot_be_seen_heard_found_or_reached(opened):
    page = opened("plain,tools")
    wait_for_next(page)

    seen = """(ahead) => [...document.querySelector(ahead).querySelectorAll('*')].filter(
        (element) => element.checkVisibility()).length"""
    assert page.evaluate(seen, AHEAD) == 0
    assert page.get_by_role("textbox", name="Comment").count() == 1
    assert found(page) == []
    for _ in range(80):  # once around all that can have the focus, and on
        page.keyboard.press("Tab")
        assert not page.evaluate(f"document.activeElement.closest('{AHEAD}') !== null")
    title = page.evaluate(f"document.querySelector('{AHEAD} .ek-case-body').textContent.trim()")
    assert not page.evaluate("(words) => window.find(words, false, false, true)", title[:30])


def test_where_a_browser_would_paint_what_is_laid_out_before_its_turn_it_is_not_reached_either(
    opened,
):
    page = opened("plain,tools")
    wait_for_next(page)
    page.add_style_tag(content=f"{AHEAD} {{ content-visibility: visible !important }}")

    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    names = [node.get("name", {}).get("value") for node in tree["nodes"] if not node["ignored"]]
    assert names.count("Comment") == 1
    for _ in range(80):  # once around all that can have the focus, and on
        page.keyboard.press("Tab")
        assert not page.evaluate(f"document.activeElement.closest('{AHEAD}') !== null")

    fill(page)
    page.keyboard.press("Control+Enter")
    wait_for_case(page, "tool use")
    fill(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ek-count")).to_have_text(re.compile("^13 done"))


def test_what_was_changed_meanwhile_holds_for_the_next_case(opened):
    page = opened("plain,tools")
    wait_for_next(page)
    press(page, "r")
    expect(page.locator(".ek-raw-view")).to_have_count(2)

    fill(page)
    page.keyboard.press("Control+Enter")

    wait_for_case(page, "tool use")
    expect(page.locator(".ek-raw-view")).to_have_count(2)
    assert page.evaluate(f"document.querySelectorAll('{AHEAD}').length") == 0


def test_a_skip_does_not_count_in_the_case_that_was_made_for_after_a_submission(opened):
    page = opened("plain,tools")
    wait_for_next(page)

    press(page, "s1")
    page.keyboard.press("Enter")

    wait_for_case(page, "tool use")
    expect(page.locator(".ek-count")).to_have_text(re.compile("^11 done"))
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
