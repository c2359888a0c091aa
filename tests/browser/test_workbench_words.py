"""Questions that are answered in words, on the annotation screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.workbench import press

pytestmark = pytest.mark.browser


def test_words_are_written_by_keys_alone_and_come_back_after_a_reload(server, opened):
    page = opened("written")
    press(page, "a42")  # letters and digits in a field are words, so the scores come first
    page.keyboard.press("Tab")
    field = page.get_by_label("Why did it get this score?, response A", exact=True)
    expect(page.get_by_text("optional")).to_have_count(1)
    field.focus()
    page.keyboard.type("It says 14 March,\nand that is right.")
    page.keyboard.press("ArrowDown")  # moves in the words, not to another row
    expect(field).to_be_focused()
    server.wait_for("draft", lambda sent: bool(sent) and "texts" in sent[-1]["draft"])
    page.reload()

    expect(field).to_have_value("It says 14 March,\nand that is right.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ek-missing")).to_have_count(2)
    for side in ("A", "B"):
        page.get_by_label(f"Which source does it rest on?, response {side}", exact=True).fill(
            "None"
        )
    page.keyboard.press("Control+Enter")

    server.wait_for("submit", lambda sent: len(sent) == 1)
    assert server.requests("submit")[0]["draft"]["texts"] == {
        "left": {"why": "It says 14 March,\nand that is right.", "source": "None"},
        "right": {"source": "None"},
    }
