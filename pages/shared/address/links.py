"""Addresses of other pages with the state of this one: the same study, filters and models."""

import html
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from db.queries.results import ResultFilters, ResultStudy
from evalkit.reports.blocks import Target, View
from pages.shared.address import addresses, filters, pins
from pages.shared.components import scroll

State = Mapping[str, str | Sequence[str]]

#: The page on which each thing behind a number is looked at.
_PAGES = {
    View.OVERVIEW: "overview",
    View.PAIR: "compare-models",
    View.RESPONSES: "failures",
    View.ANNOTATORS: "annotators",
}
_TO, _CASES = "to", "cases"
_MOST_LINKS = 14
_LINE = "font-size:.875rem;line-height:1.5;max-width:90ch;margin:0;opacity:.85"


def state(study: ResultStudy, chosen: ResultFilters, **more: str) -> dict[str, str | list[str]]:
    """Give what an address says to show this study and its pins within these filters, and more."""
    of_filters = {name: values for name, values in filters.address_of(chosen).items() if values}
    return {"study": str(study.study_id), **of_filters, **pins.in_address(), **more}


def responses(state: State, model: str, *, category: str | None = None) -> str:
    """Give the address of the responses of a model, also of one category only."""
    only = {} if category is None else {"category": [category]}
    return link("failures", {**state, **only, "model": model, "through": "responses"})


def of_targets(state: State, *, ids: Mapping[str, int] | None = None) -> Callable[[Target], str]:
    """Give what makes a target an address: its page, in this state, narrowed to it.

    ``ids`` are those of annotators, by the names that targets call them.
    """

    def address(target: Target) -> str:
        only = dict(target.only)
        if ids is not None and "annotator" in only:
            only["annotator"] = [str(ids[name]) for name in only["annotator"]]
        return link(_PAGES[target.view], {**state, **only})

    return address


def to_cases(page: str, state: State) -> str:
    """Give the address of a page in that state, which opens at its list of cases."""
    return link(page, {**state, _TO: _CASES})


def begin_cases() -> None:
    """Mark where a page lists its cases, and scroll there for who came by :func:`to_cases`."""
    scroll.place(key="cases-list", is_wanted=st.query_params.get(_TO) == _CASES)
    addresses.remember(_TO, None)


def line(what: str, places: Mapping[str, str], *, rest: str = "by the filters above") -> None:
    """Show a line of links: what they lead to, then each by its name; where the ``rest`` is."""
    if not places:
        return
    more = len(places) - _MOST_LINKS
    places = dict(list(places.items())[:_MOST_LINKS])
    names = " · ".join(
        f'<a href="{html.escape(place)}" target="_self" style="color:inherit">'
        f"{html.escape(name)}</a>"
        for name, place in places.items()
    )
    left = f" and {more:,} more {html.escape(rest)}" if more > 0 else ""
    st.html(f'<p style="{_LINE}">{html.escape(what)} {names}{left}</p>')


def link(page: str, state: State) -> str:
    """Give the relative address of a page in that state."""
    return f"{page}?{urlencode(state, doseq=True)}"
