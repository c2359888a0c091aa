"""Ratios of what two models take: against hand derivations, properties and simulation."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import t as student

from evalkit.stats.ratios import ratio_of_medians, ratio_of_sums
from tests.evalkit.stats.ends import degrees_of

amounts = arrays(np.float64, 6, elements=st.floats(0.01, 100))


def test_a_ratio_is_that_of_the_sums_not_the_mean_of_ratios():
    found = ratio_of_sums([np.array([1.0, 3.0])], [np.array([2.0, 6.0 / 3])])

    assert found.value == 1.0  # 4 / 4, while the ratios of the cases are 0.5 and 1.5
    assert found.n == 2


def test_the_interval_follows_from_the_linearised_logarithm():
    # Pulls x/Σx - y/Σy are ±(1/4 - 2/4) = ∓0.25, so se = sqrt(2/1 · 2 · 0.0625) = 0.5;
    # t(1) at 97.5 % is 12.7062 (Student's table).
    found = ratio_of_sums([np.array([1.0, 3.0])], [np.array([2.0, 2.0])])

    assert np.log(found.high) == pytest.approx(12.7062 * 0.5, rel=1e-4)
    assert found.low * found.high == pytest.approx(1.0)


@given(amounts, amounts)
def test_the_other_way_round_is_the_reciprocal(mine, theirs):
    there, back = ratio_of_sums([mine], [theirs]), ratio_of_sums([theirs], [mine])

    assert there.value * back.value == pytest.approx(1.0)
    if there.low is not None and back.high is not None:
        assert there.low * back.high == pytest.approx(1.0)


@given(amounts, amounts, st.floats(0.1, 10))
def test_a_currency_changes_nothing_but_the_value(mine, theirs, factor):
    plain, scaled = ratio_of_sums([mine], [theirs]), ratio_of_sums([factor * mine], [theirs])

    assert scaled.value == pytest.approx(factor * plain.value)
    if plain.low is not None and scaled.low is not None:
        assert scaled.high / scaled.low == pytest.approx(plain.high / plain.low, rel=1e-6)


def test_a_price_per_accepted_response_divides_by_what_was_accepted():
    # (6 / 3) / (3 / 3): twice the cost for as many accepted responses.
    cost, their_cost = np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0])
    every = np.ones(3)

    assert ratio_of_sums([cost, every], [their_cost, every]).value == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("mine", "theirs", "reason"),
    [([], [], "no case"), ([1.0], [0.0], "nothing"), ([2.0], [1.0], "2 cases")],
)
def test_what_cannot_be_had_says_why(mine, theirs, reason):
    found = ratio_of_sums([np.array(mine)], [np.array(theirs)])

    assert found.low is None
    assert reason in found.reason


@pytest.mark.slow
@pytest.mark.parametrize("n_cases", [50, 200])
def test_the_interval_covers_the_true_ratio(n_cases):
    rng = np.random.default_rng(3)
    base = rng.lognormal(0.0, 0.8, (2000, n_cases))  # what a case asks for; both models feel it
    mine = 3.0 * base * rng.gamma(4, 0.25, base.shape)
    theirs = base * rng.gamma(4, 0.25, base.shape)

    found = [ratio_of_sums([one], [other]) for one, other in zip(mine, theirs, strict=True)]

    # 2,000 trials give a coverage to 0.5 %.
    assert 0.93 <= np.mean([one.low <= 3.0 <= one.high for one in found]) <= 0.97


def test_a_ratio_that_one_case_makes_has_few_degrees_of_freedom():
    # 39 to 10 on ten cases, of which one alone differs.
    over, under = np.append(np.ones(9), 30.0), np.ones(10)

    found = ratio_of_sums([over], [under])

    pull = over / 39 - under / 10
    t = student.ppf(0.975, degrees_of(pull))
    assert found.high / 3.9 == pytest.approx(np.exp(t * np.sqrt(10 / 9 * np.sum(pull**2))))
    assert t > 2.5  # Student's t of 9 degrees is 2.26


def test_a_ratio_of_medians_is_that_published():
    # The worked example of ci.ratio.median.ps in the authors' R package statpsych:
    # 13, 30, 0.4333333, 0.3094838, 0.6067451.
    mine = np.array([21, 4, 9, 12, 35, 18, 10, 22, 24, 1, 6, 8, 13, 16, 19.0])
    theirs = np.array([67, 28, 30, 28, 52, 40, 25, 37, 44, 10, 14, 20, 28, 40, 51.0])

    found = ratio_of_medians(mine, theirs)

    assert (found.value, found.low, found.high) == pytest.approx(
        (13 / 30, 0.3094838, 0.6067451), abs=1e-6
    )
    assert found.n == 15


@given(amounts, amounts, st.floats(0.1, 10))
def test_a_ratio_of_medians_turns_with_the_models_and_does_not_mind_the_unit(mine, theirs, factor):
    there, back = ratio_of_medians(mine, theirs), ratio_of_medians(theirs, mine)
    scaled = ratio_of_medians(factor * mine, theirs)

    assert there.value * back.value == pytest.approx(1.0)
    assert scaled.value == pytest.approx(factor * there.value)
    if there.low is not None and back.high is not None:
        assert there.low * back.high == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("mine", "theirs", "reason"),
    [
        ([], [], "no case"),
        ([0.0], [1.0], "nothing"),
        ([1.0] * 5, [2.0] * 5, "6 cases"),
        ([1.0] * 9, [2.0] * 9, "same ratio"),
    ],
)
def test_a_ratio_of_medians_without_an_interval_says_why(mine, theirs, reason):
    found = ratio_of_medians(np.array(mine), np.array(theirs))

    assert (found.low, found.high) == (None, None)
    assert reason in found.reason


@pytest.mark.slow
@pytest.mark.parametrize("n_cases", [10, 31, 200])
def test_the_interval_covers_the_true_ratio_of_medians(n_cases):
    # Medians of the product of two independent lognormals are exp of the sum of their means.
    rng = np.random.default_rng(5)
    base = rng.lognormal(0.0, 0.8, (1000, n_cases))
    mine = 3.0 * base * rng.lognormal(0.0, 0.4, base.shape)
    theirs = base * rng.lognormal(0.0, 0.4, base.shape)

    found = [ratio_of_medians(one, other) for one, other in zip(mine, theirs, strict=True)]

    # 1,000 trials give a coverage to 0.7 %.
    assert 0.93 <= np.mean([one.low <= 3.0 <= one.high for one in found]) <= 0.99
