"""The annotation screen as it is seen: at every size and zoom, in both themes, by every hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.workbench import SHOWN, FakeServer, fill, press, seen_only

pytestmark = pytest.mark.browser

#: The contrast of every visible text with what is behind it, by the formula of WCAG 2.2: a colour
#: is drawn on a canvas, which knows every way of writing one; a background that is not whole lies
#: on what its parents have; what fades (opacity) mixes with what is behind it.
_CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [R, G, B]) =>
    [[r, R], [g, G], [b, B]].map(([x, y]) => x * a + y * (1 - a));
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (!element) return [255, 255, 255];
    const colour = rgba(getComputedStyle(element).backgroundColor);
    return colour[3] === 1 ? colour.slice(0, 3) : over(colour, behind(element.parentElement));
  };
  const fading = (element) =>
    element ? Number(getComputedStyle(element).opacity) * fading(element.parentElement) : 1;
  const measured = [];
  const walker = document.createTreeWalker(document.querySelector(SCOPE), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    const isThere = words && element.checkVisibility() && element.getClientRects().length;
    if (!isThere || element.closest(':disabled, .ek-unseen, style, script')) continue;
    const [r, g, b, a] = rgba(getComputedStyle(element).color);
    const ground = behind(element);
    const ink = over([r, g, b, a * fading(element)], ground);
    const [dark, bright] = [light(ink), light(ground)].sort((x, y) => x - y);
    const ratio = (bright + 0.05) / (dark + 0.05);
    measured.push([Math.round(ratio * 100) / 100, words.slice(0, 40), element.className]);
  }
  return measured.sort((x, y) => x[0] - y[0]);
}"""
_OVER = """() => ['html', '.ek-workbench', '.ek-main', '.ek-case-body', '.ek-pane-body']
    .map((name) => document.querySelector(name))
    .map((element) => element.scrollWidth - element.clientWidth)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_visible_text_stands_out_from_what_is_behind_it(server, opened, scheme):
    page = opened(in_streamlit=True)
    page.emulate_media(color_scheme=scheme)
    server.start_over("rich,empty")
    page.goto(server.address)
    page.wait_for_selector(SHOWN)
    page.wait_for_function(
        "(dark) => (getComputedStyle(document.querySelector('.ek-workbench')).backgroundColor"
        " === 'rgb(255, 254, 251)') !== dark",
        arg=scheme == "dark",
    )
    contrasts = _CONTRASTS.replace("SCOPE", "'.ek-workbench'")
    states: dict[str, list[list[object]]] = {}
    states["new"] = page.evaluate(contrasts)
    page.locator("summary").first.click()
    page.keyboard.press("Control+Enter")  # what is missing is said and marked
    press(page, "ur")
    page.locator(".ek-chip").first.click(click_count=3)
    states["marked"] = page.evaluate(contrasts)
    for key in "g?s":
        press(page, key)
        page.locator("dialog").wait_for()
        states[key] = page.evaluate(contrasts.replace(".ek-workbench", "dialog"))
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
    fill(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"{SHOWN} .ek-note").first).to_be_visible()
    states["nothing"] = page.evaluate(contrasts)

    assert all(len(texts) > 5 for texts in states.values())
    weak = {
        state: [text for text in texts if float(str(text[0])) < 4.5]
        for state, texts in states.items()
    }
    assert weak == {state: [] for state in states}


def test_zoom_keeps_keys_panes_and_reach(server, opened):
    page = opened("rich,tools")

    page.set_viewport_size({"width": 720, "height": 450})  # 1440 × 900 at 200 %
    for key in ("A", "Ctrl Enter", "?", "["):
        assert page.locator(f'.ek-kbd:text-is("{key}")').first.is_visible(), key
    assert [pane.is_visible() for pane in page.locator(".ek-pane").all()] == [True, False]
    assert page.locator(".ek-pane").first.bounding_box()["width"] > 600
    assert page.evaluate(_OVER) == [0] * 5

    page.set_viewport_size({"width": 360, "height": 225})  # at 400 %
    assert page.evaluate(_OVER) == [0] * 5
    page.evaluate("document.querySelector('.ek-workbench').scrollTop = 400")
    covering = """() => ['.ek-top', '.ek-footer'].map((name) => document.querySelector(name))
        .map((part) => part.getBoundingClientRect())
        .filter((rect) => rect.bottom > 0 && rect.top < innerHeight).length"""
    assert page.evaluate(covering) == 0  # all 225 pixels are for what is read
    press(page, "b4")
    page.keyboard.press("Control+Enter")
    focused = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
    assert 0 <= focused["top"] < focused["bottom"] <= 225
    page.get_by_role("button", name="Submit").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Submit")).to_be_in_viewport()


@pytest.mark.parametrize("size", [(390, 844), (720, 450)])
def test_one_response_at_a_time_keeps_its_place_behind_a_switch_that_stays(opened, size):
    page = opened("crowded")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sides, switch = page.locator(".ek-pane"), page.locator(".ek-side-switch")
    main = page.locator(".ek-main")
    top = "main => main.scrollTop"

    expect(sides.nth(1)).to_be_hidden()
    main.evaluate("main => main.scrollTop = 3000")
    expect(switch).to_be_in_viewport(ratio=1)
    page.keyboard.press("w")
    expect(sides.nth(0)).to_be_hidden()
    expect(sides.nth(1)).to_be_visible()
    first_line = sides.nth(1).get_by_role("heading", name="Part 1", exact=True)
    expect(first_line).to_be_in_viewport()  # B begins at its start
    assert first_line.bounding_box()["y"] > switch.bounding_box()["y"]
    page.get_by_role("radio", name="Response A").click()
    expect(sides.nth(0)).to_be_visible()
    assert main.evaluate(top) == 3000  # A goes on where it was left
    page.keyboard.press("PageDown")
    assert main.evaluate(top) > 3000
    press(page, "m")
    expect(page.locator(".ek-form")).to_be_hidden()
    press(page, "a")
    expect(page.get_by_role("radio", name="A better")).to_have_attribute("aria-checked", "true")


def test_every_target_is_large_enough_for_a_mouse(opened):
    page = opened("crowded")
    small = """() => [...document.querySelectorAll(
        '.ek-workbench :is(button, input, textarea, summary)')]
        .filter((part) => part.checkVisibility() && !part.matches('.ek-cite'))
        .map((part) => [part.textContent, part.getBoundingClientRect()])
        .filter(([, box]) => Math.min(box.width, box.height) < 24)
        .map(([words, box]) => `${words} ${box.width} ${box.height}`)"""
    for width, height in ((1920, 950), (1280, 720), (1024, 768), (720, 450)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(100)
        assert page.evaluate(small) == [], width
        press(page, "d")
        assert page.evaluate(small) == [], width
        page.keyboard.press("Escape")


def test_a_finger_has_room_and_is_told_of_no_keys(server: FakeServer, browser: Browser):
    server.start_over("plain,tools")
    context = browser.new_context(
        viewport={"width": 1024, "height": 768}, has_touch=True, is_mobile=True
    )
    page = seen_only(context.new_page())
    page.goto(server.screen)
    page.wait_for_selector(SHOWN)

    for width in (1024, 390):
        page.set_viewport_size({"width": width, "height": 768})
        assert not any(hint.is_visible() for hint in page.locator(".ek-kbd").all())
        for name in (".ek-mark", ".ek-scale .ek-choice", ".ek-preference .ek-choice", ".ek-button"):
            boxes = [part.bounding_box() for part in page.locator(f"{name}:visible").all()]
            assert boxes
            assert min(min(box["width"], box["height"]) for box in boxes) >= 44, (name, width)
    page.locator(".ek-chip").first.tap()
    expect(page.locator(".ek-chip").first).to_have_attribute("data-severity", "1")
    expect(page.locator(".ek-explanation")).to_be_hidden()
    context.close()


def test_an_explanation_never_covers_the_footers_buttons(
    server: FakeServer, opened: Callable[..., Page]
):
    page = opened("plain,many")
    box = page.locator(".ek-explanation")
    covered = """() => {
        const box = document.querySelector('.ek-explanation').getBoundingClientRect();
        return [...document.querySelectorAll('.ek-footer button')]
            .map((button) => [button.textContent, button.getBoundingClientRect()])
            .filter(([, rect]) => rect.left < box.right && box.left < rect.right &&
                rect.top < box.bottom && box.top < rect.bottom).map(([words]) => words);
    }"""
    chips = page.locator(".ek-chip")
    for width, height in ((1440, 900), (1024, 768), (720, 450), (360, 225)):
        page.set_viewport_size({"width": width, "height": height})
        n_seen = 0
        for position in (0, 5, 10, 11, 16, 21):
            if not chips.nth(position).is_visible():
                continue  # they have no room here, and stand in the palette
            chips.nth(position).focus()
            n_seen += box.is_visible()
            assert page.evaluate(covered) == [], (width, position)
        assert n_seen or width != 1440, width


def test_what_scrolls_is_reached_by_tab_and_has_a_name(server, opened):
    page = opened("rich,tools")
    page.set_viewport_size({"width": 1920, "height": 950})
    expect(page.locator("pre[tabindex='0']")).to_have_count(1)

    names = page.locator("pre[tabindex='0']").evaluate_all(
        "all => all.map((code) => [code.getAttribute('role'), code.getAttribute('aria-label'),"
        " code.scrollWidth > code.clientWidth])"
    )
    assert names == [["region", "Code, scrolls", True]]  # the other block fits, and needs none
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator(".ek-pane[data-side=left] pre")).to_have_attribute("tabindex", "0")
    expect(page.get_by_role("main")).to_have_count(1)
    assert page.locator("main main, main [role=main]").count() == 0


def test_what_is_ours_does_not_look_like_what_a_model_wrote(server, opened):
    page = opened("empty,rich")

    notes = page.locator(".ek-pane-body .ek-note").all_inner_texts()
    assert [" ".join(words.split()) for words in notes] == [
        "evalkit The model returned nothing.",
        "evalkit The model returned only white space.",
    ]
    server.start_over("rich")
    page.goto(server.screen)
    page.wait_for_selector(SHOWN)
    written = page.locator(".ek-pane-body em", has_text="The model returned nothing.")
    expect(written).to_be_visible()  # a model's own words, in its own text
    assert page.locator(".ek-note").count() == 0


def test_no_tag_looks_marked_before_it_is_and_every_mark_is_sent(server, opened):
    page = opened("names,plain")
    names = ["constructor", "toString", "__proto__", "hasOwnProperty"]

    expect(page.locator('.ek-chip[aria-pressed="true"]')).to_have_count(0)
    expect(page.locator('.ek-scale [aria-checked="true"]')).to_have_count(0)
    press(page, "a1")
    for chip in page.locator(".ek-tags").first.locator(".ek-chip").all():
        chip.click()
    page.locator(".ek-chip").last.click(click_count=2)
    expect(page.locator(".ek-marks").first).to_have_text("4 minor")
    server.wait_for("draft", lambda sent: bool(sent) and bool(sent[-1]["draft"]["tags"]["right"]))
    page.get_by_text("Draft saved").wait_for()
    page.reload()
    page.wait_for_selector(SHOWN)
    expect(page.locator('.ek-chip[aria-pressed="true"]')).to_have_count(5)
    press(page, "[")
    page.keyboard.press("Enter")
    server.wait_for("submit", lambda sent: len(sent) == 1)

    (sent,) = server.requests("submit")
    assert sent["draft"]["tags"] == {
        "left": dict.fromkeys(names, "minor"),
        "right": {"hasOwnProperty": "major"},
    }
    assert sent["draft"]["scores"] == {"left": {"constructor": 1}, "right": {}}


def test_at_200_percent_what_was_asked_and_the_button_of_a_skip_are_in_view(opened):
    page = opened("told")
    expect(page.locator(".ek-system")).to_have_attribute("open", "")  # there is room for both
    page.set_viewport_size({"width": 720, "height": 450})
    page.reload()

    expect(page.locator(".ek-system")).not_to_have_attribute("open", "")
    press(page, "s")
    expect(page.get_by_role("button", name="Skip case")).to_be_in_viewport(ratio=1)


def test_text_that_is_read_from_the_right_stands_at_the_right_of_a_wide_pane(opened):
    page = opened("scripts")
    page.set_viewport_size({"width": 1920, "height": 950})
    press(page, "m")

    gaps = page.locator(".ek-pane-body p:not(li p)").evaluate_all(
        """paragraphs => paragraphs.filter((p) => p.matches(":dir(rtl)")).map((p) => {
            const pane = p.closest(".ek-pane-body");
            const inner = pane.getBoundingClientRect().left + pane.clientLeft + pane.clientWidth;
            const padding = parseFloat(getComputedStyle(pane).paddingRight);
            return Math.round(inner - padding - p.getBoundingClientRect().right);
        })"""
    )
    assert gaps
    assert set(gaps) == {0}
