"""Judges beside people in each category by itself, where there are enough labels."""

from dataclasses import dataclass

import numpy as np

from evalkit import text
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.agreement.judges import without_judges
from evalkit.reports.blocks import Cell, Table, table
from evalkit.reports.judges.report import JudgeRow, has_ground, judge_rows
from evalkit.reports.judges.told import Answered, answered, places_of
from evalkit.stats.counts import IntArray
from evalkit.stats.judges.cases import Parts
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
    parts = Parts(category, n_parts)
    rows = [
        _rows(collected, answered(collected, subject, judges, parts=parts), category, judges)
        for subject in subjects(without_judges(collected))
    ]
    return tuple(
        JudgedCategory(name, row)
        for part, name in enumerate(collected.categories)
        for by_subject in zip(*rows, strict=True)
        for of_judge in by_subject
        if (row := of_judge[part]) is not None and _n_units(row) >= LEAST_UNITS
    )


def _rows(
    collected: Collected, answers: Answered, category: IntArray, judges: list[int]
) -> list[list[JudgeRow | None]]:
    """Return each judge on one thing in each category in which people judged enough."""
    n_parts, latest = len(collected.categories), answers.latest
    there = places_of(category[latest.case], n_parts)
    enough = [len(np.unique(latest.unit[places])) >= LEAST_UNITS for places in there]
    have_ground = [
        is_enough and has_ground(latest.at(places), answers.subject)
        for is_enough, places in zip(enough, there, strict=True)
    ]
    return [
        [
            row if is_enough else None
            for row, is_enough in zip(
                judge_rows(collected, judge, answers, have_ground=have_ground), enough, strict=True
            )
        ]
        for judge in judges
    ]


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
