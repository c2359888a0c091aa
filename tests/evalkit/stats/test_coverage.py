"""Do 95 % intervals hold the truth in 93 to 97 of 100 simulated studies?"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from evalkit.stats.agreement.krippendorff import krippendorff_alpha
from evalkit.stats.counts import Comparisons
from evalkit.stats.differences import mean_difference
from evalkit.stats.ranking import bradley_terry
from evalkit.stats.ranking.ranking import rank_models
from evalkit.stats.ranking.style import control_style
from evalkit.stats.ranking.win_rates import pairwise_win_rates
from evalkit.stats.scores import mean_scores, shares
from evalkit.vocabulary import Level
from tests.evalkit.stats.simulated import (
    HIGHEST,
    LOWEST,
    N_ENDLESS,
    N_STUDIES,
    coded,
    compared,
    covered,
    facts,
    ranked,
    scored,
    styled,
)

pytestmark = pytest.mark.slow


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


@pytest.fixture(scope="module")
def rankings():
    """Give the rows of studies of 80 cases, whose true order is m4 to m0."""
    return [
        rank_models(compared(np.random.default_rng(1000 + seed), 80)).rows
        for seed in range(N_STUDIES)
    ]


def test_rank_models_covers_strengths_and_win_rates(rankings):
    big = rank_models(compared(np.random.default_rng(98), 60_000, annotators=1))
    strength = {row.model: row.strength for row in big.rows}
    rate = {row.model: row.win_rate.value for row in big.rows}
    raw = {row.model: row.raw_win_rate.value for row in big.rows}
    strengths, rates, raws = [], [], []
    for rows in rankings:
        strengths.append(covered(rows, [strength[row.model] for row in rows]))
        rates.append(covered([row.win_rate for row in rows], [rate[row.model] for row in rows]))
        raws.append(covered([row.raw_win_rate for row in rows], [raw[row.model] for row in rows]))

    assert LOWEST <= np.mean(strengths) <= HIGHEST
    assert LOWEST <= np.mean(rates) <= HIGHEST
    assert LOWEST <= np.mean(raws) <= HIGHEST


def test_intervals_from_the_pairs_of_rankings_are_as_wide_as_rankings_ask_for():
    # Two rankings of four a case are twelve pairs, and far less than twelve judgements.
    big = rank_models(ranked(np.random.default_rng(96), 60_000, annotators=1)).rows
    strength = {row.model: row.strength for row in big}
    rate = {row.model: row.win_rate.value for row in big}
    strengths, rates, apart = [], [], []
    for seed in range(N_STUDIES):
        data = ranked(np.random.default_rng(7000 + seed), 60)
        rows = rank_models(data).rows
        strengths.append(covered(rows, [strength[row.model] for row in rows]))
        rates.append(covered([row.win_rate for row in rows], [rate[row.model] for row in rows]))
        if seed < 150:
            each = replace(data, case=np.arange(len(data.case)))
            rows = rank_models(each).rows
            apart.append(covered(rows, [strength[row.model] for row in rows]))

    assert LOWEST <= np.mean(strengths) <= HIGHEST
    assert LOWEST <= np.mean(rates) <= HIGHEST
    assert np.mean(apart) < 0.9  # were each pair taken for a case of its own


@pytest.mark.parametrize("n_cases", [30, 150])
def test_win_rates_against_an_average_opponent_are_covered_whoever_was_met(n_cases):
    # Everybody meets the last model most; the truth is that of an endless study of all pairs.
    truth = {}
    for row in rank_models(compared(np.random.default_rng(97), 60_000, annotators=1)).rows:
        truth[row.model] = row.win_rate.value
    rates = []
    for seed in range(N_STUDIES):
        data = compared(np.random.default_rng(2000 + seed), n_cases, pairs=8, annotators=1)
        last = len(data.models) - 1
        met = (data.left == last) | (data.right == last)
        met |= np.random.default_rng(seed).random(len(met)) < 0.15
        chosen = Comparisons(
            data.case[met], data.left[met], data.right[met], data.preference[met], data.n[met],
            data.models,
        )  # fmt: skip
        rows = rank_models(chosen).rows
        rates.append(covered([row.win_rate for row in rows], [truth[row.model] for row in rows]))

    assert LOWEST <= np.mean(rates) <= HIGHEST


def test_the_interval_of_a_strength_is_as_wide_as_the_bootstrap_over_cases_says():
    data = compared(np.random.default_rng(5), 150)
    rng = np.random.default_rng(6)
    strengths = []
    for _ in range(600):
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

    # A standard deviation from 600 resamples is known to 3 %.
    assert np.std(strengths, axis=0) == pytest.approx(closed, rel=0.08)


def test_the_weak_prior_promises_no_more_than_it_knows():
    # One model is far ahead: in most studies of 30 cases it wins every time.
    gap, held, used = 4.0, [], []
    for seed in range(N_STUDIES):
        lost = np.random.default_rng(seed).random(30) > expit(gap)
        one = np.ones(30, dtype=int)
        data = Comparisons(np.arange(30), 0 * one, one, lost.astype(int), one, ("a", "b"))
        ranking = rank_models(data)
        found = ranking.difference("a", "b")
        used.append(ranking.reason is not None)
        held.append(found.low <= gap <= found.high)

    assert np.mean(used) > 0.5
    assert np.mean(held) >= 0.95


@pytest.mark.parametrize("n_cases", [50, 200])
def test_win_rates_of_every_two_models_are_covered(n_cases):
    big = pairwise_win_rates(compared(np.random.default_rng(98), 60_000, annotators=1))
    truth = [rate.estimate.value for rate in big]
    found = [
        covered([rate.estimate for rate in pairwise_win_rates(study)], truth)
        for study in (compared(np.random.default_rng(k), n_cases) for k in range(N_STUDIES))
    ]

    assert LOWEST <= np.mean(found) <= HIGHEST


@pytest.mark.parametrize("n_cases", [50, 200])
def test_strengths_and_effects_of_style_and_side_are_covered(n_cases):
    def all_of(data, longer):
        found = control_style(data, features={"length": longer})
        return [list(found.strengths.values()), [found.left], [found.effects["length"]]]

    big = all_of(*styled(np.random.default_rng(95), N_ENDLESS))
    held = []
    for seed in range(N_STUDIES):
        found = all_of(*styled(np.random.default_rng(seed), n_cases))
        held.append([covered(e, [t.value for t in b]) for e, b in zip(found, big, strict=True)])

    for coverage in np.mean(held, axis=0):
        assert LOWEST <= coverage <= HIGHEST


@pytest.mark.parametrize("n_cases", [50, 200])
@pytest.mark.parametrize("level", [-4, -3, 3, 4])
def test_shares_near_none_and_all_are_covered(level, n_cases):
    # From 2.8 % to 97.2 %: so few cases differ that coverage moves in steps. A study gives a single
    # estimate, so twice as many studies are drawn.
    truth = facts(np.random.default_rng(9), 1_000_000, level).value.mean()
    found = [
        shares(facts(np.random.default_rng(seed), n_cases, level))[0].estimate
        for seed in range(2 * N_STUDIES)
    ]

    assert LOWEST <= covered(found, [truth] * len(found)) <= 0.985


def test_rank_ranges_hold_all_true_ranks_at_once(rankings):
    held = []
    for rows in rankings:
        # Simultaneous ranges may be wider than need be.
        true_rank = {f"m{k}": 5 - k for k in range(5)}
        held.append(all(r.best_rank <= true_rank[r.model] <= r.worst_rank for r in rows))

    assert np.mean(held) >= 0.95 - 2 * 0.0126


def test_equal_models_are_given_different_ranks_in_at_most_one_study_of_twenty():
    claimed = []
    for seed in range(600):
        rows = rank_models(compared(np.random.default_rng(3000 + seed), 80, spread=0.0)).rows
        claimed.append(any((row.best_rank, row.worst_rank) != (1, 5) for row in rows))

    # All pairs hang together, so the rate is near 5 %, not far below; a standard error is 0.9 %.
    assert 0.03 <= np.mean(claimed) <= 0.05 + 2 * 0.009


@pytest.mark.parametrize("n_cases", [50, 200])
def test_means_shares_and_paired_differences_are_covered(n_cases):
    big = scored(np.random.default_rng(97), N_ENDLESS)
    means = [row.estimate.value for row in mean_scores(big) if row.category is None]
    high = [row.estimate.value for row in shares(big, at_least=4) if row.category is None]
    found = {"mean": [], "share": [], "difference": []}
    for seed in range(2 * N_STUDIES):  # a study has but one difference
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
    big = scored(np.random.default_rng(97), N_ENDLESS)
    truth = mean_scores(big)[0].estimate.value
    hits = []
    for seed in range(N_STUDIES):
        data = scored(np.random.default_rng(seed), 100)
        value = data.value[data.model == 0]
        half = norm.ppf(0.975) * value.std(ddof=1) / np.sqrt(len(value))
        hits.append(abs(value.mean() - truth) <= half)

    assert np.mean(hits) < 0.88


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("n_cases", [50, 200])
def test_alpha_is_covered(level, n_cases):
    truth = krippendorff_alpha(coded(np.random.default_rng(96), N_ENDLESS), level).value
    found = [
        krippendorff_alpha(coded(np.random.default_rng(seed), n_cases), level)
        for seed in range(N_STUDIES)
    ]

    assert LOWEST <= covered(found, [truth] * N_STUDIES) <= HIGHEST
