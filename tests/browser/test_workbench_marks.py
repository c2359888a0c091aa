"""Marking the very words that are wrong: by mouse, touch and keyboard, and what is stored of it."""

import random
import unicodedata
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.apps.workbench_tasks import LETTERS, MARKDOWN, PLAIN
from tests.browser.test_accessibility import coloured, found
from tests.browser.workbench import SHOWN, FakeServer, fill, press

pytestmark = pytest.mark.browser

#: In the page: where words stand, and selecting them, but not what was written in other words.
_HELPERS = """() => {
window.placeOf = (side, words) => {
  const walker = document.createTreeWalker(
    document.querySelector(`[data-side=${side}] .ek-pane-body`), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at >= 0) return [walker.currentNode, at];
  }
};
window.boxOf = (side, words) => {
  const [node, at] = placeOf(side, words);
  const range = document.createRange();
  range.setStart(node, at);
  range.setEnd(node, at + words.length);
  const { left, right, top, bottom } = range.getBoundingClientRect();
  return { left, right, y: (top + bottom) / 2 };
};
window.chooseAt = (side, first, last) => {
  const nodes = [];
  const walker = document.createTreeWalker(
    document.querySelector(`[data-side=${side}] .ek-pane-body`), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const isOther = node.parentElement.closest('.ek-copy, math, .ek-image, .ek-tex');
    if (!isOther && node.data.trim()) nodes.push(node);
  }
  const lengths = nodes.map((node) => node.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const point = (share) => {
    let rest = Math.floor(share * total);
    for (const node of nodes) {
      if (rest < node.length) return [node, rest];
      rest -= node.length;
    }
    return [nodes[nodes.length - 1], nodes[nodes.length - 1].length];
  };
  const selection = getSelection();
  selection.setBaseAndExtent(...point(first), ...point(last));
  const range = selection.getRangeAt(0);
  return nodes.filter((node) => range.intersectsNode(node)).map((node) => {
    const start = node === range.startContainer ? range.startOffset : 0;
    const end = node === range.endContainer ? range.endOffset : node.length;
    return node.data.slice(start, end);
  }).join(' ').trim();
};
}"""


@pytest.fixture
def marking(opened):
    """Open the workbench with helpers in its page."""

    def _open(tasks: str, **how: bool) -> Page:
        page: Page = opened(tasks, **how)
        page.evaluate(_HELPERS)
        return page

    return _open


def drag(page: Page, side: str, first: str, last: str) -> None:
    """Select with the mouse from the beginning of some words to the end of others."""
    begin, end = (
        page.evaluate("([side, words]) => boxOf(side, words)", [side, words])
        for words in (first, last)
    )
    page.mouse.move(begin["left"] + 0.5, begin["y"])
    page.mouse.down()
    page.mouse.move(end["right"] - 0.5, end["y"], steps=3)
    page.mouse.up()
    expect(page.locator(".ek-bar")).to_be_visible()


def marks(server: FakeServer, side: str = "left", *, n: int = 1) -> list[dict[str, Any]]:
    """Return the marks of the last draft that was sent, once there are so many."""
    server.wait_for("draft", lambda sent: bool(sent) and len(sent[-1]["draft"]["marks"][side]) == n)
    of_side: list[dict[str, Any]] = server.requests("draft")[-1]["draft"]["marks"][side]
    return of_side


def test_words_are_selected_tagged_graded_noted_changed_and_removed_with_the_mouse(server, marking):
    page = marking("plain,tools")

    drag(page, "left", "headphones", "14 March")
    page.get_by_role("button", name="Mark error", exact=True).click()
    palette = page.locator(".ek-palette")
    expect(palette).to_have_accessible_name("Words in A")
    palette.get_by_role("button", name="Words in A: Tone").click()
    palette.get_by_role("radio", name="major").click()
    palette.get_by_label("Note on this error").fill("It was February.")
    palette.get_by_role("button", name="Done", exact=True).click()

    quote = "headphones until **14 March"
    start = MARKDOWN.index(quote)
    # A draft may have been sent between two clicks already.
    server.wait_for(
        "draft", lambda sent: any(m["note"] for s in sent for m in s["draft"]["marks"]["left"])
    )
    assert marks(server) == [
        {
            "tag": "tone",
            "severity": "major",
            "start": start,
            "end": start + len(quote),
            "quote": quote,
            "note": "It was February.",
            "step": None,
            "omission": False,
        }
    ]
    drag(page, "left", "until", "14 March")  # one over the other, of the same tag
    press(page, "de")
    page.keyboard.press("Enter")
    assert [mark["quote"] for mark in marks(server, n=2)] == [quote, "until **14 March"]
    listed = page.get_by_role("list", name="Marked words in A").get_by_role("button")
    expect(listed).to_have_count(2)

    box = page.evaluate("() => boxOf('left', '14 March')")
    for title in (
        "until **14 March",
        "headphones until **14 March",
    ):  # the shortest first, then the next
        page.mouse.click(box["left"] + 5, box["y"])
        expect(palette.locator("q")).to_have_text(title)
        page.keyboard.press("Escape")
        expect(palette).to_have_count(0)
    listed.last.click()
    palette.get_by_role("button", name="Remove").click()
    assert marks(server)[0]["quote"] == quote
    page.locator(".ek-pane-body").first.click(position={"x": 5, "y": 5})
    page.keyboard.press("Backspace")
    assert marks(server, n=0) == []
    assert page.complaints == []


