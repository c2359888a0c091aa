"""Frames as rows of one type, for what is drawn row by row."""

from typing import NamedTuple, TypeVar

import pandas as pd

Row = TypeVar("Row", bound=NamedTuple)


def rows_of(frame: pd.DataFrame, kind: type[Row]) -> list[Row]:
    """Return the rows of a frame, of its columns those that ``kind`` names.

    A column that is not there raises ``KeyError``.
    """
    columns = (frame[name] for name in kind._fields)
    return [kind._make(values) for values in zip(*columns, strict=True)]
