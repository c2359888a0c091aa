"""Frames as rows of one type."""

from typing import NamedTuple

import pandas as pd
import pytest

from pages.shared.display.frames import rows_of


class _Named(NamedTuple):
    name: str
    n: float


def test_a_row_has_the_columns_it_names_in_the_order_of_the_frame():
    frame = pd.DataFrame({"n": [2.0, 1.0], "more": [0, 0], "name": ["b", "a"]}, index=[7, 3])

    assert rows_of(frame, _Named) == [_Named("b", 2.0), _Named("a", 1.0)]


def test_a_frame_without_a_column_that_a_row_names_is_refused():
    with pytest.raises(KeyError, match="n"):
        rows_of(pd.DataFrame({"name": ["a"]}), _Named)
