"""What makes hours of annotating bearable: the time on a case, a pause, a tone; none unasked."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.workbench import fill, press

pytestmark = pytest.mark.browser

_COUNT_TONES = """
window.tones = 0;
window.AudioContext = class {
  currentTime = 0;
  destination = {};
  createGain() {
    const gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain, connect: (to) => to };
  }
  createOscillator() {
    return { frequency: {}, connect: (to) => to, start: () => window.tones++, stop() {} };
  }
};
"""
_COVERED = """dialog => {
  const page = getComputedStyle(dialog.closest('.ek-workbench')).backgroundColor;
  return getComputedStyle(dialog, '::backdrop').backgroundColor === page;
}"""


def test_a_pause_covers_everything_and_counts_no_time_until_any_key(server, opened):
    page = opened("plain,tools")
    begun = time.monotonic()
    timer = page.get_by_role("timer", name="Time on this case")
    expect(timer).to_be_hidden()
    press(page, "l")
    page.get_by_role("radio", name="Shown").click()
    press(page, "z")  # from the dialog too

    paused = page.get_by_role("dialog", name="Paused")
    expect(paused).to_be_visible()
    assert paused.evaluate(_COVERED)
    page.wait_for_timeout(1100)  # for the clock to be painted once more
    stands = page.locator(".ek-timer").text_content()
    assert re.fullmatch(r"\d:\d\d", stands)
    page.wait_for_timeout(2500)
    assert page.locator(".ek-timer").text_content() == stands

    press(page, "a")
    expect(paused).to_have_count(0)
    expect(page.get_by_role("radio", name="A better")).not_to_be_checked()
    expect(timer).not_to_have_text(stands)
    for key in ("Enter", "Space", "ArrowDown", "Escape", "Control+Enter"):
        press(page, "z")
        expect(paused).to_be_visible()
        page.keyboard.press(key)
        expect(paused).to_have_count(0)
    assert server.requests("submit") == []

    fill(page)
    page.keyboard.press("Enter")
    server.wait_for("submit", lambda sent: len(sent) == 1)
    (sent,) = server.requests("submit")
    assert 0 < sent["active_seconds"] < time.monotonic() - begun - 3.5


def test_a_tone_is_heard_for_what_is_stored_once_that_is_wished(server, opened, chromium_page):
    chromium_page.add_init_script(_COUNT_TONES)
    page = opened("plain,tools,plain,tools")
    fill(page)
    page.keyboard.press("Enter")
    expect(page.locator(".ek-status")).to_contain_text("Stored")
    assert page.evaluate("window.tones") == 0

    press(page, "l")
    page.get_by_role("radio", name="On", exact=True).click()
    assert page.evaluate("window.tones") == 1  # as it will be heard
    press(page, "l")
    fill(page)
    page.keyboard.press("Enter")
    server.wait_for("submit", lambda sent: len(sent) == 2)
    page.wait_for_function("window.tones === 2")