def test_by_keyboard_alone_words_are_chosen_marked_submitted_and_come_back(server, marking):
    page = marking("plain,tools")

    press(page, "+")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+w")
    assert page.evaluate("getSelection().toString()") == "the headphones until"
    page.keyboard.press("Enter")
    press(page, "h3.")
    page.keyboard.type("not so")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")  # on a mark: change it
    expect(page.locator(".ek-palette q")).to_have_text("the headphones until")
    press(page, "1")
    page.keyboard.press("Escape")
    press(page, "+s")  # the other response, its second sentence
    page.keyboard.press("Shift+ArrowDown")
    press(page, "f")
    press(page, "e")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    press(page, "d-")
    expect(page.locator(".ek-palette")).to_have_accessible_name("Missing content in A")
    press(page, "o")
    page.keyboard.press("Enter")
    fill(page)
    page.keyboard.press("Control+Enter")
    server.wait_for("submit", bool)

    (sent,) = server.requests("submit")
    placed, missing = sent["draft"]["marks"]["left"]
    assert (placed["quote"], placed["severity"], placed["note"]) == (
        "the headphones until",
        "minor",
        "not so",
    )
    assert missing | {"tag": "other"} == {
        "tag": "other",
        "severity": "minor",
        "start": None,
        "end": None,
        "quote": None,
        "note": "",
        "step": None,
        "omission": True,
    }
    (other,) = sent["draft"]["marks"]["right"]
    assert other["quote"] == PLAIN[other["start"] : other["end"]]
    assert other["quote"].startswith("Returns are possible")
    page.get_by_role("button", name="Back").click()
    expect(page.locator(f"{SHOWN} .ek-span")).to_have_count(3)
    expect(page.locator(".ek-span").first).to_have_accessible_name(
        "Change mark: Hallucination, minor, “the headphones until”, not so"
    )
    assert page.complaints == []


def test_marks_are_there_after_a_reload_in_the_raw_text_too_and_found_words_lie_over_them(
    server, marking
):
    page = marking("plain")
    drag(page, "left", "14 March", "14 March")
    press(page, "dh")
    page.keyboard.press("Enter")
    marks(server)
    painted = """() => [...CSS.highlights].filter(([name]) => name.startsWith('ek-span'))
        .flatMap(([, highlight]) => [...highlight].map(String))"""
    assert page.evaluate(painted) == ["14 March"]

    page.reload()
    page.wait_for_selector(SHOWN)
    page.wait_for_function(f"({painted})().join() === '14 March'")
    press(page, "r")
    page.wait_for_function(f"({painted})().join() === '14 March'")
    page.evaluate(_HELPERS)
    drag(page, "left", "**14 March**", "**14 March**")
    press(page, "dt")
    page.keyboard.press("Enter")
    assert [mark["quote"] for mark in marks(server, n=2)] == ["14 March", "**14 March**"]
    press(page, "/")
    page.keyboard.type("march")
    priorities = page.evaluate(
        "() => [...CSS.highlights].map(([name, highlight]) => [name, highlight.priority])"
    )
    assert all(priority < 0 for name, priority in priorities if name.startswith("ek-span"))
    assert ["ek-found", 0] in priorities


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_is_selected_is_what_is_quoted(server, marking, side):
    # A property: of whatever is selected, every sign stands in the quote, in order; the quote is
    # the text as written from start to end, counted in code points; it cuts no character in two.
    source = {"left": LETTERS, "right": MARKDOWN}[side]
    page = marking("letters")
    draw = random.Random(20)
    selected = []
    for number in range(14):
        first, last = sorted((draw.random(), draw.random()))
        if number % 2:
            last = min(0.999, first + 0.03)
        words = page.evaluate("([s, a, b]) => chooseAt(s, a, b)", [side, first, last])
        if not words.strip():
            continue
        expect(page.locator(".ek-bar")).to_be_visible()
        press(page, "dh")
        page.keyboard.press("Enter")
        expect(page.locator(".ek-bar")).to_be_hidden()
        selected.append(words)

    of_side = marks(server, side, n=len(selected))
    assert len(of_side) > 8
    for mark, words in zip(of_side, selected, strict=True):
        quote = mark["quote"]
        assert quote == source[mark["start"] : mark["end"]]
        rest = iter(quote)
        signs = [sign for sign in "".join(words.split()) if not "\ud800" <= sign <= "\udfff"]
        assert all(sign in rest for sign in signs), (words, quote)
        after = source[mark["end"] : mark["end"] + 1]
        assert not (after and (unicodedata.combining(after) or after in "\u200d\U0001f3fd"))
        assert not unicodedata.combining(quote[0])


