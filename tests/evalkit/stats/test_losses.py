"""Why comparisons are lost: against McNemar's test, by hand, and by simulation with known truth."""

import numpy as np
import pytest

from evalkit.stats.associations.losses import FEW_CASES, NO_WITH, costs_of, discordant
from evalkit.stats.significance import mcnemar


def test_of_one_comparison_a_case_it_is_mcnemars_exact_test():
    # Of 17 comparisons with the error on one side 12 were lost by that side.
    alone = np.arange(30) < 17
    lost = np.arange(30) < 12
    none = np.zeros(30, dtype=bool)

    found = discordant(
        lost, alone, none, group=np.zeros(30, dtype=int), case=np.arange(30), n_groups=1
    )

    assert (found.only_loser[0], found.only_winner[0]) == (12, 5)
    assert found.p_value[0] == pytest.approx(mcnemar(only_first=12, only_second=5).p_exact)


def test_a_case_judged_by_many_counts_once_for_the_side_it_leans_to():
    case = np.repeat([0, 1, 2], 7)
    lost = np.array([1] * 7 + [1] * 5 + [0] * 2 + [0] * 7, dtype=bool)
    has = np.ones(21, dtype=bool)

    found = discordant(lost, has, ~has, group=0 * case, case=case, n_groups=1)

    assert (found.only_loser[0], found.only_winner[0]) == (12, 9)
    assert found.p_value[0] == pytest.approx(mcnemar(only_first=2, only_second=1).p_exact)


def test_the_cost_is_what_is_won_without_it_less_what_is_won_with_it():
    # With it alone: won 1 of 4. In both or neither: won 3 of 4. Alone at the other: left out.
    has = np.array([1, 1, 1, 1, 0, 1, 0, 0, 0, 0], dtype=bool)
    other = np.array([0, 0, 0, 0, 0, 1, 0, 0, 1, 1], dtype=bool)
    share = np.array([1, 0, 0, 0, 1, 1, 0.5, 0.5, 1, 1])

    costs = costs_of(
        share, has, other, group=np.zeros(10, dtype=int), case=np.arange(10), n_groups=2
    )

    assert costs[0].value == pytest.approx(0.75 - 0.25)
    assert (costs[0].n, costs.won(0).value) == (4, 0.25)
    assert costs[0].low < 0.5 < costs[0].high
    assert (costs[1].value, costs[1].reason) == (None, NO_WITH)


def test_from_both_sides_half_is_won_without_it_and_that_is_certain():
    has = np.array([1, 1, 1, 0, 0, 0] + [0] * 6, dtype=bool)
    other = np.array([0, 0, 0, 1, 1, 1] + [0] * 6, dtype=bool)
    share = np.array([0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0.0])
    case = np.array([0, 1, 2, 0, 1, 2, 3, 3, 4, 4, 5, 5])

    costs = costs_of(share, has, other, group=0 * case, case=case, n_groups=1)

    cost, won = costs[0], costs.won(0)
    assert cost.value == pytest.approx(0.5 - 1 / 3)
    assert (cost.low, cost.high) == pytest.approx((0.5 - won.high, 0.5 - won.low))


def test_one_case_gives_no_interval():
    costs = costs_of(
        np.array([0, 1.0]),
        np.array([True, False]),
        np.array([False, False]),
        group=np.zeros(2, dtype=int),
        case=np.zeros(2, dtype=int),
        n_groups=1,
    )

    assert (costs[0].value, costs[0].low, costs[0].reason) == (1.0, None, FEW_CASES)


@pytest.mark.slow
def test_intervals_of_the_cost_hold_the_truth_where_cases_lean_alike():
    """A model that wins 60 % without the error and 35 % with it; a case's chances go together."""
    rng = np.random.default_rng(6)
    n_runs, n_cases, n_each = 400, 120, 4
    case = np.repeat(np.arange(n_cases), n_each)
    held = 0
    for _ in range(n_runs):
        has = rng.random(len(case)) < 0.25
        lean = rng.normal(0, 0.12, n_cases)[case]
        share = (rng.random(len(case)) < np.where(has, 0.35, 0.6) + lean.clip(-0.3, 0.3)) * 1.0
        costs = costs_of(share, has, has & False, group=0 * case, case=case, n_groups=1)
        held += costs.low[0] <= 0.25 <= costs.high[0]

    assert 0.925 < held / n_runs < 0.98
