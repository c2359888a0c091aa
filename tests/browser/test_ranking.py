"""A study of rankings, whole: by key, by mouse, by finger; blind; and as results."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from db.engine import read_session
from db.models import RankedOutput
from evalkit.vocabulary import LeakPolicy, TaskKind
from tests.browser.serving import app_server
from tests.browser.test_accessibility import coloured, found
from tests.browser.test_walk import MODELS, NAMING, PROVIDERS, Received, make_naming_study, names
from tests.browser.walking import begin, ready, sign_in

pytestmark = pytest.mark.browser

RANKING = {
    "kind": TaskKind.RANK,
    "collects": frozenset({"preference", "tags", "comment"}),
}


#: Of the case that is seen: the next one is laid out behind it.
SEEN = ".ek-workbench:not(.ek-unseen-yet)"
ROWS = f"{SEEN} .ek-rank"


def order(page: Page) -> list[str]:
    """Return the rows of the ranking as they stand: place and letter."""
    return [
        row.locator(".ek-rank-place").inner_text() + row.locator("span").nth(1).inner_text()[-1]
        for row in page.locator(ROWS).all()
    ]


def submit(page: Page, *, done: int) -> None:
    """Submit, and wait for the next case and until it is stored."""
    page.get_by_role("button", name=re.compile("^Submit")).click()
    expect(page.get_by_text(re.compile(rf"\b{done} done, about"))).to_be_visible(timeout=60_000)
    expect(page.locator(".ek-status")).to_have_text("Stored")


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def row(page: Page, letter: str) -> Locator:
    return page.locator(ROWS).filter(has_text=f"Response {letter}")


def rank_by_key(page: Page) -> None:
    """C first, then A on the place of B, then D, which is taken back; after a reload D again."""
    press(page, "c b a = d Backspace")
    assert order(page) == ["1C", "2B", "2A", "–D"]
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ek-problem")).to_contain_text("the ranking")
    expect(row(page, "D").locator(".ek-rank-name")).to_be_focused()  # what has no place yet
    expect(page.locator(".ek-status")).to_have_text("Draft saved")
    page.reload()
    ready(page)
    assert order(page) == ["1C", "2A", "2B", "–D"]  # equals in the order of the screen
    page.keyboard.press("d")
    assert order(page)[-1] == "3D"


def rank_by_mouse(page: Page) -> None:
    """Above a response and in the ranking; up and down; onto one place; out, and to the end."""
    page.locator(".ek-pane[data-side=right] .ek-rank-badge").click()
    for letter in "DAC":
        row(page, letter).locator(".ek-rank-name").click()
    assert order(page) == ["1B", "2D", "3A", "4C"]
    row(page, "C").get_by_role("button", name="C up").click()
    row(page, "D").get_by_role("button", name="D shares the place before").click()
    assert order(page) == ["1B", "1D", "2C", "3A"]
    expect(page.locator(".ek-pane[data-side=fourth] .ek-rank-badge")).to_have_text("Place 1")
    row(page, "B").locator(".ek-rank-name").click()
    page.keyboard.press("b")
    assert order(page) == ["1D", "2C", "3A", "4B"]


def test_a_study_of_rankings_is_done_by_key_and_by_mouse_and_becomes_results(
    database, chromium_page, free_port
):
    page, wrong = chromium_page, {}
    study_id = make_naming_study(LeakPolicy.MASK, **RANKING)
    with app_server(database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study_id)
        for scheme in ("dark", "light"):
            wrong[scheme] = found(page, coloured(page, scheme))
        rank_by_key(page)
        submit(page, done=1)
        rank_by_mouse(page)
        wrong["ranked"] = found(page)
        press(page, "w w f")  # two on from B, which was clicked: its errors, then of the next
        expect(page.locator(".ek-palette h2")).to_have_text("Errors in D")
        page.keyboard.press("d")
        expect(page.locator(".ek-palette h2")).to_have_text("Errors in A")
        page.keyboard.press("Escape")
        submit(page, done=2)
        page.keyboard.press("[")
        expect(page.get_by_role("button", name=re.compile("^Submit again"))).to_be_enabled()
        assert order(page) == ["1D", "2C", "3A", "4B"]
        page.context.clear_cookies()
        sign_in(page, address, "leo")
        page.goto(f"{address}/overview?study={study_id}")
        said = page.get_by_text("12 comparisons (with those implied by 2 rankings)")
        expect(said).to_be_visible(timeout=60_000)

    assert {place: problems for place, problems in wrong.items() if problems} == {}
    with read_session() as session:
        assert len(session.exec(select(RankedOutput)).all()) == 8


def test_nothing_that_names_a_model_reaches_the_browser_of_who_ranks(
    sqlite_database, chromium_page, free_port
):
    page = chromium_page
    received = Received(page)
    study_id = make_naming_study(LeakPolicy.MASK, **RANKING)
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study_id)
        n_masked = 0
        for number in range(len(NAMING)):
            n_masked += page.locator(".ek-panes").get_by_text("[name removed]").count()
            press(page, "d b c a")
            if number + 1 < len(NAMING):
                submit(page, done=number + 1)
        page.keyboard.press("Control+Enter")
        done = page.get_by_role("heading", name="Nothing is left for you")
        expect(done).to_be_visible(timeout=60_000)
        page.wait_for_timeout(500)  # frames that come late are searched too

    everything = received.texts + received.frames
    assert n_masked == len(NAMING)
    assert any('"fourth"' in text and '"held"' in text for text in received.texts)
    for name in (*MODELS, *PROVIDERS):
        assert not names(name, everything), name
    for what in ("cost_usd", "latency_ms", "output_tokens", "output_id", "reasoning_tokens"):
        assert not any(what in text for text in everything), what


def test_with_fingers_on_a_phone_one_response_is_read_at_a_time_and_all_are_ranked(
    sqlite_database, browser, free_port
):
    study_id = make_naming_study(LeakPolicy.MASK, **RANKING)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    with app_server(sqlite_database, port=free_port) as address:
        sign_in(page, address, "ada")
        begin(page, address, study_id)
        expect(page.locator(f"{SEEN} .ek-pane:visible")).to_have_count(1)
        page.locator(SEEN).get_by_role("radio", name="Response C").tap()
        expect(page.locator(f"{SEEN} .ek-pane:visible")).to_have_attribute("data-side", "third")
        page.locator(f"{SEEN} .ek-pane:visible .ek-rank-badge").tap()
        for letter in "ADB":
            row(page, letter).locator(".ek-rank-name").tap()
        row(page, "B").get_by_role("button", name="B up").tap()
        assert order(page) == ["1C", "2A", "3B", "4D"]
        tabs = page.locator(f"{SEEN} .ek-side-switch")
        expect(tabs.get_by_role("radio", name="Response B, place 3")).to_be_visible()
        wide = page.evaluate(
            "document.querySelector('.ek-main').scrollWidth"
            " - document.querySelector('.ek-main').clientWidth"
        )
        small = page.evaluate(
            """() => [...document.querySelectorAll('.ek-ranking button, .ek-side-switch button')]
            .filter(button => button.checkVisibility())
            .filter(button => button.offsetHeight < 44 || button.offsetWidth < 44).length"""
        )
        wrong = found(page)
        page.get_by_role("button", name=re.compile("^Submit")).tap()
        expect(page.get_by_text(re.compile(r"\b1 done, about"))).to_be_visible(timeout=60_000)
    context.close()

    assert (wide, small, wrong) == (0, 0, [])
