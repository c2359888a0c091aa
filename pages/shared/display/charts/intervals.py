"""Values with their intervals, one row each: the name and the number above the line they share."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypedDict

import pandas as pd

from pages.shared.display.charts.colours import FAINT, MUTED
from pages.shared.display.charts.layout import (
    LABEL,
    SMALL,
    Spec,
    bare,
    on_hover,
    plain,
    shortened,
)
from pages.shared.display.frames import rows_of

ROW_HEIGHT = 54
#: What a row is higher by where names have a line of their own.
_NAME_LINE = 20
_AXIS_HEIGHT, _NAMES_HEIGHT = 34, 22
_MARK = 8  # half a mark, for those at the end of the scale
#: What a row's text has room for on a phone, and about what a character takes, in pixels.
_NARROWEST, _CHARACTER_WIDTH, _NOTE_WIDTH = 340, 7.0, 6.2
#: A name keeps so many characters beside its note, whatever the room.
_FEWEST = 12
#: How far above its line, in pixels, a row's text stands.
_LIFT = 20
#: How far a reference reaches above and below a row's line, in pixels: not to any text.
_ABOVE, _BELOW = 8, 22
#: The height of a row with all in one line, how long a name is there, what a character takes.
_COMPACT_HEIGHT, _COMPACT_NAME, _COMPACT_CHARACTER = 24, 26, 6.4


class Scale(TypedDict):
    """The ends of an axis, and the values that are named on it."""

    limits: tuple[float, float]
    ticks: Sequence[tuple[float, str]]


class _Row(NamedTuple):
    label: str
    low: float
    high: float
    text: str
    note: str
    colour: str
    is_settled: bool


def interval_rows(
    rows: pd.DataFrame,
    *,
    limits: tuple[float, float],
    ticks: Sequence[tuple[float, str]],
    references: Sequence[tuple[float, str]] = (),
    is_compact: bool = False,
) -> Spec:
    """Draw one row per line of the frame, first on top.

    Columns: ``label``, ``value``, ``low``, ``high`` (NaN where there is none), ``text`` (the
    number as people read it), ``note`` (small, after the label), ``hover``, ``colour``, and
    ``is_settled`` (False greys the interval and empties the mark). ``references`` are values to
    read against, each with a short name or none. Where a name does not fit beside its note and
    number on a phone, all names get a line of their own. A compact
    chart has name, interval and number of a row in one line, and no notes.
    """
    drawn = rows_of(rows, _Row)
    is_apart = not is_compact and any(len(row.label) > _room(row) for row in drawn)
    row_height = _COMPACT_HEIGHT if is_compact else ROW_HEIGHT + (_NAME_LINE if is_apart else 0)
    reach = (0.5, 0.5) if is_compact else (_ABOVE / row_height, _BELOW / row_height)
    lines = [line for at, _ in references for line in _reference(at, n_rows=len(rows), reach=reach)]
    texts = [_reference_name(at, name, limits=limits) for at, name in references]
    for y, row in enumerate(drawn):
        lines += _row_lines(row, y=y, limits=limits)
        texts += (
            _compact_texts(row, y=y, limits=limits)
            if is_compact
            else _row_texts(row, y=y, limits=limits, is_apart=is_apart)
        )
    named = ticks if not is_compact else ticks[:: max(1, len(ticks) // 2)]
    top = _NAMES_HEIGHT if any(name for _, name in references) else 0
    left, right = _compact_margins(drawn) if is_compact else (_MARK, _MARK)
    return bare(
        _points(rows, size=9 if is_compact else 13),
        height=row_height * len(rows) + _AXIS_HEIGHT + top,
        margin={"t": top, "b": _AXIS_HEIGHT, "l": left, "r": right},
        x={"range": list(limits), "showticklabels": False},
        y={"visible": False, "range": [len(rows) - 0.55, -0.72]},
        shapes=lines,
        annotations=[*texts, *_tick_names(named)],
    )


def _reference(at: float, *, n_rows: int, reach: tuple[float, float]) -> list[dict[str, Any]]:
    """Draw what rows are read against across each row's line: its texts stay clear of it.

    ``reach`` is how far above and below the line, in rows.
    """
    line = {"type": "line", "x0": at, "x1": at, "layer": "below"}
    line["line"] = {"color": FAINT, "width": 1.5}
    above, below = reach
    return [{**line, "y0": y - above, "y1": y + below} for y in range(n_rows)]


def _reference_name(at: float, name: str, *, limits: tuple[float, float]) -> dict[str, Any]:
    where = {"x": at, "y": 1, "yref": "paper", "yshift": 9}
    font = {"size": SMALL, "color": MUTED}
    return {**where, **_text(plain(name), "left" if at == limits[0] else "center"), "font": font}


def _row_lines(row: _Row, *, y: int, limits: tuple[float, float]) -> list[dict[str, Any]]:
    """Draw the scale and the interval on it; the point is a trace."""
    line = {"type": "line", "y0": y, "y1": y}
    scale = {"x0": limits[0], "x1": limits[1], "line": {"color": FAINT, "width": 1}}
    drawn = [{**line, **scale, "layer": "below"}]
    if pd.notna(row.low):
        inside = {"x0": max(row.low, limits[0]), "x1": min(row.high, limits[1])}
        colour = row.colour if row.is_settled else MUTED
        drawn.append({**line, **inside, "line": {"color": colour, "width": 5}, "opacity": 0.55})
    return drawn


def _row_texts(
    row: _Row, *, y: int, limits: tuple[float, float], is_apart: bool
) -> list[dict[str, Any]]:
    """Write the name and the number above the line."""
    above = {"y": y, "yshift": _LIFT, "font": {"size": LABEL}}
    label = _text(_label(row, is_apart=is_apart), "left")
    if is_apart:  # Its last line stands where that of the number does.
        label |= {"align": "left", "yshift": _LIFT + _NAME_LINE / 2}
    return [
        {"x": limits[0], **above, **label},
        {"x": limits[1], **above, **_text(plain(row.text), "right")},
    ]


def _compact_texts(row: _Row, *, y: int, limits: tuple[float, float]) -> list[dict[str, Any]]:
    """Write the name left of the line, and the number right of it."""
    beside, font = {"y": y}, {"size": SMALL}
    name = plain(shortened(row.label, _COMPACT_NAME))
    return [
        {"x": limits[0], **beside, **_text(name, "right"), "xshift": -_MARK, "font": font},
        {"x": limits[1], **beside, **_text(plain(row.text), "left"), "xshift": _MARK, "font": font},
    ]


def _compact_margins(rows: Sequence[_Row]) -> tuple[int, int]:
    """Return the room that names and numbers need beside the lines, in pixels."""
    name = max(len(shortened(row.label, _COMPACT_NAME)) for row in rows)
    number = max(len(row.text) for row in rows)
    return round(_COMPACT_CHARACTER * name) + 2 * _MARK, round(
        _COMPACT_CHARACTER * number
    ) + 2 * _MARK


def _points(rows: pd.DataFrame, *, size: int) -> dict[str, Any]:
    colours, settled = list(rows["colour"]), rows["is_settled"].astype(bool)
    return {
        "type": "scatter",
        "x": list(rows["value"]),
        "y": list(range(len(rows))),
        "mode": "markers",
        "marker": {
            "size": size,
            "color": colours,
            "symbol": ["circle" if is_settled else "circle-open" for is_settled in settled],
            "line": {
                "color": colours,
                "width": [0 if is_settled else 2.5 for is_settled in settled],
            },
        },
        "hovertext": [on_hover(text) for text in rows["hover"]],
        "hoverinfo": "text",
        "customdata": list(rows["label"]),
        "unselected": {"marker": {"opacity": 1.0}},
        "cliponaxis": False,
    }


def _room(row: _Row) -> int:
    """Return how many characters of a name fit beside its note and number on a phone."""
    n_fitting = int((_NARROWEST - _NOTE_WIDTH * len(row.note)) / _CHARACTER_WIDTH)
    return max(_FEWEST, n_fitting - len(row.text) - 2)


def _label(row: _Row, *, is_apart: bool) -> str:
    """Give a row its name and its note, beneath one another where names are apart."""
    most = int(_NARROWEST / _CHARACTER_WIDTH) if is_apart else _room(row)
    name, note = plain(shortened(row.label, most)), plain(row.note)
    between = "<br>" if is_apart else "  "
    if not note:
        return f"{name}<br> " if is_apart else name
    return f'{name}{between}<span style="font-size:{SMALL}px; color:{MUTED}">{note}</span>'


def _tick_names(ticks: Sequence[tuple[float, str]]) -> list[dict[str, Any]]:
    """Name the ticks with texts of our own: those at the ends must not stick out.

    Of two that stand close, as the bounds of agreement do, the names lead away from each other:
    on a phone they else lie one over the other.
    """
    below = {"y": 0, "yref": "paper", "yshift": -12, "font": {"size": SMALL, "color": MUTED}}
    if not ticks:
        return []
    places = [at for at, _ in ticks]
    close = (places[-1] - places[0]) / 10
    anchors = ["center"] * len(ticks)
    for place, (before, after) in enumerate(pairwise(places)):
        if after - before < close and anchors[place] == "center":
            anchors[place : place + 2] = ["right", "left"]
    anchors[0], anchors[-1] = "left", "right"
    return [
        {"x": at, **below, **_text(text, anchor)}
        for (at, text), anchor in zip(ticks, anchors, strict=True)
    ]


def _text(text: str, anchor: str) -> dict[str, Any]:
    return {"text": text, "showarrow": False, "xanchor": anchor, "yanchor": "middle"}
