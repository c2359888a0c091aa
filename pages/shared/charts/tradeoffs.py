"""Quality against what it costs: one mark per model, named where it stands."""

import pandas as pd
import plotly.graph_objects as go

from pages.shared.charts.colours import FAINT
from pages.shared.charts.layout import SMALL, bare, beside, plain


def tradeoff(
    rows: pd.DataFrame, *, x_title: str, y_title: str, x_prefix: str = "", x_suffix: str = ""
) -> go.Figure:
    """Draw a mark per model; better is up, cheaper is left.

    Columns: ``label``, ``x``, ``x_low``, ``x_high``, ``y``, ``y_low``, ``y_high`` (a share; NaN
    where there is no interval), ``colour`` and ``hover``.
    """
    figure = go.Figure()
    names: list[dict[str, object]] = []
    for row in rows.itertuples():
        figure.add_trace(
            go.Scatter(
                x=[row.x],
                y=[100 * row.y],
                mode="markers",
                marker={"size": 13, "color": row.colour},
                error_x=_bars(row.x, row.x_low, row.x_high, row.colour),
                error_y=_bars(100 * row.y, 100 * row.y_low, 100 * row.y_high, row.colour),
                hovertext=plain(row.hover).replace("\n", "<br>"),
                hoverinfo="text",
                cliponaxis=False,
            )
        )
        names.append(beside(row.x, 100 * row.y, plain(row.label)))
    figure.update_layout(annotations=names)  # at once: each addition makes all anew
    bare(figure, height=360, l=52, b=48, t=12, r=12)
    figure.update_xaxes(
        title={"text": x_title, "font_size": SMALL},
        range=[0, _reach(rows[["x", "x_high"]])],
        tickprefix=x_prefix,
        ticksuffix=x_suffix,
        tickfont_size=SMALL,
        nticks=5,
        showline=True,
        linecolor=FAINT,
    )
    figure.update_yaxes(
        title={"text": y_title, "font_size": SMALL},
        ticksuffix=" %",
        tickfont_size=SMALL,
        showgrid=True,
        gridcolor=FAINT,
        griddash="dot",
        nticks=6,
    )
    return figure


def _bars(value: float, low: float, high: float, colour: str) -> dict[str, object]:
    if pd.isna(low) or pd.isna(high):
        return {"visible": False}
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value],
        "arrayminus": [value - low],
        "color": colour,
        "thickness": 2.5,
        "width": 0,
    }


def _reach(values: pd.DataFrame) -> float:
    """Leave room right of the dearest model for its name."""
    return float(values.max().max()) * 1.28
