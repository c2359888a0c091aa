"""Two rankings side by side: one line per model from its rank on one board to that on the other."""

from typing import NamedTuple

import pandas as pd

from pages.shared.display.charts.colours import FAINT, MUTED
from pages.shared.display.charts.layout import LABEL, SMALL, Spec, bare, plain
from pages.shared.display.frames import rows_of

_ROW_HEIGHT = 34
_HEADINGS_HEIGHT = 30


class _Ranked(NamedTuple):
    model: str
    ours: float
    theirs: float
    colour: str


def rank_slopes(rows: pd.DataFrame, *, left: str, right: str) -> Spec:
    """Draw the ranks of models on two boards, best on top.

    Columns: ``model``, ``ours``, ``theirs`` (ranks, 1 is best), ``colour``. ``left`` and
    ``right`` name the boards.
    """
    lines, texts = list[dict[str, object]](), list[dict[str, object]]()
    for row in rows_of(rows, _Ranked):
        lines.append(
            {
                "type": "scatter",
                "x": [0, 1],
                "y": [row.ours, row.theirs],
                "mode": "lines+markers",
                "line": {"color": row.colour if row.ours != row.theirs else FAINT, "width": 2.5},
                "marker": {"size": 11, "color": row.colour},
                "hoverinfo": "skip",
                "cliponaxis": False,
            }
        )
        for x, rank, anchor, shift in ((0, row.ours, "right", -12), (1, row.theirs, "left", 12)):
            text = f"{rank:g}  {plain(row.model)}" if x else f"{plain(row.model)}  {rank:g}"
            place = {"x": x, "y": rank, "xshift": shift, "xanchor": anchor}
            texts.append({**place, "text": text, "showarrow": False, "font": {"size": LABEL}})
    for x, name, anchor in ((0, left, "right"), (1, right, "left")):
        place = {"x": x, "y": 1, "yref": "paper", "yshift": 16, "xanchor": anchor}
        font = {"size": SMALL, "color": MUTED}
        texts.append({**place, "text": plain(name), "showarrow": False, "font": font})
    worst = float(max(rows["ours"].max(), rows["theirs"].max()))
    return bare(
        *lines,
        height=int(_ROW_HEIGHT * worst) + _HEADINGS_HEIGHT,
        margin={"t": _HEADINGS_HEIGHT},
        x={"visible": False, "range": [-1.1, 2.1]},
        y={"visible": False, "range": [worst + 0.5, 0.5]},
        annotations=texts,
    )
