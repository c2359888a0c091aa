"""What axe-core finds wrong by WCAG 2.2 AA on every page of every role, light and dark."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from evalkit.vocabulary import Role
from pages.shared import menu
from tests.browser.walking import sign_in, wait_until_whole

pytestmark = pytest.mark.browser

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # Of all that is right, nothing is asked for: a long answer takes longer than the search.
    "resultTypes": ["violations"],
}
#: All that another scheme of colours can break on a page that is right in one.
COLOURS = WCAG | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
AXE = Axe()
#: The page has taken on the scheme, and no colour fades over any more.
COLOURED = """scheme =>
    getComputedStyle(document.querySelector("[data-testid=stApp]")).colorScheme === scheme
    && document.getAnimations().every(fading => fading.playState !== "running")"""


def found(page: Page, options: dict[str, Any] = WCAG) -> list[str]:
    """Return what is wrong on the page as it is, each with where it is and why."""
    return [
        f"{problem['id']}: {node['html'][:200]} {node['failureSummary']}"
        for problem in AXE.run(page, options=options).response["violations"]
        for node in problem["nodes"]
    ]


def coloured(page: Page, scheme: str) -> dict[str, Any]:
    """Show a page in a scheme of colours; return what it has to keep to there.

    In the light that is every rule, in the dark what has to do with colours.
    """
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(COLOURED, arg=scheme)
    return WCAG if scheme == "light" else COLOURS


def test_no_page_of_any_role_breaks_wcag_in_the_light_or_in_the_dark(chromium_page, demo):
    page, wrong = chromium_page, {}
    pages = {
        "ada": ["home", "annotate", "compare?study=1"],
        "leo": [entry.address for entry in menu.ENTRIES if entry.role is Role.LEAD],
        "amira": [entry.address for entry in menu.ENTRIES if entry.role is Role.ADMIN],
    }
    page.goto(f"{demo}/sign-in")
    wrong["sign-in"] = found(page)
    for name, urls in pages.items():
        page.context.clear_cookies()
        sign_in(page, demo, name)
        for url in urls:
            page.goto(f"{demo}/{url}")
            wait_until_whole(page)
            for scheme in ("light", "dark"):
                wrong[f"{url}, {scheme}"] = found(page, coloured(page, scheme))

    assert {place: problems for place, problems in wrong.items() if problems} == {}
