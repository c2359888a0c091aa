import math

import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from evalkit.stats.annotators.sides import NO_SIDE, NOT_DEALT, Sides, side_habits
from evalkit.stats.counts import LEFT, RIGHT, TIE


def sides(entries, *, is_dealt):
    """Write sides down as (annotator, unit, order, chosen)."""
    annotator, unit, order, chosen = np.array(entries, dtype=np.int64).reshape(-1, 4).T
    return Sides(annotator, unit, order, chosen, np.full(len(unit), is_dealt))


def test_sides_that_nobody_dealt_say_nothing_of_a_habit():
    (habit,) = side_habits(sides([(0, unit, 0, LEFT) for unit in range(50)], is_dealt=False), 1)

    assert (habit.rate.value, habit.rate.reason, habit.n) == (None, NOT_DEALT, 0)
    assert math.isnan(habit.p_value)


def test_dealt_sides_are_tested_by_the_exact_binomial_test():
    chosen = [LEFT] * 14 + [RIGHT] * 4 + [TIE] * 3
    given = [(0, unit, unit % 2, choice) for unit, choice in enumerate(chosen)]

    (habit,) = side_habits(sides(given, is_dealt=True), 1)

    assert (habit.left, habit.n, habit.is_dealt) == (14, 18, True)
    assert habit.p_value == pytest.approx(binomtest(14, 18).pvalue)
    wilson = proportion_confint(14, 18, method="wilson")
    assert (habit.rate.low, habit.rate.high) == pytest.approx(wilson)


def test_both_orders_of_a_pair_are_balanced_by_design_and_tested_by_the_sign_test():
    # 12 pairs: left both times on 9, right both times on 1, the same response on 2, which says
    # nothing of sides (McNemar). A thirteenth was shown in one order only, and tells nothing.
    pairs = [(LEFT, LEFT)] * 9 + [(RIGHT, RIGHT)] + [(LEFT, RIGHT), (RIGHT, LEFT)]
    given = [
        (0, unit, order, choice)
        for unit, both in enumerate(pairs)
        for order, choice in enumerate(both)
    ]

    (habit,) = side_habits(sides([*given, (0, 12, 0, LEFT)], is_dealt=False), 1)

    assert (habit.left, habit.n, habit.is_dealt) == (20, 24, False)
    assert habit.rate.value == pytest.approx(20 / 24)
    assert habit.p_value == pytest.approx(binomtest(9, 10).pvalue)


def test_consistent_verdicts_in_both_orders_show_no_habit():
    given = [
        (0, unit, order, LEFT if order == unit % 2 else RIGHT)
        for unit in range(40)
        for order in (0, 1)
    ]

    (habit,) = side_habits(sides(given, is_dealt=False), 1)

    assert (habit.left, habit.n) == (40, 80)
    assert math.isnan(habit.p_value)  # no pair leans


def test_each_annotator_has_sides_of_their_own():
    given = [(0, unit, 0, LEFT) for unit in range(6)] + [(2, 9, 1, TIE)]

    left, nobody, tied = side_habits(sides(given, is_dealt=True), 3)

    assert (left.left, left.n) == (6, 6)
    assert (nobody.n, nobody.rate.reason) == (0, NO_SIDE)
    assert (tied.n, tied.rate.reason) == (0, NO_SIDE)


@pytest.mark.parametrize("is_dealt", [True, False])
def test_swapping_which_output_comes_first_changes_no_habit(is_dealt):
    rng = np.random.default_rng(5)
    given = [
        (int(rng.integers(3)), int(rng.integers(8)), int(rng.integers(2)), int(rng.integers(4)))
        for _ in range(200)
    ]
    turned = [(who, unit, 1 - order, choice) for who, unit, order, choice in given]

    before = side_habits(sides(given, is_dealt=is_dealt), 3)

    after = side_habits(sides(turned, is_dealt=is_dealt), 3)
    assert repr(after) == repr(before)  # a habit of nothing has a p value that equals no other
