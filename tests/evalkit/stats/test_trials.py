from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.stats.trials import all_of, any_of


@given(st.lists(st.booleans(), min_size=1, max_size=7), st.data())
def test_the_chance_is_the_share_of_all_choices_in_which_every_trial_passed(trials, data):
    k = data.draw(st.integers(1, len(trials)))
    choices = list(combinations(trials, k))  # counted one by one

    (chance,) = all_of(k, n_trials=np.array([len(trials)]), n_passed=np.array([sum(trials)]))

    assert chance == pytest.approx(sum(map(all, choices)) / len(choices))


def test_one_trial_passes_as_often_as_trials_do():
    assert all_of(1, n_trials=np.array([4, 2]), n_passed=np.array([3, 0])).tolist() == [0.75, 0.0]


def test_its_mean_is_unbiased_for_new_trials_that_all_pass():
    """Known truth: a trial passes with chance 0.8, so three new ones all pass with 0.8³."""
    n_cases, n = 20_000, 5
    passed = np.random.default_rng(7).binomial(n, 0.8, n_cases)

    chances = all_of(3, n_trials=np.full(n_cases, n), n_passed=passed)

    assert chances.mean() == pytest.approx(0.8**3, abs=4 * chances.std() / n_cases**0.5)


@given(st.lists(st.booleans(), min_size=1, max_size=7), st.data())
def test_best_of_k_is_the_share_of_all_choices_in_which_any_trial_passed(trials, data):
    k = data.draw(st.integers(1, len(trials)))
    choices = list(combinations(trials, k))  # counted one by one

    (chance,) = any_of(k, n_trials=np.array([len(trials)]), n_passed=np.array([sum(trials)]))

    assert chance == pytest.approx(sum(map(any, choices)) / len(choices))


def test_the_mean_of_best_of_k_is_unbiased_for_the_best_of_new_trials():
    """Known truth: a trial passes with chance 0.3, so one of three new ones does with 1 - 0.7³."""
    n_cases, n = 20_000, 5
    passed = np.random.default_rng(8).binomial(n, 0.3, n_cases)

    chances = any_of(3, n_trials=np.full(n_cases, n), n_passed=passed)

    assert chances.mean() == pytest.approx(1 - 0.7**3, abs=4 * chances.std() / n_cases**0.5)
