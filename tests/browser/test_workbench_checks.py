"""The checklist of a case on the annotation screen: rows of the rubric, by key and by mouse."""

import pytest
from playwright.sync_api import expect

from tests.browser.workbench import press

pytestmark = pytest.mark.browser


def test_a_checklist_is_answered_by_keys_alone_and_comes_back_after_a_reload(server, opened):
    page = opened("checks")
    press(page, "a42")  # the preference, then the scores of A and B
    press(page, "102")  # dated: A yes, B no; polite: A not applicable
    server.wait_for("draft", lambda sent: bool(sent) and "polite" in str(sent[-1]["draft"]))
    page.reload()

    row = page.get_by_role("radiogroup", name="Is it polite?, response A")
    chosen = row.locator('[aria-checked="true"]')
    expect(chosen).to_have_accessible_name("2 n/a: Not applicable: it counts in no share.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ek-missing")).to_have_count(1)
    press(page, "1")
    page.keyboard.press("Enter")

    server.wait_for("submit", lambda sent: len(sent) == 1)
    assert server.requests("submit")[0]["draft"]["checks"] == {
        "left": {"dated": "yes", "polite": "na"},
        "right": {"dated": "no", "polite": "yes"},
    }


def test_a_check_is_made_and_taken_back_by_mouse(server, opened):
    page = opened("checks")
    yes = page.get_by_role("radiogroup", name="Is it polite?, response B").get_by_role(
        "radio", name="1 Yes"
    )
    yes.click()
    expect(yes).to_have_attribute("aria-checked", "true")
    yes.click()
    expect(yes).to_have_attribute("aria-checked", "false")
