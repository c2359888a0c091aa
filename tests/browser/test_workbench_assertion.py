"""What must hold in every response to a case: a field of its own, where the study asks for it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import coloured, found
from tests.browser.workbench import SHOWN, press

pytestmark = pytest.mark.browser

NAME = "What must hold in every response here"
WORDS = "must mention the 30-day limit"


def field(page: Page):
    return page.get_by_role("textbox", name=NAME)


def test_it_is_typed_by_its_key_survives_a_reload_and_is_submitted(server, opened):
    page = opened("asserted,plain")
    press(page, "!")
    expect(field(page)).to_be_focused()
    page.keyboard.type(WORDS)
    page.keyboard.press("Escape")
    expect(field(page)).not_to_be_focused()
    expect(page.locator(".ek-status")).to_have_text("Draft saved")

    page.reload()
    page.wait_for_selector(SHOWN)

    expect(field(page)).to_have_value(WORDS)
    press(page, "a")
    page.keyboard.press("Control+Enter")
    server.wait_for("submit", bool)
    draft = server.requests("submit")[0]["draft"]
    assert (draft["assertion"], draft["preference"], draft["comment"]) == (WORDS, "left", "")


def test_what_was_written_and_taken_away_again_is_not_sent(server, opened):
    page = opened("asserted,plain")
    press(page, "!")
    page.keyboard.type("a")
    server.wait_for("draft", lambda sent: bool(sent) and "assertion" in sent[-1]["draft"])
    page.keyboard.press("Backspace")

    server.wait_for("draft", lambda sent: "assertion" not in sent[-1]["draft"])


def test_no_study_that_does_not_ask_has_the_field_or_its_key(server, opened):
    page = opened("plain,tools")

    press(page, "!")

    expect(field(page)).to_have_count(0)
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).not_to_contain_text("must hold")


@pytest.mark.parametrize("width", [1440, 420])
def test_the_field_is_whole_in_view_while_it_is_written_and_says_what_it_is(server, opened, width):
    page = opened("asserted,plain")
    page.set_viewport_size({"width": width, "height": 860})
    press(page, "!")
    page.keyboard.type(WORDS)
    expect(page.locator(".ek-status")).to_have_text("Draft saved")

    expect(page.locator(".ek-form").get_by_text(NAME)).to_be_visible()
    box, footer = (part.bounding_box() for part in (field(page), page.locator(".ek-footer")))
    assert box["y"] + box["height"] <= footer["y"]


def test_it_breaks_no_rule_of_wcag_in_the_light_or_in_the_dark(opened):
    page, wrong = opened("asserted,plain", in_streamlit=True), {}
    press(page, "!")
    page.keyboard.type(WORDS)
    for scheme in ("light", "dark"):
        wrong[scheme] = found(page, coloured(page, scheme))

    assert wrong == {"light": [], "dark": []}
