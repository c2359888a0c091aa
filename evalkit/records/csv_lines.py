"""CSV as spreadsheets need it: the one writer of pages, exports and the command line."""

import csv
import io
from collections.abc import Iterable, Iterator
from numbers import Number
from typing import Any

#: Excel takes UTF-8 for its own code page without it; pandas and R skip it.
BYTE_ORDER_MARK = "\ufeff"

#: A spreadsheet runs what begins with one of these; an apostrophe makes it text. Some take the
#: wide forms of East Asian keyboards for the same signs.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Write rows as lines of CSV, beginning with a byte order mark.

    Parameters
    ----------
    rows : iterable of iterables
        The headings, then the cells of each row. None and numbers that are none are left empty;
        text that a spreadsheet would run as a formula is written with an apostrophe before it.

    Yields
    ------
    str
        One row, ended as RFC 4180 asks; quoted line breaks may make it several lines.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BYTE_ORDER_MARK)
    for row in rows:
        writer.writerow(map(_cell, row))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _cell(value: Any) -> Any:
    if isinstance(value, Number):
        return value if value == value else None  # only what is no number differs from itself
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
