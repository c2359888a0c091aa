"""Do 95 % intervals hold the truth in 93 to 97 of 100 simulated studies?"""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from evalkit.stats import bradley_terry
from evalkit.stats.agreement import krippendorff_alpha
from evalkit.stats.counts import LEFT, RIGHT, TIE, Codings, Comparisons, Scores
from evalkit.stats.differences import mean_difference
from evalkit.stats.ranking import rank_models
from evalkit.stats.scores import mean_scores, shares
from evalkit.vocabulary import Level

pytestmark = pytest.mark.slow

N_STUDIES = 1500
# 1,500 studies give a coverage to a standard error of 0.6 %; 93 to 97 % is what we promise.
LOWEST, HIGHEST = 0.93, 0.97


def compared(rng, n_cases, *, n_models=5, pairs=4, annotators=3):
    """Simulate comparisons: cases favour models, and the same pair is judged three times."""
    strength = np.linspace(-0.8, 0.8, n_models)
    favour = rng.normal(0, 0.7, (n_cases, n_models))
    left = rng.integers(0, n_models, (n_cases, pairs))
    right = (left + rng.integers(1, n_models, (n_cases, pairs))) % n_models
    left, right = (np.repeat(side, annotators, axis=1).ravel() for side in (left, right))
    case = np.repeat(np.arange(n_cases), pairs * annotators)
    own = strength + favour
    wins = rng.random(len(case)) < expit(own[case, left] - own[case, right])
    is_tie = rng.random(len(case)) < 0.2
    preference = np.where(is_tie, TIE, np.where(wins, LEFT, RIGHT))
    names = tuple(f"m{k}" for k in range(n_models))
    return Comparisons(case, left, right, preference, np.ones(len(case), dtype=int), names)


def scored(rng, n_cases, *, gain=0.3, annotators=3):
    """Simulate two models with scores 1 to 5, hard and easy cases; return the values too."""
    hard = rng.normal(0, 0.8, n_cases)
    rows = []
    for level in (3.0, 3.0 + gain):
        taste = hard + rng.normal(0, 0.5, n_cases)
        value = level + np.repeat(taste, annotators) + rng.normal(0, 0.6, n_cases * annotators)
        rows.append(np.clip(np.round(value), 1, 5))
    case = np.tile(np.repeat(np.arange(n_cases), annotators), 2)
    model = np.repeat([0, 1], n_cases * annotators)
    one = np.ones(len(case), dtype=int)
    return Scores(case, model, 0 * case, np.concatenate(rows), one, ("a", "b"), ("x",))


