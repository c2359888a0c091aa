"""How much is of a kind not met so far: against published numbers and where the truth is known."""

import numpy as np
import pytest

from evalkit.stats.saturation import NONE_SEEN, new_among_last, unseen_kinds, unseen_mass


def test_it_is_the_share_of_those_met_once():
    # Good (1953), by hand: 3 of 10 were met once.
    estimate = unseen_mass(np.array([4, 3, 1, 1, 1]))

    assert (estimate.value, estimate.n) == (pytest.approx(0.3), 10)
    assert 0 < estimate.low < 0.3 < estimate.high < 1


def test_where_no_kind_was_met_once_the_interval_has_an_end_above_0():
    # n = 20, share 0: m² = z² / 20 · (m (1 - m) + 2 / 20), so with s = z² / 20 the end solves
    # (1 + s) m² - s m - s / 10 = 0.
    estimate = unseen_mass(np.array([10, 10]))
    s = 1.959963984540054**2 / 20

    assert (estimate.value, estimate.low) == (0, 0)
    assert estimate.high == pytest.approx(max(np.roots([1 + s, -s, -s / 10])))


def test_of_nothing_it_cannot_be_had():
    estimate = unseen_mass(np.zeros(3, dtype=np.int64))

    assert (estimate.value, estimate.n, estimate.reason) == (None, 0, NONE_SEEN)


def test_the_lower_bound_of_kinds_is_chaos():
    # f1 = 4, f2 = 1: 4 · 3 / (2 · 2) = 3.
    assert unseen_kinds(np.array([1, 1, 1, 1, 2, 7])) == 3
    assert unseen_kinds(np.array([1, 5])) == 0


def test_kinds_are_new_where_they_were_met_for_the_first_time():
    kinds = np.array([0, 1, 0, 2, 1, 3])

    assert [new_among_last(kinds, last) for last in (1, 2, 3, 6, 20)] == [1, 1, 2, 4, 4]


@pytest.mark.parametrize(("n_kinds", "n"), [(12, 40), (40, 100), (200, 150)])
def test_the_interval_holds_what_was_really_not_met(n_kinds, n):
    # Kinds as frequent as in Zipf's law. What has not been met is known in each run.
    draws = np.random.default_rng(5)
    chances = 1 / np.arange(1, n_kinds + 1)
    chances /= chances.sum()
    counts = draws.multinomial(n, chances, size=1500)
    missed = (counts == 0) @ chances
    estimates = [unseen_mass(row) for row in counts]
    held = np.mean([each.low <= m <= each.high for each, m in zip(estimates, missed, strict=True)])
    error = np.mean([each.value for each in estimates]) - missed.mean()

    assert held > 0.93
    assert abs(error) < 0.01  # Good and Turing's has a bias below 1 / n
