"""How far a judge is from people who differ: by hand, and no further than one more person."""

import numpy as np
import pytest

from evalkit.stats.counts import Codings
from evalkit.stats.judges.answers import beside
from evalkit.stats.judges.distances import NOBODY_DIFFERS, distances

LEVELS = (1.0, 2.0, 3.0)


def study(rows, *, values=LEVELS):
    """Return what people and, last, a judge said of units in columns."""
    n_people, n = np.shape(rows)
    unit = np.tile(np.arange(n), n_people)
    names = tuple(f"p{k}" for k in range(n_people))
    who = np.repeat(np.arange(n_people), n)
    return beside(Codings(unit, unit, who, np.concatenate(rows), values, names), n_people - 1)


def test_distances_are_those_counted_by_hand():
    # Four people and a judge. All alike: not counted. Three to one: left out one of the three the
    # others are 2:1, the judge with the two ⅓ away, the person too; left out the fourth, alike.
    # Two to two: the others are 2:1 or 1:2; the judge with either pair is ⅓ or ⅔, a person ⅔.
    rows = [[0, 0, 0], [0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 0, 0]]

    apart = distances(study(np.array(rows)))

    # The first of these two counts for the three of four people whose others differ.
    assert apart.judge.value == pytest.approx((3 / 4 * 1 / 3 + 1 / 2) / (3 / 4 + 1))
    assert apart.person.value == pytest.approx((3 / 4 * 1 / 3 + 2 / 3) / (3 / 4 + 1))
    assert apart.excess.value == pytest.approx(apart.judge.value - apart.person.value)
    assert apart.judge.n == 2


def test_several_verdicts_are_a_distribution_of_their_own():
    rows = np.array([[0], [1], [0], [1], [0]])
    # A judge that says each once is 1/6 from others who are 2:1.
    unit, who = np.zeros(6, int), np.array([0, 1, 2, 3, 4, 4])
    value = np.append(rows.ravel(), 1)
    codings = Codings(unit, unit, who, value, LEVELS, tuple("abcdj"))

    assert distances(beside(codings, 4)).judge.value == pytest.approx(1 / 6)


@pytest.mark.slow
def test_one_more_person_has_no_excess_and_a_guesser_has():
    rng = np.random.default_rng(2)
    held, guesses = 0, []
    for _ in range(600):
        chance = rng.dirichlet([1.0, 1.0, 1.0], 80)
        rows = [
            (rng.random((80, 1)) > chance.cumsum(axis=1)).sum(axis=1).clip(0, 2) for _ in range(5)
        ]
        excess = distances(study(rows)).excess
        held += excess.low <= 0.0 <= excess.high
        guess = rng.integers(0, 3, 80)
        guesses.append(distances(study([*rows[:4], guess])).excess.value)

    # The judge is drawn as the people are: the truth is 0.
    assert 0.92 <= held / 600 <= 0.98
    assert np.mean(guesses) > 0.05


def test_where_nobody_differs_or_only_two_judged_a_sentence_says_so():
    two = study(np.array([[0, 1], [1, 0], [0, 0]]))
    alike = study(np.array([[0, 1]] * 4))

    for rows in (two, alike):
        apart = distances(rows)
        assert (apart.judge.value, apart.person.value, apart.excess.value) == (None, None, None)
        assert apart.excess.reason == NOBODY_DIFFERS
