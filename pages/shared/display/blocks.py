"""Blocks on a page: words, tables whose numbers are links, pictures in the models' colours."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import NamedTuple

import pandas as pd
import streamlit as st

from evalkit import text
from evalkit.colours import MUTED, OKABE_ITO
from evalkit.reports.blocks import (
    Beside,
    Block,
    Bullets,
    Cell,
    Heading,
    IntervalRow,
    Intervals,
    Point,
    Scatter,
    Table,
    Target,
    Tone,
    Words,
)
from evalkit.reports.shown_models import ShownModels
from pages.shared.display import exhibits, html_tables
from pages.shared.display.charts import PricedModel, frontier, interval_rows

#: What tones are drawn in: better is blue, worse orange; words say it too.
_TONES: Mapping[str, str] = {Tone.BETTER: OKABE_ITO[0], Tone.WORSE: OKABE_ITO[1], Tone.OPEN: MUTED}


class Page(NamedTuple):
    """What a page adds to blocks: the colours of models, and the addresses of what they lead to.

    ``shown`` are the models it shows, where it may be some of many, and ``pin`` shows one more.
    """

    colours: Mapping[str, str]
    address: Callable[[Target], str]
    shown: ShownModels = ShownModels((), (), ())
    pin: Callable[[str], None] | None = None

    def named(self, block: Scatter) -> Collection[str]:
        """Return which models of a picture have names: all, or of many those that stand out."""
        if self.shown.are_many:
            return self.shown.named
        return {point.label for point in block.points}

    def is_compact(self, block: Intervals) -> bool:
        """Say whether a picture is of some of many models: a line for each is enough then."""
        return self.shown.are_many and all(row.label in self.colours for row in block.rows)


def titled(picture: Intervals, page: Page, *, key: str) -> None:
    """Show a picture under its title, where no heading says already what it is of."""
    if picture:
        exhibits.heading(picture.title)
        show(picture, page=page, key=key)


def show(*blocks: Block, page: Page, key: str) -> None:
    """Show blocks from top to bottom; ``key`` begins the names of pictures, which are saved so."""
    for number, block in enumerate(blocks):
        if isinstance(block, Words):
            exhibits.say(*block.sentences, style=block.style or "lead")
        elif isinstance(block, Bullets):
            for sentence in block.sentences:
                exhibits.say(sentence)
        elif isinstance(block, Heading):
            exhibits.heading(block.text)
        elif isinstance(block, Table):
            _show_table(block, page)
        elif isinstance(block, Intervals):
            _show_intervals(block, page, key=f"{key}-{number}" if number else key)
        elif isinstance(block, Scatter):
            _show_scatter(block, page, key=f"{key}-{number}" if number else key)
        else:
            _show_beside(block, page, key=f"{key}-{number}" if number else key)


def fold(
    table: Table,
    *,
    key: str,
    label: str | None = "Table",
    more: Callable[[], pd.DataFrame] | None = None,
) -> None:
    """Fold a long table with how to read it, to be sorted and searched, with its download.

    Without a label it stands there as it is, and whoever asks for it says how to read it; ``more``
    makes a download that holds more than it.
    """
    if not table:
        return
    rows = [[" ".join(cell.lines) for cell in row] for row in table.rows]
    frame = pd.DataFrame(rows, columns=list(table.columns))
    held = more or partial(numbers, table)
    if label is None:
        exhibits.inline_table(frame, key=key, left=table.left, numbers=held)
    else:
        exhibits.table(frame, key=key, label=label, left=table.left, numbers=held, note=table.note)


def numbers(table: Table) -> pd.DataFrame:
    """Give a table as a download holds it: each number unrounded, with interval, n and reason.

    Every column of the table is there under its name; a dash that no number stands behind is empty.
    """
    return pd.DataFrame([_numbers_of(table, row) for row in table.rows])


def _numbers_of(table: Table, row: tuple[Cell, ...]) -> dict[str, object]:
    values: dict[str, object] = {}
    for column, cell in zip(table.columns, row, strict=True):
        if cell.number is None:
            is_words = column == table.columns[0] or column in table.left
            values[column] = cell.text if is_words else _plain(cell.text)
            continue
        values[column] = cell.number.value
        ends = {"low": cell.number.low, "high": cell.number.high, "n": cell.number.n}
        values |= {f"{column} {name}": value for name, value in ends.items()}
        if cell.number.reason:
            values[f"{column} reason"] = cell.number.reason
    return values


def _plain(words: str) -> str | int | None:
    """Return a count as a number, whatever parts its thousands, and nothing for a dash."""
    digits = words.replace(",", "")
    if digits.isdecimal():
        return int(digits)
    return None if words == text.MISSING else words


def _show_table(table: Table, page: Page) -> None:
    if table:
        html_tables.show(table, address=page.address)
        exhibits.say(table.note, *table.reasons)


def _show_intervals(block: Intervals, page: Page, *, key: str) -> None:
    if not block:
        return
    rows = pd.DataFrame([interval_row(row, page.colours) for row in block.rows])
    axis, is_compact = block.axis, page.is_compact(block)
    figure = interval_rows(
        rows,
        limits=(axis.low, axis.high),
        ticks=axis.ticks,
        references=axis.references,
        is_compact=is_compact,
    )
    if is_compact and page.pin:
        exhibits.mark_picker(figure, key=key, alt=block.title, on_pick=page.pin)
    else:
        exhibits.picture(figure, key=key, alt=block.title)
    exhibits.say(block.note, block.n_in_words if is_compact else "", *block.reasons)


def interval_row(row: IntervalRow, colours: Mapping[str, str]) -> dict[str, object]:
    """Give one row of an interval chart; what cannot be had is a gap with its reason on hover."""
    estimate = row.estimate
    about = [row.note or f"n = {row.n:,}", row.about, estimate.reason]
    whose = _TONES if isinstance(row.whose, Tone) else colours
    return {
        "label": row.label,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "text": row.number,
        "note": row.note,
        "hover": "\n".join(filter(None, [row.label, row.number, *about])),
        "colour": whose.get(row.whose or row.label, OKABE_ITO[0]),
        "is_settled": row.is_settled,
    }


def _show_scatter(block: Scatter, page: Page, *, key: str) -> None:
    if block.points:
        named = page.named(block)
        figure = frontier(
            [
                _priced(point, block, colour=page.colours.get(point.label), named=named)
                for point in block.points
            ],
            x_title=block.x.title,
            y_title=block.y.title,
            x_prefix=block.x.prefix,
            x_suffix=block.x.suffix,
            y_suffix=block.y.suffix,
            is_less_better=block.is_less_better,
        )
        if page.shown.are_many and page.pin:
            exhibits.mark_picker(figure, key=key, alt=block.title, on_pick=page.pin)
        else:
            exhibits.picture(figure, key=key, alt=block.title)
    exhibits.say(*block.absences)


def _priced(
    point: Point, block: Scatter, *, colour: str | None, named: Collection[str]
) -> PricedModel:
    x, y = point.x.value, point.y.value
    if x is None or y is None:
        raise ValueError(f"{point.label} cannot be drawn: a point's numbers are both known.")
    # Up is better in the picture, also of what there should be little of.
    across, up = block.x.per, -block.y.per if block.is_less_better else block.y.per
    ends = (point.y.low, point.y.high)
    low, high = reversed(ends) if block.is_less_better else ends
    return PricedModel(
        label=point.label,
        x=across * x,
        x_low=_in(point.x.low, across),
        x_high=_in(point.x.high, across),
        y=up * y,
        y_low=_in(low, up),
        y_high=_in(high, up),
        colour=colour or OKABE_ITO[0],
        is_named=point.label in named,
        is_on_front=point.is_on_front,
        hover=f"{point.label}\n{text.estimate(point.y, block.y.form)}, n = {point.y.n:,}\n"
        f"{text.estimate(point.x, block.x.form)}, n = {point.x.n:,}",
    )


def _in(value: float | None, per: float) -> float | None:
    return None if value is None else per * value


def _show_beside(block: Beside, page: Page, *, key: str) -> None:
    for number, (place, group) in enumerate(
        zip(st.columns(len(block.groups), gap="large"), block.groups, strict=True)
    ):
        with place:
            show(*group, page=page, key=f"{key}-{number}")
