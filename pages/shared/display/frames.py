"""Frames as rows of one type, for what is drawn row by row, and as files."""

from itertools import chain
from typing import NamedTuple, TypeVar

import pandas as pd

from evalkit.records.csv_lines import csv_lines

Row = TypeVar("Row", bound=NamedTuple)


def rows_of(frame: pd.DataFrame, kind: type[Row]) -> list[Row]:
    """Return the rows of a frame, of its columns those that ``kind`` names.

    A column that is not there raises ``KeyError``.
    """
    columns = frame[list(kind._fields)]
    return [kind._make(values) for values in columns.itertuples(index=False, name=None)]


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Write a frame as all our CSV is written, what is missing as an empty cell."""
    cells = frame.astype(object).where(frame.notna(), None)
    rows = chain([tuple(frame.columns)], cells.itertuples(index=False, name=None))
    return "".join(csv_lines(rows)).encode()
