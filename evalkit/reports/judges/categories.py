"""Judges beside people in each category by itself, where there are enough labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evalkit import text
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.agreement.judges import without_judges
from evalkit.reports.blocks import Cell, Table, table
from evalkit.reports.judges.report import JudgeRow, has_ground, judge_row
from evalkit.reports.judges.told import Answered, answered, answered_in_parts
from evalkit.study.collected import Collected
from evalkit.study.subjects import subject_title, subjects
from evalkit.study.who import identified
from evalkit.vocabulary import AnnotatorKind

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
    n_parts = len(collected.categories)
    if n_parts < 2:
        return ()
    collected = identified(collected)
    is_judge = np.array([who.kind == AnnotatorKind.JUDGE for who in collected.annotators])
    if is_judge.all():
        return ()
    judges, outputs = np.flatnonzero(is_judge).tolist(), collected.outputs
    category = np.zeros(int(outputs.case.max(initial=-1)) + 1, dtype=np.int64)
    category[outputs.case] = outputs.category
    by_subject = [
        answered_in_parts(
            answered(collected, subject, judges), collected, category, n_parts=n_parts
        )
        for subject in subjects(without_judges(collected))
    ]
    return tuple(
        row
        for name, told in zip(collected.categories, zip(*by_subject, strict=True), strict=True)
        for row in _rows(collected, name, told, judges)
    )


def _rows(
    collected: Collected, category: str, told: Sequence[Answered], judges: list[int]
) -> Iterator[JudgedCategory]:
    """Give each judge on each thing in one category."""
    enough = [answers for answers in told if len(np.unique(answers.people.unit)) >= LEAST_UNITS]
    grounds = [has_ground(answers) for answers in enough]
    for place in judges:
        for answers, holds in zip(enough, grounds, strict=True):
            row = judge_row(collected, place, answers, has_ground=holds)
            if row is not None and _n_units(row) >= LEAST_UNITS:
                yield JudgedCategory(category, row)


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
