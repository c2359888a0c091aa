"""What axe-core finds wrong by WCAG 2.2 AA on every page of every role, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from db.commands.demo import load_demo
from db.commands.people import add_demo_accounts
from evalkit.vocabulary import Role
from pages.shared import menu
from tests.browser.serving import app_server
from tests.browser.walking import sign_in

pytestmark = pytest.mark.browser

WCAG = {"runOnly": {"type": "tag", "values": [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
]}}  # fmt: skip
AXE = Axe()


def found(page: Page) -> list[str]:
    """Return what is wrong on the page as it is, each with where it is and why."""
    return [
        f"{problem['id']}: {node['html'][:200]} {node['failureSummary']}"
        for problem in AXE.run(page, options=WCAG).response["violations"]
        for node in problem["nodes"]
    ]


def wait_until_whole(page: Page) -> None:
    """Wait until a page has run to its end and draws nothing any more."""
    page.wait_for_selector("[data-testid=stMain]", timeout=60_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    stale = page.locator("[data-stale=true], [data-testid=stSkeleton]")
    expect(stale).to_have_count(0, timeout=30_000)


def test_no_page_of_any_role_breaks_wcag_in_the_light_or_in_the_dark(
    sqlite_database, chromium_page, free_port
):
    load_demo()
    add_demo_accounts()
    page, wrong = chromium_page, {}
    pages = {
        "ada": ["home", "annotate", "compare?study=1"],
        "leo": [entry.address for entry in menu.ENTRIES if entry.role is Role.LEAD],
        "amira": [entry.address for entry in menu.ENTRIES if entry.role is Role.ADMIN],
    }
    with app_server(sqlite_database, port=free_port) as address:
        page.goto(f"{address}/sign-in")
        wrong["sign-in"] = found(page)
        for name, urls in pages.items():
            page.context.clear_cookies()
            sign_in(page, address, name)
            for url in urls:
                page.goto(f"{address}/{url}")
                wait_until_whole(page)
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    page.wait_for_timeout(500)  # colours fade over
                    wrong[f"{url}, {scheme}"] = found(page)

    assert {place: problems for place, problems in wrong.items() if problems} == {}