def coded(rng, n_units, *, annotators=3, values=5, per_case=2):
    """Simulate annotators who know the value or guess; cases differ in how clear they are."""
    case = np.arange(n_units) // per_case
    clear = rng.beta(3, 2, n_units // per_case + 1)[case]
    truth = rng.choice(values, n_units, p=[0.1, 0.15, 0.2, 0.3, 0.25])
    unit = np.repeat(np.arange(n_units), annotators)
    near = np.clip(truth[unit] + rng.integers(-1, 2, len(unit)), 0, values - 1)
    value = np.where(rng.random(len(unit)) < clear[unit], truth[unit], near)
    guess = rng.integers(0, values, len(unit))
    value = np.where(rng.random(len(unit)) < 0.15, guess, value)
    who = np.tile(np.arange(annotators), n_units)
    return Codings(unit, case[unit], who, value, (1.0, 2.0, 3.0, 4.0, 5.0), ("a", "b", "c"))


def covered(estimates, truths):
    return np.mean([e.low <= t <= e.high for e, t in zip(estimates, truths, strict=True)])


@pytest.mark.parametrize("n_cases", [50, 200])
def test_strengths_and_their_differences_are_covered(n_cases):
    # The truth with case effects is what an endless study gives.
    truth = bradley_terry.fit(compared(np.random.default_rng(99), 60_000, annotators=1)).strength
    own, between = [], []
    for seed in range(N_STUDIES):
        fit = bradley_terry.fit(compared(np.random.default_rng(seed), n_cases))
        t = T_975[n_cases]
        errors = np.sqrt(np.diag(fit.covariance))
        own.append(np.abs(fit.strength - truth) <= t * errors)
        spread = errors**2
        gap = np.sqrt(spread[0] + spread[1:] - 2 * fit.covariance[0, 1:])
        off = (fit.strength[0] - truth[0]) - (fit.strength[1:] - truth[1:])
        between.append(np.abs(off) <= t * gap)

    assert LOWEST <= np.mean(own) <= HIGHEST
    assert LOWEST <= np.mean(between) <= HIGHEST


# Student's t at 97.5 % for 49 and 199 degrees of freedom, from tables.
T_975 = {50: 2.009575, 200: 1.971957}


def test_rank_models_covers_strengths_and_win_rates():
    big = rank_models(compared(np.random.default_rng(98), 60_000, annotators=1))
    strength = {row.model: row.strength for row in big.rows}
    rate = {row.model: row.win_rate.value for row in big.rows}
    strengths, rates = [], []
    for seed in range(N_STUDIES):
        rows = rank_models(compared(np.random.default_rng(1000 + seed), 80)).rows
        strengths.append(covered(rows, [strength[row.model] for row in rows]))
        rates.append(covered([row.win_rate for row in rows], [rate[row.model] for row in rows]))

    assert LOWEST <= np.mean(strengths) <= HIGHEST
    assert LOWEST <= np.mean(rates) <= HIGHEST


def test_the_interval_of_a_strength_is_as_wide_as_the_bootstrap_over_cases_says():
    data = compared(np.random.default_rng(5), 150)
    rng = np.random.default_rng(6)
    strengths = []
    for _ in range(N_STUDIES):
        weight = rng.multinomial(150, np.full(150, 1 / 150))[data.case]
        kept = weight > 0
        drawn = Comparisons(
            data.case[kept],
            data.left[kept],
            data.right[kept],
            data.preference[kept],
            weight[kept],
            data.models,
        )
        strengths.append(
            bradley_terry.fit_strengths(bradley_terry.half_wins(bradley_terry.pair_counts(drawn)))
        )

    closed = np.sqrt(np.diag(bradley_terry.fit(data).covariance))

    # A standard deviation from 1,500 resamples is known to 2 %.
    assert np.std(strengths, axis=0) == pytest.approx(closed, rel=0.08)


def test_the_weak_prior_promises_no_more_than_it_knows():
    # One model is far ahead: in most studies of 30 cases it wins every time.
    gap, held, used = 4.0, [], []
    for seed in range(500):
        lost = np.random.default_rng(seed).random(30) > expit(gap)
        one = np.ones(30, dtype=int)
        data = Comparisons(np.arange(30), 0 * one, one, lost.astype(int), one, ("a", "b"))
        ranking = rank_models(data)
        found = ranking.difference("a", "b")
        used.append(ranking.reason is not None)
        held.append(found.low <= gap <= found.high)

    assert np.mean(used) > 0.5
    assert np.mean(held) >= 0.95


def test_rank_ranges_hold_all_true_ranks_at_once():
    held = []
    for seed in range(N_STUDIES):
        rows = rank_models(compared(np.random.default_rng(2000 + seed), 80)).rows
        # The true order is m4 to m0; simultaneous ranges may be wider than need be.
        true_rank = {f"m{k}": 5 - k for k in range(5)}
        held.append(all(r.best_rank <= true_rank[r.model] <= r.worst_rank for r in rows))

    assert np.mean(held) >= 0.95 - 2 * 0.006


@pytest.mark.parametrize("n_cases", [50, 200])
def test_means_shares_and_paired_differences_are_covered(n_cases):
    big = scored(np.random.default_rng(97), 600_000)
    means = [row.estimate.value for row in mean_scores(big) if row.category is None]
    high = [row.estimate.value for row in shares(big, at_least=4) if row.category is None]
    found = {"mean": [], "share": [], "difference": []}
    for seed in range(N_STUDIES):
        data = scored(np.random.default_rng(seed), n_cases)
        own = [row.estimate for row in mean_scores(data) if row.category is None]
        reached = [row.estimate for row in shares(data, at_least=4) if row.category is None]
        found["mean"].append(covered(own, means))
        found["share"].append(covered(reached, high))
        by_case = data.value.reshape(2, n_cases, -1).mean(axis=2)
        gap = mean_difference(by_case[0] - by_case[1])
        found["difference"].append(gap.low <= means[0] - means[1] <= gap.high)

    for hits in found.values():
        assert LOWEST <= np.mean(hits) <= HIGHEST


def test_an_interval_that_forgets_cases_would_not_cover():
    # The same means with annotations taken as independent: the reason to cluster.
    big = scored(np.random.default_rng(97), 600_000)
    truth = mean_scores(big)[0].estimate.value
    hits = []
    for seed in range(N_STUDIES):
        data = scored(np.random.default_rng(seed), 100)
        value = data.value[data.model == 0]
        half = norm.ppf(0.975) * value.std(ddof=1) / np.sqrt(len(value))
        hits.append(abs(value.mean() - truth) <= half)

    assert np.mean(hits) < 0.88


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("n_units", [100, 300])
def test_alpha_is_covered(level, n_units):
    truth = krippendorff_alpha(coded(np.random.default_rng(96), 400_000), level).value
    found = [
        krippendorff_alpha(coded(np.random.default_rng(seed), n_units), level)
        for seed in range(N_STUDIES)
    ]

    assert LOWEST <= covered(found, [truth] * N_STUDIES) <= HIGHEST
