"""Whether a judge moved: exact permutations, simulated false alarms, power."""

from itertools import combinations, product

import numpy as np
import pytest

from evalkit.stats.judges.drift import LEVEL, drift, power_to_notice


def codes(*units):
    """Give answers of one field as (units, 1, looks)."""
    return np.array(units, dtype=np.int64)[:, np.newaxis, :]


def by_hand(before, after):
    """Enumerate every parting of every unit, as the definition says; for a few units."""

    def statistic(one, other):
        across = np.mean([a != b for a in one for b in other])
        within = [np.mean([a != b for a, b in combinations(side, 2)]) for side in (one, other)]
        return across - np.mean(within)

    units = [list(b) + list(a) for b, a in zip(before[:, 0], after[:, 0], strict=True)]
    k = before.shape[2]
    partings = [
        [
            statistic([u[i] for i in side], [u[i] for i in range(2 * k) if i not in side])
            for side in combinations(range(2 * k), k)
        ]
        for u in units
    ]
    observed = sum(parting[0] for parting in partings)
    sums = [sum(chosen) for chosen in product(*partings)]
    return np.mean([total >= observed - 1e-9 for total in sums])


def test_p_is_that_of_all_partings_of_all_replies():
    rng = np.random.default_rng(1)
    for _ in range(20):
        before, after = (rng.integers(0, 3, (4, 1, 2)) for _ in range(2))
        assert drift(before, after).p_value == pytest.approx(by_hand(before, after))


def test_three_answers_that_never_waver_and_are_turned_are_noticed_and_two_are_not():
    # Each parts into itself against the others in one of three ways: 1/3 to the power of the units.
    for n, p_value in ((1, 1 / 3), (2, 1 / 9), (3, 1 / 27)):
        before = codes(*[(0, 0)] * 20)
        after = codes(*[(1, 1)] * n, *[(0, 0)] * (20 - n))
        moved = drift(before, after)

        assert moved.p_value == pytest.approx(p_value)
        assert moved.has_moved is (n == 3)
        assert (moved.flips, moved.floor) == (n / 20, 0.0)


def test_a_judge_that_wavers_as_much_as_ever_has_not_moved():
    before = codes(*[(0, 1)] * 30)

    same = drift(before, before)

    assert (same.flips, same.floor) == (0.5, 1.0)
    assert same.p_value == 1.0


def test_which_look_is_called_before_and_which_answer_by_which_code_changes_nothing():
    rng = np.random.default_rng(2)
    before, after = (rng.integers(0, 3, (12, 2, 2)) for _ in range(2))
    renamed = np.array([7, 3, 5])
    order = rng.permutation(12)

    first = drift(before, after)

    assert drift(after, before) == first
    assert drift(renamed[before], renamed[after]) == first
    assert drift(before[order], after[order]) == first
    assert drift(before[:, ::-1], after[:, :, ::-1][:, ::-1]) == first


def test_without_an_anchor_answered_twice_there_is_a_sentence_and_no_number():
    nothing = drift(codes(*[(0, 0)])[:0], codes(*[(0, 0)])[:0])

    assert (nothing.flips, nothing.floor, nothing.has_moved) == (None, None, False)
    assert "No anchor was answered" in nothing.reason
    with pytest.raises(ValueError, match="two answers"):
        drift(codes((0,)), codes((0,)))


@pytest.mark.slow
def test_false_alarms_come_at_most_at_the_stated_rate_whatever_the_judge_wavers():
    # Simulation, nothing moved by construction: of 400 checks of 30 anchors the share of alarms is
    # at most the level and three binomial standard errors. Fields of one reply waver together.
    rng = np.random.default_rng(3)
    for wavering in (0.05, 0.3):
        n_alarms = 0
        for _ in range(400):
            usual = rng.random((30, 1, 4)) < wavering
            replies = np.repeat(usual, 2, axis=1).astype(np.int64)
            n_alarms += drift(replies[:, :, :2], replies[:, :, 2:]).has_moved
        assert n_alarms / 400 <= LEVEL + 3 * np.sqrt(LEVEL * (1 - LEVEL) / 400)


@pytest.mark.slow
def test_power_grows_with_the_change_and_with_the_anchors_and_is_the_level_without_a_change():
    none = power_to_notice(60, floor=0.1, changed=0.0)
    some = [power_to_notice(60, floor=0.1, changed=share) for share in (0.05, 0.15, 0.3)]
    fewer = power_to_notice(15, floor=0.1, changed=0.15)

    assert none <= LEVEL + 3 * np.sqrt(LEVEL * (1 - LEVEL) / 300)
    assert some == sorted(some)
    assert some[-1] > 0.95
    assert fewer < some[1]
