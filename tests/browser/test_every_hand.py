"""Every kind of task and mark by every hand, with what is read from right to left.

Which test holds what, but for the tests here (``here``), each in a file of this folder:

================== ================= ================= ================= ============== =========
what               by keys alone     by mouse          by touch          light and dark from right
================== ================= ================= ================= ============== =========
pair, strength,    workbench_finer   workbench_finer   all_kinds         workbench_     here
doubt                                                                    checks
better on each     workbench_finer   here              all_kinds         workbench_     here
criterion                                                                checks
response alone     all_kinds         here              here              all_kinds      here
ranking, five      ranking, here     ranking, here     ranking           ranking, here  here
levels             workbench         here              all_kinds         workbench_     here
                                                                         sizes
slider, number     workbench_sliders workbench_sliders here: tap, drag   workbench_     here
                                                                         checks
words as answer    workbench_words   here              all_kinds         workbench_     here
                                                                         checks
checklist          workbench_checks  workbench_checks  all_kinds         workbench_     here
                                                                         checks
marked words       workbench_marks   workbench_marks   workbench_marks   workbench_     here
                                                                         marks
missing content    workbench_marks   here              here              workbench_     here
                                                                         marks
step, turn         workbench_steps   workbench_steps   workbench_steps   all_kinds      here
image in a case    (is only read)    (is only read)    (is only read)    all_kinds      all_kinds
================== ================= ================= ================= ============== =========
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from evalkit.rendering.messages import raw_messages
from tests.browser.apps.workbench_tasks import ARABIC, ARABIC_TALK
from tests.browser.test_accessibility import coloured, found
from tests.browser.test_workbench_marks import _HELPERS, drag
from tests.browser.workbench import SHOWN, FakeServer, press

pytestmark = pytest.mark.browser

SLIDER, LEVEL = "How much of it is correct?", "How helpful is the response?"
FIELD, CHECK = "Why did it get this score?", "Is it polite?"
DATED = "Does it say until when the headphones can be returned?"


def rated(page: Page, side: str, *, kind: str, name: str) -> Locator:
    """Return what is asked about a response in the form; it has no letter where it is alone."""
    return page.get_by_role(kind, name=f"{name}, response {side}" if side else name, exact=True)


def submitted(server: FakeServer) -> dict[str, Any]:
    server.wait_for("submit", lambda sent: len(sent) == 1)
    draft: dict[str, Any] = server.requests("submit")[0]["draft"]
    return draft


def placed(mark: dict[str, Any]) -> str:
    """Return the words of a mark, which stand where it says, in code points."""
    assert mark["quote"] == ARABIC[mark["start"] : mark["end"]]
    return str(mark["quote"])


def assert_stands_at_the_right(field: Locator) -> None:
    assert field.evaluate("field => field.matches(':dir(rtl)')")


def slide(page: Page, slider: Locator, *, first: float, last: float) -> None:
    """Slide by one finger over a slider, from one share of its width to another."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    fingers = page.context.new_cdp_session(page)
    for kind, share in (("Start", first), ("Move", (first + last) / 2), ("Move", last)):
        point = {"x": box["x"] + box["width"] * share, "y": box["y"] + box["height"] / 2}
        fingers.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": [point]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    fingers.detach()


