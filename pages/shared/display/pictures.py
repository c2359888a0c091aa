"""The charts as pages show them: drawn once for the same numbers, in the page's own ink."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Concatenate, NamedTuple, ParamSpec

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from evalkit import colours
from evalkit.reports.shown_models import MOST_MODELS
from pages.shared.display import captions, charts
from pages.shared.display.charts.colours import MUTED

How = ParamSpec("How")

#: The colour of a chart's text, which Streamlit's own theme would make too faint to read.
_INK = {"light": "#12161A", "dark": "#E4E2DD"}
_QUIET = {"light": "#666B73", "dark": "#A3A8B0"}
#: What charts stand on, as the page does: a saved picture keeps it, and can be read anywhere.
_GROUND = {"light": "#FFFEFB", "dark": "#16191D"}


def model_colours(models: Sequence[str], *, pinned: Sequence[str] = ()) -> dict[str, str]:
    """Give each model its colour: few by their place in the study, of many the pinned only.

    All others wear the ink of the page's text, for grey says that something is undecided.
    """
    coloured = pinned if len(models) > MOST_MODELS else models
    ink = _INK.get(str(st.context.theme.type), _INK["light"])
    own = colours.model_colours(coloured[: len(colours.OKABE_ITO)])
    return dict.fromkeys(models, ink) | own


class Picture(NamedTuple):
    """A chart that is yet to be drawn: by what, of which frame, with which options."""

    draw: Callable[..., go.Figure]
    rows: pd.DataFrame
    how: Mapping[str, Any]

    def titled(self, title: str) -> go.Figure:
        """Return it drawn, with its title and what it rests on for who saves it.

        That happens once per frame, options, theme and caption: drawing takes longer than
        counting. All sessions are given the same figure, so nobody may change it.
        """
        theme, of_what = str(st.context.theme.type), captions.of_page()
        return _drawn(self.draw.__name__, self.rows, self.how, theme, title, of_what, self.draw)


def _pictured(
    draw: Callable[Concatenate[pd.DataFrame, How], go.Figure],
) -> Callable[Concatenate[pd.DataFrame, How], Picture]:
    """Let a chart be drawn where its title is known."""

    @functools.wraps(draw)
    def picture(rows: pd.DataFrame, /, *args: How.args, **how: How.kwargs) -> Picture:
        return Picture(draw, rows, how)

    return picture


@st.cache_resource(max_entries=100, show_spinner=False)
def _drawn(
    name: str,
    rows: pd.DataFrame,
    how: Mapping[str, Any],
    theme: str,
    title: str,
    of_what: str,
    _draw: Callable[..., go.Figure],
) -> go.Figure:
    return _inked(captions.captioned(_draw(rows, **how), title, of_what), theme)


def _inked(figure: go.Figure, theme: str) -> go.Figure:
    """Give a figure the ink and the ground of a theme, once the browser has told it."""
    if theme not in _INK:
        return figure
    ink, quiet, layout = _INK[theme], _QUIET[theme], figure.layout
    layout.font.color, layout.paper_bgcolor = ink, _GROUND[theme]
    figure.update_traces(insidetextfont_color=ink, selector={"type": "bar"})
    figure.update_traces(unselected_textfont_color=ink, selector={"mode": "markers+text"})
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.tickfont.color = axis.title.font.color = ink
    # As plain data, and given back at once: a note that is changed in its place takes a
    # millisecond, and a page has hundreds.
    notes = layout.to_plotly_json().get("annotations", ())
    for note in notes:
        font = note.setdefault("font", {})
        font["color"] = quiet if font.get("color") == MUTED else None
        note["text"] = note["text"].replace(MUTED, quiet)
    layout.annotations = notes
    return figure


frontier = _pictured(charts.frontier)
interval_rows = _pictured(charts.interval_rows)
level_bars = _pictured(charts.level_bars)
rank_slopes = _pictured(charts.rank_slopes)
tinted_grid = _pictured(charts.tinted_grid)
