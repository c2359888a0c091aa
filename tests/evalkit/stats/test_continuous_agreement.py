"""Agreement on a continuous scale goes by moments, and is what tables of values come to."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from evalkit.stats.agreement.coefficients import fleiss_kappa, gwet_ac
from evalkit.stats.agreement.kappa import agreement_with_rest, pairwise_agreement
from evalkit.stats.agreement.krippendorff import krippendorff_alpha, percent_agreement
from evalkit.stats.agreement.moments import EXACT_ONLY
from evalkit.stats.agreement.weights import Weights
from evalkit.stats.counts import Codings
from evalkit.vocabulary import Level


def coded(seed, *, n_units=30, n_values=9, is_even=False):
    """Make codings of some annotators who leave some out, units of some cases."""
    rng = np.random.default_rng(seed)
    unit, who = np.divmod(np.arange(n_units * 4), 4)
    here = rng.random(len(unit)) < 0.7
    unit, who = unit[here], who[here]
    truth = rng.integers(0, n_values, n_units)
    value = np.clip(truth[unit] + rng.integers(-2, 3, len(unit)), 0, n_values - 1)
    steps = np.ones(n_values) if is_even else rng.integers(1, 9, n_values) / 2
    values = tuple(np.cumsum(steps).tolist())
    return Codings(unit, unit // 2, who, value, values, ("a", "b", "c", "d"))


def continuous(codings):
    """Return the same with only the values that were given, as a continuous scale has them."""
    used, value = np.unique(codings.value, return_inverse=True)
    values = tuple(codings.values[k] for k in used)
    return replace(codings, value=value.reshape(-1), values=values, is_continuous=True)


def numbers(of):
    return [of.value, of.low, of.high, of.n_units, of.n_labels, of.standard_error]


seeds = st.integers(0, 10_000)


@given(seed=seeds)
def test_alpha_of_moments_is_alpha_of_a_table_of_values(seed):
    # The table is the other implementation, checked against Krippendorff's own numbers.
    data = coded(seed)

    moments = numbers(krippendorff_alpha(continuous(data), Level.INTERVAL))

    assert moments == pytest.approx(numbers(krippendorff_alpha(data, Level.INTERVAL)), abs=1e-9)
    assert percent_agreement(continuous(data)) == percent_agreement(data)


@given(seed=seeds)
def test_quadratic_kappa_of_moments_is_that_of_a_table_of_credits(seed):
    # The table's credit goes by places, so its levels are one apart here.
    data = coded(seed, is_even=True)
    by_moments = pairwise_agreement(continuous(data))
    by_table = pairwise_agreement(data, weights=Weights.QUADRATIC)

    assert len(by_moments) == len(by_table)
    for pair, other in zip(by_moments, by_table, strict=True):
        assert (pair.annotators, pair.n) == (other.annotators, other.n)
        assert pair.percent_agreement == other.percent_agreement
        assert pair.weighted_cohen_kappa.value == pytest.approx(other.weighted_cohen_kappa.value)
        assert pair.cohen_kappa.reason == EXACT_ONLY
    rest = agreement_with_rest(continuous(data))
    for one, other in zip(rest, agreement_with_rest(data, weights=Weights.QUADRATIC), strict=True):
        assert one.kappa.value == pytest.approx(other.kappa.value)


def test_the_interval_of_kappa_reaches_at_least_as_low_as_that_of_the_table():
    # Its lower end rests on the least kappa that any two lists with these means and spreads have,
    # which is no higher than that of any two with these values.
    data = coded(3, is_even=True)

    pair = pairwise_agreement(continuous(data))[0].weighted_cohen_kappa
    other = pairwise_agreement(data, weights=Weights.QUADRATIC)[0].weighted_cohen_kappa

    assert pair.low == pytest.approx(other.low, abs=0.05)
    assert pair.high == pytest.approx(other.high, abs=0.05)


@settings(deadline=None, max_examples=15)
@given(seed=seeds, shift=st.floats(-1e6, 1e6), size=st.floats(0.01, 1000))
def test_another_unit_of_measurement_changes_nothing(seed, shift, size):
    # Squared differences are scaled all alike, so their ratio is not; so are means removed.
    data = continuous(coded(seed))
    other = replace(data, values=tuple(shift + size * value for value in data.values))

    assert numbers(krippendorff_alpha(other, Level.INTERVAL)) == pytest.approx(
        numbers(krippendorff_alpha(data, Level.INTERVAL)), abs=1e-5
    )


@settings(deadline=None, max_examples=15)
@given(seed=seeds)
def test_order_names_and_numbers_of_units_change_nothing(seed):
    data = continuous(coded(seed))
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data.unit))
    mixed = data.at(order)
    place = rng.permutation(4)
    names = tuple(data.annotators[k] for k in np.argsort(place))
    other = replace(
        mixed, unit=9_000 - mixed.unit, annotator=place[mixed.annotator], annotators=names
    )

    before, after = (krippendorff_alpha(each, Level.INTERVAL) for each in (data, other))
    assert numbers(after) == pytest.approx(numbers(before), abs=1e-9)
    kappas = [
        {frozenset(pair.annotators): pair.weighted_cohen_kappa.value
         for pair in pairwise_agreement(each)}
        for each in (data, other)
    ]  # fmt: skip
    assert kappas[0] == pytest.approx(kappas[1])


def test_thirty_thousand_different_numbers_need_no_table_of_values():
    # A table of 30,000 by 30,000 takes 7 GB (fast-krippendorff issue 38); sums take a few MB.
    n = 30_000
    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(n // 2), 2)
    raw = rng.normal(size=n // 2)[unit] + rng.normal(size=n)
    values, value = np.unique(raw, return_inverse=True)
    data = Codings(
        unit, unit, np.tile([0, 1], n // 2), value, tuple(values.tolist()), ("a", "b"),
        is_continuous=True,
    )  # fmt: skip

    tracemalloc.start()
    alpha = krippendorff_alpha(data, Level.INTERVAL)
    (pair,) = pairwise_agreement(data)
    percent_agreement(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 200_000_000
    # Truth and error have the variance 1: half of the variance is shared.
    assert alpha.value == pytest.approx(0.5, abs=0.02)
    assert pair.weighted_cohen_kappa.value == pytest.approx(0.5, abs=0.02)


def test_coefficients_that_count_equal_values_say_why_they_are_not_there():
    data = continuous(coded(2))

    for coefficient in (fleiss_kappa, gwet_ac):
        assert coefficient(data).value is None
        assert coefficient(data).reason == EXACT_ONLY


def test_equal_numbers_far_from_zero_have_no_alpha():
    data = Codings(
        np.repeat(np.arange(3), 2), np.repeat(np.arange(3), 2), np.tile([0, 1], 3),
        np.zeros(6, dtype=np.int64), (123456.7,), ("a", "b"), is_continuous=True,
    )  # fmt: skip

    assert krippendorff_alpha(data, Level.INTERVAL).value is None
    assert pairwise_agreement(data)[0].weighted_cohen_kappa.value is None
