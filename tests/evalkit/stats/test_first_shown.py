"""How far annotators put what is shown first above the others, against what is known of them."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from evalkit.stats.annotators.first_shown import (
    NOTHING_RANKED,
    ORDER_NOT_DEALT,
    FirstShown,
    first_shown_habits,
)


def ranked(above, *, annotator=None, is_dealt=True):
    """Make rankings, each of a case of its own."""
    n = len(above)
    who = np.zeros(n, np.int64) if annotator is None else np.asarray(annotator)
    return FirstShown(who, np.arange(n), np.array(above, np.float64), np.full(n, is_dealt))


def test_the_rate_is_the_mean_share_of_the_others_and_the_test_is_of_rankings_that_lean():
    above = [1.0] * 9 + [2 / 3, 0.5, 0.5, 1 / 3, 0.0]

    (habit,) = first_shown_habits(ranked(above), 1)

    assert habit.rate.value == pytest.approx((9 + 2 / 3 + 1 + 1 / 3) / 14)
    assert habit.rate.n == 14
    assert (habit.n_above, habit.n_below) == (10, 2)
    assert habit.p_value == pytest.approx(binomtest(10, 12).pvalue)


def test_rankings_of_an_order_that_nobody_dealt_say_nothing():
    (habit, nobody) = first_shown_habits(ranked([1.0] * 30, is_dealt=False), 2)

    assert (habit.rate.value, habit.rate.reason, habit.rate.n) == (None, ORDER_NOT_DEALT, 0)
    assert (nobody.rate.value, nobody.rate.reason) == (None, NOTHING_RANKED)
    assert math.isnan(habit.p_value)
    assert math.isnan(nobody.p_value)


def simulated(leaning, *, n_annotators=1000, n_rankings=40, n_ranked=4):
    """Simulate people who put what is shown first on top with this chance, else by quality.

    The order on the screen is drawn; qualities differ between responses by as much as they seem
    to differ to somebody from case to case.
    """
    rng = np.random.default_rng(11)
    shape = n_annotators, n_rankings, n_ranked
    quality = np.arange(n_ranked) + rng.normal(scale=2.0, size=shape)
    shown = rng.permuted(quality, axis=2)
    first = np.where(rng.random(shape[:2]) < leaning, np.inf, shown[:, :, 0])
    above = (first[:, :, None] > shown[:, :, 1:]).mean(axis=2)
    who = np.repeat(np.arange(n_annotators), n_rankings)
    return first_shown_habits(ranked(above.ravel(), annotator=who), n_annotators)


@pytest.mark.parametrize("leaning", [0.0, 0.2, 0.5])
def test_intervals_hold_the_leaning_that_was_simulated(leaning):
    habits = simulated(leaning)

    # On top with chance b, else anywhere: b + (1 - b)/2, whatever the responses are like.
    truth = 0.5 + leaning / 2
    rates = [habit.rate for habit in habits]
    held = np.mean([rate.low <= truth <= rate.high for rate in rates])
    # Rankings spread by 0.37, so the mean of 40,000 by 0.0018: four standard errors.
    assert np.mean([rate.value for rate in rates]) == pytest.approx(truth, abs=0.0075)
    assert 0.93 <= held <= 0.97  # of 1,000: three standard errors are 0.02
    is_flagged = np.mean([habit.p_value <= 0.05 for habit in habits])
    assert is_flagged <= 0.06 if leaning == 0 else is_flagged > 0.2  # of 1,000, one side
