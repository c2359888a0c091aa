"""The keyboard of the annotation screen: what keys do, on which layout, and when none does."""

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.workbench import SHOWN, fill, press, wait_for_case

pytestmark = pytest.mark.browser

#: Keys of layouts that Playwright does not have: what is printed, where, what becomes preferred.
LAYOUTS = [
    ("Russian", "ф", "KeyA", "A better"),
    ("Russian", "и", "KeyB", "B better"),
    ("Greek", "ε", "KeyE", "Equally good"),
    ("Hebrew", "ס", "KeyX", "Both bad"),
    ("Arabic", "ش", "KeyA", "A better"),
    ("Arabic", "لا", "KeyB", "B better"),
    ("Japanese", "ｅ", "KeyE", "Equally good"),
    ("AZERTY", "a", "KeyQ", "A better"),
    ("AZERTY", "q", "KeyA", "A better"),  # does nothing: Q is printed on it
    ("Dvorak", "x", "KeyB", "Both bad"),
    ("Dvorak", "e", "KeyD", "Equally good"),
    ("Turkish", "ı", "KeyI", "Equally good"),
]
#: Remember that Streamlit opened its modal, however short it was there.
_WATCH_FOR_MODAL = """() => new MutationObserver(() => {
    if (document.body.textContent.includes('Connection error')) window.covered = true;
}).observe(document.body, { childList: true, subtree: true })"""
#: All that a press of a control may change.
_STATE = """() => [...document.querySelector('.ek-main').querySelectorAll('*')].map(
    (element) => ['aria-checked', 'aria-pressed', 'aria-expanded', 'open', 'data-severity',
    'class'].map((name) => (element.getAttribute(name) || '').replace(' ek-current', ''))).join()"""
_PRESS = """([key, code, shiftKey]) => document.activeElement.dispatchEvent(new KeyboardEvent(
    'keydown', { key, code, shiftKey, bubbles: true, cancelable: true, composed: true }))"""


def chosen(page: Page, group: str) -> list[str | None]:
    """Return the printed values of the levels that are chosen in a group of choices."""
    return page.locator(f'{group} [aria-checked="true"]').all_inner_texts()


