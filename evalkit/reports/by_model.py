"""Numbers of models as blocks that several questions share: a row each, and by category."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from evalkit import text
from evalkit.reports.blocks import (
    Axis,
    Block,
    Cell,
    IntervalRow,
    Table,
    Target,
    View,
    table,
    value_cell,
    words,
)
from evalkit.stats.intervals import Estimate
from evalkit.stats.scores import ScoreRow

SHARES = Axis(
    0.0, 1.0, ((0.0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %"))
)
#: More categories than this are not read on a page: the downloads and the JSON have them.
MOST_CATEGORIES = 14
#: More columns than this are not read on a page where the rows are fewer: they change places.
_MOST_COLUMNS = 8
#: Pictures and maps of more models than this stand one beneath the other.
MOST_BESIDE = 6
#: A tint draws the eye; what rests on less than this does not deserve it.
FEWEST_TINTED = 3


def category_name(category: str | None) -> str:
    """Name a category, also that of cases without one, and all together."""
    return "All categories" if category is None else category or "No category"


def model_rows(
    rows: Iterable[ScoreRow], form: text.Format, order: Sequence[str]
) -> tuple[IntervalRow, ...]:
    """Return a row of an interval chart for every model, all categories together."""
    overall = {row.model: row.estimate for row in rows if row.category is None}
    return tuple(
        IntervalRow(model, overall[model], form, note=f"n = {overall[model].n:,}")
        for model in order
        if model in overall
    )


def by_category(
    title: str,
    rows: Sequence[ScoreRow],
    form: text.Format,
    order: Sequence[str],
    *,
    least: float,
    is_less_better: bool = False,
) -> Block:
    """Tint a number by category and model: blue is better than the mean of all, orange worse.

    ``least`` is the smallest distance from the mean that is tinted fully.
    """
    names = list(dict.fromkeys(row.category for row in rows if row.category is not None))
    if len(names) < 2:
        return words()
    if len(names) > MOST_CATEGORIES:
        return many_categories(len(names))
    cells = {(row.category, row.model): row.estimate for row in rows}
    tint = _tints(cells.values(), least, sign=-1 if is_less_better else 1)
    has_total = any((None, model) in cells for model in order)
    known = [None, *names] if has_total else names
    tinted = {
        (category, model): _cell_of(model, category, cells.get((category, model)), form, tint)
        for category, model in itertools.product(known, order)
    }
    grid = [
        [Cell(category_name(name)), *(tinted[name, model] for model in order)] for name in known
    ]
    return readable(table(title, ("", *order), grid, is_map=True, has_total=has_total))


class OfTwoModels(Protocol):
    """Something known of two models."""

    @property
    def model(self) -> str:
        """Return the first."""

    @property
    def other(self) -> str:
        """Return the second."""


_Pairs = TypeVar("_Pairs", bound=OfTwoModels)


def among(pairs: Iterable[_Pairs], models: Sequence[str]) -> tuple[_Pairs, ...]:
    """Return the pairs of which both are among the models."""
    return tuple(pair for pair in pairs if pair.model in models and pair.other in models)


def readable(of: Table) -> Table:
    """Return a map on its side where it has many columns and fewer rows."""
    return transposed(of) if len(of.columns) - 1 > max(_MOST_COLUMNS, len(of.rows)) else of


def transposed(of: Table) -> Table:
    """Return a map with its rows as columns; what named its rows then names its columns."""
    corner, *names = of.columns
    return Table(
        of.title,
        (corner, *(row[0].text for row in of.rows)),
        tuple(
            (Cell(name), *(row[place] for row in of.rows)) for place, name in enumerate(names, 1)
        ),
        is_map=of.is_map,
        note=of.note,
    )


def _cell_of(
    model: str,
    category: str | None,
    estimate: Estimate | None,
    form: text.Format,
    tint: Callable[[Estimate | None], float],
) -> Cell:
    only: dict[str, str | list[str]] = {"model": model, "through": "responses"}
    target = Target(View.RESPONSES, only if category is None else {**only, "category": [category]})
    return value_cell(estimate, form, tint=tint(estimate), target=target)


def _tints(
    estimates: Iterable[Estimate], least: float, *, sign: int
) -> Callable[[Estimate | None], float]:
    """Return how a value is tinted among all: by how far it is from their mean."""
    values = [
        estimate.value
        for estimate in estimates
        if estimate.value is not None and estimate.n >= FEWEST_TINTED
    ]
    middle = sum(values) / len(values) if values else 0.0
    reach = max(least, *(abs(value - middle) for value in values)) if values else least

    def tint(estimate: Estimate | None) -> float:
        if estimate is None or estimate.value is None or estimate.n < FEWEST_TINTED:
            return 0.0
        return sign * (estimate.value - middle) / reach

    return tint


def every_number(
    rows: Iterable[ScoreRow], form: text.Format, order: Sequence[str], *, name: str
) -> Table:
    """Give a row per model and category, the models in the order given."""
    cells = [
        (
            Cell(row.model),
            Cell("All" if row.category is None else category_name(row.category)),
            Cell(text.estimate(row.estimate, form), number=row.estimate),
            Cell(text.whole(row.estimate.n)),
            Cell(text.whole(row.n_cases)),
            Cell(row.estimate.reason or ""),
        )
        for row in sorted(rows, key=lambda row: order.index(row.model))
    ]
    columns = ("Model", "Category", name, "n", "Cases", "Why not")
    return table(name, columns, cells, left=("Category", "Why not"))


def many_categories(n: int) -> Block:
    """Say where to read what does not fit on a page."""
    more = "more than are read here: the JSON and the tables of pages have them."
    return words(f"There are {n:,} categories, {more}")


def without_dashes(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Empty the columns in which nothing is known in any row."""
    known = [
        any(cell.text != text.MISSING for cell in column) for column in zip(*rows, strict=True)
    ]
    return [
        [cell if is_known else Cell("") for cell, is_known in zip(row, known, strict=True)]
        for row in rows
    ]
