"""The profile likelihood of two strengths, and separation where standard errors mislead."""

import math
from functools import cache

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import binom, binomtest

from evalkit.stats.counts import LEFT, RIGHT, Comparisons
from evalkit.stats.differences import preference_differences
from evalkit.stats.ranking.profile import deviance, profile_interval
from evalkit.stats.ranking.ranking import rank_models


def split(won, lost):
    """Return comparisons of two models, one a case."""
    n = won + lost
    ones = np.ones(n, dtype=np.int64)
    preference = np.array([LEFT] * won + [RIGHT] * lost)
    return Comparisons(np.arange(n), 0 * ones, ones, preference, ones, ("x", "y"))


def binomial_deviance(won, lost, gap):
    """Return 2(l(MLE) - l(gap)) of a binomial share, written down by hand."""
    n, share = won + lost, 1 / (1 + math.exp(-gap))
    best = won * math.log(won / n) + lost * math.log(lost / n)
    return 2 * (best - won * math.log(share) - lost * math.log(1 - share))


@pytest.mark.parametrize(("won", "lost", "gap"), [(11, 1, 0.0), (44, 15, 0.4), (9, 1, 3.0)])
def test_of_two_models_the_deviance_is_the_binomials(won, lost, gap):
    wins = np.array([[0.0, won], [lost, 0.0]])
    half = math.log(won / lost) / 2

    found = deviance(
        wins, np.array([half, -half]), 0, 1, error=math.sqrt(1 / won + 1 / lost), gap=gap
    )

    # 1/won + 1/lost is the inverse information, so nothing is scaled.
    assert found == pytest.approx(binomial_deviance(won, lost, gap), rel=1e-6)


def test_the_profile_interval_ends_where_the_deviance_is_the_quantile_squared():
    error, half = math.sqrt(1 / 11 + 1), math.log(11) / 2
    wins = np.array([[0.0, 11.0], [1.0, 0.0]])

    low, high = profile_interval(wins, np.array([half, -half]), 0, 1, error=error, quantile=2.2)

    ends = [
        brentq(lambda gap: binomial_deviance(11, 1, gap) - 2.2**2, *around)
        for around in ((-5, 2 * half), (2 * half, 20))
    ]
    assert [low, high] == pytest.approx(ends, abs=1e-4)


def test_a_third_model_is_refitted_where_a_difference_is_held():
    # x and y each beat z 12 : 4 and never met: held equal they stay where they are.
    wins = np.array([[0, 0, 12], [0, 0, 4], [4, 12, 0]], dtype=float)
    gap = math.log(3)
    strength = np.array([gap, -gap, 0.0])

    found = deviance(wins, strength, 0, 1, error=math.sqrt(2 * 16 / (12 * 4)))

    # By hand: x and y together are 16 : 16 against z; each loses 2(l(12/16) - l(1/2)).
    assert found == pytest.approx(2 * binomial_deviance(12, 4, 0.0), rel=1e-6)


#: On both sides of where two models are first told apart, which is before 14 more than twice.
GRID = [
    (won, lost)
    for lost in (0, 1, 2, 3, 4, 5, 7, 10, 15)
    for won in range(lost + 1, 2 * lost + 14, 3)
]
GRID += [(8, 1), (9, 1), (11, 1), (10, 2), (12, 3), (13, 4), (15, 5), (18, 7), (29, 15), (44, 15)]


@cache
def ranked(won, lost):
    return rank_models(split(won, lost))


@pytest.mark.slow
def test_two_models_are_told_apart_as_the_sign_test_of_their_cases_says():
    for won, lost in GRID:
        ranking = ranked(won, lost)
        (pair,) = preference_differences(split(won, lost))
        p = binomtest(won, won + lost).pvalue

        is_apart = ranking.is_separated("x", "y")

        assert is_apart == (pair.p_adjusted <= 0.05), (won, lost)
        if abs(p - 0.05) > 0.004:  # beyond the error of 10,000 draws
            assert is_apart == (p <= 0.05), (won, lost)


@pytest.mark.slow
def test_no_interval_of_two_models_that_are_told_apart_holds_zero():
    for won, lost in GRID:
        ranking = ranked(won, lost)
        difference = ranking.difference("x", "y")
        if ranking.is_separated("x", "y") and difference.low is not None:
            first, second = ranking.rows
            assert 0 < difference.low < difference.value < difference.high, (won, lost)
            assert second.high < 0 < first.low, (won, lost)


def study(generator, strength, *, n_cases, n_each, pairs):
    left, right = np.array(pairs)[generator.integers(len(pairs), size=n_cases * n_each)].T
    chance = 1 / (1 + np.exp(strength[right] - strength[left]))
    preference = np.where(generator.random(len(left)) < chance, LEFT, RIGHT)
    case = np.repeat(np.arange(n_cases), n_each)
    names = tuple("abcdef"[: len(strength)])
    return Comparisons(case, left, right, preference, np.ones_like(left), names)


def test_two_equal_models_are_told_apart_in_at_most_one_study_of_twenty():
    # Not simulated: of twelve cases, each number of wins with its probability.
    apart = [won for won in range(13) if ranked(won, 12 - won).is_separated("x", "y")]
    chance = binom.pmf(apart, 12, 0.5).sum()

    # Ten wins or more of twelve, or two or fewer, by the binomial: 2 * (66 + 12 + 1) / 2^12.
    assert chance == pytest.approx(2 * 79 / 2**12)
    assert chance <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize(
    ("strength", "n_cases", "n_each", "pairs"),
    [
        ((0.0, 0.0, 0.0), 10, 3, [(0, 1), (0, 2), (1, 2)]),
        # Two equal models, both far ahead of the third, whom alone they met.
        ((2.0, 2.0, 0.0), 25, 2, [(0, 2), (1, 2)]),
    ],
)
def test_equal_models_are_told_apart_in_at_most_one_study_of_twenty(
    strength, n_cases, n_each, pairs
):
    generator, n = np.random.default_rng(11), 100
    equal = [(0, 1)] if strength[-1] != strength[0] else [(0, 1), (0, 2), (1, 2)]
    found = 0
    for _ in range(n):
        ranking = rank_models(
            study(generator, np.array(strength), n_cases=n_cases, n_each=n_each, pairs=pairs)
        )
        found += any(ranking.is_separated("abcdef"[i], "abcdef"[j]) for i, j in equal)

    # 5 % of 100 is 5, with a standard deviation of 2.2.
    assert found <= 5 + 2 * 2.2


def test_eleven_wins_of_twelve_settle_it_beside_a_third_model_too():
    # x beat y 19 : 1 and z 19 : 1; y and z are level. All pairs at once, sign tests after
    # Bonferroni say 3 * 4e-5 of x against each.
    parts = [(0, 1, 19, 1), (0, 2, 19, 1), (1, 2, 10, 10)]
    left = np.concatenate([[i] * (won + lost) for i, _, won, lost in parts])
    right = np.concatenate([[j] * (won + lost) for _, j, won, lost in parts])
    preference = np.concatenate([[LEFT] * won + [RIGHT] * lost for *_, won, lost in parts])
    case, n = np.arange(60), np.ones(60, dtype=np.int64)

    ranking = rank_models(Comparisons(case, left, right, preference, n, ("x", "y", "z")))

    assert ranking.is_separated("x", "y")
    assert ranking.is_separated("x", "z")
    assert not ranking.is_separated("y", "z")
