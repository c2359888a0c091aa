"""What a judge leans to beyond people: by known truth, by hand, and where nothing tells it."""

import numpy as np
import pytest

from evalkit.stats.judges.bias import NO_PAIR, NO_SIDES, NOT_BOTH_ORDERS, Picks, leanings

JUDGE = 3
IS_PERSON = np.array([True, True, True, False])


def picks_of(rows):
    """Return picks of rows of unit, annotator, order and toward; three units to a case."""
    unit, annotator, order, toward = np.array(rows, dtype=float).T
    unit = unit.astype(int)
    return Picks(unit, unit // 3, annotator.astype(int), order.astype(int), toward)


def drawn(rng, *, n_units, to_first=(0.0, 0.0), to_more=(0.0, 0.0)):
    """Return choices of three people and a judge, by how often people and judge are led astray.

    The better of two responses has more of it in 60 %; it is found with the chance .8.
    """
    more_is_better = rng.random(n_units) < 0.6
    first, more = [], []
    for who in range(4):
        for order in (0, 1) if who == JUDGE else (None,):
            more_first = (
                rng.random(n_units) < 0.5 if order is None else np.full(n_units, order == 0)
            )
            finds = rng.random(n_units) < 0.8
            chooses_more = more_is_better == finds
            led = rng.random(n_units)
            chooses_more = np.where(led < to_first[who == JUDGE], more_first, chooses_more)
            led = rng.random(n_units)
            chooses_more |= led < to_more[who == JUDGE]
            rows = np.arange(n_units), np.full(n_units, who), (~more_first).astype(int)
            more.append(np.column_stack([*rows, chooses_more]))
            first.append(np.column_stack([*rows, chooses_more == more_first]))
    return picks_of(np.concatenate(first)), picks_of(np.concatenate(more))


def of_judge(picks, **options):
    return leanings(picks, np.array([JUDGE]), is_person=IS_PERSON, **options)[0]


def test_each_pair_counts_once_and_each_person_once_in_it():
    # By hand. Pair 0: the judge said 1 and 0, people 1, 1, 0: ½ less ⅔. Pair 3, of another case:
    # the judge said 1, the one person ½. Excess (−1/6 + 1/2) / 2 = 1/6.
    judge = [(0, 3, 0, 1), (0, 3, 1, 0), (3, 3, 0, 1)]
    people = [(0, 0, 0, 1), (0, 1, 0, 1), (0, 2, 1, 0), (3, 0, 0, 0.5)]
    picks = picks_of([*judge, *people])

    leaning = of_judge(picks)

    assert leaning.judge.value == pytest.approx(0.75)
    assert leaning.people.value == pytest.approx(7 / 12)
    assert leaning.excess.value == pytest.approx(1 / 6)
    assert leaning.excess.n == 2


def test_what_stood_first_counts_only_where_the_judge_saw_both_orders():
    picks = picks_of([(0, 3, 0, 1), (0, 0, 0, 0), (1, 3, 0, 1), (1, 3, 1, 1), (1, 0, 1, 0)])

    leaning = of_judge(picks, by_order=True)

    assert leaning.judge.n == 1
    assert leaning.excess.value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("rows", "by_order", "reason"),
    [
        ([(0, 3, 0, 1), (1, 0, 0, 1)], False, NO_PAIR),
        ([(0, 3, 0, 1), (0, 0, 0, 1)], True, NOT_BOTH_ORDERS),
        ([(0, 3, 0, 1), (0, 3, 1, 1), (1, 0, 0, 1)], True, NO_SIDES),
        ([(0, 0, 0, 1)], False, NO_PAIR),
    ],
)
def test_where_nothing_tells_it_a_sentence_says_why(rows, by_order, reason):
    leaning = of_judge(picks_of(rows), by_order=by_order)

    assert leaning.excess.value is None
    assert leaning.excess.reason == reason


def test_a_judge_that_says_what_people_say_has_no_excess_and_still_an_interval():
    rows = [(unit, who, 0, unit % 2) for unit in range(30) for who in (0, 3)]

    excess = of_judge(picks_of(rows)).excess

    assert excess.value == pytest.approx(0.0)
    assert excess.low < 0 < excess.high


def test_people_led_astray_as_the_judge_is_leave_no_excess_and_its_own_is_found():
    # Chooses what has more: with the chance m whatever it is, else as it would. Alone it would in
    # .6·.8 + .4·.2 = .56; led by m, .56 + m·.44. First: with the chance f, else half: (1 + f)/2.
    rng = np.random.default_rng(4)
    for people, judge in (((0.2, 0.3), (0.2, 0.3)), ((0.1, 0.0), (0.4, 0.25))):
        first, more = drawn(rng, n_units=6000, to_first=(people[0], judge[0]), to_more=(0.0, 0.0))
        excess = of_judge(first, by_order=True).excess
        assert excess.value == pytest.approx((judge[0] - people[0]) / 2, abs=0.03)
        _, more = drawn(rng, n_units=6000, to_more=(people[1], judge[1]))
        excess = of_judge(more).excess
        assert excess.value == pytest.approx((judge[1] - people[1]) * 0.44, abs=0.03)


@pytest.mark.slow
def test_its_intervals_hold_the_truth_as_often_as_they_say():
    # 400 draws of 60 pairs in 20 cases: 95 % ± 2.2 standard errors of that many is 92.6 to 97.4.
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(400):
        first, _ = drawn(rng, n_units=60, to_first=(0.1, 0.3))
        excess = of_judge(first, by_order=True).excess
        hits += excess.low <= 0.1 <= excess.high
    assert 0.92 <= hits / 400 <= 0.98
