"""The baseline of scores: fitted as scikit-learn does, and learning what words tell."""

import random

import numpy as np
import pytest

from evalkit.errors import RefusedError
from evalkit.judging.baseline import LEAST_CASES, features_of, vocabulary_of
from evalkit.judging.baseline_scores import TaughtScores, fit_scores
from evalkit.scale import ScaleRange

LEVELS = (1.0, 2.0, 3.0)


def taught(n_cases, *, is_chance=False, seed=0, values=(1.0, 3.0)):
    """Make responses that say "sorry" where people gave the higher score, else "never"."""
    drawn = random.Random(seed)
    responses = []
    for case in range(n_cases):
        is_good = drawn.random() < 0.5
        text = ("we are sorry " if is_good else "we never ") + "word " * drawn.randint(1, 9)
        is_high = drawn.random() < 0.5 if is_chance else is_good
        responses.append(TaughtScores(f"c{case}", text, (values[is_high],) * 2))
    return responses


def test_words_that_tell_the_score_are_learnt_and_one_constant_is_not_enough():
    baseline = fit_scores(taught(40), LEVELS)

    assert baseline.left_out.value == 1.0  # by construction, on cases that were left out
    assert baseline.constant.value < 0.8  # about half of the responses are of either kind
    assert (baseline.left_out.n, baseline.n_responses, baseline.n_cases) == (80, 40, 40)
    assert (baseline.value("sorry"), baseline.value("never")) == (3.0, 1.0)


def test_of_scores_that_are_chance_nothing_is_foreseen():
    baseline = fit_scores(taught(200, is_chance=True, seed=4), LEVELS)

    # Two equal scores a response: as sure as 200 answers.
    assert abs(baseline.left_out.value - 0.5) <= 3 * (0.25 / 200) ** 0.5


def test_a_number_on_a_continuous_scale_is_that_of_scikit_learn():
    linear_model = pytest.importorskip("sklearn.linear_model")
    scale = ScaleRange(0.0, 100.0)
    drawn = np.random.default_rng(2)
    responses = [
        TaughtScores(f"c{k}", "word " * k + "sorry" * (k % 2), (float(drawn.integers(0, 90)),))
        for k in range(1, 31)
    ]

    baseline = fit_scores(responses, scale)

    words, rarity = vocabulary_of([of.text for of in responses])
    x, y = (
        features_of([of.text for of in responses], words, rarity),
        [r.values[0] for r in responses],
    )
    foreseen = [
        linear_model.Ridge(alpha=penalty).fit(x, y).predict(x)[4] for penalty in (0.1, 1.0, 10.0)
    ]
    value = baseline.value(responses[4].text)
    assert min(abs(value - other) for other in foreseen) < 1e-5
    assert baseline.constant.low < baseline.constant.value < baseline.constant.high


@pytest.mark.parametrize(("low", "high", "allowed"), [(0.0, 10.0, {0.0, 3.0, 6.0, 9.0})])
def test_what_it_says_stands_on_the_scale(low, high, allowed):
    scale = ScaleRange(low, high, step=3.0)

    baseline = fit_scores(taught(20, values=(0.0, 9.0)), scale)

    for text in ("sorry", "never", "", "sorry " * 50):
        assert baseline.value(text) in allowed


def test_too_few_cases_are_refused_with_what_is_missing():
    with pytest.raises(RefusedError, match=f"4 of these so far, and it needs {LEAST_CASES}"):
        fit_scores(taught(4), LEVELS)
