"""What a chart says of itself where it is saved: its title, what it rests on, and the day."""

import textwrap
from typing import Any

from pages.shared.display import saved_charts
from pages.shared.display.charts.layout import plain

#: How many characters the lines of a caption hold.
_TITLE_WIDTH, _SOURCE_WIDTH = 48, 64
_TITLE_SIZE, _SOURCE_SIZE = 14, 11


def captioned(layout: dict[str, Any], title: str) -> dict[str, Any]:
    """Write a title over a chart, and beneath it what it rests on, in a margin of their own."""
    lines, margin = _lines(title, _TITLE_WIDTH, most=2), layout["margin"]
    caption = {
        "text": f"<b>{lines}</b>",
        "font": {"size": _TITLE_SIZE},
        "subtitle": {
            "text": _lines(saved_charts.source(), _SOURCE_WIDTH, most=3),
            "font": {"size": _SOURCE_SIZE},
        },
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 8, "l": 8},
    }
    height = layout["height"] + saved_charts.CAPTION_HEIGHT
    margin = {**margin, "t": margin["t"] + saved_charts.CAPTION_HEIGHT}
    return {**layout, "height": height, "margin": margin, "title": caption}


def _lines(words: str, width: int, *, most: int) -> str:
    return "<br>".join(
        plain(line) for line in textwrap.wrap(words, width, max_lines=most, placeholder="…")
    )
