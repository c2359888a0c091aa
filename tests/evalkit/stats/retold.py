"""Random data told in another way, and the numbers of both ways side by side."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings, strategies as st

seeds = st.integers(0, 10**6)
some = settings(max_examples=6)


def rows(data, chosen):
    """Return the entries at the places ``chosen``, other columns as they are."""
    columns = {
        field.name: getattr(data, field.name)[chosen]
        for field in dataclasses.fields(data)
        if isinstance(getattr(data, field.name), np.ndarray)
    }
    return replace(data, **columns)


def estimate(found):
    return [found.value, found.low, found.high, found.n]


def assert_same(before, after, *, abs=1e-9):
    assert before.keys() == after.keys()
    for key, numbers in before.items():
        assert list(after[key]) == pytest.approx(list(numbers), abs=abs, nan_ok=True), key
