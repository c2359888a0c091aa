"""Strengths of people moved by a judge: against the plain fit, by equations, against the truth."""

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import root
from scipy.special import expit

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.judges.correction import Design
from evalkit.stats.judges.strengths import JudgedPairs, corrected_strengths
from evalkit.stats.ranking.bradley_terry import fit_strengths

NOBODY = float("nan")
MODELS = ("a", "b", "c", "d")
PAIRS = np.array(list(combinations(range(4), 2)))
STRENGTH = np.array([0.6, 0.1, -0.2, -0.5])
#: How far strengths differ between cases, which is what clusters their comparisons.
SPREAD = 0.7


def simulated(rng, *, n_cases=600, right=0.8):
    """Return two comparisons a case, and verdicts right so often that lean to the first model."""
    case = np.repeat(np.arange(n_cases), 2)
    pair = PAIRS[rng.integers(0, len(PAIRS), len(case))]
    here = STRENGTH + rng.normal(0, SPREAD, (n_cases, 4))
    chance = expit(here[case, pair[:, 0]] - here[case, pair[:, 1]])
    truth = (rng.random(len(case)) < chance).astype(float)
    verdict = np.where(rng.random(len(case)) < right, truth, 1 - truth)
    return case, pair, truth, np.where(rng.random(len(case)) < 0.15, 1.0, verdict)


def drawn(rng, design, truth, verdict, n_labels):
    """Return labels and odds as a design draws them; by verdict at Neyman-like rates."""
    n = len(truth)
    label, odds = np.full(n, NOBODY), np.full(n, n_labels / n)
    if design is Design.RANDOM:
        take = rng.choice(n, n_labels, replace=False)
    elif design is Design.BY_VERDICT:
        parts = []
        for value, share in ((0.0, 0.65), (1.0, 0.35)):
            places = np.flatnonzero(verdict == value)
            parts.append(rng.choice(places, int(n_labels * share), replace=False))
            odds[places] = len(parts[-1]) / len(places)
        take = np.concatenate(parts)
    else:
        odds = np.where(verdict == 0, 1.0, 0.4) * rng.choice([0.5, 1.0], n)
        odds = np.minimum(1.0, odds * n_labels / odds.sum())
        take = np.flatnonzero(rng.random(n) < odds)
    label[take] = truth[take]
    return label, odds


def judged(case, pair, verdict, label, odds):
    return JudgedPairs(pair[:, 0], pair[:, 1], verdict, label, case, odds, MODELS)


def population_strengths():
    """Return what Bradley-Terry says of all cases: half-wins by the mean chance over cases."""
    here = STRENGTH + np.random.default_rng(0).normal(0, SPREAD, (200_000, 4))
    wins = np.zeros((4, 4))
    for i, j in PAIRS:
        wins[i, j] = expit(here[:, i] - here[:, j]).mean()
        wins[j, i] = 1 - wins[i, j]
    return fit_strengths(wins)


def test_where_all_is_labelled_it_is_the_plain_fit_whatever_the_judge_says():
    rng = np.random.default_rng(1)
    case, pair, truth, verdict = simulated(rng, n_cases=200)

    of = corrected_strengths(judged(case, pair, verdict, truth, np.ones(400)), Design.RANDOM)

    wins = np.zeros((4, 4))
    np.add.at(wins, tuple(pair.T), truth)
    np.add.at(wins, tuple(pair[:, ::-1].T), 1 - truth)
    values = [row.value for row in of.corrected]
    assert values == pytest.approx(fit_strengths(wins).tolist(), abs=1e-8)
    assert values == pytest.approx([row.value for row in of.people], abs=1e-8)


def test_the_corrected_strengths_solve_the_prediction_powered_equations():
    # Independent: the equations of the docstring, unit by unit, solved by scipy's root finder.
    rng = np.random.default_rng(2)
    case, pair, truth, verdict = simulated(rng)
    label, odds = drawn(rng, Design.KNOWN_ODDS, truth, verdict, 150)

    of = corrected_strengths(judged(case, pair, verdict, label, odds), Design.KNOWN_ODDS)

    asked = ~np.isnan(label)
    share = np.where(asked, 1 / odds, 0.0) / (1 / odds[asked]).sum()

    def equations(strength):
        chance = expit(strength[pair[:, 0]] - strength[pair[:, 1]])
        rest = share * (np.where(asked, label, 0) - chance)
        rest += of.weight * (1 / len(case) - share) * (verdict - chance)
        score = np.bincount(pair[:, 0], rest, 4) - np.bincount(pair[:, 1], rest, 4)
        score[-1] = strength.sum()
        return score

    theirs = root(equations, np.zeros(4), tol=1e-12).x
    assert 0 < of.weight < 1
    assert [row.value for row in of.corrected] == pytest.approx(theirs.tolist(), abs=1e-7)


