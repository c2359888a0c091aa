"""A lead reads one response after the other by key, and makes a study of what is ticked."""

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from db.engine import read_session
from db.models import Study
from tests.browser.walking import downloaded, sign_in, wait_until_whole

pytestmark = pytest.mark.browser


@pytest.fixture
def page(demo, demo_database, chromium_page, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", demo_database)
    sign_in(chromium_page, demo, "leo")
    chromium_page.goto(f"{demo}/failures?study=1")
    wait_until_whole(chromium_page)
    return chromium_page


def press(page: Page, key: str, then: str) -> None:
    page.keyboard.press(key)
    expect(page.get_by_text(re.compile(then))).to_be_visible()
    wait_until_whole(page)


def test_by_key_to_the_next_and_back_then_a_table_and_a_study_of_what_is_ticked(page):
    expect(page.get_by_text(re.compile(r"^1 of \d+$"))).to_be_visible()
    first = page.locator(".pane h3").first.inner_text()
    press(page, "n", r"^2 of \d+$")
    assert page.locator(".pane h3").first.inner_text() != first
    press(page, "t", "^1 response ticked")
    press(page, "n", r"^3 of \d+$")
    press(page, "t", "^2 responses ticked")
    press(page, "p", r"^2 of \d+$")
    # In a text box a key is a letter; whose marks are off stays off with the next response.
    switch = page.locator(".hand").first
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    who = switch.get_attribute("data-hand")
    expect(page.locator(f'mark[data-by="{who}"]:not(.is-off)')).to_have_count(0)

    page.get_by_text("Make something of these responses").click()
    file = downloaded(page, "Download the table")
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert len({(row["case"], row["model"]) for row in rows}) == 2
    assert all(row["input"] and row["response"] for row in rows)
    assert {"major", "minor", "critical"} & {row["severity"] for row in rows}

    page.get_by_text("New study", exact=True).click()
    name = page.get_by_role("textbox", name="Name of the study")
    name.fill("Ninety-nine unkept promises")
    name.blur()
    wait_until_whole(page)
    page.get_by_role("button", name="Start the study").click()
    expect(page.get_by_text("Started “Ninety-nine unkept promises”.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^2 of \d+$"))).to_be_visible()
    with read_session() as session:
        study = session.exec(
            select(Study).where(col(Study.name) == "Ninety-nine unkept promises")
        ).one()
    assert (study.n_drawn, study.is_open) == (2, True)
