"""Rules about both orders: counts by hand, and the same κ as between any two annotators."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from evalkit.stats.agreement.kappa import agreement_with_rest
from evalkit.stats.counts import LEFT, RIGHT, TIE, Codings
from evalkit.stats.judges.answers import beside, peoples_answers
from evalkit.stats.judges.orders import NEVER_SAME, NOT_CONTRADICTED, positions, right_by_rule

VALUES, MIRROR = ("first model wins", "second model wins", "tie"), (1, 0, 2)


def codings(rng, *, n_units=90, n_people=3):
    """Return people and, last, a judge that says what is true on two of three units."""
    truth = rng.integers(0, 3, n_units)
    rows = [
        np.where(rng.random(n_units) < 0.7, truth, rng.integers(0, 3, n_units))
        for _ in range(n_people + 1)
    ]
    unit = np.tile(np.arange(n_units), n_people + 1)
    who = np.repeat(np.arange(n_people + 1), n_units)
    return Codings(unit, unit // 2, who, np.concatenate(rows), VALUES, tuple("abcj"), MIRROR)


def test_one_order_is_right_as_often_as_any_annotator_beside_all_others():
    rng = np.random.default_rng(5)
    both = codings(rng)
    rows = beside(both, 3)

    right = right_by_rule(rows, rows, judge="j")

    # Independent implementation: every annotator against the rest, restricted to the judge.
    oracle = agreement_with_rest(both)[3]
    for ours, theirs in (
        (right.first.kappa, oracle.kappa),
        (right.first.percent_agreement, oracle.percent_agreement),
    ):
        assert (ours.value, ours.low, ours.high) == pytest.approx(
            (theirs.value, theirs.low, theirs.high), abs=1e-12
        )
        assert ours.n == theirs.n == 90
    assert right.mean == right.both_agree == right.decided == right.first.percent_agreement
    assert right.n_undecided == 0


def test_the_rules_add_up_whatever_the_judge_says():
    rng = np.random.default_rng(6)
    both, turned = codings(rng), rng.integers(0, 3, 90)
    verdict = both.value[both.annotator == 3]
    people = peoples_answers(both.at(both.annotator < 3), n_units=90)
    tables = np.repeat(np.eye(3), 3, axis=0), np.tile(np.eye(3), (3, 1))
    first, second = people.beside(np.arange(90), 3 * verdict + turned, tables)

    right = right_by_rule(first, second, judge="j")

    # Right in both orders and right where decided are the same pairs, over all and over decided.
    n_decided = 90 - right.n_undecided
    assert right.n_undecided == (verdict != turned).sum()
    assert right.both_agree.value * 90 == pytest.approx(right.decided.value * n_decided)
    halves = right.first.percent_agreement.value + right.second.percent_agreement.value
    assert right.mean.value == pytest.approx(halves / 2)


def test_what_order_decides_is_counted_by_hand():
    # By side, in both orders: right whatever the order; first twice (3); second twice; half a tie.
    first = np.array([LEFT, LEFT, LEFT, LEFT, RIGHT, TIE, TIE])
    second = np.array([RIGHT, LEFT, LEFT, LEFT, RIGHT, LEFT, TIE])

    where = positions(first, second, np.arange(7))

    assert where.positional.value == pytest.approx(2 / 7)
    assert (where.primacy.value, where.primacy.n) == (pytest.approx(3 / 5), 5)
    assert where.position_bias.value == pytest.approx((3 - 1) / 7)
    assert where.position_bias.low < 2 / 7 < where.position_bias.high


def test_a_judge_that_is_steady_is_known_no_worse_than_one_that_contradicts_itself_once():
    left, right = np.full(100, LEFT), np.full(100, RIGHT)
    once = right.copy()
    once[0] = LEFT

    def width(second):
        bias = positions(left, second, np.arange(100)).position_bias
        return bias.high - bias.low

    # 0 of 100 is no surer than 1 of 100, and not a coin's ±19 points of 100 either.
    assert width(right) < 2.5 * width(once)


def test_a_judge_that_never_or_always_contradicts_itself_is_told_so_and_not_called_0():
    left = np.full(8, LEFT)
    steady = positions(left, np.full(8, RIGHT), np.arange(8))
    rows = beside(codings(np.random.default_rng(7)), 3)
    never = replace(rows, by_judge=np.roll(rows.by_judge, 1, axis=1))

    assert (steady.primacy.value, steady.primacy.reason) == (None, NOT_CONTRADICTED)
    assert steady.position_bias.value == 0
    # Wilson's upper end of 0 of 8, with t(7): no more than so many may contradict themselves.
    t = stats.t.ppf(0.975, 7)
    most = t**2 / (8 + t**2)
    assert (steady.position_bias.low, steady.position_bias.high) == pytest.approx((-most, most))
    decided = right_by_rule(rows, never, judge="j").decided
    assert (decided.value, decided.reason) == (None, NEVER_SAME)
