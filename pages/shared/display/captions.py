"""What a chart says of itself where it is saved: its title, what it rests on, and the day.

A saved picture has no page around it. On the page, where all of that stands beside the chart, its
caption is hidden and takes no room: Plotly saves a copy that the page's style does not reach.
"""

import textwrap
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from evalkit.study.collected import Collected
from evalkit.study.sentences import source
from pages.shared.display.charts.layout import plain

_SOURCES = "chart-sources"
#: The room above a chart for its caption, in pixels, and how many characters its lines hold.
_HEIGHT, _TITLE_WIDTH, _SOURCE_WIDTH = 92, 48, 64
_TITLE_SIZE, _SOURCE_SIZE = 14, 11
_STYLE = f"""<style>
[data-testid="stElementContainer"]:has([data-testid="stPlotlyChart"]) {{
  margin-bottom: -{_HEIGHT}px;
}}
[data-testid="stPlotlyChart"] {{ overflow: hidden; }}
[data-testid="stPlotlyChart"] .js-plotly-plot {{ margin-top: -{_HEIGHT}px; }}
[data-testid="stPlotlyChart"] .modebar-container {{ top: {_HEIGHT}px !important; }}
[data-testid="stPlotlyChart"] :is(.gtitle, .gtitle-subtitle) {{ visibility: hidden; }}
</style>"""


def begin() -> None:
    """Forget what the charts of another run rested on, and hide captions on the page."""
    st.session_state[_SOURCES] = {}
    st.html(_STYLE)


def rest_on(collected: Collected) -> None:
    """Let the charts of this page rest on what a study collected; the first of each counts."""
    st.session_state.setdefault(_SOURCES, {}).setdefault(collected.study, source(collected))


def _of_page() -> str:
    """Say what the charts of this page rest on, and the day they are drawn."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    return " ".join([*st.session_state.get(_SOURCES, {}).values(), f"evalkit, {day}."])


def captioned(layout: dict[str, Any], title: str) -> dict[str, Any]:
    """Write a title over a chart, and beneath it what it rests on, in a margin of their own."""
    lines, margin = _lines(title, _TITLE_WIDTH, most=2), layout["margin"]
    caption = {
        "text": f"<b>{lines}</b>",
        "font": {"size": _TITLE_SIZE},
        "subtitle": {
            "text": _lines(_of_page(), _SOURCE_WIDTH, most=3),
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
    room = {"height": layout["height"] + _HEIGHT, "margin": {**margin, "t": margin["t"] + _HEIGHT}}
    return {**layout, **room, "title": caption}


def _lines(words: str, width: int, *, most: int) -> str:
    return "<br>".join(
        plain(line) for line in textwrap.wrap(words, width, max_lines=most, placeholder="…")
    )
