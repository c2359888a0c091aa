"""Open coding by the keyboard alone, from the first response to a window that was closed."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walking import sign_in, wait_until_whole
from tests.factories import make_eval_set

pytestmark = pytest.mark.browser

SET = "Read before there are tags"


@pytest.fixture
def page(demo, demo_database, chromium_page, monkeypatch):
    """An eval set of long responses beside that of the demo."""
    monkeypatch.setenv("DATABASE_URL", demo_database)
    make_eval_set(name=SET, models=("Elm for open coding",), n_cases=3)
    sign_in(chromium_page, demo, "leo")
    # Whatever leo has read already: other tests read in the same demo.
    chromium_page.goto(f"{demo}/open-coding?coding=new")
    wait_until_whole(chromium_page)
    return chromium_page


def at(page: Page, place: int, said: str) -> None:
    expect(page.get_by_role("heading", name=f"{place} of 3: {said}")).to_be_visible()
    wait_until_whole(page)
    expect(page.get_by_role("textbox", name="What goes wrong first here?")).to_be_focused()


def test_a_lead_reads_and_notes_by_keys_alone_and_finds_what_was_typed_again(page):
    source = page.get_by_role("combobox", name="Responses of")
    source.focus()
    page.keyboard.type(SET)
    # Enter takes what is first by then; and the focus comes back from a list that closes.
    expect(page.get_by_role("option").first).to_contain_text(SET)
    page.keyboard.press("Enter")
    expect(page.get_by_role("option")).to_have_count(0)
    page.get_by_role("button", name="Start reading").focus()
    page.keyboard.press("Enter")
    at(page, 1, "not noted yet")

    page.keyboard.type("Invents a source")
    page.keyboard.press("Control+Enter")
    at(page, 2, "not noted yet")
    page.keyboard.press("Control+Shift+Enter")
    at(page, 3, "not noted yet")
    page.keyboard.press("Alt+ArrowUp")
    at(page, 2, "nothing wrong")
    page.keyboard.press("Alt+ArrowUp")
    at(page, 1, "noted")
    note = page.get_by_role("textbox", name="What goes wrong first here?")
    expect(note).to_have_value("Invents a source")
    page.keyboard.press("Alt+ArrowDown")
    at(page, 2, "nothing wrong")
    page.keyboard.press("Alt+ArrowDown")
    at(page, 3, "not noted yet")

    page.keyboard.type("Half a thou")
    # A pause keeps it: the box was never left when the window closes.
    expect(page.get_by_text(re.compile("^Kept as a draft"))).to_be_visible()
    page.reload()
    at(page, 3, "not saved yet, kept as a draft")
    expect(note).to_have_value("Half a thou")
    assert "Elm for open coding" not in page.content()
