"""Blocks to one HTML file by Jinja2, every text in it escaped."""

import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evalkit import text
from evalkit.colours import BLUE, MUTED, OKABE_ITO, ORANGE
from evalkit.reports.blocks import Scatter, Table
from evalkit.reports.shown_models import MOST_MODELS

_FOLDER = Path(__file__).parent
_NAME_ROOM = (0.45, 0.08)  # what a name takes of a scatter, across and down
#: Widths are in characters of a printed table: a page, the gap of a column, a column of words.
_PAGE, _GAP, _WORDS = 100.0, 1.6, 28
_LONGEST_NAME, _LONGEST_HEADING = 22, 12  # longer ones are broken
_SMALL = 0.82  # what stands beneath a number is so much smaller


def rendered(template: str, *, colours: Mapping[str, str], **values: Any) -> str:
    """Return a template of this folder with blocks and values in it.

    ``colours`` has that of each model; what else is drawn has one colour.
    """
    style = Markup((_FOLDER / "report.css").read_text(encoding="utf-8"))
    return ENVIRONMENT.get_template(template).render(colours=colours, style=style, **values)


def anchor(title: str) -> str:
    """Return the name under which a section is found in the file."""
    return re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")


def _tint(strength: float) -> str:
    return f"--tint:{BLUE if strength > 0 else ORANGE};--share:{min(1.0, abs(strength)):.2f}"


def breaking(words: str) -> str:
    """Return words of a cell, which may break before an interval where there is little room."""
    return text.unbroken(words).replace("\N{NO-BREAK SPACE}[", " [")


def named(scatter: Scatter) -> list[str]:
    """Return the models whose names are written: of many those on the front that have room."""
    if len(scatter.points) <= MOST_MODELS:
        return [point.label for point in scatter.points]
    places: dict[str, tuple[float, float]] = {}
    for point in scatter.points:
        x = scatter.across.share(point.x.value or 0.0)
        y = scatter.down.share(point.y.value or 0.0)
        is_free = all(
            abs(x - left) > _NAME_ROOM[0] or abs(y - top) > _NAME_ROOM[1]
            for left, top in places.values()
        )
        if point.is_on_front and is_free:
            places[point.label] = x, y
    return list(places)


def parts(of: Table) -> list[Table]:
    """Return a table as several of about equal width, none wider than an A4 page.

    Each begins with the column that names the rows.
    """
    if not of:
        return []
    head, *widths = (_width(of, place) for place in range(len(of.columns)))
    n_parts = len(_starts(widths, _PAGE - head))
    # The narrowest in which there are no more of them makes them about equal.
    rooms = range(math.ceil(sum(widths) / n_parts), math.ceil(_PAGE - head))
    starts = next(
        (starts for room in rooms if len(starts := _starts(widths, room)) == n_parts),
        _starts(widths, _PAGE - head),
    )
    return [
        replace(
            of,
            columns=(of.columns[0], *of.columns[start:end]),
            rows=tuple((row[0], *row[start:end]) for row in of.rows),
        )
        for start, end in itertools.pairwise([*starts, len(of.columns)])
    ]


def _starts(widths: Sequence[float], room: float) -> list[int]:
    """Return at which column each part begins where no part may be wider than the room."""
    starts, taken = [1], 0.0
    for place, width in enumerate(widths, 1):
        taken += width
        if taken > room and place > starts[-1]:
            starts, taken = [*starts, place], width
    return starts


def _width(of: Table, place: int) -> float:
    """Return how many characters wide a column is at least, its gap included."""
    column = of.columns[place]
    cells = [row[place] for row in of.rows]
    longest = max(len(word) for cell in cells for word in breaking(cell.text).split(" "))
    small = max(len(word) for cell in cells for word in breaking(cell.small).split(" "))
    if place == 0:
        return min(max(len(cell.text) for cell in cells), _LONGEST_NAME) + _GAP
    if column in of.left:
        return max(min(longest, _LONGEST_NAME), _WORDS) + _GAP
    heading = max(len(word) for word in column.split(" "))
    return max(longest, _SMALL * small, min(heading, _LONGEST_HEADING)) + _GAP


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "anchor": anchor,
        "kind": lambda block: type(block).__name__,
        "tint": _tint,
        "breaking": breaking,
        "named": named,
        "parts": parts,
        "unbroken": text.unbroken,
    }
    made.filters |= filters
    made.globals |= {"muted": MUTED, "default_colour": OKABE_ITO[0]}
    return made


ENVIRONMENT = _environment()
