"""Wins by criterion as a map: page, file and terminal show it."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.blocks import Block, Cell, Section, section, table, value_cell, words
from evalkit.reports.by_criterion.report import CriterionReport
from evalkit.stats.intervals import Estimate

TITLE = "Better on each criterion"
_HOW_TO_READ = (
    "The share of its comparisons that a model won on the criterion alone; ties and both bad count "
    "half. Raw, so it hangs on whom a model met. Beneath it the 95 % interval, clustered by case, "
    "and n. The first column has the same of the preference on the whole."
)


def criterion_section(report: CriterionReport, order: Sequence[str]) -> Section:
    """Show who won on each criterion; nothing where nobody chose by criterion."""
    return section(TITLE, *criterion_blocks(report, order))


def criterion_blocks(report: CriterionReport, order: Sequence[str]) -> tuple[Block, ...]:
    """Give a row per model and a column per criterion, and say how to read them."""
    if not report.criteria:
        return ()
    every = (report.overall, *(each.won for each in report.criteria))
    rows = [[Cell(model), *(_cell(won[model]) for won in every)] for model in order]
    names = (each.criterion.key.replace("_", " ") for each in report.criteria)
    columns = ("", "On the whole", *(f"On {name}" for name in names))
    return table(TITLE, columns, rows, is_map=True), words(_HOW_TO_READ, style="note")


def _cell(won: Estimate) -> Cell:
    tint = 0.0 if won.value is None else 2 * won.value - 1
    return value_cell(won, text.percent, tint=tint)
