"""Results of 59 models in a browser: the answer first, a click that pins, a chart that is saved."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from db.commands.people import add_demo_accounts
from db.commands.records import import_records
from tests.browser.serving import app_server
from tests.browser.walking import lower_edge, sign_in, wait_until_whole
from tests.many_models import records

pytestmark = pytest.mark.browser

STUDY = "Many & more"
#: The first 30 % of a screen of 1440 × 900.
_LOWEST = 270


def texts_of(svg: str) -> str:
    """Give all that a picture writes, in the order of its elements."""
    parser, written = HTMLParser(), []
    parser.handle_data = written.append
    parser.feed(svg)
    return " ".join(filter(None, (words.strip() for words in written)))


def saved(page: Page, key: str) -> str:
    """Save a chart by its camera and give what the file writes."""
    chart = page.locator(f".st-key-{key}")
    expect(chart).to_have_count(1)  # not beside the one it takes the place of
    camera = chart.locator(".modebar-btn").first
    expect(camera).to_have_attribute("data-title", "Download plot")  # no longer "… as a PNG"
    wait_until_whole(page)
    chart.scroll_into_view_if_needed()
    chart.hover()
    with page.expect_download() as download:
        camera.click()
    assert download.value.suggested_filename == f"{key}.svg"
    return texts_of(Path(download.value.path()).read_text())


def test_the_answer_is_first_a_click_pins_and_a_saved_chart_says_what_it_is(
    sqlite_database, chromium_page, free_port
):
    import_records(records(59), source_name="f", eval_set="Questions", study=STUDY)
    add_demo_accounts()
    page = chromium_page
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "leo")
        for name in ("decision", "overview"):
            page.goto(f"{address}/{name}?study=1")
            verdict = page.locator("p[style*='1.5rem']").filter(has_text="model 00")
            expect(verdict).to_be_visible(timeout=60_000)
            assert lower_edge(verdict, at_most=_LOWEST) <= _LOWEST

        expect(page.get_by_text("10 of 59 models are shown")).to_be_visible(timeout=60_000)
        chart = page.locator(".st-key-ranking")
        expect(chart.get_by_text("model 09")).to_be_visible(timeout=60_000)
        expect(chart.locator(".gtitle")).not_to_be_visible()
        chart.locator(".point").nth(3).click(force=True)
        expect(page).to_have_url(re.compile("pin=model"), timeout=60_000)

        page.get_by_text("SVG", exact=True).click()
        ranking = saved(page, "ranking")
        for words in (
            "Win rate",
            STUDY,
            "Questions, version 1",
            "3,422 comparisons",
            "50 %",
            "model 09",
        ):
            assert words in ranking
        assert f"{datetime.now(UTC):%Y-%m-%d}" in ranking

        front = saved(page, "front-0")
        for words in ("Win rate against Cost of 1,000 responses", STUDY, "Cost of 1,000"):
            assert words in front
