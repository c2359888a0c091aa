"""What is said of a judge hangs on no name, no number of a case and no order of rows."""

from dataclasses import replace

import numpy as np
import pytest

from evalkit.stats.counts import Codings
from evalkit.stats.judges.acceptance import Verdicts, accept_verdicts, curve
from evalkit.stats.judges.allocation import Strata, allocate, expected_width
from evalkit.stats.judges.alternative import alternative_test
from evalkit.stats.judges.answers import beside
from evalkit.stats.judges.bias import Picks, leanings
from evalkit.stats.judges.by_value import confusion, value_rows
from evalkit.stats.judges.ceiling import ceiling
from evalkit.stats.judges.correction import Design, JudgedUnits, corrected_mean
from evalkit.stats.judges.design import recorded_design
from evalkit.stats.judges.distances import distances
from evalkit.stats.judges.error_rates import error_rates
from evalkit.stats.judges.majority import against_majority
from evalkit.stats.judges.orders import positions, right_by_rule
from evalkit.stats.judges.reliability import consistency, split_half
from evalkit.stats.judges.soft import SureVerdicts, calibration
from evalkit.stats.judges.strengths import JudgedPairs, corrected_strengths


def shuffled(rng, n):
    """Return an order of rows, and other numbers for cases."""
    return rng.permutation(n), rng.permutation(10_000)


def same(first, second):
    """Say whether two estimates agree to rounding."""
    ends = [(row.value, row.low, row.high, row.n) for row in (first, second)]
    if None in ends[0]:
        return ends[0] == ends[1] and first.reason == second.reason
    return ends[0] == pytest.approx(ends[1], abs=1e-12)


@pytest.mark.parametrize("design", list(Design))
def test_a_corrected_mean_hangs_on_no_order_and_no_number_of_a_case(design):
    rng = np.random.default_rng(1)
    truth = (rng.random(400) < 0.6).astype(float)
    judged = JudgedUnits(
        np.where(rng.random(400) < 0.8, truth, 1 - truth),
        np.where(rng.random(400) < 0.3, truth, np.nan),
        np.arange(400) // 3,
        np.full(400, 0.3),
    )
    order, number = shuffled(rng, 400)
    other = JudgedUnits(
        judged.verdict[order], judged.label[order], number[judged.case[order]], judged.odds[order]
    )

    first, second = corrected_mean(judged, design), corrected_mean(other, design)

    assert same(first.corrected, second.corrected)
    assert same(first.people, second.people)
    assert recorded_design(judged) is recorded_design(other) is Design.RANDOM


def test_error_rates_hang_on_no_order_and_turn_over_with_the_answers():
    rng = np.random.default_rng(2)
    label = rng.random(200) < 0.6
    verdict = label ^ (rng.random(200) < 0.2)
    case = np.arange(200) // 2
    order, number = shuffled(rng, 200)

    first = error_rates(verdict=verdict, label=label, case=case)
    second = error_rates(verdict=verdict[order], label=label[order], case=number[case[order]])
    turned = error_rates(verdict=~verdict, label=~label, case=case)

    assert same(first.sensitivity, second.sensitivity)
    assert same(first.no_precision, second.no_precision)
    assert same(first.sensitivity, turned.specificity)
    assert same(first.precision, turned.no_precision)


