"""People with themselves and half of them with the other: closed forms against every split."""

from itertools import combinations

import numpy as np
import pytest

from evalkit.stats.agreement.krippendorff import krippendorff_alpha
from evalkit.stats.counts import Codings
from evalkit.stats.judges.reliability import (
    NO_HALVES,
    NO_REPEATS,
    NOT_STEPPED_UP,
    consistency,
    split_half,
)
from evalkit.vocabulary import Level

LEVELS = (1.0, 2.0, 3.0)


def told(rows, *, values=LEVELS, mirror=(), cases=None):
    """Return what people in rows said of units in columns."""
    n_people, n = np.shape(rows)
    unit = np.tile(np.arange(n), n_people)
    case = unit if cases is None else np.tile(cases, n_people)
    who = np.repeat(np.arange(n_people), n)
    names = tuple(f"p{k}" for k in range(n_people))
    return Codings(unit, case, who, np.concatenate(rows), values, names, mirror)


def people(rng, n_people, n_units, *, right):
    truth = rng.integers(0, 3, n_units)
    return [
        np.where(rng.random(n_units) < right, truth, rng.integers(0, 3, n_units))
        for _ in range(n_people)
    ]


def by_every_split(rows, *, is_number):
    """Return the correlation of two halves pooled over all ways to halve people, by definition."""
    rows = np.array(rows)
    answers = rows[..., np.newaxis] + 1.0 if is_number else np.eye(3)[rows]
    centre = answers.mean(axis=(0, 1))
    half = len(rows) // 2
    products, squares = 0.0, 0.0
    for first in combinations(range(len(rows)), half):
        rest = [person for person in range(len(rows)) if person not in first]
        for second in combinations(rest, half):
            a, b = (answers[list(side)].mean(axis=0) - centre for side in (first, second))
            products += (a * b).sum()
            squares += (a * a).sum()
    return products / squares


@pytest.mark.parametrize("is_number", [False, True])
@pytest.mark.parametrize("n_people", [2, 3, 4, 5])
def test_two_halves_correlate_as_over_every_way_to_halve_people(n_people, is_number):
    rows = people(np.random.default_rng(n_people), n_people, 40, right=0.6)

    halves = split_half(told(rows), is_number=is_number)

    assert halves.halves.value == pytest.approx(by_every_split(rows, is_number=is_number))
    # Spearman–Brown, 1910: of a test that is k times as long.
    k, r = n_people / (n_people // 2), halves.halves.value
    assert halves.together.value == pytest.approx(k * r / (1 + (k - 1) * r))
    assert halves.halves.low < halves.halves.value < halves.halves.high
    assert halves.halves.n == 40


def test_halves_of_two_people_are_one_each_so_it_is_nearly_alpha():
    rows = people(np.random.default_rng(1), 2, 300, right=0.7)

    halves = split_half(told(rows)).halves

    # α of two coders is Scott's π but for 1/n (Krippendorff 2004).
    alpha = krippendorff_alpha(told(rows), Level.NOMINAL)
    assert halves.value == pytest.approx(alpha.value, abs=1 / 300)


def test_repeats_are_counted_by_hand_and_beyond_chance():
    # Of four units each person says three again; Ada differs once, Bo never.
    unit = np.array([0, 0, 1, 1, 2, 2, 3, 0, 0, 1, 1, 2, 2, 3])
    value = np.array([0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0])
    who = np.repeat([0, 1], 7)
    again = consistency(Codings(unit, unit, who, value, (0.0, 1.0), ("Ada", "Bo")))

    assert (again.same.value, again.same.n) == (pytest.approx(5 / 6), 6)
    # Chance is that of the twelve answers given twice: five 0s and seven 1s.
    chance = (5 / 12) ** 2 + (7 / 12) ** 2
    assert again.kappa.value == pytest.approx((5 / 6 - chance) / (1 - chance))


def test_near_numbers_agree_in_part_and_equal_ones_in_full():
    rng = np.random.default_rng(4)
    first = rng.integers(0, 3, 60)
    near, far = np.where(first == 1, 2, 1), np.where(first == 1, 2, 2 - first)

    def again(second):
        unit = np.tile(np.arange(60), 2)
        both = Codings(unit, unit, 0 * unit, np.concatenate([first, second]), LEVELS, ("Ada",))
        return consistency(both, is_number=True).kappa.value

    assert again(first) == pytest.approx(1.0)
    assert 1.0 > again(near) > again(far)


def test_without_repeats_without_pairs_and_without_agreement_sentences_say_so():
    rng = np.random.default_rng(5)
    alone = told(people(rng, 1, 9, right=1.0))
    opposed = told([np.array([0, 1, 0, 1]), np.array([1, 0, 1, 0])])

    assert consistency(alone).kappa.reason == NO_REPEATS
    assert split_half(alone).halves.reason == NO_HALVES
    assert split_half(opposed).halves.value == pytest.approx(-1.0)
    assert split_half(opposed).together.reason == NOT_STEPPED_UP
    assert split_half(told([np.zeros(5, int)] * 2)).halves.value is None


@pytest.mark.slow
def test_intervals_hold_the_truth_in_92_to_99_of_100_studies():
    rng = np.random.default_rng(6)
    # Each says the truth with chance .7, else one of two at random: two agree by κ = .7².
    held = [0, 0]
    truth = {"halves": 0.49, "together": 3 * 0.49 / (1 + 2 * 0.49)}
    for _ in range(300):
        target = np.repeat([0, 1], 50)
        rows = [np.where(rng.random(100) < 0.7, target, rng.integers(0, 2, 100)) for _ in range(3)]
        halves = split_half(told(rows, values=(0.0, 1.0)))
        for place, name in enumerate(truth):
            number = getattr(halves, name)
            held[place] += number.low <= truth[name] <= number.high

    assert all(0.92 <= count / 300 <= 0.99 for count in held)
