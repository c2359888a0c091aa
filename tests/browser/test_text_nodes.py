"""What places of rendered words count in is what a browser meets: all text nodes, in order."""

import itertools
import json
import re

from playwright.sync_api import Page

from evalkit.rendering.highlights import Highlight, render_marked
from evalkit.rendering.markdown import clean, render_placed
from tests.evalkit.rendering.test_places import LINES, PIECES, text_nodes

WALK = """pages => pages.map((html) => {
  const root = document.createElement("div");
  root.innerHTML = html;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let text = "";
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (!parentElement.closest(".ek-mark-number")) text += data;
  }
  return text;
})"""


def _documents() -> list[str]:
    """Return a text for every kind of block, in which every kind of piece stands."""
    numbers, pieces = itertools.count(), itertools.cycle(PIECES)

    def piece() -> str:
        return re.sub(r"\{\}", lambda _: f"é{next(numbers)}👩‍👧", next(pieces))

    return [
        clean(re.sub(r"\{\}", lambda _: f"{piece()} {piece()}", f"{line}\r\n\r\n{line}"))
        for line in LINES * 4
    ]


def test_a_browser_meets_the_text_that_places_count_in_with_and_without_marks(
    chromium_page: Page,
) -> None:
    texts = _documents()
    plain = [render_placed(text)[0] for text in texts]
    marked = [
        render_marked(text, [Highlight(3, len(text) // 2, 1, "x"), Highlight(9, len(text), 2, "y")])
        for text in texts
    ]
    chromium_page.set_content("<!DOCTYPE html><p></p>")

    met = chromium_page.evaluate(WALK, plain + marked)

    expected = [text_nodes(html).text for html in plain]
    assert met == expected * 2, json.dumps(met)[:200]
