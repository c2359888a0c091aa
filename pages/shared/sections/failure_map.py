"""The failure map on its page: which kinds of cases, the map, what it comes to, what follows."""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from evalkit.phrases import capital
from evalkit.reports.blocks import Target
from evalkit.reports.errors import map_tables, suggested_tables
from evalkit.reports.errors.failure_map import FailureMap
from evalkit.reports.errors.losing import Losing, ParetoRow
from evalkit.reports.errors.sentences import losing_sentences, map_sentences
from evalkit.reports.errors.suggested import Suggesting
from evalkit.study.facets import CaseFacets, Facet
from pages.shared.address import addresses, choices
from pages.shared.display import blocks, exhibits, html_tables

#: More columns than this cannot be read beside each other.
_MOST_COLUMNS = 30


def facet_picker(facets: CaseFacets, row: DeltaGenerator) -> Facet:
    """Ask in a row what kinds of cases are told apart by, of what they differ in.

    The address remembers it. Without asking it is the category, where they differ in nothing else.
    """
    names = [Facet.CATEGORY.value, *(facet.value for facet in facets.differing())]
    if len(names) == 1:
        addresses.remember("by", None)
        return Facet.CATEGORY
    chosen = choices.choice("by", names, key="failures-by", default=Facet.CATEGORY.value)
    row.segmented_control(
        "Kinds of cases by", names, format_func=capital, required=True, key="failures-by"
    )
    addresses.remember("by", None if chosen == Facet.CATEGORY else chosen)
    return Facet(chosen)


def show_map(of: FailureMap, columns: Sequence[str], *, address: Callable[[Target], str]) -> None:
    """Show where errors are more frequent, in words and as a map whose cells lead to responses."""
    for sentence in map_sentences(of):
        exhibits.say(sentence)
    by_model = map_tables.map_by_model(of, columns)
    by_value = map_tables.map_by_value(of)
    can_split = len(of.values) > 1 and len(columns) * len(of.values) <= _MOST_COLUMNS
    wide, narrow = exhibits.by_width("failures")
    with wide:
        view = _view(of.facet, can_split=can_split) if by_value else "models"
        table = {
            "both": lambda: map_tables.map_by_both(of, columns),
            "models": lambda: by_model,
            "kinds": lambda: by_value,
        }[view]()
        html_tables.show(table, address=address)
    with narrow:  # A phone has room for errors by model alone; kinds of cases are chosen below.
        html_tables.show(by_model, address=address)
    exhibits.say(map_tables.map_note(of), *by_model.reasons, "Click a cell, or choose below.")


def _view(facet: Facet, *, can_split: bool) -> str:
    """Ask what the columns are; the address remembers it."""
    views = {"models": "Models", "kinds": capital(_plural(facet))}
    if can_split:
        views["both"] = f"Models and {_plural(facet)}"
    first = next(iter(views))
    view = choices.choice("columns", list(views), key="failures-view", default=first)
    st.segmented_control(
        "Columns",
        list(views),
        format_func=lambda name: views[name],
        required=True,
        key="failures-view",
    )
    addresses.remember("columns", None if view == first else view)
    return view


def _plural(facet: Facet) -> str:
    return "categories" if facet is Facet.CATEGORY else f"{facet}s"


def fold_what_follows(
    of: FailureMap, losing: Losing, weighed: Sequence[ParetoRow], order: Sequence[str]
) -> None:
    """Say why comparisons are lost, and fold what stands behind it, findings, and what weighs."""
    if lines := losing_sentences(losing):
        exhibits.heading(map_tables.LOSING)
        for line in (*lines, map_tables.LOSING_NOTE):
            exhibits.say(line)
    tables = {
        "failures-findings": map_tables.findings_table(of),
        "failures-losing": map_tables.losing_table(losing),
        "failures-losing-models": map_tables.losing_by_model(losing, order),
        "failures-pareto": map_tables.pareto_table(weighed),
    }
    for key, table in tables.items():
        blocks.fold(table, key=key, label=table.title)


def fold_suggestions(suggesting: Suggesting) -> None:
    """Say what became of errors that were suggested while annotating, and fold what they do."""
    if lines := suggested_tables.suggesting_sentences(suggesting):
        exhibits.heading(suggested_tables.TITLE)
        exhibits.say(*lines)
    table = suggested_tables.suggesting_table(suggesting)
    blocks.fold(table, key="failures-suggested", label=table.title)
