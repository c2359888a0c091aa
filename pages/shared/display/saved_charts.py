"""What a page begins and ends with so that its charts can be saved, and read without the page.

A saved picture has no page around it. On the page, where all of that stands beside the chart, its
caption is hidden and takes no room: Plotly saves a copy that the page's style does not reach.
"""

from collections.abc import Hashable
from datetime import UTC, datetime

import streamlit as st

_SOURCES, _FORMAT, _DRAWN = "chart-sources", "charts-format", "charts-drawn"
#: The room above a chart for its caption, in pixels.
CAPTION_HEIGHT = 92
#: Ink, quiet ink and ground of charts, each light and dark, as `pictures` draws them and the
#: browser tells them. A browser that turns dark draws no chart anew: they turn by these alone.
_TURNING = (
    (("#12161A", "rgb(18, 22, 26)"), ("#E4E2DD", "rgb(228, 226, 221)")),
    (("#666B73", "rgb(102, 107, 115)"), ("#A3A8B0", "rgb(163, 168, 176)")),
)
_GROUND = (("#FFFEFB", "rgb(255, 254, 251)"), ("#16191D", "rgb(22, 25, 29)"))
_CHART = '[data-testid="stPlotlyChart"] svg'


def _turning() -> str:
    rules = []
    for light, dark in _TURNING:
        names = [
            f'[style*="fill:{space}{name}" i]' for name in (*light, *dark) for space in ("", " ")
        ]
        rules.append(
            f"{_CHART} :is({', '.join(names)}) "
            f"{{ fill: light-dark({light[0]}, {dark[0]}) !important; }}"
        )
    light, dark = _GROUND
    names = [f'[style*="background: {name}"]' for name in (light[1], dark[1])]
    rules.append(
        f"{_CHART}:is({', '.join(names)}) "
        f"{{ background: light-dark({light[0]}, {dark[0]}) !important; }}"
    )
    return "\n".join(rules)


_STYLE = f"""<style>
{_turning()}
[data-testid="stElementContainer"]:has([data-testid="stPlotlyChart"]) {{
  margin-bottom: -{CAPTION_HEIGHT}px;
}}
[data-testid="stPlotlyChart"] {{ overflow: hidden; }}
[data-testid="stPlotlyChart"] .js-plotly-plot {{ margin-top: -{CAPTION_HEIGHT}px; }}
[data-testid="stPlotlyChart"] .modebar-container {{ top: {CAPTION_HEIGHT}px !important; }}
[data-testid="stPlotlyChart"] :is(.gtitle, .gtitle-subtitle) {{ visibility: hidden; }}
</style>"""


def begin() -> None:
    """Forget what the charts of another run rested on, and hide captions on the page."""
    st.session_state[_SOURCES] = {}
    st.session_state[_DRAWN] = False
    st.html(_STYLE)


def rest_on(study: Hashable, source: str) -> None:
    """Let the charts of this page rest on a study, as its source says; the first of each counts."""
    st.session_state.setdefault(_SOURCES, {}).setdefault(study, source)


def source() -> str:
    """Say what the charts of this page rest on, and the day they are drawn."""
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    return " ".join([*st.session_state.get(_SOURCES, {}).values(), f"evalkit, {day}."])


def format_choice() -> None:
    """Ask once what charts are saved as, where one was drawn; the camera beside it saves it."""
    if not st.session_state[_DRAWN]:
        return
    st.segmented_control(
        "Save charts as",
        ["PNG", "SVG"],
        default="PNG",
        required=True,
        key=_FORMAT,
        persist_state="session",
        help="The camera that appears over a chart saves it as a picture.",
    )


def format_of_chart() -> str:
    """Return what a chart that is drawn now is saved as, ``png`` or ``svg``."""
    st.session_state[_DRAWN] = True
    return str(st.session_state.get(_FORMAT) or "PNG").lower()
