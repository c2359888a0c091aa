"""What alpha allows, and which value is nearly all values, as data: words are elsewhere."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.reports.agreement.coefficients import Coefficients
from evalkit.reports.agreement.reading import (
    FIRM,
    TENTATIVE,
    Reading,
    alpha_entry,
    commonest_value,
    read_agreement,
)
from evalkit.reports.agreement.sentences import trust
from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.agreement.weights import Weights
from evalkit.stats.counts import Codings
from evalkit.study.subjects import PREFERRED

ORDER = (Reading.OPPOSED, Reading.CHANCE, Reading.WEAK, Reading.TENTATIVE, Reading.FIRM)


def agreement(value, low=None, high=None):
    return Agreement(value, low, high, 50, 100)


@pytest.mark.parametrize(
    ("value", "low", "high", "reading"),
    # Krippendorff (2004), section 11.4: 0.8 and 0.667, and the interval decides.
    [
        (None, None, None, Reading.UNDEFINED),
        (1.0, None, None, Reading.UNANIMOUS),
        (0.9, None, None, Reading.TOO_LITTLE),
        (0.81, -0.16, 0.99, Reading.TOO_LITTLE),
        (0.3, -0.1, 0.5, Reading.CHANCE),
        (-0.4, -0.6, -0.2, Reading.OPPOSED),
        (0.4, 0.2, 0.6, Reading.WEAK),
        (0.7, 0.6, 0.78, Reading.TENTATIVE),
        (0.85, 0.7, 0.95, Reading.TENTATIVE),
        (0.9, 0.8, 0.95, Reading.FIRM),
    ],
)
def test_the_reading_follows_krippendorffs_bounds_and_the_interval(value, low, high, reading):
    alpha = agreement(value, low, high)

    assert read_agreement(alpha) is reading
    assert alpha_entry(alpha)["reading"] == reading
    assert alpha_entry(alpha)["value"] == value


@given(bounds=st.lists(st.floats(-0.99, 0.99), min_size=4, max_size=4, unique=True))
def test_who_agrees_more_is_never_read_as_agreeing_less(bounds):
    # The first interval lies below the second, end by end: so does its reading, where it has one.
    low, middle, value, high = sorted(bounds)
    first = read_agreement(agreement(middle, low, value))
    second = read_agreement(agreement(value, middle, high))

    if Reading.TOO_LITTLE not in (first, second):
        assert ORDER.index(first) <= ORDER.index(second)


@given(ends=st.tuples(st.floats(-0.99, 0), st.floats(TENTATIVE, 0.99)), at=st.floats(0, 1))
def test_from_chance_to_good_agreement_is_too_little_whatever_the_value(ends, at):
    low, high = ends
    value = low + at * (high - low)

    assert read_agreement(agreement(value, low, high)) is Reading.TOO_LITTLE


def codings(n_common, names=("fine", "unsafe")):
    place = np.arange(100)
    value = np.where(place < n_common, 0, 1)
    return Codings(place // 2, place // 2, place % 2, value, names, ("a", "b"))


def of(alpha, percent, data):
    return Coefficients(
        subject=PREFERRED,
        weights=Weights.IDENTITY,
        alpha=alpha,
        percent=percent,
        fleiss=alpha,
        weighted_fleiss=None,
        gwet=percent,
        commonest=commonest_value(data),
    )


@pytest.mark.parametrize(("n_common", "is_nearly_all"), [(79, False), (80, True), (94, True)])
def test_a_value_is_nearly_all_values_from_four_fifths_on(n_common, is_nearly_all):
    data = codings(n_common)

    (high,) = trust([of(agreement(0.3, 0.2, 0.4), agreement(0.9, 0.8, 0.95), data)])
    (low,) = trust([of(agreement(0.3, 0.2, 0.4), agreement(0.7, 0.6, 0.8), data)])
    (firm,) = trust([of(agreement(0.9, 0.8, 0.95), agreement(0.9, 0.8, 0.95), data)])

    assert commonest_value(data).share == n_common / 100
    assert (f"{n_common} % of all values are “fine”" in high) is is_nearly_all
    assert ("AC1" in high) is is_nearly_all
    assert ("flatters" in low) is is_nearly_all
    # Where alpha is high, no common value has cost it anything.
    assert "AC1" not in firm


def test_the_bounds_are_in_order():
    assert 0 < TENTATIVE < FIRM < 1
