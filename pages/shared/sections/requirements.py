"""What a lead asks of a model, typed on the decision page and kept in its address."""

import math

import streamlit as st

from db.queries.results import ResultFilters, ResultStudy
from evalkit.reports.decision.document import met
from evalkit.reports.decision.measures import Measure
from evalkit.reports.decision.report import DecisionReport
from evalkit.reports.decision.requirement_sentences import margin_unit
from evalkit.reports.decision.requirements import Requirements
from pages.shared import report_file
from pages.shared.address import addresses
from pages.shared.collecting import Kept
from pages.shared.display import exhibits


def show(kept: Kept, report: DecisionReport, study: ResultStudy, chosen: ResultFilters) -> None:
    """Ask for limits, say who meets them, and offer the report that says so too."""
    requirements = _ask(report.chosen.measure)
    exhibits.say(*met(kept.collected, report, requirements)[1], style="lead")
    if requirements:
        report_file.offer(study, chosen, requirements)


def _ask(measure: Measure) -> Requirements:
    places = st.columns(3)
    with places[0]:
        cost = _number("most-cost", "Most for 1,000 responses, $")
    with places[1]:
        latency = _number("most-latency", "Most median latency, s")
    with places[2]:
        margin = _number("margin", f"Smallest difference that matters, {margin_unit(measure)}")
    return Requirements(cost, latency, margin)


def _number(says: str, label: str) -> float | None:
    """Ask for a number, which may be left out; the address remembers it."""
    key = f"decision-{says}"
    addresses.take(says, key=key, read=lambda values: _read(values[0]) if values else None)
    number = st.number_input(
        label, min_value=0.0, value=None, key=key, placeholder="any", format="%.6g",
        persist_state="session",
    )  # fmt: skip
    addresses.remember(says, None if number is None else f"{number:.6g}")
    return number


def _read(written: str) -> float | None:
    """Read a number from the address, or None where it is none that could be typed."""
    try:
        number = float(written)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
