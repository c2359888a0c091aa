"""A headless Chromium for the tests that need eyes and hands."""

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from db.engine import engine
from tests.browser.serving import app_server
from tests.browser.walking import wait_until_whole
from tests.browser.workbench import SHOWN, FakeServer, fake_server, seen_only

# The five seconds it has else fail on a busy machine, where a server's first page takes longest.
expect.set_options(timeout=60_000)

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have a test that drives a browser run once more where it failed.

    Beside other workers on a busy machine one of hundreds is now and then stopped for seconds
    between two keys. What is wrong fails again; the last lines of a run name what did not.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once, or skip where there is none."""
    executable = next(filter(None, map(shutil.which, _names())), None)
    if executable is None:
        reason = "browser: no chromium was found (install Debian's chromium)"
        if "browser" in os.environ.get("EVALKIT_REQUIRE", "").split(","):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        yield chromium
        chromium.close()


def _names() -> list[str]:
    """Give what a Chromium may be called: the one that is asked for, or any."""
    asked_for = os.environ.get("EVALKIT_CHROMIUM")
    return [asked_for] if asked_for else ["chromium", "chromium-browser"]


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Iterator[BrowserContext]:
    """Keep what was loaded once: half of the work of a new page is loading the same again.

    It is kept as long as one page is open.
    """
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.new_page()
    yield context
    context.close()


@pytest.fixture
def chromium_page(tabs: BrowserContext) -> Iterator[Page]:
    """Give a fresh page of 1440 × 900, in a browser that remembers no cookies and no drafts.

    What it complains of is in ``page.complaints``.
    """
    page = seen_only(tabs.new_page())
    page.set_default_timeout(60_000)
    complaints: list[str] = []
    origins: set[str] = set()
    page.on("framenavigated", lambda frame: origins.add("/".join(frame.url.split("/")[:3])))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]
    yield page
    lasting, *opened = tabs.pages
    for tab in opened:
        tab.close()
    tabs.clear_cookies()
    tabs.clear_permissions()
    # Not by set_storage_state, which opens a page to do it.
    memory = tabs.new_cdp_session(lasting)
    for origin in origins:
        if origin.startswith("http"):
            memory.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    memory.detach()


@pytest.fixture(scope="session")
def free_port() -> int:
    """Give a port nobody listens on."""
    return _free_port()


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


@pytest.fixture(scope="session")
def server(tabs: BrowserContext) -> Iterator[FakeServer]:
    """Serve the annotation screen; the browser first, so that a skip costs nothing.

    It is to be had without Streamlit too, in a page that looks the same.
    """
    with fake_server(_free_port()) as running:
        page = tabs.new_page()
        running.start_over("plain")
        page.goto(running.address)
        page.wait_for_selector(SHOWN)
        wait_until_whole(page)
        running.frame(page)
        page.close()
        yield running


@pytest.fixture(scope="session")
def demo_database(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the database that is served as the demo."""
    path = tmp_path_factory.mktemp("demo") / "evalkit.db"
    shutil.copyfile(demo_template, path)
    url = f"sqlite:///{path}"
    yield url
    engine(url).dispose()


@pytest.fixture(scope="session")
def demo(browser: Browser, demo_database: str) -> Iterator[str]:
    """Serve the demo, whose study is the first, to tests that change no result of it."""
    with app_server(demo_database, port=_free_port()) as address:
        yield address


@pytest.fixture
def opened(server: FakeServer, chromium_page: Page) -> Callable[..., Page]:
    """Open the workbench with these tasks and a clean server, with Streamlit around it or not."""

    def _open(
        tasks: str = "plain,tools",
        *planned: list[Any],
        hold: bool = True,
        read: bool = True,
        in_streamlit: bool = False,
    ) -> Page:
        server.start_over(tasks, *planned, hold=hold, read=read)
        chromium_page.goto(server.address if in_streamlit else server.screen)
        chromium_page.wait_for_selector(SHOWN)
        return chromium_page

    return _open
