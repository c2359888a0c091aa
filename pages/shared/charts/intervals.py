"""Values with their intervals, one row each: the name and the number above the line they share."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pages.shared.charts.colours import FAINT, MUTED
from pages.shared.charts.layout import LABEL, SMALL, bare, plain

ROW_HEIGHT = 54
_AXIS_HEIGHT, _NAMES_HEIGHT = 34, 22
_MARK = 8  # half a mark, for those at the end of the scale
#: How far above its line, in rows, a row's text stands.
_LIFT = 0.34
#: How far a reference reaches above and below a row's line: not to any text.
_ABOVE, _BELOW = 0.15, 0.42


def interval_rows(
    rows: pd.DataFrame,
    *,
    limits: tuple[float, float],
    ticks: Sequence[tuple[float, str]],
    references: Sequence[tuple[float, str]] = (),
) -> go.Figure:
    """Draw one row per line of the frame, first on top.

    Columns: ``label``, ``value``, ``low``, ``high`` (NaN where there is none), ``text`` (the
    number as people read it), ``note`` (small, after the label), ``hover``, ``colour``, and
    ``is_settled`` (False greys the interval and empties the mark). ``references`` are values to
    read against, each with a short name or none.
    """
    figure = go.Figure()
    is_named = any(name for _, name in references)
    for at, name in references:
        _reference(figure, at, n_rows=len(rows))
        figure.add_annotation(
            x=at,
            y=1,
            yref="paper",
            yshift=9,
            text=plain(name),
            font={"size": SMALL, "color": MUTED},
            **_text_at("left" if at == limits[0] else "center"),
        )
    for y, row in enumerate(rows.itertuples()):
        _draw_row(figure, row, y=y, limits=limits)
    figure.add_trace(_points(rows))
    _axis(figure, limits=limits, ticks=ticks)
    figure.update_yaxes(visible=False, range=[len(rows) - 0.55, -0.72])
    top = _NAMES_HEIGHT if is_named else 0
    height = ROW_HEIGHT * len(rows) + _AXIS_HEIGHT + top
    return bare(figure, height=height, t=top, b=_AXIS_HEIGHT, l=_MARK, r=_MARK)


def _reference(figure: go.Figure, at: float, *, n_rows: int) -> None:
    """Draw what rows are read against across each row's line: its texts stay clear of it."""
    for y in range(n_rows):
        line = {"color": FAINT, "width": 1.5}
        figure.add_shape(
            type="line", x0=at, x1=at, y0=y - _ABOVE, y1=y + _BELOW, line=line, layer="below"
        )


def _draw_row(figure: go.Figure, row: Any, *, y: int, limits: tuple[float, float]) -> None:
    """Draw the scale, the interval on it, and the texts above; the point comes last."""
    line = {"type": "line", "y0": y, "y1": y}
    figure.add_shape(
        **line, x0=limits[0], x1=limits[1], line={"color": FAINT, "width": 1}, layer="below"
    )
    if pd.notna(row.low):
        figure.add_shape(
            **line,
            x0=max(row.low, limits[0]),
            x1=min(row.high, limits[1]),
            line={"color": row.colour if row.is_settled else MUTED, "width": 5},
            opacity=0.55,
        )
    texts = ((_label(row), limits[0], "left"), (plain(row.text), limits[1], "right"))
    for text, x, anchor in texts:
        figure.add_annotation(x=x, y=y - _LIFT, text=text, font_size=LABEL, **_text_at(anchor))


def _points(rows: pd.DataFrame) -> go.Scatter:
    settled = rows["is_settled"].astype(bool)
    return go.Scatter(
        x=rows["value"],
        y=list(range(len(rows))),
        mode="markers",
        marker={
            "size": 13,
            "color": rows["colour"],
            "symbol": ["circle" if is_settled else "circle-open" for is_settled in settled],
            "line": {
                "color": rows["colour"],
                "width": [0 if is_settled else 2.5 for is_settled in settled],
            },
        },
        hovertext=[plain(text).replace("\n", "<br>") for text in rows["hover"]],
        hoverinfo="text",
        cliponaxis=False,
    )


def _label(row: Any) -> str:
    name, note = plain(row.label), plain(row.note)
    if not note:
        return name
    return f'{name}  <span style="font-size:{SMALL}px; color:{MUTED}">{note}</span>'


def _axis(
    figure: go.Figure,
    *,
    limits: tuple[float, float],
    ticks: Sequence[tuple[float, str]],
) -> None:
    """Name the ticks with texts of our own: those at the ends must not stick out."""
    figure.update_xaxes(range=list(limits), showticklabels=False)
    for place, (at, text) in enumerate(ticks):
        anchor = "left" if place == 0 else "right" if place == len(ticks) - 1 else "center"
        figure.add_annotation(
            x=at,
            y=0,
            yref="paper",
            yshift=-12,
            text=text,
            font={"size": SMALL, "color": MUTED},
            **_text_at(anchor),
        )


def _text_at(anchor: str = "left") -> dict[str, object]:
    return {"showarrow": False, "xanchor": anchor, "yanchor": "middle"}
