"""Whether a judge moved: exact permutations, simulated false alarms, power."""

from itertools import combinations, product
from math import comb

import numpy as np
import pytest

from evalkit.stats.judges.acceptance import look_level
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


def test_four_answers_that_never_waver_and_are_turned_are_noticed_and_three_are_not():
    # Each parts into itself against the others in one of three ways: 1/3 to the power of the units.
    # The first check may spend 6/π² of 1/20, which is 0.030; the fifth 0.0012.
    for n, p_value in ((1, 1 / 3), (2, 1 / 9), (3, 1 / 27), (4, 1 / 81)):
        before = codes(*[(0, 0)] * 20)
        after = codes(*[(1, 1)] * n, *[(0, 0)] * (20 - n))
        moved = drift(before, after)

        assert moved.p_value == pytest.approx(p_value)
        assert moved.has_moved() is (n == 4)
        assert not moved.has_moved(5)
        assert (moved.flips, moved.floor) == (n / 20, 0.0)


def test_a_judge_that_wavers_as_much_as_ever_has_not_moved():
    before = codes(*[(0, 1)] * 30)

    same = drift(before, before)

    assert (same.flips, same.floor) == (0.5, 1.0)
    assert same.p_value == 1.0
    assert not same.has_moved()


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

    assert (nothing.flips, nothing.floor, nothing.p_value) == (None, None, None)
    assert not nothing.has_moved()
    assert "No anchor was answered" in nothing.reason
    with pytest.raises(ValueError, match="two answers"):
        drift(codes((0,)), codes((0,)))


def test_all_checks_together_may_spend_the_level_and_no_more():
    # Σ 1/k² = π²/6 (Euler).
    spent = sum(look_level(number, error=LEVEL) for number in range(1, 10_001))

    assert 0.9999 * LEVEL < spent < LEVEL


@pytest.mark.slow
def test_false_alarms_of_all_checks_come_at_most_at_the_stated_rate_whatever_the_judge_wavers():
    # Simulation, nothing moved by construction: of 150 studies with 12 checks of 30 anchors, all
    # held against the first, the share in which any says so is at most the level and three
    # binomial standard errors. Fields of one reply waver together.
    rng = np.random.default_rng(3)
    for wavering in (0.05, 0.3):
        n_alarms = 0
        for _ in range(150):
            usual = rng.random((30, 1, 26)) < wavering
            replies = np.repeat(usual, 2, axis=1).astype(np.int64)
            first = replies[:, :, :2]
            n_alarms += any(
                drift(first, replies[:, :, 2 * number : 2 * number + 2]).has_moved(number)
                for number in range(1, 13)
            )
        assert n_alarms / 150 <= LEVEL + 3 * np.sqrt(LEVEL * (1 - LEVEL) / 150)


def test_power_grows_with_the_change_and_with_the_anchors_and_is_the_level_without_a_change():
    pairs = [2] * 30
    none = power_to_notice(pairs, floor=0.1, changed=0.0)
    some = [power_to_notice(pairs, floor=0.1, changed=share) for share in (0.05, 0.15, 0.3)]
    fewer = power_to_notice(pairs[:8], floor=0.1, changed=0.15)
    later = power_to_notice(pairs, floor=0.1, changed=0.15, number=5)

    assert 0 <= none <= look_level(1, error=LEVEL)
    assert some == sorted(some)
    assert some[-1] > 0.95
    assert max(fewer, later) < some[1]


def test_without_any_wavering_power_is_that_enough_anchors_changed():
    # Four questions of a judge that never wavers are noticed (above): of 20 pairs two, in both
    # orders; of 40 responses four. Both counts are binomial of 1/10.
    def at_least(least, n):
        return 1 - sum(comb(n, k) * 0.1**k * 0.9 ** (n - k) for k in range(least))

    assert power_to_notice([2] * 20, floor=0.0, changed=0.1) == pytest.approx(at_least(2, 20))
    assert power_to_notice([1] * 40, floor=0.0, changed=0.1) == pytest.approx(at_least(4, 40))
    # One that was answered in one order alone makes four of no three, and five of four.
    assert power_to_notice([*[2] * 8, 1], floor=0.0, changed=0.1) == pytest.approx(at_least(2, 8))


@pytest.mark.slow
def test_power_is_how_often_a_change_of_both_orders_is_noticed():
    # Simulation by the definition: 15 pairs in both orders, three of ten changed, a floor of 0.1.
    rng = np.random.default_rng(5)
    usual = (1 + np.sqrt(1 - 2 * 0.1)) / 2
    n_noticed = 0
    for _ in range(400):
        changed = np.repeat(rng.random((15, 1, 1)) < 0.3, 2, axis=0)
        before = rng.random((30, 1, 2)) < usual
        after = (rng.random((30, 1, 2)) < usual) ^ changed
        n_noticed += drift(before.astype(np.int64), after.astype(np.int64)).has_moved(3)
    power = power_to_notice([2] * 15, floor=0.1, changed=0.3, number=3)

    assert abs(n_noticed / 400 - power) <= 3 * np.sqrt(power * (1 - power) / 400)
