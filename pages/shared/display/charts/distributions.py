"""How often each level of a scale was given: one bar per model, made up of its levels."""

from typing import Any

import pandas as pd

from pages.shared.display.charts.colours import from_orange_to_blue
from pages.shared.display.charts.layout import LABEL, SMALL, Spec, bare, on_hover, plain

_ROW_HEIGHT = 54
_HEAD = 26
#: Narrower pieces than this share carry no text.
_ROOM_FOR_TEXT = 0.07


def level_bars(rows: pd.DataFrame) -> Spec:
    """Draw one bar per model, first on top, its levels from lowest to highest.

    Columns: ``label``, ``value`` (the level), ``level`` (its name), ``share`` (NaN without any)
    and ``hover``.
    """
    models = list(dict.fromkeys(rows["label"]))
    values = sorted(set(rows["value"]))
    bars = []
    for value, colour in zip(values, from_orange_to_blue(len(values)), strict=True):
        level = rows[rows["value"] == value].set_index("label").reindex(models)
        bars.append(_bar(level, name=f"{value:g}", colour=colour))
    at = {"x": 0, "xanchor": "left", "yanchor": "middle", "showarrow": False}
    names = [
        {**at, "y": y - 0.42, "text": plain(model), "font": {"size": LABEL}}
        for y, model in enumerate(models)
    ]
    return bare(
        *bars,
        height=_ROW_HEIGHT * len(models) + _HEAD,
        margin={},
        x={"visible": False, "range": [0, 1]},
        y={"visible": False, "range": [len(models) - 0.5, -0.75]},
        barmode="stack",
        annotations=names,
    )


def _bar(level: pd.DataFrame, *, name: str, colour: str) -> dict[str, Any]:
    share = list(level["share"].astype(float))
    return {
        "type": "bar",
        "x": share,
        "y": list(range(len(level))),
        "orientation": "h",
        "width": 0.42,
        "marker": {"color": colour, "line": {"width": 0}},
        "text": [name if part >= _ROOM_FOR_TEXT else "" for part in share],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": SMALL},
        "hovertext": [on_hover(text) for text in level["hover"].fillna("")],
        "hoverinfo": "text",
    }
