"""What the study tells before its first case."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import coloured, found
from tests.browser.workbench import SHOWN, fill, press, wait_for_case

pytestmark = pytest.mark.browser


def first_dialog(page: Page):
    return page.get_by_role("dialog", name="Before you start")


def test_what_a_study_tells_is_read_once_before_its_first_case(server, opened):
    page = opened(read=False)
    dialog = first_dialog(page)

    expect(dialog).to_contain_text("Which model should answer the customers of a shop")
    expect(dialog).to_contain_text("A case takes about 40 s here.")
    expect(dialog).to_contain_text("Whom to ask: Lea Quist, room 3.12")
    expect(dialog).to_contain_text("Length is not quality")
    expect(dialog.locator(".ek-keys")).to_contain_text("A better")
    page.keyboard.press("a")  # nothing is judged from behind it
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    server.wait_for("read", bool)

    assert server.requests("read") == [{"study_id": 1, "digest": "as it is now"}]
    assert page.locator('.ek-form [aria-checked="true"]').count() == 0
    assert server.requests("submit") == []
    expect(page.locator(".ek-case-heading")).to_be_focused()
    fill(page)
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")
    page.reload()
    page.wait_for_selector(SHOWN)
    press(page, "g")
    expect(page.get_by_role("dialog", name="Guidelines")).to_contain_text("Lea Quist")
    expect(first_dialog(page)).to_have_count(0)
    assert page.complaints == []


@pytest.mark.parametrize("way", ["Escape", "g", "Start"])
def test_every_way_out_of_it_counts_as_read(server, opened, way):
    page = opened(read=False)
    expect(first_dialog(page)).to_be_visible()

    if way == "Start":
        page.get_by_role("button", name="Start").click()
    else:
        page.keyboard.press(way)

    expect(first_dialog(page)).to_have_count(0)
    server.wait_for("read", bool)


def test_what_is_not_noted_as_read_is_tried_again_and_shown_again_another_time(server, opened):
    gone = {"error": "This study is not open.", "fields": []}
    page = opened("plain,tools", ["read", 503, {}], ["read", 404, gone], read=False)
    expect(first_dialog(page)).to_be_visible()
    page.keyboard.press("Escape")
    server.wait_for("read", lambda sent: len(sent) == 2)
    expect(page.locator(".ek-problem")).to_be_empty()

    page.reload()
    expect(first_dialog(page)).to_be_visible()


def test_a_study_that_cannot_tell_anything_is_annotated_all_the_same(server, opened):
    page = opened("plain,tools", ["study", 500, {}])

    fill(page)
    page.keyboard.press("Enter")
    wait_for_case(page, "tool use")

    server.wait_for("submit", bool)
    expect(page.locator(".ek-problem")).to_be_empty()


def test_who_is_at_work_already_is_not_interrupted_but_told_before_the_next_case(server, opened):
    page = opened("plain,tools", ["study", 500, {}], read=False)

    fill(page)
    server.wait_for("draft", bool)
    expect(first_dialog(page)).to_have_count(0)
    page.keyboard.press("Enter")

    expect(first_dialog(page)).to_be_visible()
    wait_for_case(page, "tool use")


def test_time_spent_reading_what_the_study_tells_is_not_the_time_of_the_case(server, opened):
    page = opened("plain", read=False)
    expect(first_dialog(page)).to_be_visible()
    page.evaluate("window.before = Date.now; Date.now = () => window.before() + 30000")
    page.keyboard.press("Escape")
    expect(first_dialog(page)).to_have_count(0)

    press(page, "a")
    server.wait_for("draft", bool)

    assert server.requests("draft")[0]["active_seconds"] < 30


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_over_a_case_breaks_no_rule_of_wcag(opened, scheme):
    page = opened(read=False, in_streamlit=scheme == "dark")
    rules = coloured(page, scheme)
    expect(first_dialog(page)).to_be_visible()

    assert found(page, rules) == []
