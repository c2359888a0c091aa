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
    ``right`` name the boards. Models stand one below the other in the order of their ranks, also
    where models between them are not drawn.
    """
    lines, texts = list[dict[str, object]](), list[dict[str, object]]()
    places = zip(rows["ours"].rank(), rows["theirs"].rank(), strict=True)
    for row, (our_place, their_place) in zip(rows_of(rows, _Ranked), places, strict=True):
        lines.append(
            {
                "type": "scatter",
                "x": [0, 1],
                "y": [our_place, their_place],
                "mode": "lines+markers",
                "line": {"color": row.colour if row.ours != row.theirs else FAINT, "width": 2.5},
                "marker": {"size": 11, "color": row.colour},
                "hoverinfo": "skip",
                "cliponaxis": False,
            }
        )
        name, ends = plain(row.model), ((our_place, "right", -12), (their_place, "left", 12))
        for x, (y, anchor, shift) in enumerate(ends):
            text = f"{row.theirs:g}  {name}" if x else f"{name}  {row.ours:g}"
            place = {"x": x, "y": y, "xshift": shift, "xanchor": anchor}
            texts.append({**place, "text": text, "showarrow": False, "font": {"size": LABEL}})
    for x, board, anchor in ((0, left, "right"), (1, right, "left")):
        place = {"x": x, "y": 1, "yref": "paper", "yshift": 16, "xanchor": anchor}
        font = {"size": SMALL, "color": MUTED}
        texts.append({**place, "text": plain(board), "showarrow": False, "font": font})
    return bare(
        *lines,
        height=_ROW_HEIGHT * len(rows) + _HEADINGS_HEIGHT,
        margin={"t": _HEADINGS_HEIGHT},
        x={"visible": False, "range": [-1.1, 2.1]},
        y={"visible": False, "range": [len(rows) + 0.5, 0.5]},
        annotations=texts,
    )
