"""The screen to look at only, drawn anew for every change of the form beside it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from evalkit.rendering.task import render_task
from tests.browser.apps.workbench_tasks import TASKS

pytestmark = pytest.mark.browser

BUNDLE = Path("pages/shared/components/workbench/bundle.js")
PREVIEW = Path("pages/shared/components/preview/preview.js")

COUNTED = """() => {
  window.running = new Set();
  const { setInterval, clearInterval } = window;
  window.setInterval = (...asked) => {
    const id = setInterval(...asked);
    running.add(id);
    return id;
  };
  window.clearInterval = (id) => {
    running.delete(id);
    clearInterval(id);
  };
}"""
DRAWN = """async (task) => {
  const { drawPreview } = await import("/bundle.js");
  drawPreview(task, []);
  return running.size;
}"""


SHOWN = """async () => {
  const { default: show } = await import("/preview.js");
  show({ parentElement: document.body, data: { task: null, prefix: "/", version: "1" } });
}"""
SEEN = """() => {
  const frame = document.querySelector("iframe");
  return [frame.contentWindow.innerWidth, Math.round(frame.getBoundingClientRect().width)];
}"""


@pytest.mark.parametrize(
    ("room", "drawn"),
    [(320, 390), (390, 390), (600, 600), (1200, 1440)],  # as wide as a phone, the page, a desk
)
def test_a_preview_on_a_narrow_page_is_the_narrow_screen_of_annotators(
    chromium_page: Page, room: int, drawn: int
):
    page = chromium_page
    page.set_viewport_size({"width": room, "height": 900})
    page.route(
        "http://preview.test/**",
        lambda route: (
            route.fulfill(body=PREVIEW.read_text("utf-8"), content_type="text/javascript")
            if route.request.url.endswith("preview.js")
            else route.fulfill(
                body="<!doctype html><body style='margin:0 -1px'></body>", content_type="text/html"
            )
        ),
    )
    page.goto("http://preview.test/")

    page.evaluate(SHOWN)

    page.wait_for_function(f"({SEEN})()[0] === {drawn}")
    assert page.evaluate(SEEN)[1] == room  # and it fills the page


def test_a_preview_drawn_anew_lets_nothing_of_the_one_before_run_on(chromium_page: Page):
    page = chromium_page
    page.route(
        "http://preview.test/**",
        lambda route: (
            route.fulfill(body=BUNDLE.read_text("utf-8"), content_type="text/javascript")
            if route.request.url.endswith("bundle.js")
            else route.fulfill(body="<!doctype html><body></body>", content_type="text/html")
        ),
    )
    page.goto("http://preview.test/")
    page.evaluate(COUNTED)
    task = json.loads(json.dumps(render_task(TASKS["plain"])))

    n_running = [page.evaluate(DRAWN, task) for _ in range(4)]

    assert n_running == [n_running[0]] * 4
    assert n_running[0] > 0
    assert page.locator(".ek-workbench").count() == 1