def test_enter_submits_whatever_was_clicked_and_space_changes_what_is_focused(server, opened):
    refusal = ["submit", 422, {"error": "Not yet.", "fields": []}]
    page = opened("rich,tools", *[refusal] * 20)
    fill(page)
    controls = {
        "chip": page.locator(".ek-chip").first,
        "score": page.locator(".ek-scale").first.get_by_role("radio").nth(1),
        "preference": page.get_by_role("radio", name="Equally good"),
        "toggle": page.get_by_role("button", name="Raw").nth(1),
        "together": page.get_by_role("button", name="Scroll together"),
        "fold": page.get_by_role("button", name="Taller"),
        "details": page.locator("summary").first,
        "link": page.locator(".ek-link").first,
        "code": page.locator("pre").first,
        "question": page.locator(".ek-question").first,
        "text": page.locator(".ek-pane-body").last,
    }
    for n, (name, control) in enumerate(controls.items(), start=1):
        control.click()
        page.mouse.move(0, 0)
        before = page.evaluate(_STATE)
        page.keyboard.press("Enter")
        server.wait_for("submit", lambda sent, n=n: len(sent) == n)
        expect(page.get_by_role("alert")).to_contain_text("Not yet.")  # it came back
        assert page.evaluate(_STATE) == before, name
    sent = len(controls)

    page.get_by_role("button", name="Guidelines").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    server.wait_for("submit", lambda bodies: len(bodies) == sent + 1)
    page.wait_for_selector(SHOWN)

    comment = page.locator(".ek-comment-field")
    comment.click()
    page.keyboard.press("Enter")
    expect(comment).to_have_value("\n")
    page.keyboard.press("Tab")  # what leads elsewhere keeps Enter for who comes by Tab
    expect(page.get_by_role("button", name="Ask the lead")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_contain_text("Skip this case")
    page.keyboard.press("Escape")
    assert len(server.requests("submit")) == sent + 1

    chip = controls["chip"]
    chip.focus()
    page.keyboard.press("Enter")
    server.wait_for("submit", lambda bodies: len(bodies) == sent + 2)
    page.wait_for_selector(SHOWN)
    chip.focus()
    for severity in ("2", "3", "0"):
        page.keyboard.press("Space")
        expect(chip).to_have_attribute("data-severity", severity)
    controls["score"].focus()
    page.keyboard.press("Space")
    expect(controls["score"]).to_have_attribute("aria-checked", "false")
    folded = page.locator("details").first
    is_open = folded.evaluate("fold => fold.open")
    folded.locator("summary").focus()
    page.keyboard.press("Space")
    assert folded.evaluate("fold => fold.open") is not is_open


def test_letters_and_digits_act_on_every_layout(server, opened):
    page = opened("tools,plain")

    for layout, key, code, preference in LAYOUTS:
        page.evaluate(_PRESS, [key, code, False])
        assert chosen(page, ".ek-preference")[0].startswith(preference), (layout, key)
    for key, code in (("٣", "Digit3"), ("é", "Digit2"), ("۴", "Numpad4"), ("5", "Digit5")):
        page.evaluate(_PRESS, [key, code, key == "5"])
    assert chosen(page, ".ek-scale") == ["3", "2", "4", "5"]
    page.evaluate(_PRESS, ["؟", "Slash", True])
    expect(page.locator("dialog")).to_contain_text("Equally good")
    page.evaluate(_PRESS, ["؟", "Slash", True])
    expect(page.locator("dialog")).to_have_count(0)
    page.evaluate(_PRESS, ["ы", "KeyS", False])
    page.evaluate(_PRESS, ["٢", "Digit2", False])
    expect(page.locator('dialog [aria-checked="true"]')).to_contain_text("2")
    page.keyboard.press("Escape")
    page.evaluate(_PRESS, ["ü", "BracketLeft", False])  # German: nothing is printed there for us
    page.evaluate(_PRESS, ["ъ", "BracketRight", False])
    wait_for_case(page, "support")


def test_a_score_is_typed_as_it_is_printed_and_no_digit_reaches_a_scored_form(server, opened):
    page = opened("scales,plain")

    for keys, printed in (
        (["-", "2"], "−2"),
        (["2"], "2"),  # B of the first scale
        (["1", "0"], "10"),
        (["1"], "1"),  # waits: it may become 10
        ([".", "5"], None),  # no such level of ten, so a start of 0.5 that never was
    ):
        for key in keys:
            page.keyboard.press(key)
        if printed:
            assert chosen(page, ".ek-scale")[-1].split()[0] == printed
    page.evaluate(_PRESS, ["٠", "Digit0", False])
    press(page, ".5")
    press(page, "1.5")
    press(page, "25100")
    values = [words.split()[0] for words in chosen(page, ".ek-scale")]
    assert values == ["−2", "2", "10", "1", "0.5", "1.5", "25", "100"]
    expect(page.locator(".ek-cell.ek-current")).to_have_count(0)
    press(page, "50")
    press(page, "1")
    assert [words.split()[0] for words in chosen(page, ".ek-scale")] == values

    for level in page.locator(".ek-scale .ek-choice").all():
        name = level.get_attribute("aria-label")
        assert name.startswith(" ".join(level.inner_text().split())), name


def test_backspace_takes_back_step_by_step_all_that_was_set(server, opened):
    page = opened()
    first = page.locator(".ek-cell").first

    press(page, "4b325")
    page.locator(".ek-chip").nth(2).click(click_count=2)
    steps = [
        (["4", "3", "2", "5"], 1, "1"),
        (["4", "3", "2", "5"], 1, "0"),
        (["4", "3", "2"], 1, "0"),
        (["4", "3"], 1, "0"),
        (["4"], 1, "0"),
        (["4"], 0, "0"),
        ([], 0, "0"),
        ([], 0, "0"),
    ]
    for scores, preferences, marks in steps:
        assert chosen(page, ".ek-scale") == scores
        assert len(chosen(page, ".ek-preference")) == preferences
        expect(page.locator('.ek-chip[aria-pressed="true"]')).to_have_count(int(marks))
        page.keyboard.press("Backspace")
    expect(first).to_have_class("ek-cell ek-current")
    press(page, "2")
    assert chosen(page, ".ek-scale") == ["2"]

    last = page.locator(".ek-scale").last.get_by_role("radio").nth(3)
    last.click()
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(first).to_have_class("ek-cell ek-current")
    last.click()
    last.click()  # cleared by the mouse, too
    expect(first).to_have_class("ek-cell ek-current")
    page.locator(".ek-scale").last.get_by_role("radio").first.focus()
    expect(first).to_have_class("ek-cell")
    page.locator(".ek-case-body").click()  # who leaves an empty form finds the marker at its start
    expect(first).to_have_class("ek-cell ek-current")


def test_keys_of_one_character_can_be_switched_off_for_this_browser(server, opened):
    page = opened()
    hints = page.locator(".ek-one-key")
    assert hints.first.is_visible()

    page.get_by_role("button", name="Keys").click()
    page.get_by_role("switch", name="Keys of one character").click()
    page.keyboard.press("Escape")
    page.reload()
    page.wait_for_selector(SHOWN)
    press(page, "b43s?g[")

    assert chosen(page, ".ek-form") == []
    assert page.locator("dialog").count() == 0
    assert not any(hint.is_visible() for hint in hints.all())
    assert page.locator('[aria-keyshortcuts="B"]').count() == 0
    page.keyboard.press("Enter")
    expect(page.locator(".ek-problem")).to_contain_text("Still to do")

    page.get_by_role("button", name="Keys").click()
    page.get_by_role("switch", name="Keys of one character").click()
    page.keyboard.press("Escape")
    press(page, "b4")
    assert [words.split("\n")[0] for words in chosen(page, ".ek-form")] == ["B better", "4"]


def test_no_key_acts_beneath_a_modal_and_streamlits_own_never_covers_the_screen(
    server, opened, chromium_page
):
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    chromium_page.route_web_socket("**/_stcore/stream", through)
    page = opened(in_streamlit=True)
    fill(page)
    page.evaluate(
        """() => document.body.insertAdjacentHTML('beforeend',
            '<div id="foreign" role="dialog" aria-modal="true" tabindex="0">A modal</div>')"""
    )
    page.locator("#foreign").focus()
    press(page, "hello")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Backspace")
    assert chosen(page, ".ek-form")[0].startswith("B better")
    assert server.requests("submit") == []
    page.evaluate("document.querySelector('#foreign').remove()")
    page.get_by_text("Draft saved").wait_for()

    page.evaluate(_WATCH_FOR_MODAL)
    page.route("**/_stcore/**", lambda route: route.abort())
    page.route("**/annotate/*", lambda route: route.abort())
    sockets[-1].close()
    page.locator(".ek-comment-field").click()
    page.wait_for_function("window.covered === true", timeout=60_000)
    expect(page.locator('[data-testid="stDialog"]')).to_have_count(0)
    expect(page.locator(".ek-comment-field")).to_be_focused()
    page.keyboard.type("still here")
    expect(page.locator(".ek-comment-field")).to_have_value("still here")
    expect(page.locator(".ek-status")).to_have_text("Not saved: no connection. Retrying")
    page.keyboard.press("Escape")
    press(page, "a")
    assert chosen(page, ".ek-form")[0].startswith("A better")
