"""A judge against most people: scikit-learn's numbers, both orientations, split units apart."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from evalkit.stats.counts import Codings
from evalkit.stats.judges.answers import beside
from evalkit.stats.judges.majority import NO_MAJORITY, against_majority

LEVELS = (0.0, 1.0, 2.0)


def study(rows, *, mirror=(), values=LEVELS, cases=None):
    """Return what annotators, the last of them a judge, said of units in columns."""
    n = len(rows[0])
    unit = np.tile(np.arange(n), len(rows))
    case = unit if cases is None else np.tile(cases, len(rows))
    who = np.repeat(np.arange(len(rows)), n)
    names = tuple(f"a{k}" for k in range(len(rows)))
    return Codings(unit, case, who, np.concatenate(rows), values, names, mirror)


def test_it_is_what_scikit_learn_says_of_the_majority():
    rng = np.random.default_rng(1)
    truth = rng.choice(3, 200, p=[0.6, 0.3, 0.1])
    people = [np.where(rng.random(200) < 0.9, truth, rng.integers(0, 3, 200)) for _ in range(3)]
    judge = np.where(rng.random(200) < 0.7, truth, rng.integers(0, 3, 200))
    votes = np.array([np.bincount(column, minlength=3) for column in np.array(people).T])
    clear = votes.max(axis=1) > 1
    most = votes.argmax(axis=1)[clear]

    scored = against_majority(beside(study([*people, judge]), 3))

    assert scored.accuracy.value == pytest.approx(accuracy_score(most, judge[clear]))
    assert scored.macro_f1.value == pytest.approx(f1_score(most, judge[clear], average="macro"))
    assert scored.n_split == (~clear).sum()
    assert scored.accuracy.n == scored.macro_f1.n == clear.sum()
    assert scored.macro_f1.low < scored.macro_f1.value < scored.macro_f1.high


def test_of_pairs_both_orientations_count_as_scikit_learn_counts_each_twice():
    rng = np.random.default_rng(2)
    person = rng.choice(3, 150, p=[0.7, 0.2, 0.1])
    judge = np.where(rng.random(150) < 0.6, person, 0)
    names = ("first model wins", "second model wins", "tie")
    turned = np.array([1, 0, 2])

    scored = against_majority(beside(study([person, judge], mirror=(1, 0, 2), values=names), 1))

    twice = f1_score(
        np.concatenate([person, turned[person]]),
        np.concatenate([judge, turned[judge]]),
        average="macro",
    )
    assert scored.macro_f1.value == pytest.approx(twice)
    assert scored.accuracy.value == pytest.approx((person == judge).mean())


def test_an_answer_that_nobody_gave_is_in_no_mean():
    person, judge = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])

    # F1 of the first answer 2·1/3, of the second 2·2/5; of the third nothing was said.
    scored = against_majority(beside(study([person, judge]), 1))

    assert scored.macro_f1.value == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_where_no_answer_has_the_most_voices_a_sentence_says_so():
    rows = [np.array([0, 1]), np.array([1, 2]), np.array([0, 1])]

    scored = against_majority(beside(study(rows), 2))

    assert (scored.accuracy.value, scored.macro_f1.value) == (None, None)
    assert scored.accuracy.reason == NO_MAJORITY
    assert scored.n_split == 2


@pytest.mark.slow
def test_the_interval_of_macro_f1_holds_the_truth_in_93_to_98_of_100_studies():
    rng = np.random.default_rng(3)
    # A judge right on 7 of 10 that errs to the other answer: with equal shares F1 is .7 of each.
    held = 0
    for _ in range(400):
        person = np.repeat([0, 1], 60)
        judge = np.where(rng.random(120) < 0.7, person, 1 - person)
        macro = against_majority(beside(study([person, judge], values=(0.0, 1.0)), 1)).macro_f1
        held += macro.low <= 0.7 <= macro.high

    assert 0.93 <= held / 400 <= 0.98
