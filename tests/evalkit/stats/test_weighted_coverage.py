"""Weighted intervals hold the truth of a simulated population as often as they say."""

import numpy as np
import pytest
from scipy.special import expit

from evalkit.stats.counts import Comparisons
from evalkit.stats.ranking.bradley_terry import fit_strengths
from evalkit.stats.ranking.weighted import weighted_ranking
from evalkit.stats.weighted import EntryWeights, MeanKind, weighted_means

pytestmark = pytest.mark.slow

#: What production asks for, and how the cases were collected: the largest part is rare among them.
SHARE = np.array([0.5, 0.3, 0.15, 0.05])
N_CASES = np.array([25, 40, 60, 35])
N_EACH = 3
N_RUNS = 2000


def drawn(rng):
    """Return the part of each case, and the case and part of each of its annotations."""
    part = np.repeat(np.arange(len(SHARE)), N_CASES)
    case = np.repeat(np.arange(len(part)), N_EACH)
    return part, case


def held(low, high, truth):
    return float(np.mean([a <= truth <= b for a, b in zip(low, high, strict=True)]))


@pytest.mark.parametrize("means", [(0.3, 0.6, 0.5, 0.8), (0.95, 0.9, 0.97, 0.85)])
def test_the_interval_of_a_weighted_share_holds_the_truth_19_times_of_20(means):
    # Beta-distributed shares of cases: their mean over each part is known.
    rng = np.random.default_rng(12)
    truth = float(SHARE @ np.array(means))
    part, case = drawn(rng)
    ends = []
    for _ in range(N_RUNS):
        mean = np.array(means)[part]
        value = (rng.random(len(case)) < rng.beta(4 * mean, 4 * (1 - mean))[case]).astype(float)
        ends.append(one_mean(value, case, part[case], np.ones(len(case)), MeanKind.SHARE))

    assert 0.93 <= held(*np.array(ends).T, truth) <= 0.975


def test_the_interval_of_a_weighted_mean_holds_the_truth_19_times_of_20():
    # Scores 1 to 5 around a mean of the case, which is normal around that of its part.
    rng = np.random.default_rng(13)
    means = np.array([2.5, 3.5, 3.0, 4.0])
    part, case = drawn(rng)
    ends = []
    for _ in range(N_RUNS):
        of_case = means[part] + rng.normal(0.0, 0.6, len(part))
        value = of_case[case] + rng.normal(0.0, 0.5, len(case))
        ends.append(one_mean(value, case, part[case], np.ones(len(case)), MeanKind.SCORE))

    assert 0.93 <= held(*np.array(ends).T, float(SHARE @ means)) <= 0.97


def test_cases_sampled_with_unequal_chances_are_weighed_back():
    # Hard cases are twice as likely to be in the sample as easy ones, of which there are as many:
    # the mean of a part is half-way between the two, and not nearer to that of the hard ones.
    rng = np.random.default_rng(14)
    hard, easy = 0.4, 0.8
    part, case = drawn(rng)
    ends, plain = [], []
    for _ in range(N_RUNS):
        is_hard = rng.random(len(part)) < 2 / 3
        chance = np.where(is_hard, 0.2, 0.1)
        value = (rng.random(len(case)) < np.where(is_hard, hard, easy)[case]).astype(float)
        within = (1.0 / chance)[case]
        ends.append(one_mean(value, case, part[case], within, MeanKind.SHARE))
        plain.append(one_mean(value, case, part[case], np.ones(len(case)), MeanKind.SHARE))

    assert 0.93 <= held(*np.array(ends).T, (hard + easy) / 2) <= 0.97
    assert held(*np.array(plain).T, (hard + easy) / 2) < 0.8


def test_intervals_of_weighted_strengths_hold_the_truth_19_times_of_20():
    # Strengths differ by part, and from case to case by ±0.8 with even odds, so that the share of
    # wins expected in the population is known exactly; strengths fitted to it are the truth.
    rng = np.random.default_rng(15)
    strength = rng.normal(0.0, 0.7, (len(SHARE), 3))
    shift = np.array([0.8, -0.8, 0.0])
    gap = strength[:, None, :, None] - strength[:, None, None, :]
    moved = np.stack([shift, -shift])
    gap = gap + moved[None, :, :, None] - moved[None, :, None, :]
    expected = np.einsum("k,ksij->ij", SHARE, expit(gap)) / 2
    np.fill_diagonal(expected, 0.0)
    truth = fit_strengths(expected)
    part = np.repeat(np.arange(len(SHARE)), N_CASES)
    pairs = np.array([(0, 1), (0, 2), (1, 2)])
    case = np.repeat(np.arange(len(part)), 6)
    left, right = np.tile(pairs, (2 * len(part), 1)).T
    weights = EntryWeights(SHARE, part[case], np.ones(len(case)))
    holds = []
    for _ in range(N_RUNS):
        sign = rng.integers(0, 2, len(part))
        won = rng.random(len(case)) < expit(gap[part[case], sign[case], left, right])
        preference = np.where(won, 0, 1)
        ranking = weighted_ranking(
            Comparisons(case, left, right, preference, np.ones(len(case), np.int64), tuple("abc")),
            weights,
        )
        holds.append(
            [row.low <= of <= row.high for row, of in zip(ranking.strength, truth, strict=True)]
        )

    assert all(0.93 <= share <= 0.97 for share in np.mean(holds, axis=0))


def one_mean(value, case, part, within, scale):
    row = weighted_means(
        np.zeros(len(case), np.int64),
        case=case,
        value=value,
        n=np.ones(len(case), np.int64),
        weights=EntryWeights(SHARE, part, within),
        n_groups=1,
        scale=scale,
    )[0]
    return row.low, row.high


@pytest.mark.parametrize(("n_rare", "chance"), [(6, 0.9), (10, 0.95), (4, 0.8)])
def test_a_rare_heavy_part_that_often_goes_one_way_leaves_win_rates_no_surer_than_it_is(
    n_rare, chance
):
    # Of three models that win alike in the common part the first wins most of the rare one; all
    # comparisons of the first against either of the others have the same expected share.
    rng = np.random.default_rng(16)
    share = np.array([0.8, 0.2])
    part = np.repeat([0, 1], [n_rare, 40])
    case = np.repeat(np.arange(len(part)), 3)
    left, right = np.tile([(0, 1), (0, 2), (1, 2)], (len(part), 1)).T
    chances = np.where((part[case] == 0) & (left == 0), chance, 0.5)
    truth = 0.8 * chance + 0.2 * 0.5
    weights = EntryWeights(share, part[case], np.ones(len(case)))
    ends = []
    for _ in range(N_RUNS // 2):
        preference = np.where(rng.random(len(case)) < chances, 0, 1)
        ranking = weighted_ranking(
            Comparisons(case, left, right, preference, np.ones(len(case), np.int64), tuple("abc")),
            weights,
        )
        ends.append((ranking.win_rate[0].low, ranking.win_rate[0].high))

    assert held(*np.array(ends).T, truth) >= 0.93
