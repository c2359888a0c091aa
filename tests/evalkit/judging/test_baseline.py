"""The baseline: fitted as scikit-learn does, blind to sides, and learning what words tell."""

import random

import numpy as np
import pytest

from evalkit.errors import RefusedError
from evalkit.judging.baseline import LEAST_CASES, TaughtPair, fit_baseline, fit_logistic


def taught(n_cases, *, flips=0.0, seed=0):
    """Make pairs of which the better one says "sorry" and the other "never", of any lengths."""
    drawn = random.Random(seed)
    pairs = []
    for case in range(n_cases):
        good = "we are sorry and help " + "word " * drawn.randint(1, 9)
        bad = "we never help anybody " + "word " * drawn.randint(1, 9)
        is_left = drawn.random() < 0.5
        n_good = 0 if drawn.random() < flips else 2
        left, right = (good, bad) if is_left else (bad, good)
        n_left = n_good if is_left else 2 - n_good
        pairs.append(TaughtPair(f"c{case}", left, right, n_left, 2 - n_left))
    return pairs


def test_weights_are_those_of_scikit_learn():
    linear_model = pytest.importorskip("sklearn.linear_model")
    drawn = np.random.default_rng(1)
    x, n_left, n = drawn.normal(size=(40, 6)), drawn.integers(0, 4, 40), np.full(40, 3)
    rows, answers = np.vstack([x, x]), np.repeat([1, 0], 40)
    other = linear_model.LogisticRegression(C=1 / 0.7, fit_intercept=False, tol=1e-10)
    other.fit(rows, answers, sample_weight=np.concatenate([n_left, n - n_left]))

    weights = fit_logistic(x, n_left.astype(float), n.astype(float), penalty=0.7)

    assert weights == pytest.approx(other.coef_[0], abs=1e-5)


def test_words_that_tell_the_better_one_are_learnt_and_length_alone_is_not_enough():
    baseline = fit_baseline(taught(30))

    assert baseline.accuracy.value == 1.0  # by construction, on cases that were left out
    assert baseline.longer.value < 0.8  # lengths were drawn whatever the words
    assert (baseline.n_pairs, baseline.n_cases) == (30, 30)
    assert baseline.chance("sorry", "never") > 0.5


def test_of_labels_that_are_chance_nothing_is_foreseen():
    baseline = fit_baseline(taught(120, flips=0.5, seed=4))

    assert abs(baseline.accuracy.value - 0.5) <= 3 * (0.25 / 120) ** 0.5


def test_how_often_it_is_right_comes_with_n_and_an_interval_by_case():
    few, many = fit_baseline(taught(10)), fit_baseline(taught(60))

    # Two people decided each pair, of one case each, and agree: as sure as 10 answers, not 20.
    # Wilson's lower end of 10 of 10 with t of 9 degrees, 2.2622 (table): 10 / (10 + 2.2622²).
    assert (few.accuracy.n, few.accuracy.high) == (20, 1.0)
    assert few.accuracy.low == pytest.approx(10 / (10 + 2.2622**2), abs=1e-4)
    assert few.accuracy.low < many.accuracy.low < 1.0
    assert many.longer.low < many.longer.value < many.longer.high


@pytest.mark.parametrize(("left", "right"), [("sorry", "never"), ("word " * 40, "word"), ("", "x")])
def test_shown_the_other_way_round_it_says_the_same(left, right):
    baseline = fit_baseline(taught(10))

    assert baseline.chance(left, right) == pytest.approx(1 - baseline.chance(right, left))


def test_two_equal_responses_are_even():
    assert fit_baseline(taught(10)).chance("sorry", "sorry") == 0.5


def test_too_few_cases_are_refused_with_what_is_missing():
    undecided = [TaughtPair(f"x{case}", "a", "b", 0, 0) for case in range(50)]

    with pytest.raises(RefusedError, match=f"4 of these so far, and it needs {LEAST_CASES}"):
        fit_baseline(taught(4) + undecided)
