"""Steps of a trajectory and turns of a conversation: their words, and each as a whole."""

import pytest
from playwright.sync_api import expect

from evalkit.rendering.messages import raw_messages
from tests.browser.apps.workbench_tasks import TALK, TRAJECTORY
from tests.browser.test_accessibility import found
from tests.browser.workbench import SHOWN

pytestmark = pytest.mark.browser

SELECT = """words => {
  const walker = document.createTreeWalker(
    document.querySelector(".ek-pane[data-side=left] .ek-pane-body"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const start = walker.currentNode.data.indexOf(words);
    if (start < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, start);
    range.setEnd(walker.currentNode, start + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return;
  }
}"""


def test_words_of_a_rendered_step_are_marked_where_they_stand(server, opened):
    page = opened("tools")
    page.evaluate(SELECT, "look that")
    page.get_by_role("button", name="Mark error", exact=True).click()
    page.keyboard.press("h")
    page.keyboard.press("Enter")

    server.wait_for("draft", lambda sent: bool(sent) and "marks" in sent[-1]["draft"])

    (mark,) = server.requests("draft")[-1]["draft"]["marks"]["left"]
    start = raw_messages(TRAJECTORY).index("look that")
    assert (mark["start"], mark["end"], mark["quote"]) == (start, start + 9, "look that")


def marks(server, n=1):
    """Wait for a draft with so many marks, and return them."""
    server.wait_for(
        "draft",
        lambda sent: bool(sent) and len(sent[-1]["draft"].get("marks", {}).get("left", [])) == n,
    )
    return server.requests("draft")[-1]["draft"]["marks"]["left"]


def test_a_turn_is_marked_as_a_whole_by_mouse_and_shows_its_mark(server, opened):
    page = opened("talk")
    page.get_by_role("button", name="Mark step 3 as a whole").click()
    expect(page.get_by_role("dialog")).to_contain_text("Step 3")
    page.keyboard.press("h")
    page.keyboard.press("Enter")

    (mark,) = marks(server)
    assert (mark["step"], mark["start"], mark["quote"]) == (2, None, None)
    beside = page.locator(".ek-steps > :nth-child(3) .ek-span")
    expect(beside).to_have_accessible_name("Change mark: Hallucination, minor, step 3")
    expect(beside).to_be_focused()  # where the button stood that was pressed
    beside.click()
    page.keyboard.press("h")
    page.keyboard.press("Escape")
    expect(beside).to_have_accessible_name("Change mark: Hallucination, major, step 3")
    expect(beside).to_be_focused()
    beside.click()
    page.get_by_role("button", name="Remove").click()
    expect(beside).to_have_count(0)
    expect(page.get_by_role("button", name="Mark step 3 as a whole")).to_be_focused()
    page.get_by_role("button", name="Mark step 1 as a whole").click()
    page.keyboard.press("h")
    page.keyboard.press("Enter")
    listed = page.locator(".ek-span-list .ek-span")
    listed.click()
    page.keyboard.press("h")
    page.keyboard.press("Escape")
    expect(listed).to_be_focused()
    assert found(page) == []


def test_a_turn_is_marked_as_a_whole_by_keys_alone(server, opened):
    page = opened("talk")
    page.keyboard.press("+")
    for _ in range(5):  # by sentence: the first text, a heading, the second, a heading, the third
        page.keyboard.press("ArrowDown")
    page.keyboard.press(".")
    page.keyboard.press("h")
    page.keyboard.press("Enter")

    (mark,) = marks(server)
    assert (mark["step"], mark["quote"]) == (2, None)


def test_words_of_a_turn_count_in_what_was_written_and_headings_take_no_place(server, opened):
    page = opened("talk")
    page.get_by_role("button", name="Mark step 1 as a whole").click()
    page.keyboard.press("h")
    page.keyboard.press("Enter")
    page.evaluate(SELECT, "now 😀")
    page.get_by_role("button", name="Mark error", exact=True).click()
    page.keyboard.press("h")
    page.keyboard.press("Enter")

    words = marks(server, n=2)[1]
    start = raw_messages(TALK).index("now 😀")
    assert (words["step"], words["start"], words["end"]) == (2, start, start + 5)


def test_what_the_user_wrote_is_not_marked(opened):
    page = opened("talk")
    expect(page.locator(".ek-steps > .ek-user .ek-step-line")).to_have_count(0)

    page.evaluate(SELECT, "change the address")

    expect(page.locator(".ek-bar")).to_have_text(
        "The user wrote this: errors are marked in what the model wrote"
    )


def test_a_turn_is_marked_by_touch_with_targets_that_fingers_hit(server, browser):
    server.start_over("talk")
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(server.screen)
    page.wait_for_selector(SHOWN)
    way = page.get_by_role("button", name="Mark step 1 as a whole")
    way.scroll_into_view_if_needed()
    assert way.bounding_box()["height"] >= 44
    way.tap()
    page.locator(".ek-entry-main").first.tap()
    page.get_by_role("button", name="Done", exact=True).tap()

    assert marks(server)[0]["step"] == 0
    context.close()
