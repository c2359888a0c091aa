"""The checklist of a case on the annotation screen: rows of the rubric, by key and by mouse."""

import pytest
from playwright.sync_api import expect

from tests.browser.apps.workbench_tasks import ITEMS
from tests.browser.test_accessibility import coloured, found
from tests.browser.workbench import SHOWN, press

pytestmark = pytest.mark.browser

#: What the scale that has the focus is called.
FOCUSED = """() => (document.activeElement.closest("[role=radiogroup]") ?? document.activeElement)
    .getAttribute("aria-label")"""


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


def test_arrows_stay_in_their_column_where_rows_are_of_different_lengths(opened):
    # A row: the scores of A and B and, but for items of the checklist, which is better.
    page = opened("everything")
    first = page.get_by_role("group", name="How helpful is the response?")
    steps = [
        (first.get_by_role("radio").first, "ArrowDown", "How much of it is correct?, response A"),
        (None, "ArrowDown", f"{ITEMS[0].question}, response A"),  # over the question in words
        (None, "ArrowDown", f"{ITEMS[1].question}, response A"),
        (None, "ArrowUp", f"{ITEMS[0].question}, response A"),
        (
            first.locator(".ek-better button").first,
            "ArrowDown",
            "How much of it is correct?, which is better",
        ),
        (None, "ArrowDown", f"{ITEMS[0].question}, response B"),  # the last of a shorter row
    ]
    names = []
    for start, key, _ in steps:
        if start is not None:
            start.focus()
        page.keyboard.press(key)
        names.append(page.evaluate(FOCUSED))

    assert names == [name for _, _, name in steps]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_what_is_asked_finer_breaks_wcag(opened, scheme):
    page = opened("everything", in_streamlit=scheme == "dark")
    rules = coloured(page, scheme)
    wrong = {"empty": found(page, rules)}
    press(page, "aai" + "43" + "1" + "87.5" + "62")
    page.keyboard.press("Tab")
    press(page, "3" + "10")
    page.get_by_label("Why did it get this score?, response A", exact=True).fill("It is short.")
    page.locator(".ek-number").first.fill("870")
    wrong["partly filled, with a number off the scale"] = found(page, rules)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ek-missing").first).to_be_visible()
    wrong["with what is missing"] = found(page, rules)
    press(page, "+")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    press(page, "h3")
    wrong["with the errors open"] = found(page, rules)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    wrong["with the keys"] = found(page, rules)

    assert {state: problems for state, problems in wrong.items() if problems} == {}


@pytest.mark.parametrize("tasks", ["everything", "alone"])
def test_what_is_asked_finer_is_hit_by_fingers_and_fits_a_phone(server, browser, tasks):
    server.start_over(tasks)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(server.screen)
    page.wait_for_selector(SHOWN)
    form = page.locator(".ek-form")
    controls = form.locator("button, input, textarea")
    boxes = [control.bounding_box() for control in controls.all()]
    wide = page.evaluate(
        "[...document.querySelectorAll('.ek-main, .ek-form, .ek-form *')]"
        ".filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth)"
        ".filter((part) => getComputedStyle(part).overflowX === 'visible')"
        ".map((part) => part.className)"
    )
    context.close()

    assert len(boxes) > 10
    small = [box for box in boxes if box["height"] < 44 or box["width"] < 44]
    assert small == []
    assert wide == []