def test_a_response_alone_from_right_to_left_is_judged_by_touch_alone(
    server: FakeServer, browser: Browser
):
    server.start_over("alone")
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(server.screen)
    page.wait_for_selector(SHOWN)
    page.evaluate(_HELPERS)
    page.evaluate(
        """() => { const [node, at] = placeOf('left', 'السماعات');
        getSelection().setBaseAndExtent(node, at, node, at + 'السماعات'.length); }"""
    )
    page.get_by_role("button", name="Mark error", exact=True).tap()
    palette = page.locator(".ek-palette")
    palette.get_by_role("button", name="Hallucination").tap()
    palette.get_by_role("radio", name="minor").tap()
    page.get_by_role("button", name="Done", exact=True).tap()
    page.get_by_role("button", name="Mark errors").tap()
    palette.get_by_role("button", name="Missing content").tap()
    palette.get_by_role("button", name="Missed instruction").tap()
    page.get_by_role("button", name="Done", exact=True).tap()
    rated(page, "", kind="radiogroup", name=LEVEL).get_by_role("radio").nth(3).tap()
    slider = rated(page, "", kind="slider", name=SLIDER)
    slider.tap()  # in its middle, where it rests while nothing is set
    expect(slider).to_have_attribute("aria-valuetext", "50")
    slide(page, slider, first=0.5, last=0.98)
    expect(slider).to_have_attribute("aria-valuetext", "100")
    number = page.locator(".ek-number").first
    number.tap()
    number.fill("87.5")
    field = rated(page, "", kind="textbox", name=FIELD)
    field.tap()
    page.keyboard.type("لأنه قصير")
    assert_stands_at_the_right(field)
    rated(page, "", kind="radiogroup", name=CHECK).get_by_role("radio", name="0 No").tap()
    until = rated(page, "", kind="radiogroup", name=DATED)
    until.get_by_role("radio", name="1 Yes").tap()
    wrong = found(page)
    page.get_by_role("button", name="Submit").tap()
    draft = submitted(server)
    context.close()

    words, missing = draft["marks"]["left"]
    assert (placed(words), words["severity"]) == ("السماعات", "minor")
    assert (missing["omission"], missing["start"]) == (True, None)
    assert draft["scores"]["left"] == {"helpfulness": 4, "correct": 87.5}
    assert draft["texts"]["left"] == {"why": "لأنه قصير"}
    assert draft["checks"]["left"] == {"dated": "yes", "polite": "no"}
    assert wrong == []


def mark_by_mouse(page: Page, side: str, first: str, last: str) -> None:
    """Select words with the mouse, and mark them with the first tag that is offered."""
    drag(page, side, first, last)
    page.get_by_role("button", name="Mark error", exact=True).click()
    page.locator(".ek-palette").get_by_role("button", name="Hallucination").click()
    page.get_by_role("button", name="Done", exact=True).click()


def rate_by_mouse(page: Page, side: str, *, share: float) -> None:
    """Answer the rubric and the checklist about a response: a level, a slider, words, checks."""
    rated(page, side, kind="radiogroup", name=LEVEL).get_by_role("radio").nth(1).click()
    slider = rated(page, side, kind="slider", name=SLIDER)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2, steps=3)
    page.mouse.up()
    field = rated(page, side, kind="textbox", name=FIELD)
    field.click()
    page.keyboard.type("لأنه قصير")
    assert_stands_at_the_right(field)
    rated(page, side, kind="radiogroup", name=CHECK).get_by_role("radio", name="0 No").click()
    until = rated(page, side, kind="radiogroup", name=DATED)
    until.get_by_role("radio", name="1 Yes").click()


def test_a_response_alone_from_right_to_left_is_judged_by_mouse_alone(server, opened):
    page = opened("alone", in_streamlit=True)
    rules = coloured(page, "dark")
    page.evaluate(_HELPERS)

    # Of what is read from right to left the first word stands at the right.
    begin, end = (page.evaluate("w => boxOf('left', w)", word) for word in ("إرجاع", "السماعات"))
    assert begin["left"] > end["right"]
    page.mouse.move(begin["right"] - 0.5, begin["y"])
    page.mouse.down()
    page.mouse.move(end["left"] + 0.5, end["y"], steps=3)
    page.mouse.up()
    page.get_by_role("button", name="Mark error", exact=True).click()
    palette = page.locator(".ek-palette")
    palette.get_by_role("button", name="Hallucination").click()
    page.get_by_role("button", name="Done", exact=True).click()
    page.get_by_role("button", name="Mark errors").click()
    palette.get_by_role("button", name="Missing content").click()
    palette.get_by_role("button", name="Missed instruction").click()
    page.get_by_role("button", name="Done", exact=True).click()
    rate_by_mouse(page, "", share=1)
    wrong = found(page, rules)
    page.get_by_role("button", name="Submit").click()

    draft = submitted(server)
    words, missing = draft["marks"]["left"]
    assert placed(words) == "إرجاع السماعات"
    assert (missing["tag"], missing["omission"]) == ("missed_instruction", True)
    assert draft["scores"]["left"] == {"helpfulness": 2, "correct": 100}
    assert draft["texts"]["left"] == {"why": "لأنه قصير"}
    assert draft["checks"]["left"] == {"dated": "yes", "polite": "no"}
    assert wrong == []


