"""Numbers of models as blocks that several questions share: a row each, and by category."""

import itertools
from collections.abc import Callable, Iterable, Sequence

from evalkit import text
from evalkit.reports.blocks import Axis, Block, Cell, IntervalRow, table, value_cell, words
from evalkit.stats.intervals import Estimate
from evalkit.stats.scores import ScoreRow

SHARES = Axis(
    0.0, 1.0, ((0.0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %"))
)
#: More categories than this are not read on a page: the downloads and the JSON have them.
MOST_CATEGORIES = 14
#: More columns than this are not read on a page: categories then stand above the models.
_MOST_COLUMNS = 8
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
    limits: tuple[float, float],
    *,
    is_less_better: bool = False,
) -> Block:
    """Tint a number by category and model; blue is more, orange is more of what is bad."""
    names = list(dict.fromkeys(row.category for row in rows if row.category is not None))
    if len(names) < 2:
        return words()
    if len(names) > MOST_CATEGORIES:
        return many_categories(len(names))
    cells = {(row.category, row.model): row.estimate for row in rows}
    tint = _tints([one for one in cells.values() if one], limits, is_less_better=is_less_better)
    shown = {
        place: value_cell(cells.get(place), form, tint=tint(cells.get(place)))
        for place in itertools.product(names, order)
    }
    if len(order) > max(_MOST_COLUMNS, len(names)):
        headings = [category_name(name) for name in names]
        lying = [[Cell(model), *(shown[name, model] for name in names)] for model in order]
        return table(title, ("", *headings), lying, is_map=True)
    standing = [
        [Cell(category_name(name)), *(shown[name, model] for model in order)] for name in names
    ]
    return table(title, ("", *order), standing, is_map=True)


def _tints(
    estimates: Sequence[Estimate], limits: tuple[float, float], *, is_less_better: bool
) -> Callable[[Estimate | None], float]:
    """Return how a value is tinted among all: from nothing at the least to full at the most."""
    values = [one.value for one in estimates if one.value is not None]
    least, most = min(values, default=limits[0]), max(values, default=limits[1])
    full = -1.0 if is_less_better else 1.0

    def tint(estimate: Estimate | None) -> float:
        if estimate is None or estimate.value is None or estimate.n < FEWEST_TINTED:
            return 0.0
        return full * (estimate.value - least) / (most - least) if most > least else 0.0

    return tint


def many_categories(n: int) -> Block:
    """Say where to read what does not fit on a page."""
    return words(f"There are {n:,} categories: see the results pages or the JSON.")


def without_dashes(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Empty the columns in which nothing is known in any row."""
    known = [
        any(cell.text != text.MISSING for cell in column) for column in zip(*rows, strict=True)
    ]
    return [
        [cell if is_known else Cell("") for cell, is_known in zip(row, known, strict=True)]
        for row in rows
    ]
