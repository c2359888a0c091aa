"""Tables whose cells are tinted by their value: text first, colour second."""

from typing import Any

import numpy as np
import pandas as pd

from pages.shared.display.charts.colours import BLUE, FAINT, ORANGE
from pages.shared.display.charts.layout import LABEL, SMALL, Spec, bare, on_hover, wrapped

CELL_HEIGHT = 46
_LOW_CELL_HEIGHT = 34
_CELL_WIDTHS = (112, 66, 44)  # of wide, narrow and grouped columns
_LEAST_CELL_WIDTH = 60
_MOST_WIDE = 6
_CHARACTER_WIDTH = 6.4
_HEAD = 58
_GROUP_NAME = 26
_STRONGEST = 0.62  # text stays readable on it, on a light and on a dark page


def tinted_grid(
    cells: pd.DataFrame,
    *,
    limits: tuple[float, float],
    middle: float | None = None,
    can_pick: bool = False,
) -> Spec:
    """Draw a grid of cells; the order of rows and columns is that of their first appearance.

    Columns: ``row``, ``column``, ``value`` (NaN leaves the cell empty), ``text``, ``small`` (a
    second, smaller line), ``hover`` and, where cells can be picked, ``key``; with a ``group``
    columns of the same name stand once per group, under its heading. With a ``middle`` the tint
    runs from orange over nothing to blue, else from nothing to blue. A picked cell comes back as
    a point whose ``customdata`` is its key. ``layout.meta`` is the least width in pixels at which
    it can be read.
    """
    groups = cells["group"] if "group" in cells else [""] * len(cells)
    names = list(zip(groups, cells["column"], strict=True))
    rows, columns = list(dict.fromkeys(cells["row"])), list(dict.fromkeys(names))
    x = [columns.index(name) for name in names]
    y = [rows.index(name) for name in cells["row"]]
    is_grouped = any(group for group, _ in columns)
    is_narrow = is_grouped or len(columns) > _MOST_WIDE
    labels = [wrapped(name, 24 if is_narrow else 17) for name in rows]
    longest = max(len(line) for label in labels for line in label.split("<br>"))
    side = 22 + round(_CHARACTER_WIDTH * longest)
    head = _head_height([name for _, name in columns], is_narrow, is_grouped)
    cell_width = _CELL_WIDTHS[is_narrow + is_grouped]
    return bare(
        _tint(cells["value"], x, y, limits=limits, middle=middle),
        _texts(cells, x, y, can_pick=can_pick),
        height=(_LOW_CELL_HEIGHT if is_grouped else CELL_HEIGHT) * len(rows) + head,
        margin={"l": side, "t": head},
        x=_columns_axis([name for _, name in columns], is_narrow=is_narrow),
        y={
            "tickvals": list(range(len(labels))),
            "ticktext": [f"{label}  " for label in labels],
            "tickfont": {"size": SMALL + 0.5},
            "range": [len(labels) - 0.5, -0.5],
            "ticks": "",
        },
        width=side + cell_width * len(columns),
        meta=side + min(cell_width, _LEAST_CELL_WIDTH) * len(columns),
        hoverdistance=60,
        **(_group_heads([group for group, _ in columns], head=head) if is_grouped else {}),
    )


def _texts(cells: pd.DataFrame, x: list[int], y: list[int], *, can_pick: bool) -> dict[str, Any]:
    """Write into the cells, on marks that are not seen but can be picked."""
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "markers+text",
        "marker": {"symbol": "square", "size": 34, "opacity": 0},
        "text": [
            _cell_text(text, small)
            for text, small in zip(cells["text"], cells["small"], strict=True)
        ],
        "textfont": {"size": LABEL},
        "hovertext": [on_hover(text) for text in cells["hover"]],
        "hoverinfo": "text",
        "customdata": list(cells["key"]) if can_pick else None,
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
        "cliponaxis": False,
    }


def _columns_axis(columns: list[str], *, is_narrow: bool) -> dict[str, Any]:
    """Name the columns above, upright where they are narrow."""
    return {
        "side": "top",
        "tickvals": list(range(len(columns))),
        "ticktext": [wrapped(name, 28 if is_narrow else 15) for name in columns],
        "tickangle": -90 if is_narrow else 0,
        "tickfont": {"size": SMALL - 0.5 if is_narrow else SMALL},
        "range": [-0.5, len(columns) - 0.5],
        "ticks": "",
    }


def _head_height(columns: list[str], is_narrow: bool, is_grouped: bool) -> int:
    """Make room for the longest heading where they stand upright, and for groups above them."""
    if not is_narrow:
        return _HEAD
    upright = 16 + round(_CHARACTER_WIDTH * min(28, max(len(name) for name in columns)))
    return upright + (_GROUP_NAME if is_grouped else 0)


def _group_heads(groups: list[str], *, head: int) -> dict[str, Any]:
    """Name each group of columns above them, and draw what parts them."""
    above = {"y": 1, "yref": "paper", "yshift": head - 14, "showarrow": False}
    upright = {"type": "line", "y0": 0, "y1": 1, "yref": "paper"}
    names, lines = [], []
    for group in dict.fromkeys(groups):
        first, n = groups.index(group), groups.count(group)
        text = {"text": f"<b>{wrapped(group, 18)}</b>", "font": {"size": SMALL + 0.5}}
        names.append({"x": first + (n - 1) / 2, **above, **text})
        if first:
            at, line = first - 0.5, {"color": FAINT, "width": 1.5}
            lines.append({**upright, "x0": at, "x1": at, "line": line})
    return {"annotations": names, "shapes": lines}


def _tint(
    values: pd.Series,
    x: list[int],
    y: list[int],
    *,
    limits: tuple[float, float],
    middle: float | None,
) -> dict[str, Any]:
    table = np.full((max(y) + 1, max(x) + 1), np.nan)
    table[y, x] = values.astype(float)
    return {
        "type": "heatmap",
        "z": table.tolist(),
        "x": list(range(table.shape[1])),
        "y": list(range(table.shape[0])),
        "zmin": limits[0],
        "zmax": limits[1],
        "colorscale": _one_sided() if middle is None else _two_sided(limits, middle),
        "showscale": False,
        "hoverinfo": "skip",
        "xgap": 2,
        "ygap": 2,
    }


def _one_sided() -> list[list[object]]:
    return [[0, f"rgba({BLUE}, 0.03)"], [1, f"rgba({BLUE}, {_STRONGEST})"]]


def _two_sided(limits: tuple[float, float], middle: float) -> list[list[object]]:
    centre = (middle - limits[0]) / (limits[1] - limits[0])
    return [
        [0, f"rgba({ORANGE}, {_STRONGEST})"],
        [centre, "rgba(138, 143, 152, 0.08)"],
        [1, f"rgba({BLUE}, {_STRONGEST})"],
    ]


def _cell_text(text: str, small: str) -> str:
    if not small:
        return text
    return f'{text}<br><span style="font-size:{SMALL - 1.5}px">{small}</span>'
