"""Judges beside people in each category by itself, where there are enough labels."""

from dataclasses import dataclass

import numpy as np

from evalkit import text
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import Cell, Table, table
from evalkit.reports.judges.report import JudgeRow, judges_report
from evalkit.study.admitted import said_of_outputs
from evalkit.study.collected import Collected
from evalkit.study.subjects import subject_title

#: Units of a category that a judge and people both judged, for its numbers to be told.
LEAST_UNITS = 30
_COLUMNS = (
    "Judge",
    "On",
    "Category",
    "Of people's own agreement",
    "Judge with people, κ",
    "As most people",
    "Positional agreement",
    "Excess where people differ",
    "n",
)
_NOTE = (
    "Each category by itself, where the judge and people judged "
    f"{LEAST_UNITS} units of it or more; all else by category stands there if results are narrowed "
    "to it."
)


@dataclass(frozen=True, slots=True)
class JudgedCategory:
    """One judge on one thing in one category."""

    category: str
    row: JudgeRow


def category_rows(collected: Collected) -> tuple[JudgedCategory, ...]:
    """Set every judge beside people in each category.

    Parameters
    ----------
    collected : Collected
        Of a study, judges included.

    Returns
    -------
    tuple of JudgedCategory
        By category, then judge and subject; none with fewer than ``LEAST_UNITS`` units, nor where
        all cases are of one category.
    """
    if len(collected.categories) < 2:
        return ()
    category = collected.outputs.category
    n_cases = [
        len(np.unique(collected.outputs.case[category == code]))
        for code in range(len(collected.categories))
    ]
    rows = []
    for code, name in enumerate(collected.categories):
        # A case may hold several units, each of another pair or response.
        if n_cases[code] * max(len(collected.models), 1) ** 2 < LEAST_UNITS:
            continue
        part = judges_report(said_of_outputs(collected, category == code))
        rows += [JudgedCategory(name, row) for row in part.rows if _n_units(row) >= LEAST_UNITS]
    return tuple(rows)


def _n_units(row: JudgeRow) -> float:
    return row.ceiling.judge.n if row.confusion is None else float(round(row.confusion.sum()))


def categories_table(rows: tuple[JudgedCategory, ...]) -> Table:
    """Give a row per judge, thing judged and category."""
    ordered = sorted(rows, key=lambda each: (each.row.judge, subject_title(each.row.subject)))
    cells = [
        (
            each.row.judge,
            subject_title(each.row.subject),
            each.category or "No category",
            number_cell(each.row.ceiling.ratio, text.percent),
            number_cell(each.row.ceiling.judge),
            number_cell(each.row.majority.accuracy if each.row.majority else None, text.percent),
            _positional(each.row),
            _excess(each.row),
            text.whole(_n_units(each.row)),
        )
        for each in ordered
    ]
    return table("By category", _COLUMNS, cells, left=("On", "Category"), note=_NOTE)


def _positional(row: JudgeRow) -> Cell:
    if row.orders is None:
        return Cell("")
    return number_cell(row.orders.positions.positional, text.percent)


def _excess(row: JudgeRow) -> Cell:
    if row.distances is None:
        return Cell("")
    excess = row.distances.excess
    return Cell(text.difference(excess, text.points), number=excess, about=excess.reason or "")
