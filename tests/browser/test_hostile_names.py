"""What a browser makes of names that Markdown, HTML or a key could take up, on every page."""

import re

import pytest
from playwright.sync_api import expect

from db.commands import people
from pages.shared import menu
from tests.browser.serving import app_server
from tests.browser.walking import wait_until_whole
from tests.hostile_study import store_hostile_study

pytestmark = pytest.mark.browser

#: Pages that name nothing of the study before something is chosen or added.
BARE = (
    "results/clusters.py",
    "results/regression.py",
    "results/failure_board.py",
    "results/leaderboards.py",
    "results/judges.py",
    "results/differences.py",
    "results/acceptance.py",
    "results/correction.py",
)
PASSWORD = "correct horse battery"


def test_no_page_fails_or_loads_a_picture_or_links_a_name(
    sqlite_database, tmp_path, chromium_page, free_port
):
    study = store_hostile_study(tmp_path)
    people.make_first_admin(name="Grace", password=PASSWORD)
    asked: list[str] = []
    chromium_page.on("request", lambda request: asked.append(request.url))
    with app_server(sqlite_database, port=free_port) as address:
        chromium_page.goto(f"{address}/sign-in")
        chromium_page.fill("input[name=name]", " gRACE ")
        chromium_page.fill("input[name=password]", PASSWORD)
        chromium_page.press("input[name=password]", "Enter")
        for entry in menu.ENTRIES:
            chromium_page.goto(f"{address}/{entry.address}?study={study}")
            main = chromium_page.locator("[data-testid=stMain]")
            is_of_study = entry.section in menu.RESULTS and entry.file not in BARE
            # What is named on results pages stands there as it was written.
            awaited = re.escape("![x](http") if is_of_study else r"\w"
            expect(main).to_contain_text(re.compile(awaited), timeout=60_000)
            wait_until_whole(chromium_page)

            assert chromium_page.locator("[data-testid=stException]").count() == 0, entry.file
            assert main.locator("img").count() == 0, entry.file
            assert main.locator("a[href^='http://evil.example']").count() == 0, entry.file
    assert [url for url in asked if "evil.example" in url] == []
