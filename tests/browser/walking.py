"""What an annotator does in the real app, for the tests that walk through it."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Download, Locator, Page, TimeoutError, expect
from sqlalchemy import text

from db.engine import engine

PASSWORD = "evalkit-demo"
T = TypeVar("T")


def sign_in(page: Page, address: str, name: str) -> None:
    """Sign in as the form does, without drawing the page it leads to: tests go on to their own."""
    form = page.request.get(f"{address}/sign-in").text()
    token = re.search('name="token" value="([^"]+)"', form)
    assert token is not None
    words = {"name": name, "password": PASSWORD, "token": token[1]}
    answer = page.request.post(
        f"{address}/sign-in", form=words, headers={"Origin": address}, max_redirects=0
    )
    assert answer.status == 303, answer.text()


def sign_in_by_hand(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("[data-testid=stMain]", timeout=60_000)


def begin(page: Page, address: str, study_id: int) -> None:
    read_guidelines(page, address, study_id)
    page.goto(f"{address}/compare?study={study_id}")
    ready(page)


def read_guidelines(page: Page, address: str, study_id: int) -> None:
    """Note what a study tells as read, so that it is not in the way of its first case."""
    headers = {"X-Evalkit": "1", "Origin": address}
    told = page.request.get(f"{address}/annotate/study?study={study_id}", headers=headers).json()
    body = {"study_id": study_id, "digest": told["digest"]}
    assert page.request.post(f"{address}/annotate/read", headers=headers, data=body).ok


def ready(page: Page) -> None:
    """Wait until a case is on the screen: keys pressed before would reach nobody."""
    expect(page.get_by_role("button", name=re.compile("^Submit"))).to_be_enabled(timeout=60_000)


def annotate(page: Page, *, preference: str = "a", digits: str = "443322") -> None:
    """Judge the case on the screen by keyboard alone; wait for the next, and until it is stored."""
    done = int(re.match(r"(\d+) done", progress(page)).group(1))
    page.keyboard.press(preference)
    for digit in digits:
        page.keyboard.press(digit)
    page.keyboard.press("Control+Enter")
    done_too = page.get_by_text(re.compile(rf"\b{done + 1} done, about"))
    expect(done_too).to_be_visible(timeout=60_000)
    expect(page.locator(".ek-status")).to_have_text("Stored")


def progress(page: Page) -> str:
    shown = page.get_by_text(re.compile(r"\d+ done, about \d+ to go")).first
    expect(shown).to_be_visible(timeout=60_000)
    return shown.inner_text()


def wait_until_whole(page: Page) -> None:
    """Wait until a page has run to its end and draws nothing any more."""
    page.wait_for_selector("[data-testid=stMain]", timeout=60_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    stale = page.locator("[data-stale=true], [data-testid=stSkeleton]")
    expect(stale).to_have_count(0, timeout=60_000)


def settled(page: Page, read: Callable[[], T], *, is_right: Callable[[T], bool]) -> T:
    """Read a page again until what is read is right, for 30 seconds: what was read last.

    Parts of a page, and the styles that move them, come one after the other, and a chart is drawn
    after it has come: what is read once may be of a moment that nobody sees.
    """
    deadline = time.monotonic() + 30
    while not is_right(value := read()) and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    return value


def lower_edge(locator: Locator, *, at_most: float) -> float:
    """Give where something ends on its page, measured from the top, once that is settled."""

    def edge() -> float:
        box = locator.bounding_box()
        return float("inf") if box is None else box["y"] + box["height"]

    wait_until_whole(locator.page)
    return settled(locator.page, edge, is_right=lambda lower: lower <= at_most)


def cut_off(page: Page, path: str) -> None:
    """Let nothing that is sent to this path reach the server, until it is unrouted.

    A browser that is busy goes on sending for a moment after it was told.
    """
    page.route(f"**{path}", lambda route: route.abort())
    page.wait_for_function(
        "path => fetch(path, { method: 'OPTIONS' }).then(() => false, () => true)", arg=path
    )


def fill_in(field: Locator, words: str) -> None:
    """Write into a field and leave it.

    What a field says of Enter goes as it is left, and moves what stands beneath: a button that is
    pressed to leave it may be missed.
    """
    field.fill(words)
    field.press("Tab")
    wait_until_whole(field.page)


def choose(page: Page, label: str, words: str) -> None:
    """Choose from a list; it is opened again where it closed, as one does that is moved."""
    option = page.get_by_role("option", name=words, exact=True)
    for _ in range(10):
        page.get_by_role("combobox", name=label, exact=True).click()
        try:
            option.click(timeout=3_000)
            break
        except TimeoutError:
            continue
    expect(option).to_have_count(0)
    wait_until_whole(page)


def downloaded(page: Page, label: str) -> Path:
    """Follow a link to a file and give the file.

    The link opens a window of its own: whether the file comes to that one or to the page before
    depends on which of both is there first.
    """
    files: list[Download] = []

    def note(file: Download) -> None:
        files.append(file)

    def listen(opened: Page) -> None:
        opened.on("download", note)

    listen(page)
    page.context.on("page", listen)
    page.get_by_role("link", name=label).click()
    settled(page, lambda: len(files), is_right=bool)
    page.context.remove_listener("page", listen)
    page.remove_listener("download", note)
    (file,) = files
    return file.path()


def n_stored(study_id: int) -> int:
    query = text(
        "SELECT COUNT(*) FROM annotation JOIN assignment ON assignment.id = assignment_id "
        "WHERE study_id = :study AND is_superseded = :no"
    )
    with engine().connect().execution_options(write=False) as connection:
        return connection.execute(query, {"study": study_id, "no": False}).scalar_one()