def test_two_responses_from_right_to_left_are_judged_by_mouse_also_on_each_criterion(
    server, opened
):
    page = opened("opposite")
    page.get_by_role("radio", name="B better", exact=True).first.click()
    page.get_by_role("button", name="Not sure").click()
    for question, better in ((LEVEL, "A better"), (SLIDER, "Equally good")):
        row = page.get_by_role("radiogroup", name=f"{question}, which is better")
        row.get_by_role("radio", name=better).click()
    rate_by_mouse(page, "A", share=1)
    rate_by_mouse(page, "B", share=0)
    page.get_by_role("button", name="Mark step 3 as a whole").click()
    page.locator(".ek-palette").get_by_role("button", name="Hallucination").click()
    page.get_by_role("button", name="Done", exact=True).click()
    page.evaluate(_HELPERS)
    page.evaluate("""() => { const [node, at] = placeOf('right', '👍🏽');
        getSelection().setBaseAndExtent(node, at, node, at + '👍🏽'.length); }""")
    page.get_by_role("button", name="Mark error", exact=True).click()
    page.locator(".ek-palette").get_by_role("button", name="Hallucination").click()
    page.get_by_role("button", name="Done", exact=True).click()
    page.get_by_role("button", name="Submit").click()

    draft = submitted(server)
    assert (draft["preference"], draft["certainty"]) == ("right", "unsure")
    assert draft["preferences"] == {"helpfulness": "left", "correct": "tie"}
    assert draft["scores"]["left"] == {"helpfulness": 2, "correct": 100}
    assert draft["scores"]["right"] == {"helpfulness": 2, "correct": 0}
    whole, words = draft["marks"]["right"]
    assert (whole["step"], whole["start"]) == (2, None)
    raw = raw_messages(ARABIC_TALK)
    assert (words["step"], words["quote"]) == (0, "👍🏽")
    assert raw[words["start"] : words["end"]] == "👍🏽"


def test_five_are_ranked_in_a_narrow_window_where_each_answer_is_spelt_and_all_ways_on_share_a_line(
    server, opened
):
    page = opened("five")
    page.set_viewport_size({"width": 420, "height": 900})
    press(page, "ce=abd")
    for side in "ABCDE":
        until = rated(page, side, kind="radiogroup", name=DATED)
        expect(until.get_by_role("radio")).to_have_text(["0No", "1Yes", "2n/a"])
    rated(page, "E", kind="radiogroup", name=CHECK).get_by_role("radio", name="0 No").click()

    ranking = [["third", "fifth"], ["left"], ["right"], ["fourth"]]
    server.wait_for("draft", lambda sent: bool(sent) and "checks" in sent[-1]["draft"])
    draft = server.requests("draft")[-1]["draft"]
    assert (draft["ranking"], draft["checks"]["fifth"]) == (ranking, {"polite": "no"})
    tops = page.locator(".ek-footer button:visible").evaluate_all(
        "buttons => buttons.map((button) => Math.round(button.getBoundingClientRect().top))"
    )
    assert (len(tops), len(set(tops))) == (4, 1)


def test_responses_from_right_to_left_are_ranked_by_keys_alone_and_by_mouse(server, opened):
    page = opened("ordered", in_streamlit=True)
    rules = coloured(page, "dark")
    rows = page.locator(".ek-rank")
    press(page, "cb")
    expect(rows.nth(0)).to_contain_text("Response C")
    rows.filter(has_text="Response A").locator(".ek-rank-name").click()
    page.get_by_role("button", name="A up").click()
    page.evaluate(_HELPERS)
    mark_by_mouse(page, "right", "三十天内", "三十天内")
    for side in "ABC":
        rated(page, side, kind="radiogroup", name=LEVEL).get_by_role("radio").nth(2).click()
    wrong = found(page, rules)
    page.get_by_role("button", name="Submit").click()

    draft = submitted(server)
    assert draft["ranking"] == [["third"], ["left"], ["right"]]
    assert [mark["quote"] for mark in draft["marks"]["right"]] == ["三十天内"]
    assert draft["scores"]["third"] == {"helpfulness": 3}
    assert wrong == []
