"""Checks of anchors as blocks."""

from evalkit import text
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import Cell, Section, Table, bullets, section, table, words
from evalkit.reports.drift.report import DriftReport, DriftRow
from evalkit.reports.drift.sentences import (
    HOW,
    drift_verdict,
    moment,
    row_in_words,
    standing_in_words,
)

_COLUMNS = (
    "Judge",
    "Checked",
    "Reading",
    "Held against",
    "Other answers",
    "Retest floor",
    "p",
    "Level",
    "Right on anchors",
    "Anchors",
    "Model that answered",
    "Cost",
)


def drift_table(report: DriftReport) -> Table:
    """Give a row per check."""
    return table(
        "Checks of anchors",
        _COLUMNS,
        [_cells(row) for row in report.rows],
        left=("Checked", "Reading", "Held against", "Model that answered"),
    )


def _cells(row: DriftRow) -> tuple[str | Cell, ...]:
    drift = row.drift
    flips = text.MISSING if drift is None or drift.flips is None else text.percent(drift.flips)
    floor = text.MISSING if drift is None or drift.floor is None else text.percent(drift.floor)
    cost = row.look.cost_usd
    return (
        row.look.judge,
        moment(row),
        standing_in_words(row),
        text.MISSING if row.since is None else f"{row.since:%Y-%m-%d %H:%M} UTC",
        flips,
        floor,
        text.bare_p(None if drift is None else drift.p_value),
        text.bare_p(row.level),
        number_cell(row.right, text.percent, has_n=True),
        text.whole(row.n_anchors),
        ", ".join(row.look.served_models) or text.MISSING,
        text.MISSING if cost is None else text.dollars(cost),
    )


def drift_section(report: DriftReport) -> Section:
    """Say all of it: whether a judge moved, and every check."""
    return section(
        "Drift",
        words(drift_verdict(report), style="verdict"),
        words(HOW, style="note"),
        bullets(row_in_words(row) for row in report.rows),
        drift_table(report),
    )
