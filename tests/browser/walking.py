"""What an annotator does in the real app, for the tests that walk through it."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import text

from db.engine import engine

PASSWORD = "evalkit-demo"


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("[data-testid=stMain]", timeout=60_000)


def begin(page: Page, address: str, study_id: int) -> None:
    page.goto(f"{address}/compare?study={study_id}")
    ready(page)


def ready(page: Page) -> None:
    """Wait until a case is on the screen: keys pressed before would reach nobody."""
    expect(page.get_by_role("button", name=re.compile("^Submit"))).to_be_enabled(timeout=30_000)


def annotate(page: Page, *, preference: str = "a", digits: str = "443322") -> None:
    """Judge the case on the screen by keyboard alone and wait for the next one."""
    done = int(re.match(r"(\d+) done", progress(page)).group(1))
    page.keyboard.press(preference)
    for digit in digits:
        page.keyboard.press(digit)
    page.keyboard.press("Control+Enter")
    done_too = page.get_by_text(re.compile(rf"\b{done + 1} done, about"))
    expect(done_too).to_be_visible(timeout=30_000)


def progress(page: Page) -> str:
    shown = page.get_by_text(re.compile(r"\d+ done, about \d+ to go")).first
    expect(shown).to_be_visible(timeout=30_000)
    return shown.inner_text()


def n_stored(study_id: int) -> int:
    query = text(
        "SELECT COUNT(*) FROM annotation JOIN assignment ON assignment.id = assignment_id "
        "WHERE study_id = :study AND is_superseded = :no"
    )
    with engine().connect().execution_options(write=False) as connection:
        return connection.execute(query, {"study": study_id, "no": False}).scalar_one()