@pytest.mark.parametrize("part", ["math", "pre code"])
def test_a_formula_or_code_that_is_selected_alone_is_quoted_as_it_was_written(
    server, marking, part
):
    page = marking("plain")
    written = {"math": "r = p \\cdot (1 - f)", "pre code": "def refund(price: float"}[part]

    page.evaluate(
        """(part) => {
          const whole = document.querySelector(`[data-side=left] .ek-pane-body ${part}`);
          const walker = document.createTreeWalker(whole, NodeFilter.SHOW_TEXT);
          const nodes = [];
          while (walker.nextNode()) nodes.push(walker.currentNode);
          const last = nodes[nodes.length - 1];
          getSelection().setBaseAndExtent(nodes[0], 0, last, last.length);
        }""",
        part,
    )
    expect(page.locator(".ek-bar")).to_be_visible()
    press(page, "dh")
    page.keyboard.press("Enter")

    (mark,) = marks(server)
    assert mark["quote"] == MARKDOWN[mark["start"] : mark["end"]]
    assert written in mark["quote"]
    assert len(mark["quote"].split("\n")) <= 3  # and not what stands around it


def test_a_step_of_an_agent_is_marked_at_its_words_and_as_a_whole(server, marking):
    page = marking("tools")

    press(page, "+")  # in the raw text, where an agent's words can be marked
    expect(page.locator(".ek-bar")).to_be_visible()
    press(page, ".")
    expect(page.locator(".ek-palette")).to_have_accessible_name("Step 1 in A")
    press(page, "h")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    press(page, "e")
    page.keyboard.press("Enter")

    whole, words = marks(server, n=2)
    assert (whole["step"], whole["start"], whole["quote"]) == (0, None, None)
    assert (words["step"], words["quote"]) == (0, "Let me")


def test_words_are_marked_by_touch_with_targets_that_fingers_hit(server, browser):
    server.start_over("plain")
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(server.screen)
    page.wait_for_selector(SHOWN)
    page.evaluate(_HELPERS)
    page.evaluate(
        """() => { const [node, at] = placeOf('left', 'headphones');
        document.querySelector('.ek-panes').scrollIntoView();
        getSelection().setBaseAndExtent(node, at, node, at + 10); }"""
    )
    bar = page.get_by_role("button", name="Mark error", exact=True)
    expect(bar).to_be_visible()
    assert bar.bounding_box()["height"] >= 44
    bar.tap()
    page.locator(".ek-entry-main").first.tap()
    page.get_by_role("button", name="Done", exact=True).tap()

    assert marks(server)[0]["quote"] == "headphones"
    listed = page.locator(".ek-span")
    assert listed.bounding_box()["height"] >= 44
    listed.tap()
    expect(page.locator(".ek-palette q")).to_have_text("headphones")
    context.close()


def test_from_right_to_left_the_caret_goes_where_the_arrow_points(server, marking):
    page = marking("scripts")

    press(page, "+")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    press(page, "h")
    page.keyboard.press("Enter")

    assert marks(server)[0]["quote"] == "إرجاع السماعات"


def test_a_study_without_errors_has_no_bar_and_no_caret(opened):
    page = opened("bare")

    press(page, "+")
    page.evaluate("() => getSelection().selectAllChildren(document.querySelector('.ek-pane-body'))")

    assert page.locator(".ek-bar").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_marking_breaks_wcag(marking, scheme):
    page = marking("plain", in_streamlit=scheme == "dark")
    rules = coloured(page, scheme)
    wrong = {}
    press(page, "+")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".ek-bar")).to_be_visible()
    wrong["chosen"] = found(page, rules)
    page.keyboard.press("Enter")
    press(page, "h3")
    wrong["palette"] = found(page, rules)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    press(page, "d")
    wrong["whole"] = found(page, rules)
    page.keyboard.press("Escape")
    wrong["marked"] = found(page, rules)

    assert {state: problems for state, problems in wrong.items() if problems} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_of_eight_severities_is_chosen_by_its_number_or_its_button(server, marking, scheme):
    page = marking("graded", in_streamlit=scheme == "dark")
    rules = coloured(page, scheme)
    press(page, "d")
    press(page, "h5")
    grading = page.get_by_role("radiogroup", name="Severity of Hallucination")
    expect(grading.get_by_role("radio", checked=True)).to_have_accessible_name("critical")
    wrong = {"palette": found(page, rules)}
    page.keyboard.press("Enter")
    chip = page.locator(".ek-chip").first
    expect(chip).to_have_attribute("data-severity", "5")
    expect(chip).to_have_accessible_name("Errors in A: Hallucination, critical")

    press(page, "+")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    press(page, "h")
    grading.get_by_role("radio", name="non-translation").click()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    wrong["marked"] = found(page, rules)

    (placed,) = marks(server)
    assert placed["severity"] == "non-translation"
    assert server.requests("draft")[-1]["draft"]["tags"]["left"] == {"hallucination": "critical"}
    expect(page.locator(".ek-marks").first).to_have_text("1 critical, 1 non-translation")
    assert page.evaluate("CSS.highlights.get('ek-span-0-8').size") == 1
    assert {state: problems for state, problems in wrong.items() if problems} == {}
