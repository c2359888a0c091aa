"""Tables of numbers tinted by their value, each of which leads to the cases behind it."""

from typing import NamedTuple

import pandas as pd

from evalkit.reports.blocks import Cell, Target, View, table
from pages.shared.display import html_tables
from pages.shared.display.frames import rows_of


class _Tinted(NamedTuple):
    row: str
    column: str
    value: float
    text: str
    small: str
    hover: str
    href: str


def show(
    cells: pd.DataFrame,
    *,
    limits: tuple[float, float],
    middle: float | None = None,
    caption: str,
    has_total: bool = False,
) -> None:
    """Show cells as a table; the order of rows and columns is that of their first appearance.

    Columns: ``row``, ``column``, ``value`` (NaN has no tint), ``text``, ``small``, ``hover`` and
    ``href``. With a ``middle`` the tint runs from orange over nothing to blue, else from nothing
    to blue.
    """
    columns = list(dict.fromkeys(cells["column"]))
    rows: dict[str, dict[str, Cell]] = {}
    for cell in rows_of(cells, _Tinted):
        tint = 0.0 if pd.isna(cell.value) else tint_of(cell.value, limits=limits, middle=middle)
        target = Target(View.RESPONSES, {"at": cell.href}) if cell.href else None
        details = (cell.small,) if cell.small else ()
        rows.setdefault(cell.row, {})[cell.column] = Cell(
            cell.text, details, about=cell.hover, tint=tint, target=target
        )
    shown = [
        [Cell(name), *(of.get(column, Cell("")) for column in columns)] for name, of in rows.items()
    ]
    made = table(caption, ["", *columns], shown, is_map=True, has_total=has_total)
    html_tables.show(made, address=lambda target: str(target.only["at"]))


def tint_of(value: float, *, limits: tuple[float, float], middle: float | None) -> float:
    """Return how strong the tint of a value is: −1 fully orange, 0 none, 1 fully blue."""
    start = limits[0] if middle is None else middle
    reach = (limits[1] if value >= start else 2 * start - limits[0]) - start
    tint = (value - start) / reach if reach else 0.0
    return max(-1.0 if middle is not None else 0.0, min(1.0, tint))
