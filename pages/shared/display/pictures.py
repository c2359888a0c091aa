"""The charts as pages show them: in the page's own ink, and titled for who saves them."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from evalkit import colours
from evalkit.reports.shown_models import MOST_MODELS
from pages.shared.display import captions
from pages.shared.display.charts.colours import MUTED
from pages.shared.display.charts.layout import Spec

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


class Picture(go.Figure):  # type: ignore[misc]  # Plotly is not typed
    """A chart as Streamlit takes it: as it is, without Plotly making objects of all it holds."""

    def __init__(self, chart: Spec) -> None:
        """Hold a chart beside the template of Plotly's own empty figure, and nothing else.

        Streamlit asks a figure for its data alone, and Plotly takes longer to make an empty one
        than a chart takes to be written.
        """
        self._chart: Spec = {**chart, "layout": {"template": _template(), **chart["layout"]}}

    def to_dict(self) -> Spec:
        """Return the chart in plain data, which nobody may change."""
        return self._chart


@cache
def _template() -> dict[str, Any]:
    template: dict[str, Any] = go.Figure().to_dict()["layout"]["template"]
    return template


def titled(chart: Spec, title: str) -> Picture:
    """Return a chart in the page's own ink, with its title and what it rests on for who saves it.

    These are of the theme once the browser has told which.
    """
    theme = str(st.context.theme.type)
    layout = captions.captioned(chart["layout"], title)
    if theme not in _INK:
        return Picture({**chart, "layout": layout})
    ink, quiet = _INK[theme], _QUIET[theme]
    inked = {
        "font": {"color": ink},
        "paper_bgcolor": _GROUND[theme],
        "xaxis": _inked_axis(layout["xaxis"], ink),
        "yaxis": _inked_axis(layout["yaxis"], ink),
        "annotations": [_inked_note(note, quiet) for note in layout.get("annotations", ())],
    }
    traces = [_inked_trace(trace, ink) for trace in chart["data"]]
    return Picture({"data": traces, "layout": {**layout, **inked}})


def _inked_trace(trace: dict[str, Any], ink: str) -> dict[str, Any]:
    if trace["type"] == "bar":
        return {**trace, "insidetextfont": {"color": ink}}
    return trace


def _inked_axis(axis: dict[str, Any], ink: str) -> dict[str, Any]:
    title = axis.get("title", {})
    return {
        **axis,
        "tickfont": {**axis.get("tickfont", {}), "color": ink},
        "title": {**title, "font": {**title.get("font", {}), "color": ink}},
    }


def _inked_note(note: dict[str, Any], quiet: str) -> dict[str, Any]:
    """Write what is muted in a grey that can be read, and all else in the ink of the chart."""
    font = {**note["font"], "color": quiet if note["font"].get("color") == MUTED else None}
    return {**note, "font": font, "text": note["text"].replace(MUTED, quiet)}
