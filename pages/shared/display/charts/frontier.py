"""Quality against one price, with the front: who offers most for what it takes."""

import math
from typing import Any, NamedTuple

import pandas as pd

from pages.shared.display.charts.colours import FAINT, MUTED
from pages.shared.display.charts.layout import SMALL, Spec, bare, on_hover
from pages.shared.display.charts.names import Mark, placed
from pages.shared.display.frames import rows_of

#: Prices further apart than this are read as multiples, on a logarithmic axis.
_LOGARITHMIC_FROM = 8.0
_HEIGHT = 380


class _Model(NamedTuple):
    label: str
    x: float
    x_low: float
    x_high: float
    y: float
    y_low: float
    y_high: float
    colour: str
    is_named: bool
    is_on_front: bool
    hover: str


def frontier(
    rows: pd.DataFrame,
    *,
    x_title: str,
    y_title: str,
    x_prefix: str = "",
    x_suffix: str = "",
    y_suffix: str = "",
    is_less_better: bool = False,
) -> Spec:
    """Draw a mark per model; better is up, cheaper is left.

    Columns: ``label``, ``x``, ``x_low``, ``x_high``, ``y``, ``y_low``, ``y_high`` (``NaN`` where
    there is no interval), ``colour``, ``is_named``, ``is_on_front`` and ``hover``. Models on
    the front are filled diamonds with a bold name, others open circles; those without a name are
    small and have no intervals. Who is best for its price has a name in any case: a dotted line
    steps along these. Where less is better, ``y`` is below zero and is written
    without its sign.
    """
    rows = rows.assign(is_named=rows["is_named"] | rows["label"].isin(_best_for_price(rows)))
    least = float(rows[["x", "x_low"]].min().min())
    is_log = least > 0 and rows["x"].max() / rows["x"].min() >= _LOGARITHMIC_FROM
    scale = _scale(rows, prefix=x_prefix, suffix=x_suffix, is_log=is_log)
    y_ends = _y_ends(rows)
    title = f"{x_title}, logarithmic" if is_log else x_title
    return bare(
        _steps(rows),
        *(_mark(row) for row in rows_of(rows, _Model)),
        height=_HEIGHT,
        margin={"l": 56, "b": 48, "t": 16, "r": 12},
        x={**_titled(title), "showline": True, "linecolor": FAINT, **scale},
        y={
            **_titled(y_title),
            "range": y_ends,
            "ticksuffix": y_suffix,
            "showgrid": True,
            "gridcolor": FAINT,
            "griddash": "dot",
            "nticks": 6,
            **(_without_sign(rows) if is_less_better else {}),
        },
        annotations=placed(_named(rows, x_ends=scale["range"], y_ends=y_ends, is_log=is_log)),
    )


def _titled(title: str) -> dict[str, Any]:
    font = {"size": SMALL}
    return {"title": {"text": title, "font": font}, "tickfont": font}


def _without_sign(rows: pd.DataFrame) -> dict[str, Any]:
    """Name the ticks of what is better the less there is of it, the least on top."""
    most = -float(rows[["y", "y_low"]].min().min())
    step = 10 ** math.floor(math.log10(max(most, 0.1)))
    step = step / 2 if most / step < 2.5 else step
    ticks = [step * n for n in range(math.floor(most / step) + 1)]
    return {"tickvals": [-at for at in ticks], "ticktext": [f"{at:g}" for at in ticks]}


def _mark(row: _Model) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [row.x],
        "y": [row.y],
        "mode": "markers",
        "marker": {
            "size": 7 if not row.is_named else 15 if row.is_on_front else 12,
            "symbol": "diamond" if row.is_on_front else "circle-open",
            "color": row.colour,
            "line": {
                "color": row.colour,
                "width": 0 if row.is_on_front else 2.5 if row.is_named else 1,
            },
        },
        "error_x": _bars(row.x, row.x_low, row.x_high, row),
        "error_y": _bars(row.y, row.y_low, row.y_high, row),
        "hovertext": on_hover(row.hover),
        "hoverinfo": "text",
        "customdata": [row.label],
        "unselected": {"marker": {"opacity": 1.0}},
        "cliponaxis": False,
        "name": row.label,
    }


def _steps(rows: pd.DataFrame) -> dict[str, Any]:
    """Step from each model that is best for its price to the next dearer one that is better."""
    steps = rows[rows["label"].isin(_best_for_price(rows))].sort_values("x")
    return {
        "type": "scatter",
        "x": list(steps["x"]),
        "y": list(steps["y"]),
        "mode": "lines",
        "line": {"shape": "hv", "color": MUTED, "width": 1.5, "dash": "dot"},
        "hoverinfo": "skip",
        "name": "best for its price",
    }


def _best_for_price(rows: pd.DataFrame) -> list[str]:
    """List the models than which none that is as cheap is as good."""
    best, labels = -math.inf, list[str]()
    for row in rows_of(rows.sort_values(["x", "y"], ascending=[True, False]), _Model):
        if row.y > best:
            best = row.y
            labels.append(row.label)
    return labels


def _scale(rows: pd.DataFrame, *, prefix: str, suffix: str, is_log: bool) -> dict[str, Any]:
    """Give the axis room for intervals, and for a name right of the dearest model."""
    least = float(rows[["x", "x_low"]].min().min())
    most = float(rows[["x", "x_high"]].max().max())
    if not is_log:
        return {
            "range": [0, (most or 1.0) * 1.28],
            "nticks": 5,
            "tickprefix": prefix,
            "ticksuffix": suffix,
        }
    ends = [math.log10(least) - 0.08, math.log10(most) + 0.22]
    steps = [
        m * 10.0**k for k in range(math.floor(ends[0]), math.ceil(ends[1]) + 1) for m in (1, 2, 5)
    ]
    inside = [step for step in steps if ends[0] <= math.log10(step) <= ends[1]]
    return {
        "type": "log",
        "range": ends,
        "tickvals": inside,
        "ticktext": [f"{prefix}{step:g}{suffix}" for step in inside],
    }


def _y_ends(rows: pd.DataFrame) -> list[float]:
    """Give the axis all intervals, and a name room above the best and beneath the worst."""
    values = rows[["y", "y_low", "y_high"]]
    least, most = float(values.min().min()), float(values.max().max())
    room = 0.07 * ((most - least) or abs(most) or 1.0)
    return [least - room, most + room]


def _named(
    rows: pd.DataFrame, *, x_ends: list[float], y_ends: list[float], is_log: bool
) -> list[Mark]:
    """Give every mark its place as a share of the picture, for names to keep clear of it."""

    def on_axis(x: float) -> float:
        return math.log10(x) if is_log else x

    def shares(low: float, at: float, high: float, ends: list[float]) -> tuple[float, float, float]:
        known = (at if pd.isna(low) else low, at, at if pd.isna(high) else high)
        low, at, high = ((value - ends[0]) / (ends[1] - ends[0]) for value in known)
        return low, at, high

    return [
        Mark(
            name=row.label,
            is_bold=row.is_on_front,
            axis_x=on_axis(row.x),
            axis_y=row.y,
            across=shares(on_axis(row.x_low), on_axis(row.x), on_axis(row.x_high), x_ends),
            up=shares(row.y_low, row.y, row.y_high, y_ends),
        )
        for row in rows_of(rows, _Model)
        if row.is_named
    ]


def _bars(value: float, low: float, high: float, row: _Model) -> dict[str, object]:
    if not row.is_named or pd.isna(low) or pd.isna(high):
        return {"visible": False}
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value],
        "arrayminus": [value - low],
        "color": row.colour,
        "thickness": 2.5,
        "width": 0,
    }
