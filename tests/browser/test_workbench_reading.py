"""Reading on the annotation screen: scrolling by key, finding words, code, and passages."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.workbench import SHOWN, fill, press

pytestmark = pytest.mark.browser

#: Rules of highlights that match anything: a browser works each of them out for every element.
_WORKED_OUT = """() => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
  .flatMap((rule) => (rule.selectorText ?? "").split(","))
  .map((selector) => selector.trim().match(/^(.*)::highlight\\((.*)\\)$/))
  .filter((match) => match && document.querySelector(match[1].trim() || "*"))
  .map((match) => match[2])"""
#: What a rule `::highlight(name)` paints, as text.
_PAINTED = "name => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString())"


def tops(page: Page) -> list[float]:
    """Return how far case, A and B are scrolled."""
    parts = page.locator(".ek-case-body, .ek-pane-body")
    return list(parts.evaluate_all("parts => parts.map((part) => part.scrollTop)"))


@pytest.mark.parametrize("key", ["Space", "PageDown", "j"])
def test_the_first_key_scrolls_what_is_read(opened, key):
    page = opened("long")

    page.keyboard.press(key)

    case, *panes = tops(page)
    assert case > 50
    assert panes == [0, 0]


def test_reading_goes_on_from_the_case_to_a_to_b_and_back(opened):
    page = opened("crowded")
    end = "part => part.scrollTop = part.scrollHeight"
    page.locator(".ek-case-body").evaluate(end)
    bottom = tops(page)[0]

    page.keyboard.press("Space")
    case, a, b = tops(page)
    assert case == bottom
    assert a > 300
    assert b == 0
    page.keyboard.press("Shift+Space")
    assert tops(page) == [bottom, 0, 0]
    page.locator(".ek-pane-body").first.evaluate(end)
    last = tops(page)[1]
    page.keyboard.press("PageDown")
    assert tops(page)[:2] == [bottom, last]
    assert tops(page)[2] > 300
    press(page, "kk")
    assert tops(page)[2] > 100
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    assert tops(page)[2] == 0
    assert tops(page)[1] < last

    page.locator(".ek-pane-body").nth(1).click()
    press(page, "j")
    assert tops(page)[2] == 72
    press(page, "a4")  # a score has the focus now, and Space is its own
    page.keyboard.press("PageDown")
    assert tops(page)[2] > 300


def test_space_presses_what_has_the_focus_and_no_letter_scrolls_once_letters_are_off(opened):
    page = opened("crowded")
    raw = page.get_by_role("button", name="Raw").first
    raw.focus()
    page.keyboard.press("Space")
    expect(raw).to_have_attribute("aria-pressed", "true")
    assert tops(page)[0] == 0

    page.get_by_role("button", name="Keys").click()
    page.get_by_role("switch", name="Keys of one character").click()
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector(SHOWN)
    press(page, "j")
    assert tops(page)[0] == 0
    page.keyboard.press("PageDown")
    assert tops(page)[0] > 0


def test_words_are_found_in_case_and_both_responses_and_nothing_in_the_text_changes(opened):
    page = opened("sources,plain")
    before = page.locator(".ek-pane-body").first.inner_html()
    found = page.locator(".ek-found")

    press(page, "/")
    page.keyboard.type("MONTH. the")
    total = len(page.evaluate(_PAINTED, "ek-found"))
    assert total > 100
    expect(found).to_have_text(f"1 of {total}")
    page.keyboard.press("Enter")
    expect(found).to_have_text(f"2 of {total}")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(found).to_have_text(f"{total} of {total}")
    assert page.evaluate(_PAINTED, "ek-found-here") == ["month. The"]
    assert tops(page)[2] > 1000  # the last one is at the end of B
    assert page.locator(".ek-pane-body").first.inner_html() == before

    page.locator('.ek-finder [type="search"]').fill("only within thirty")
    expect(found).to_have_text("1 of 1")
    press(page, "nothing like it")
    expect(found).to_have_text("Nothing found")
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    assert page.evaluate(_PAINTED, "ek-found") == []
    press(page, "a")  # keys act again
    expect(page.get_by_role("radio", name="A better")).to_have_attribute("aria-checked", "true")


def test_what_is_found_in_a_fold_is_unfolded_and_raw_text_is_searched_too(opened):
    page = opened("sources")
    press(page, "/")
    page.keyboard.type("hygiene articles")
    expect(page.locator(".ek-passage").nth(1)).to_have_attribute("open", "")
    page.keyboard.press("Escape")

    press(page, "/")
    page.keyboard.type("```python")
    expect(page.locator(".ek-found")).to_have_text("Nothing found")
    page.get_by_role("button", name="Raw").first.click()
    expect(page.locator(".ek-found")).to_have_text("1 of 1")


def test_code_is_copied_as_it_was_written_and_its_words_are_coloured(opened, chromium_page):
    chromium_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened("sources")

    page.wait_for_function("() => CSS.highlights.has('ek-keyword')")
    assert page.evaluate(_PAINTED, "ek-keyword") == ["for", "in", "if"]
    assert page.evaluate(_PAINTED, "ek-comment") == ["# days"]
    assert page.evaluate(_PAINTED, "ek-string") == ['"can be returned"']
    assert page.evaluate(_PAINTED, "ek-number") == ["30"]
    page.get_by_role("button", name="Copy the code").click()
    expect(page.locator(".ek-copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == (
        "limit = 30  # days\nfor order in orders:\n    if order.days <= limit:\n"
        '        print("can be returned")\n'
    )


def test_no_element_is_styled_for_a_highlight_that_paints_nothing(opened):
    page = opened("sources")
    page.wait_for_function("() => CSS.highlights.has('ek-keyword')")
    assert sorted(page.evaluate(_WORKED_OUT)) == sorted(page.evaluate("[...CSS.highlights.keys()]"))


def test_passages_open_at_a_key_and_a_number_in_brackets_leads_to_its_passage(opened):
    page = opened("sources")
    folds = page.locator(".ek-case-body details")
    is_open = "folds => folds.map((fold) => fold.open)"

    press(page, "p")
    assert all(folds.evaluate_all(is_open))
    press(page, "p")
    assert not any(folds.evaluate_all(is_open))
    assert page.locator(".ek-pane-body .ek-cite").all_inner_texts() == ["[1]", "[2]"]  # of [7] none
    press(page, "q")  # also out of all the room for A
    page.get_by_role("button", name="Passage 2", exact=True).click()
    assert folds.evaluate_all(is_open)[-1]
    expect(page.locator(".ek-passage summary").nth(1)).to_be_focused()
    expect(page.get_by_text("Opened hygiene articles").last).to_be_in_viewport()
    opened("plain")
    expect(page.locator(".ek-cite")).to_have_count(0)


def test_the_responses_are_compared_word_by_word_at_a_key_and_left_alone_at_the_next(
    server, opened
):
    page = opened("alike,plain")
    note = page.locator(".ek-differing")
    expect(note).to_be_hidden()

    press(page, "v")
    expect(note).to_have_text("Underlined: 1 word only in A, 3 words only in B")
    assert page.evaluate(_PAINTED, "ek-only-left") == ["three"]
    assert page.evaluate(_PAINTED, "ek-only-right") == ["at least four"]
    expect(page.get_by_role("button", name="Compare word")).to_have_attribute(
        "aria-pressed", "true"
    )
    press(page, "r")
    expect(note).to_contain_text("1 word only in A")
    press(page, "v")
    expect(note).to_be_hidden()
    assert page.evaluate(_PAINTED, "ek-only-left") == []
    press(page, "v")
    fill(page)
    page.keyboard.press("Enter")
    server.wait_for("submit", lambda sent: len(sent) == 1)
    expect(page.locator(".ek-pane-body").first).to_contain_text("14 March")  # the next case
    expect(note).to_be_hidden()
    assert page.evaluate(_PAINTED, "ek-only-right") == []


def _assert_close(looks: list[object], expected: list[object]) -> None:
    assert looks[:2] == pytest.approx(expected[:2], rel=0.01)
    assert looks[2] == expected[2]


def test_text_is_set_as_somebody_wishes_also_after_a_reload(opened):
    page = opened("long")
    text = page.locator(".ek-pane-body .ek-text").first
    looks = """text => { const { fontSize, lineHeight } = getComputedStyle(text);
        const width = getComputedStyle(text.querySelector('p')).maxWidth;
        return [parseFloat(fontSize), parseFloat(lineHeight) / parseFloat(fontSize), width]; }"""
    size, apart, _ = text.evaluate(looks)

    press(page, "l")
    expect(page.locator("dialog")).to_have_accessible_name("Text and comfort")
    page.get_by_role("radio", name="Largest").click()
    page.get_by_role("radio", name="As long as the pane").click()
    page.get_by_role("radio", name="Wide").click()
    press(page, "l")
    expect(page.locator("dialog")).to_have_count(0)
    larger = [size * 1.35, apart * 1.18, "none"]
    _assert_close(text.evaluate(looks), larger)
    page.reload()
    page.wait_for_selector(SHOWN)
    _assert_close(text.evaluate(looks), larger)
    assert page.evaluate("Object.keys(localStorage).filter(key => key.includes('reading'))") == [
        "evalkit-reading-ada"
    ]
