"""How much room what is judged has, who has all of it, and how few keys a judgement takes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import coloured, found
from tests.browser.workbench import press

pytestmark = pytest.mark.browser

#: Heights in px that the text of a response has at least, beside a long case, a rubric of four
#: criteria and twenty errors, by the size of the window. With the form beneath they had 215, 215,
#: 207 and 207, the last two on a page that scrolled.
LEAST = {(1920, 950): 560, (1440, 900): 520, (1366, 625): 300, (1280, 720): 380}
_SCROLLING = """() => ['html', '.ek-main', '.ek-form'].filter((name) => {
    const part = document.querySelector(name);
    return part.scrollHeight > part.clientHeight + 1;
})"""
#: How many characters the full lines of a response have: all of a paragraph but its last line.
_CHARACTERS = """() => [...document.querySelectorAll('.ek-pane-body p')].flatMap((paragraph) => {
    const range = document.createRange();
    range.selectNodeContents(paragraph);
    const tops = new Set([...range.getClientRects()].map((rect) => Math.round(rect.top)));
    return tops.size > 3 ? [paragraph.textContent.length / (tops.size - 0.5)] : [];
})"""


@pytest.mark.parametrize(("size", "least"), LEAST.items(), ids=str)
def test_a_long_case_leaves_the_responses_room_and_nothing_scrolls_but_what_is_read(
    server, opened, size, least
):
    page = opened("crowded")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    form = page.locator(".ek-form")
    expect(form).to_have_class(re.compile("ek-collapsed"))

    assert page.locator(".ek-pane-body").first.bounding_box()["height"] >= least
    assert page.evaluate(_SCROLLING) == []
    footer = page.locator(".ek-footer").bounding_box()["y"]
    for name in (".ek-case", ".ek-panes", ".ek-preference", ".ek-row", ".ek-tags", ".ek-comment"):
        for part in page.locator(name).all():
            box = part.bounding_box()
            assert box["y"] >= 0, name
            assert box["y"] + box["height"] <= footer, name
    lengths = page.evaluate(_CHARACTERS)
    assert lengths
    assert 62 <= sum(lengths) / len(lengths) <= 80


def test_one_key_gives_the_responses_all_the_room_and_what_is_entered_is_seen_again(server, opened):
    page = opened("crowded,plain")
    text = page.locator(".ek-pane-body")
    sides = page.locator(".ek-pane")

    press(page, "m")
    assert text.first.bounding_box()["height"] > 700
    expect(page.locator(".ek-form")).to_be_hidden()
    expect(page.get_by_role("button", name="Larger")).to_have_attribute("aria-pressed", "true")
    press(page, "m")
    expect(page.locator(".ek-form")).to_be_visible()

    for key, there, away in (("q", 0, 1), ("w", 1, 0)):
        press(page, key)
        expect(sides.nth(there)).to_be_visible()
        expect(sides.nth(away)).to_be_hidden()
        assert sides.nth(there).bounding_box()["width"] > 1300
    press(page, "b")
    expect(page.get_by_role("radio", name="B better")).to_be_visible()
    expect(page.get_by_role("radio", name="B better")).to_have_attribute("aria-checked", "true")
    page.get_by_role("button", name="Only A").click()
    expect(page.locator(".ek-form")).to_be_hidden()
    page.keyboard.press("Enter")  # what is missing is said, and seen
    expect(page.locator(".ek-missing").first).to_be_visible()


def test_a_pair_takes_eight_keys_with_the_ready_rubric_and_two_for_a_preference(server, opened):
    page = opened("plain,bare")
    keys = ["b", "4", "3", "5", "2", "4", "1", "Enter"]
    for key in keys:
        page.keyboard.press(key)
    server.wait_for("submit", lambda sent: len(sent) == 1)
    expect(page.locator(".ek-rubric")).to_have_count(0)
    few = ["a", "Enter"]
    for key in few:
        page.keyboard.press(key)
    server.wait_for("submit", lambda sent: len(sent) == 2)

    assert (len(keys), len(few)) == (8, 2)
    first, second = (body["draft"] for body in server.requests("submit"))
    assert first["scores"]["right"] == {
        "helpfulness": 3,
        "correctness": 2,
        "instruction_following": 1,
    }
    assert second["preference"] == "left"


def marked(page: Page) -> list[str]:
    """Return what the chips of all that is marked say, side by side."""
    chips = page.locator('.ek-chip[aria-pressed="true"]').all_inner_texts()
    return [" ".join(words.split()) for words in chips]


def test_any_tag_takes_two_keys_and_a_third_says_how_severe(server, opened):
    page = opened("crowded,plain")
    palette = page.locator(".ek-palette")
    letters: dict[str, str] = {}
    press(page, "d")
    expect(palette).to_have_accessible_name("Errors in A")
    for entry in palette.locator(".ek-entry-main").all():
        letters[entry.locator(".ek-entry-name").inner_text()] = entry.get_attribute("data-key")
    page.keyboard.press("Escape")
    expect(palette).to_have_count(0)

    assert len(letters) == 20
    assert len(set(letters.values())) == 20
    assert not {"D", "F"} & set(letters.values())
    for name, letter in letters.items():
        press(page, "f" + letter.lower())
        chip = page.locator(".ek-tags").nth(1).get_by_role("button", name=f"{name}, minor")
        if letters[name] not in [letters[n] for n in list(letters)[-4:]]:
            expect(chip).to_be_visible()
        press(page, "f")
    expect(page.locator('.ek-chip[aria-pressed="true"]')).to_have_count(20)

    press(page, "d" + letters["Unsafe"].lower() + "3")
    press(page, letters["Tone"].lower() * 2)
    page.keyboard.press("Enter")
    expect(palette).to_have_count(0)
    assert marked(page)[:2] == ["Unsafe critical", "Tone major"]
    press(page, "d" + letters["Unsafe"].lower())  # on from critical: off
    page.keyboard.press("Escape")
    assert marked(page)[0] == "Tone major"
    server.wait_for("draft", lambda sent: bool(sent) and bool(sent[-1]["draft"]["tags"]["left"]))
    assert server.requests("submit") == []


def test_the_palette_finds_by_typing_and_submits_with_ctrl_enter(server, opened):
    page = opened("crowded,plain")
    press(page, "a43524153")
    press(page, "d/")
    page.keyboard.type("figure")
    expect(page.locator(".ek-entry:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    assert marked(page) == ["Made-up figure minor"]
    page.keyboard.press("Escape")
    press(page, "f")
    page.locator(".ek-entry", has_text="Wrong unit").get_by_role("button").click()
    page.get_by_role("radio", name="critical").click()
    assert marked(page)[-1] == "Wrong unit critical"
    page.keyboard.press("Control+Enter")
    server.wait_for("submit", lambda sent: len(sent) == 1)

    (sent,) = server.requests("submit")
    assert sent["draft"]["tags"] == {
        "left": {"hallucination/Made-up figure": "minor"},
        "right": {"hallucination/Wrong unit": "critical"},
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_room_palette_or_search_breaks_wcag(opened, scheme):
    page = opened("sources", in_streamlit=scheme == "dark")
    rules = coloured(page, scheme)
    wrong = {}
    for state, keys in {
        "shared": "",
        "palette": "dht2",
        "the other": "fu",
        "found": "/",
        "responses only": "m",
        "only A": "q",
        "compared": "qv",
        "text": "l",
    }.items():
        press(page, keys)
        if state == "found":
            page.keyboard.type("month")
        wrong[state] = found(page, rules)
        page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    wrong["one at a time"] = found(page, rules)

    assert {state: problems for state, problems in wrong.items() if problems} == {}
