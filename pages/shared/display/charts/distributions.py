"""How often each level of a scale was given: one bar per model, made up of its levels."""

import pandas as pd
import plotly.graph_objects as go

from pages.shared.display.charts.colours import from_orange_to_blue
from pages.shared.display.charts.layout import LABEL, SMALL, bare, plain

_ROW_HEIGHT = 54
_HEAD = 26
#: Narrower pieces than this share carry no text.
_ROOM_FOR_TEXT = 0.07


def level_bars(rows: pd.DataFrame) -> go.Figure:
    """Draw one bar per model, first on top, its levels from lowest to highest.

    Columns: ``label``, ``value`` (the level), ``level`` (its name), ``share`` (NaN without any)
    and ``hover``.
    """
    models = list(dict.fromkeys(rows["label"]))
    values = sorted(set(rows["value"]))
    figure = go.Figure()
    for value, colour in zip(values, from_orange_to_blue(len(values)), strict=True):
        here = rows[rows["value"] == value].set_index("label").reindex(models)
        share = here["share"].astype(float)
        figure.add_trace(
            go.Bar(
                x=share,
                y=list(range(len(models))),
                orientation="h",
                width=0.42,
                marker={"color": colour, "line": {"width": 0}},
                text=[f"{value:g}" if part >= _ROOM_FOR_TEXT else "" for part in share],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont_size=SMALL,
                hovertext=[plain(text).replace("\n", "<br>") for text in here["hover"].fillna("")],
                hoverinfo="text",
            )
        )
    at = {"x": 0, "xanchor": "left", "yanchor": "middle", "showarrow": False}
    names = [
        {**at, "y": y - 0.42, "text": plain(model), "font": {"size": LABEL}}
        for y, model in enumerate(models)
    ]
    figure.update_layout(barmode="stack", annotations=names)
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[len(models) - 0.5, -0.75])
    return bare(figure, height=_ROW_HEIGHT * len(models) + _HEAD)
