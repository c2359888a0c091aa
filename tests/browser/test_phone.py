"""The results on a phone and on paper: nothing is read by scrolling sideways."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.walking import settled, sign_in, wait_until_whole

pytestmark = pytest.mark.browser

#: Pages with maps and charts, each with a heading by which it is known to be there.
PAGES = {
    "overview": "Errors",
    "decision": "By category",
    "agreement": "Pairs of annotators",
    "failures": "Failures",
    "compare-models": "Where they differ",
}
#: What is drawn wider than its frame, and can be seen.
_SIDEWAYS = """() => [...document.querySelectorAll('.ek-frame, [class*="st-key-frame-"]')]
    .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .map(one => one.className + ' ' + one.scrollWidth)"""


def drawn_sideways(page: Page, heading: str) -> list[str]:
    expect(page.get_by_role("heading", name=heading).first).to_be_visible(timeout=60_000)
    wait_until_whole(page)
    return settled(page, lambda: page.evaluate(_SIDEWAYS), is_right=lambda wide: wide == [])


def test_results_fit_a_phone_and_the_decision_fits_paper(browser, demo):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, demo, "leo")
    sideways = {}
    for name, heading in PAGES.items():
        page.goto(f"{demo}/{name}?study=1")
        sideways[name] = drawn_sideways(page, heading)
        if name == "failures":
            shares = page.get_by_role("table", name="Where errors are more frequent")
            expect(shares.get_by_role("link").first).to_be_visible()
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 within its margins
    page.emulate_media(media="print")
    page.goto(f"{demo}/decision?study=1")
    printed = drawn_sideways(page, PAGES["decision"])
    context.close()

    assert printed == []
    assert sideways == {name: [] for name in PAGES}


#: Numbers of small print in maps that are torn between two lines.
_TORN = r"""() => [...document.querySelectorAll('.ek-map td .small')].flatMap(small => {
    const walker = document.createTreeWalker(small, NodeFilter.SHOW_TEXT), torn = []
    for (let node; (node = walker.nextNode());)
        for (const number of node.data.matchAll(/[−<>]?\d[\d.]*/g)) {
            const range = document.createRange()
            range.setStart(node, number.index)
            range.setEnd(node, number.index + number[0].length)
            if (new Set([...range.getClientRects()].map(box => box.top)).size > 1)
                torn.push(small.textContent)
        }
    return torn
})"""


def test_no_number_of_a_map_is_torn_between_two_lines_on_a_phone(browser, demo):
    context = browser.new_context(viewport={"width": 420, "height": 900})
    page = context.new_page()
    sign_in(page, demo, "leo")
    page.goto(f"{demo}/agreement?study=1")
    expect(page.get_by_role("heading", name=PAGES["agreement"]).first).to_be_visible()
    wait_until_whole(page)

    cells = page.locator(".ek-map td .small")
    n_cells = settled(page, cells.count, is_right=lambda n_cells: n_cells > 20)
    torn = settled(page, lambda: page.evaluate(_TORN), is_right=lambda torn: torn == [])
    context.close()

    assert n_cells > 20
    assert torn == []
