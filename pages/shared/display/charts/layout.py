"""What all charts share: no ground of their own, no title, no legend, room for direct labels."""

import textwrap
from collections.abc import Mapping
from typing import Any, TypedDict

SMALL = 12
LABEL = 13.5


#: What axes are but for what a chart says of them, and the layout of every chart.
_AXIS = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": False}
_LAYOUT = {
    "showlegend": False,
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "hovermode": "closest",
    "dragmode": False,
}


class Spec(TypedDict):
    """A chart as Plotly reads it, in plain data: as objects it takes fifty times as long."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]


def bare(
    *traces: dict[str, Any],
    height: int,
    margin: Mapping[str, int],
    x: Mapping[str, Any],
    y: Mapping[str, Any],
    **layout: Any,
) -> Spec:
    """Return traces with their axes and no more; colours of text come from the page's theme."""
    sides = {"l": 0, "r": 0, "t": 0, "b": 0, **margin}
    axes = {"xaxis": {**_AXIS, **x}, "yaxis": {**_AXIS, **y}}
    return {
        "data": list(traces),
        "layout": {"height": height, "margin": sides, **_LAYOUT, **axes, **layout},
    }


def on_hover(text: str) -> str:
    """Return lines of text as Plotly breaks them, and shows them as they are."""
    return plain(text).replace("\n", "<br>")


def wrapped(text: str, width: int = 14) -> str:
    """Break a name over up to three lines, also after a slash, and shorten what is longer still."""
    mark = "\N{ZERO WIDTH SPACE}"
    lines = textwrap.wrap(text.replace("/", f"/{mark} "), width, max_lines=3, placeholder="…")
    return "<br>".join(plain(line.replace(f"{mark} ", "").replace(mark, "")) for line in lines)


def shortened(text: str, most: int) -> str:
    """Leave out the middle of a name that is too long: names often differ at their ends."""
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end]}…{text[len(text) - end :]}"


def plain(text: str) -> str:
    """Return text that Plotly shows as it is: it reads a few HTML tags, and nothing else."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