@pytest.mark.parametrize("is_number", [False, True])
def test_a_ratio_to_people_s_own_agreement_hangs_on_no_name_no_order_and_no_number_of_a_case(
    is_number,
):
    rng = np.random.default_rng(5)
    unit, annotator = (grid.ravel() for grid in np.mgrid[0:80, 0:4])
    truth = rng.integers(0, 3, 80)
    value = np.where(rng.random(320) < 0.7, truth[unit], rng.integers(0, 3, 320))
    values = (0.0, 1.0, 2.0)
    codings = Codings(unit, unit // 2, annotator, value, values, ("v", "w", "x", "judge"))
    order, number = shuffled(rng, 320)
    other = replace(
        codings,
        unit=number[unit[order]],
        case=number[::-1][codings.case[order]],
        annotator=np.array([2, 0, 3, 1])[annotator[order]],
        value=value[order],
        annotators=("w", "judge", "v", "x"),
    )

    first = ceiling(codings, 3, is_number=is_number)
    second = ceiling(other, 1, is_number=is_number)

    assert same(first.ratio, second.ratio)
    assert same(first.judge, second.judge)
    assert same(first.same_people, second.same_people)
    assert confusion(beside(other, 1)) == pytest.approx(confusion(beside(codings, 3)))
    for row, again in zip(
        value_rows(beside(codings, 3)), value_rows(beside(other, 1)), strict=True
    ):
        assert same(row.recall, again.recall)
        assert same(row.precision, again.precision)


def test_the_alternative_annotator_test_hangs_on_no_name_and_no_order():
    rng = np.random.default_rng(3)
    unit, annotator = (grid.ravel() for grid in np.mgrid[0:80, 0:4])
    truth = rng.integers(0, 3, 80)
    value = np.where(rng.random(320) < 0.7, truth[unit], rng.integers(0, 3, 320))
    codings = Codings(unit, unit // 2, annotator, value, ("a", "b", "c"), ("v", "w", "x", "judge"))
    order, number = shuffled(rng, 320)
    place = np.array([2, 0, 3, 1])
    other = replace(
        codings,
        unit=number[unit[order]],
        case=number[::-1][codings.case[order]],
        annotator=place[annotator[order]],
        value=np.array([1, 2, 0])[value[order]],
        annotators=("w", "judge", "v", "x"),
    )

    first = alternative_test(codings, 3, margin=0.1)
    second = alternative_test(other, 1, margin=0.1)

    rows = {row.annotator: row for row in second.rows}
    assert all(row.p_value == pytest.approx(rows[row.annotator].p_value) for row in first.rows)
    assert same(first.advantage, second.advantage)
    assert first.winning_rate == second.winning_rate


@pytest.mark.parametrize("per_case", [1, 4])
def test_accepted_verdicts_hang_on_no_order_and_on_no_scale_of_certainty(per_case):
    rng = np.random.default_rng(4)

    def drawn():
        certainty = rng.random(2400)
        return Verdicts(
            certainty, rng.random(2400) < 0.3 * (1 - certainty), np.arange(2400) // per_case
        )

    dev, certification = drawn(), drawn()
    order, number = shuffled(rng, 2400)

    def retold(verdicts):
        return Verdicts(
            verdicts.certainty[order] * 2 + 5,
            verdicts.is_wrong[order],
            number[verdicts.case[order]],
        )

    first = accept_verdicts(dev, certification, risk=0.2)
    second = accept_verdicts(retold(dev), retold(certification), risk=0.2)

    assert second.threshold == pytest.approx(first.threshold * 2 + 5)
    assert [row.p_value for row in second.tried] == pytest.approx(
        [row.p_value for row in first.tried]
    )
    assert same(first.accepted, second.accepted)
    assert same(first.wrong, second.wrong)
    for point, again in zip(curve(dev), curve(retold(dev)), strict=True):
        assert again.threshold == pytest.approx(point.threshold * 2 + 5)
        assert same(point.accepted, again.accepted)
        assert same(point.wrong, again.wrong)


@pytest.mark.parametrize("by_order", [False, True])
def test_what_a_judge_leans_to_hangs_on_no_number_of_anything_and_turns_over_with_the_choice(
    by_order,
):
    rng = np.random.default_rng(12)
    unit, who = rng.integers(0, 60, 500), rng.integers(0, 4, 500)
    toward = rng.integers(0, 3, 500) / 2
    picks = Picks(unit, unit // 3, who, rng.integers(0, 2, 500), toward)
    order, number = shuffled(rng, 500)
    # Other numbers for pairs, cases and annotators, the other response first, rows in any order.
    other = Picks(
        number[unit][order],
        number[unit // 3][order],
        3 - who[order],
        1 - picks.order[order],
        toward[order],
    )
    is_person = np.array([True, True, False, True])

    def of(picks, judge, is_person):
        return leanings(picks, np.array([judge]), is_person=is_person, by_order=by_order)[0]

    first, second = of(picks, 2, is_person), of(other, 1, is_person[::-1])
    turned = of(replace(picks, toward=1 - toward), 2, is_person)

    assert same(first.excess, second.excess)
    assert same(first.judge, second.judge)
    assert first.excess.value == pytest.approx(-turned.excess.value)
    assert first.excess.low == pytest.approx(-turned.excess.high)


def test_corrected_strengths_hang_on_no_name_no_side_no_order_and_no_number_of_a_case():
    rng = np.random.default_rng(6)
    n, place = 900, np.array([2, 0, 3, 1])
    first = rng.integers(0, 4, n)
    second = (first + rng.integers(1, 4, n)) % 4
    chance = 1 / (1 + np.exp(0.4 * (first - second)))
    truth = (rng.random(n) < chance).astype(float)
    verdict = np.where(rng.random(n) < 0.8, truth, 1 - truth)
    odds = rng.choice([0.3, 0.6], n)
    label = np.where(rng.random(n) < odds, truth, np.nan)
    judged = JudgedPairs(first, second, verdict, label, np.arange(n) // 3, odds, tuple("vwxy"))
    order, number = shuffled(rng, n)
    turn = rng.random(n) < 0.5
    other = JudgedPairs(
        place[np.where(turn, second, first)][order],
        place[np.where(turn, first, second)][order],
        np.where(turn, 1 - verdict, verdict)[order],
        np.where(turn, 1 - label, label)[order],
        number[judged.case[order]],
        odds[order],
        ("w", "y", "v", "x"),
    )

    one, two = (corrected_strengths(of, Design.KNOWN_ODDS) for of in (judged, other))

    for model in range(4):
        assert same(one.corrected[model], two.corrected[place[model]])
        assert same(one.people[model], two.people[place[model]])


def test_how_many_labels_a_stratum_gets_hangs_on_no_order_of_strata_or_models():
    size = np.array([400, 90, 77])
    mean = np.array([[0.2, 0.5, 0.9], [0.8, 0.5, 0.1]])
    spread = np.array([[0.4, 0.5, 0.3], [0.4, 0.5, 0.2]])
    first = Strata(size, mean, spread)
    second = Strata(size[::-1], mean[::-1, ::-1], spread[::-1, ::-1])

    n, turned = allocate(first, 101), allocate(second, 101)

    assert n.tolist() == turned[::-1].tolist()
    assert expected_width(first, n) == pytest.approx(expected_width(second, turned)[::-1])


def test_both_orders_and_the_majority_hang_on_no_name_and_no_order_of_rows():
    rng = np.random.default_rng(31)
    value = rng.integers(0, 3, 480)
    names = ("first model wins", "second model wins", "tie")
    both = Codings(
        np.tile(np.arange(120), 4),
        np.tile(np.arange(120) // 2, 4),
        np.repeat(np.arange(4), 120),
        value,
        names,
        tuple("abcj"),
        (1, 0, 2),
    )
    order, number = shuffled(rng, 480)
    # Other names: what was called the first of some pairs is the second.
    flips = rng.random(120) < 0.5
    turned = np.where(flips[both.unit], np.array([1, 0, 2])[value], value)
    other = replace(both, value=turned, case=number[both.case], unit=number[both.unit]).at(order)
    first, second = beside(both, 3), beside(other, 3)

    right, again = (right_by_rule(rows, rows, judge="j") for rows in (first, second))
    most, most_again = against_majority(first), against_majority(second)
    left = rng.integers(0, 3, (2, 120))
    where, where_again = (
        positions(*left[:, places], np.arange(120)[places]) for places in (order[:0], [*range(120)])
    )
    swapped = positions(*left[:, ::-1], number[np.arange(120)])

    assert same(right.first.kappa, again.first.kappa)
    assert same(right.mean, again.mean)
    assert same(most.accuracy, most_again.accuracy)
    assert same(most.macro_f1, most_again.macro_f1)
    assert where.positional.value is None
    assert same(where_again.primacy, swapped.primacy)
    assert same(where_again.position_bias, swapped.position_bias)


def test_what_people_reach_and_distances_hang_on_no_name_and_no_order_of_rows():
    rng = np.random.default_rng(33)
    value = rng.choice(3, 600, p=[0.5, 0.3, 0.2])
    names = ("first model wins", "second model wins", "tie")
    both = Codings(
        np.tile(np.arange(60), 10),
        np.tile(np.arange(60) // 2, 10),
        np.repeat(np.tile(np.arange(5), 2), 60),
        value,
        names,
        tuple("abcdj"),
        (1, 0, 2),
    )
    order, number = shuffled(rng, 600)
    flips = rng.random(60) < 0.5
    turned = np.where(flips[both.unit], np.array([1, 0, 2])[value], value)
    other = replace(both, value=turned, case=number[both.case], unit=number[both.unit]).at(order)
    once, other_once = (codings.at(np.arange(300)) for codings in (both, other.at(order.argsort())))

    again, other_again = consistency(both), consistency(other)
    halves, other_halves = split_half(once), split_half(other_once)
    apart, other_apart = distances(beside(once, 4)), distances(beside(other_once, 4))

    assert same(again.same, other_again.same)
    assert same(again.kappa, other_again.kappa)
    assert same(halves.halves, other_halves.halves)
    assert same(apart.judge, other_apart.judge)
    assert same(apart.excess, other_apart.excess)
    swapped = replace(once, value=np.array([1, 0, 2])[once.value])
    assert same(split_half(swapped).halves, halves.halves)


def test_how_sure_a_judge_is_hangs_on_no_order_and_no_number_of_a_case():
    rng = np.random.default_rng(35)
    told = SureVerdicts(rng.random(200), rng.integers(0, 2, 200) / 1.0, np.arange(200) // 2)
    order, number = shuffled(rng, 200)
    other = SureVerdicts(told.sure[order], told.right[order], number[told.case[order]])

    first, second = calibration(told), calibration(other)

    assert same(first.brier, second.brier)
    assert same(first.surer, second.surer)
    assert first.error.value == pytest.approx(second.error.value, abs=1e-3)
    for mine, theirs in zip(first.bins, second.bins, strict=True):
        assert same(mine.right, theirs.right)
