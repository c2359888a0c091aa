"""How far two groups of people lie apart, of whom a lot decided who is in which."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_ind

from evalkit.stats.arms import LEAST_PEOPLE, arm_difference, arm_mean, arm_p_value

FIRST = np.array([0.1, 0.3, 0.25, 0.4, 0.15])
SECOND = np.array([0.05, 0.1, 0.2, 0.0])


def test_difference_and_interval_are_those_of_an_independent_implementation():
    # scipy.stats.ttest_ind(equal_var=False), 1.x: Welch's interval.
    test = ttest_ind(FIRST, SECOND, equal_var=False)
    theirs = test.confidence_interval(0.95)

    ours = arm_difference(FIRST, SECOND)

    assert ours.value == pytest.approx(FIRST.mean() - SECOND.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert ours.n == 9
    assert arm_p_value(FIRST, SECOND) == pytest.approx(test.pvalue)


def test_the_order_of_people_changes_nothing_and_groups_that_change_places_turn_the_sign():
    ours, turned = arm_difference(FIRST, SECOND), arm_difference(SECOND, FIRST[::-1])

    assert (-turned.value, -turned.high, -turned.low) == pytest.approx(
        (ours.value, ours.low, ours.high)
    )
    assert arm_p_value(SECOND, FIRST[::-1]) == pytest.approx(arm_p_value(FIRST, SECOND))


def test_the_mean_of_a_group_is_that_of_an_independent_implementation_in_any_order():
    # scipy.stats.ttest_1samp: Student's interval.
    theirs = ttest_1samp(FIRST, 0).confidence_interval(0.95)

    for shares in (FIRST, FIRST[::-1]):
        ours = arm_mean(shares)
        assert (ours.value, ours.n) == (pytest.approx(FIRST.mean()), 5)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert arm_mean(FIRST[:2]).reason == "It takes 3 people in each group."
    assert arm_mean(np.zeros(4)).low is None


def test_too_few_people_in_either_group_give_a_reason_and_no_number():
    few = FIRST[: LEAST_PEOPLE - 1]

    for groups in ((few, SECOND), (SECOND, few)):
        estimate = arm_difference(*groups)
        assert (estimate.value, estimate.low) == (None, None)
        assert "3 people" in estimate.reason
        assert np.isnan(arm_p_value(*groups))


def test_people_who_are_all_alike_give_no_interval():
    estimate = arm_difference(np.zeros(4), SECOND)

    assert estimate.value == pytest.approx(-SECOND.mean())
    assert (estimate.low, estimate.high) == (None, None)
    assert "alike" in estimate.reason
    assert np.isnan(arm_p_value(np.zeros(4), SECOND))


def test_the_interval_ends_where_no_difference_of_shares_can_lie_beyond():
    estimate = arm_difference(np.array([1.0, 1.0, 0.1]), np.array([0.0, 0.0, 0.2]))

    assert estimate.high == 1.0


@pytest.mark.slow
def test_the_interval_holds_the_truth_in_95_percent_of_lots():
    """People differ (beta with mean .1 and .3), each looks at 20 to 99 responses; no effect."""
    draws = np.random.default_rng(0)

    def group(n, mean):
        looks = draws.integers(20, 100, n)
        return draws.binomial(looks, draws.beta(mean * 10, (1 - mean) * 10, n)) / looks

    for mean, n_first, n_second in ((0.1, 6, 3), (0.3, 3, 3), (0.3, 10, 5)):
        made = [arm_difference(group(n_first, mean), group(n_second, mean)) for _ in range(1000)]
        told = [of for of in made if of.low is not None]
        held = np.mean([of.low <= 0 <= of.high for of in told])
        # Of 1,000 a standard deviation is .007; with three people it holds more often.
        assert held > 0.93