def test_a_judge_that_guesses_has_hardly_any_weight_and_moves_no_interval():
    rng = np.random.default_rng(3)
    case, pair, truth, verdict = simulated(rng, right=0.5)
    label, odds = drawn(rng, Design.RANDOM, truth, verdict, 200)

    of = corrected_strengths(judged(case, pair, verdict, label, odds), Design.RANDOM)

    assert of.weight < 0.2
    for alone, moved in zip(of.people, of.corrected, strict=True):
        assert (moved.high - moved.low) / (alone.high - alone.low) == pytest.approx(1.0, abs=0.05)


def test_a_difference_of_two_knows_that_both_rest_on_the_same_labels():
    rng = np.random.default_rng(4)
    case, pair, truth, verdict = simulated(rng)
    label, odds = drawn(rng, Design.RANDOM, truth, verdict, 200)
    of = corrected_strengths(judged(case, pair, verdict, label, odds), Design.RANDOM)

    gap, back = of.difference(0, 3), of.difference(3, 0)

    assert gap.value == pytest.approx(of.corrected[0].value - of.corrected[3].value)
    assert (gap.low, gap.high) == pytest.approx((-back.high, -back.low))


def test_cases_that_all_say_the_same_show_no_spread_and_so_give_no_interval():
    # Property: with nothing but ties every case's pull on every strength is exactly 0.
    rng = np.random.default_rng(6)
    case, pair, truth, verdict = simulated(rng)
    ties, odds = drawn(rng, Design.RANDOM, np.full(len(truth), 0.5), verdict, 180)

    of = corrected_strengths(judged(case, pair, verdict, ties, odds), Design.RANDOM)

    for row in (*of.people, *of.corrected, of.difference(0, 3)):
        assert row.value == pytest.approx(0.0, abs=1e-9)
        assert (row.low, row.high) == (None, None)
        assert "no spread" in row.reason


@pytest.mark.parametrize(
    ("labels", "design", "phrase"),
    [(40, Design.RANDOM, "need 50"), (60, Design.UNKNOWN, "not known with which odds")],
)
def test_what_cannot_be_corrected_says_why(labels, design, phrase):
    rng = np.random.default_rng(5)
    case, pair, truth, verdict = simulated(rng)
    label, odds = drawn(rng, Design.RANDOM, truth, verdict, labels)

    with pytest.raises(UndefinedStatisticError, match=phrase):
        corrected_strengths(judged(case, pair, verdict, label, odds), design)


def test_a_model_that_won_all_has_no_end():
    rng = np.random.default_rng(6)
    case, pair, truth, verdict = simulated(rng)
    label, odds = drawn(rng, Design.RANDOM, truth, verdict, 200)
    label[(pair[:, 0] == 0) & ~np.isnan(label)] = 1.0

    with pytest.raises(UndefinedStatisticError, match="no end"):
        corrected_strengths(judged(case, pair, verdict, label, odds), Design.RANDOM)


@pytest.mark.slow
@pytest.mark.parametrize("n_labels", [60, 400])
@pytest.mark.parametrize("design", [Design.RANDOM, Design.BY_VERDICT, Design.KNOWN_ODDS])
def test_intervals_of_corrected_strengths_hold_the_truth_under_every_design(design, n_labels):
    truth_of_all, hits, ratios, n = population_strengths(), 0, [], 0
    rng = np.random.default_rng(n_labels)
    for _ in range(300):
        case, pair, truth, verdict = simulated(rng)
        label, odds = drawn(rng, design, truth, verdict, n_labels)
        if np.count_nonzero(~np.isnan(label)) < 50:
            continue
        of = corrected_strengths(judged(case, pair, verdict, label, odds), design)
        for row, alone, value in zip(of.corrected, of.people, truth_of_all, strict=True):
            hits, n = hits + (row.low <= value <= row.high), n + 1
            ratios.append((row.high - row.low) / (alone.high - alone.low))

    # 93 to 97 of 100, and 2 standard errors of some 300 independent studies beyond.
    assert 0.93 - 0.02 <= hits / n <= 0.97 + 0.02
    # The judge is worth something: intervals are shorter, the fewer labels the more.
    assert np.mean(ratios) < 0.95
