"""Distances beyond a set's own, and shares of categories: against SciPy, print and simulation."""

import numpy as np
import pytest
from scipy import stats

from evalkit.errors import UndefinedStatisticError
from evalkit.sampling.beside import _nearest
from evalkit.stats.coverage import (
    FarLimit,
    between_shares,
    chance_of_far,
    evened,
    far_limit,
    share_p,
)
from evalkit.stats.intervals import wilson_interval


def test_the_limit_is_the_distance_of_which_a_further_case_exceeds_one_in_twenty():
    own = np.arange(1.0, 100.0)

    limit = far_limit(np.random.default_rng(1).permutation(own), np.ones(99))

    # ⌈.95 · 100⌉ = 95: five of a hundred ranks are above it.
    assert limit == FarLimit(95.0, 95, 99)


def test_nineteen_cases_have_their_largest_distance_and_eighteen_have_none():
    assert far_limit(np.arange(19.0), np.ones(19)).distance == 18.0
    with pytest.raises(UndefinedStatisticError, match="Fewer than 19 cases"):
        far_limit(np.arange(18.0), np.ones(18))


def test_a_case_counts_in_the_limit_for_all_that_it_stands_for():
    # Of the weight, 400 · 1 is at distance .2 and 200 · 9 at .5; one case of weight 1 is at .9,
    # which is 1 of 2,201, far below one in twenty.
    own = np.array([0.2] * 400 + [0.5] * 200 + [0.9])
    weight = np.array([1.0] * 400 + [9.0] * 200 + [1.0])

    limit = far_limit(own, weight)

    assert limit.distance == 0.5
    # Kish: 2,201² / (401 · 1 + 200 · 81) = 291.8.
    assert limit.n == 291
    assert evened(weight) == pytest.approx(2201**2 / 16601)


@pytest.mark.parametrize(("n_far", "n_lines"), [(0, 50), (3, 50), (20, 400), (400, 400)])
def test_the_chance_of_far_lines_is_the_tail_of_a_beta_binomial_distribution(n_far, n_lines):
    limit = FarLimit(0.4, 96, 100)
    below = 96 / 101

    tail = stats.betabinom.sf(n_far - 1, n_lines, (1 - below) * 51, below * 51)

    assert chance_of_far(n_far, n_lines, limit) == pytest.approx(tail)


@pytest.mark.parametrize("counts", [(3, 40, 9, 60), (0, 40, 9, 60), (40, 40, 60, 60), (5, 9, 1, 9)])
def test_two_counted_shares_are_tested_by_twice_the_smaller_tail_of_fisher(counts):
    hits, n, others, other_n = counts
    table = [[hits, n - hits], [others, other_n - others]]
    tails = [stats.fisher_exact(table, alternative=way).pvalue for way in ("less", "greater")]

    assert share_p(hits / n, n, others / other_n, other_n) == pytest.approx(min(1, 2 * min(tails)))


def test_a_share_is_tested_against_a_stated_one_by_twice_the_smaller_binomial_tail():
    tails = [stats.binomtest(9, 20, 0.2, alternative=way).pvalue for way in ("less", "greater")]

    assert share_p(9 / 20, 20, 0.2, None) == pytest.approx(2 * min(tails))
    # What nobody stated and nobody asks.
    assert share_p(0.0, 20, 0.0, None) == 1.0


def test_the_difference_of_shares_has_the_interval_that_newcombe_prints():
    # Newcombe (1998), Statistics in Medicine 17:873, table II, 56/70 − 48/80 by method 10.
    between = between_shares(
        56 / 70, wilson_interval(56 / 70, 70), 48 / 80, wilson_interval(48 / 80, 80)
    )

    assert (between.low, between.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("n_cases", "n_directions", "spread"), [(100, 20, 0.6), (60, 15, 0.3)])
def test_a_log_like_its_set_is_far_and_alarms_no_oftener_than_stated(n_cases, n_directions, spread):
    rng = np.random.default_rng(7)
    shares, alarms = [], 0
    for _ in range(300):
        middles, mix = rng.standard_normal((12, n_directions)), rng.dirichlet(np.ones(12))
        of = rng.choice(12, size=n_cases + 500, p=mix)
        points = middles[of] + rng.standard_normal((len(of), n_directions)) * spread
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        cases, lines = points[:n_cases], points[n_cases:]
        limit = far_limit(_nearest(cases, cases, is_own=True)[0], np.ones(n_cases))
        n_far = int((_nearest(lines, cases)[0] > limit.distance).sum())
        shares.append(n_far / 500)
        alarms += chance_of_far(n_far, 500, limit) <= 0.05

    # The mean share is known to four standard errors, alarms to a binomial 99.9 %.
    assert np.mean(shares) <= 0.05 + 4 * np.std(shares) / np.sqrt(300)
    assert alarms <= stats.binom.ppf(0.999, 300, 0.05)
