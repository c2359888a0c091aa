"""The annotation screen on a server that plays its routes, and what an annotator does on it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from tests import forking
from tests.browser.serving import ended
from tests.forking import Forked

#: What Streamlit made of its page, as HTML that looks the same without its program.
_FRAME = """() => {
  document.querySelector(".ek-host").parentElement.dataset.place = "";
  document.querySelector(".ek-host").remove();
  for (const sheet of [...document.styleSheets].filter((sheet) => !sheet.href)) {
    const rules = [...sheet.cssRules].map((rule) => rule.cssText).join("\\n");
    sheet.ownerNode.textContent = rules;
  }
  document.querySelectorAll("script, link[rel=modulepreload]").forEach((part) => part.remove());
  return "<!DOCTYPE html>" + document.documentElement.outerHTML;
}"""
SHOWN = '.ek-workbench[data-state="live"]'
N_SCORES = 6  # three criteria, two responses


class FakeServer:
    """The address of the app, and what its fake routes saw."""

    def __init__(self, address: str) -> None:
        self.address = address
        #: The screen in the page that Streamlit made around it, without Streamlit: what has to do
        #: with the screen alone needs not wait for another program, twice the size, each time.
        self.screen = f"{address}/screen"

    def frame(self, page: Page) -> None:
        """Keep the page of Streamlit around the screen, which is on this page."""
        self._send("/fake/frame", page.evaluate(_FRAME).encode())

    def state(self) -> dict[str, Any]:
        """Return runs, requests, drafts and submissions so far."""
        with urllib.request.urlopen(f"{self.address}/fake/state", timeout=5) as answer:
            return dict(json.load(answer))

    def start_over(
        self, tasks: str, *planned: list[Any], hold: bool = True, read: bool = True
    ) -> None:
        """Forget everything and give out these tasks, separated by commas.

        Answer what is planned, ``[path, status, body]``, before the truth.
        """
        words = {True: "yes", False: "no"}
        options = f"reset=1&tasks={tasks}&hold={words[hold]}&read={words[read]}"
        self._post(f"/fake/plan?{options}", list(planned))

    def sign_in(self, account: str) -> None:
        """Let somebody else be signed in, as of the next page that is loaded."""
        self._post(f"/fake/plan?account={account}", [])

    def answer(self, words: str) -> None:
        """Answer everything that was asked."""
        self._post(f"/fake/plan?answer={quote(words)}", [])

    def requests(self, path: str) -> list[dict[str, Any]]:
        """Return the bodies sent to one path, in order."""
        return [one["body"] for one in self.state()["requests"] if one["path"] == path]

    def wait_for(self, path: str, condition: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Wait until what was sent to a path fulfils the condition."""
        deadline = time.monotonic() + 15
        while not condition(self.requests(path)):
            assert time.monotonic() < deadline, self.requests(path)
            time.sleep(0.05)

    def _post(self, path: str, body: Any) -> None:
        self._send(path, json.dumps(body).encode())

    def _send(self, path: str, data: bytes) -> None:
        request = urllib.request.Request(f"{self.address}{path}", data=data, method="POST")
        urllib.request.urlopen(request, timeout=5).close()


@contextmanager
def fake_server(port: int) -> Iterator[FakeServer]:
    """Serve the small app of ``apps/``."""
    command = ["streamlit", "run", "tests/browser/apps/workbench_app.py"]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "runner.postScriptGC": "false",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    address = f"http://127.0.0.1:{port}"
    process = forking.start(*command, *flags)
    with ended(process):
        _wait_until_up(address, process)
        yield FakeServer(address)


def _wait_until_up(address: str, process: Forked) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The app of the workbench tests did not start.")


def seen_only(page: Page) -> Page:
    """Let a page find only what is on the screen: the next case may be laid out behind it."""
    seen = page.locator(":not(.ek-unseen-yet, .ek-unseen-yet *)")

    def wrapped(find: Callable[..., Locator]) -> Callable[..., Locator]:
        return lambda *what, **options: find(*what, **options).and_(seen)

    for name in ("locator", "get_by_text", "get_by_label", "get_by_placeholder"):
        setattr(page, name, wrapped(getattr(page, name)))
    return page


def press(page: Page, keys: str) -> None:
    """Press single keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def fill(page: Page) -> None:
    """Answer everything by keyboard: the preference, then a digit a score."""
    press(page, "b" + "435241"[:N_SCORES])


def wait_for_case(page: Page, words: str) -> None:
    """Wait until the case with these words is shown and may be worked on."""
    expect(page.locator(f"{SHOWN} .ek-category")).to_have_text(words)


def come_back(page: Page) -> None:
    """Come back to the page from another tab, as after signing in there."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")
