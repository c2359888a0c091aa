"""How long real Chromium takes from a key to the next case on the screen, and to a first one.

All of a case is on the screen once its three marks are laid out and visible: what a tool has made
ready where nobody sees it does not count. What is counted is the first frame after that. Moments
are kept in the session storage of the page: they outlive a page that loads anew, as Potato's does
for every case.

A first page is come to from another of the same tool, as by a reload. From elsewhere, as from an
empty page, a browser makes a new process for a page that keeps others out of its own
(``Cross-Origin-Opener-Policy``), and what that costs says nothing of the page.
"""

import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Error, Page, sync_playwright

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_SIZE = {"width": 1440, "height": 900}
_SETTLED_SECONDS, _PATIENCE_SECONDS = 0.6, 30
_MARKS = ("PROMPT", "FIRST", "SECOND")
_WATCH = """
(() => {
  const kept = sessionStorage, marks = MARKS;
  const now = () => performance.timeOrigin + performance.now();
  const missing = () => marks.some((mark) => !kept.getItem("seen " + mark));
  window.watchFrom = (before) => {
    kept.setItem("before", before);
    kept.removeItem("pressed");
    marks.forEach((mark) => kept.removeItem("seen " + mark));
  };
  const press = (event) => {
    if (kept.getItem("before") !== null && missing() && kept.getItem("pressed") === null)
      kept.setItem("pressed", performance.timeOrigin + event.timeStamp);
  };
  addEventListener("keydown", press, true);
  const SEEN = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };
  const isLaidOut = (text) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (!walker.currentNode.data.includes(text)) continue;
      const range = document.createRange();
      range.selectNode(walker.currentNode);
      const isSeen = walker.currentNode.parentElement.checkVisibility(SEEN);
      if (isSeen && range.getClientRects().length) return true;
    }
    return false;
  };
  const look = () => {
    const before = kept.getItem("before");
    if (document.body && before !== null && missing()) {
      const text = document.body.textContent;
      for (const mark of marks) {
        if (kept.getItem("seen " + mark)) continue;
        const numbers = [...text.matchAll(new RegExp("ITEM-(\\\\d+)-" + mark, "g"))];
        const next = numbers.map((number) => number[1]).find((number) => number !== before);
        if (next !== undefined && isLaidOut("ITEM-" + next + "-" + mark))
          requestAnimationFrame(() => {
            if (!kept.getItem("seen " + mark)) kept.setItem("seen " + mark, now());
          });
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
""".replace("MARKS", json.dumps(_MARKS))
_SEEN = """() => {
  const seen = MARKS.map((mark) => sessionStorage.getItem("seen " + mark));
  if (seen.some((moment) => moment === null)) return null;
  return {
    pressed: Number(sessionStorage.getItem("pressed")),
    seen: Math.max(...seen.map(Number)),
    opened: performance.timeOrigin,
  };
}""".replace("MARKS", json.dumps(_MARKS))


@dataclass(frozen=True, slots=True)
class Screen:
    """How a tool's screen is reached and used by keys."""

    path: str
    answers: tuple[str, ...]
    submit: str
    light: str  # a page of the tool where nothing is to be done
    cookie: tuple[str, str] | None = None
    sign_in: str = ""  # the name to sign in by, where no cookie does


#: A preference and six scores; the same hands do less on Potato: preference, two scores, a tag.
EVALKIT = ("a", "3", "4", "3", "4", "3", "4"), "Control+Enter"
#: Where all is asked that can be: much better and not sure, then in each row two scores and which
#: is better, and twice two checks.
EVALKIT_ALL = tuple("aai" + "22" + "1" + "100100" + "1" + "1111"), "Control+Enter"
POTATO = ("1", "5", "e", "a"), "ArrowRight"


@dataclass
class Painted:
    """Seconds from the key to the next case painted, and of the page when it is asked for anew."""

    next_case: list[float] = field(default_factory=list)
    warm_page: list[float] = field(default_factory=list)


def has_chromium() -> bool:
    """Tell whether there is a Chromium to measure with."""
    return _executable() is not None


def measure(address: str, screen: Screen, *, n_cases: int, painted: Painted) -> None:
    """Annotate so many cases by keys, and add how long each took."""
    with _page(address, screen) as page:
        for number in range(6):  # the first times the browser fetches the program, and compiles it
            page.goto(address + screen.light)
            page.goto(address + screen.path, wait_until="commit")
            _watch_from(page, "none")
            seen = _wait_until_seen(page)
            if number > 1:
                painted.warm_page.append((seen["seen"] - seen["opened"]) / 1000)
            time.sleep(_SETTLED_SECONDS)
        for _ in range(n_cases):
            time.sleep(_SETTLED_SECONDS)
            for key in screen.answers:
                page.keyboard.press(key)
            time.sleep(_SETTLED_SECONDS)
            _watch_from(page, _number_on(page))
            page.keyboard.press(screen.submit)
            seen = _wait_until_seen(page)
            painted.next_case.append((seen["seen"] - seen["pressed"]) / 1000)


@contextmanager
def _page(address: str, screen: Screen) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium: Browser = playwright.chromium.launch(
            executable_path=_executable(), args=_ARGUMENTS
        )
        context = chromium.new_context(viewport=_SIZE)
        context.add_init_script(_WATCH)
        page = context.new_page()
        if screen.cookie is not None:
            name, value = screen.cookie
            context.add_cookies([{"name": name, "value": value, "url": address}])
        if screen.sign_in:
            page.goto(address)
            page.fill("#login-email", screen.sign_in)
            page.click("button[type=submit]")
            page.wait_for_load_state("networkidle")
        yield page
        chromium.close()


def _executable() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _watch_from(page: Page, before: str) -> None:
    try:
        page.evaluate("(before) => window.watchFrom(before)", before)
    except Error:  # the page was about to begin
        time.sleep(0.05)
        page.evaluate("(before) => window.watchFrom(before)", before)


def _wait_until_seen(page: Page) -> dict[str, float]:
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            seen: dict[str, float] | None = page.evaluate(_SEEN)
        except Error:  # the page is being replaced
            seen = None
        if seen is not None:
            return seen
        time.sleep(0.02)
    raise RuntimeError(f"The next case did not come: {page.url}")


def _number_on(page: Page) -> str:
    found = re.search(r"ITEM-(\d+)-PROMPT", page.evaluate("() => document.body.textContent"))
    return "" if found is None else found[1]
