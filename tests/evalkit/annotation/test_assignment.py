import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import assume, given, strategies as st

from evalkit.annotation.assignment.policy import (
    Candidate,
    Pair,
    PlannedCase,
    Shown,
    first_choice,
    first_is_left,
    plan,
    planned_pairs,
    share_of_work,
    side_coin,
)

SEEDS = st.integers(min_value=-(2**40), max_value=2**40)
MODELS = st.integers(min_value=2, max_value=11)


def all_pairs(n_models):
    return [Pair(*pair) for pair in combinations(range(n_models), 2)]


def complete_cases(n_cases, n_models, *, categories=1):
    return [
        PlannedCase(
            case_id=100 + number,
            category=f"category {number % categories}",
            available=frozenset(range(n_models)),
        )
        for number in range(n_cases)
    ]


# The plan


@given(n_models=MODELS, pairs_per_case=st.integers(1, 60), n_cases=st.integers(1, 40), seed=SEEDS)
def test_over_any_number_of_cases_every_pair_is_planned_equally_often_give_or_take_one(
    n_models, pairs_per_case, n_cases, seed
):
    counts = Counter(dict.fromkeys(all_pairs(n_models), 0))

    for case_index in range(n_cases):
        pairs = planned_pairs(
            n_models, case_index=case_index, pairs_per_case=pairs_per_case, seed=seed
        )
        assert len(set(pairs)) == len(pairs) == min(pairs_per_case, len(all_pairs(n_models)))
        counts.update(pairs)

    assert max(counts.values()) - min(counts.values()) <= 1


@given(n_models=st.integers(2, 24), case_index=st.integers(0, 10_000), seed=SEEDS)
def test_half_as_many_pairs_as_models_show_every_model_in_every_case(n_models, case_index, seed):
    per_case = (n_models + 1) // 2

    pairs = planned_pairs(n_models, case_index=case_index, pairs_per_case=per_case, seed=seed)

    appearances = Counter(model for pair in pairs for model in (pair.first, pair.second))
    assert set(appearances) == set(range(n_models))
    # 2 * ceil(n / 2) places for n models: one model twice if n is odd, none if it is even.
    assert sorted(appearances.values())[-1] == 1 + n_models % 2
    assert sum(appearances.values()) == n_models + n_models % 2


def test_another_seed_gives_another_plan():
    plans = {
        tuple(planned_pairs(4, case_index=index, pairs_per_case=2, seed=seed) for index in range(6))
        for seed in range(50)
    }

    assert len(plans) > 3  # a tournament of four models has few orders, but not one


def test_over_all_seeds_every_pair_has_the_planned_chance():
    n_seeds, n_models, per_case = 6000, 5, 3
    counts = Counter(
        pair
        for seed in range(n_seeds)
        for pair in planned_pairs(n_models, case_index=7, pairs_per_case=per_case, seed=seed)
    )

    expected = per_case / 10  # 5 * 4 / 2 = 10 pairs
    tolerance = 4.5 * (expected * (1 - expected) / n_seeds) ** 0.5  # ten pairs, z = 4.5
    for pair in all_pairs(n_models):
        assert counts[pair] / n_seeds == pytest.approx(expected, abs=tolerance)


@given(
    n_models=st.sampled_from([2, 3, 4, 6, 8]),
    n_cases=st.integers(1, 60),
    categories=st.integers(1, 5),
    pairs_per_case=st.integers(1, 4),
    seed=SEEDS,
)
def test_pairs_are_balanced_within_each_category_too(
    n_models, n_cases, categories, pairs_per_case, seed
):
    assume(n_models % 2 == 0)  # an odd tournament changes its order from round to round
    cases = complete_cases(n_cases, n_models, categories=categories)
    category_of = {case.case_id: case.category for case in cases}

    units = plan(cases, n_models=n_models, pairs_per_case=pairs_per_case, seed=seed).units

    for category in set(category_of.values()):
        counts = Counter(dict.fromkeys(all_pairs(n_models), 0))
        counts.update(unit.pair for unit in units if category_of[unit.case_id] == category)
        assert max(counts.values()) - min(counts.values()) <= 1


def test_a_pair_with_a_missing_output_is_replaced_by_one_that_can_be_shown():
    cases = complete_cases(1, 6)
    broken = PlannedCase(case_id=100, category="category 0", available=frozenset((0, 2, 5)))

    complete = plan(cases, n_models=6, pairs_per_case=3, seed=1).units
    units = plan([broken], n_models=6, pairs_per_case=3, seed=1).units

    assert {unit.pair for unit in units} == {Pair(0, 2), Pair(0, 5), Pair(2, 5)}
    assert [unit.inclusion_probability for unit in units] == [1.0] * 3  # three of three pairs
    assert [unit.inclusion_probability for unit in complete] == [3 / 15] * 3  # of 6 * 5 / 2


def test_a_case_with_fewer_than_two_outputs_asks_for_nothing():
    case = PlannedCase(case_id=1, category="", available=frozenset((2,)))

    assert plan([case], n_models=4, pairs_per_case=2, seed=0).units == ()


@given(n_models=MODELS, n_cases=st.integers(1, 20), retired=st.integers(0, 19), seed=SEEDS)
def test_retiring_a_case_leaves_the_pairs_of_the_others_alone(n_models, n_cases, retired, seed):
    cases = complete_cases(n_cases, n_models)
    fewer = [
        PlannedCase(case.case_id, case.category, frozenset()) if number == retired else case
        for number, case in enumerate(cases)
    ]

    before = plan(cases, n_models=n_models, pairs_per_case=2, seed=seed).units
    after = plan(fewer, n_models=n_models, pairs_per_case=2, seed=seed).units

    assert after == tuple(unit for unit in before if unit.case_id != 100 + retired)


def test_pairs_that_were_begun_stay_in_the_plan_when_it_changes():
    begun = [Shown(100, (1, 0), n_live=1), Shown(100, (2, 3), n_live=1)]
    cases = complete_cases(2, 4)

    for seed in range(20):
        made = plan(cases, n_models=4, pairs_per_case=2, seed=seed)
        units = made.keeping(begun)
        of_case = {unit.pair for unit in units if unit.case_id == 100}
        assert of_case == {Pair(0, 1), Pair(2, 3)}
        assert [unit for unit in units if unit.case_id == 101] == [
            unit for unit in made.units if unit.case_id == 101
        ]


def test_a_pair_that_was_begun_takes_the_place_of_a_planned_one():
    begun = [Shown(100, (1, 0), n_live=1)]

    for seed in range(20):
        units = plan(complete_cases(1, 4), n_models=4, pairs_per_case=2, seed=seed).keeping(begun)
        pairs = [unit.pair for unit in units]
        assert len(set(pairs)) == 2
        assert Pair(0, 1) in pairs


# Giving out


def test_of_what_may_be_given_out_the_most_complete_comes_first_then_the_rarest_pair():
    fresh = Candidate(1, Pair(0, 1), n_live=0, n_live_of_pair=0)
    common = Candidate(2, Pair(0, 1), n_live=1, n_live_of_pair=9)
    rare = Candidate(3, Pair(0, 2), n_live=1, n_live_of_pair=2)

    for annotator in range(20):
        assert first_choice([fresh, common, rare], seed=1, annotator_id=annotator) == rare
        assert first_choice([fresh, common], seed=1, annotator_id=annotator) == common


def test_among_equals_every_annotator_has_an_order_of_their_own_whatever_order_they_come_in():
    equals = [Candidate(case, Pair(0, 1), n_live=0, n_live_of_pair=0) for case in range(6)]

    choices = [first_choice(equals, seed=1, annotator_id=annotator) for annotator in range(40)]

    assert len(set(choices)) == 6
    assert choices == [
        first_choice(equals[::-1], seed=1, annotator_id=annotator) for annotator in range(40)
    ]


class Sides:
    """The sides of one pair over ``n_units`` units of ``overlap`` places, kept as studies do."""

    def __init__(self, *, n_units, overlap, seed):
        self.seed, self.lead = seed, 0
        self.n_missing = n_units * overlap
        self.lead_of_unit = Counter()
        self.seen = {}

    def show(self, unit, annotator):
        coin = side_coin(unit, Pair(0, 1), seed=self.seed, annotator_id=annotator)
        is_left = first_is_left(
            lead=self.lead,
            lead_of_unit=self.lead_of_unit[unit],
            n_missing=self.n_missing,
            coin=coin,
        )
        side = 1 if is_left else -1
        self.lead += side
        self.lead_of_unit[unit] += side
        self.n_missing -= 1
        self.seen.setdefault(annotator, []).append(side)
        return side


@given(n_units=st.integers(1, 30), overlap=st.integers(1, 3), seed=SEEDS)
def test_the_orders_of_a_pair_end_within_two_and_are_never_more_than_six_apart(
    n_units, overlap, seed
):
    sides = Sides(n_units=n_units, overlap=overlap, seed=seed)
    places = [(unit, annotator) for unit in range(n_units) for annotator in range(overlap)]
    random.Random(seed).shuffle(places)

    for unit, annotator in places:
        sides.show(unit, annotator)
        assert abs(sides.lead) <= 6

    assert abs(sides.lead) <= 2


#: What one who remembers every side of a pair may guess by: above 0 is first on the left.
STRATEGIES = {
    "the opposite of last time": lambda sides: -sides[-1],
    "the same as last time": lambda sides: sides[-1],
    "the minority so far": lambda sides: -sum(sides),
    "the minority of the last four": lambda sides: -sum(sides[-4:]),
    "the opposite of the time before": lambda sides: -sum(sides[-2:-1]),
}


def share_guessed(strategy, histories):
    """How often a strategy is right; a guess it leaves open is right half the time."""
    hits = [
        0.5 if guess == 0 else float((guess > 0) == (sides[place] > 0))
        for sides in histories
        for place in range(1, len(sides))
        for guess in (STRATEGIES[strategy](sides[:place]),)
    ]
    return sum(hits) / len(hits), len(hits)


@pytest.fixture(scope="module")
def shared_and_alone():
    """Give the sides seen by three people at work on the same pair in turn, and by one alone."""
    shared, alone = [], []
    for seed in range(60):
        order = random.Random(seed)
        together = Sides(n_units=40, overlap=2, seed=seed)
        for unit in range(40):  # depth first: a unit that was begun is finished before a fresh one
            for annotator in order.sample(range(3), 2):
                together.show(unit, annotator)
        shared.extend(together.seen.values())
        single = Sides(n_units=40, overlap=1, seed=seed)
        alone.append([single.show(unit, 0) for unit in range(40)])
    return shared, alone


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_who_remembers_every_side_guesses_the_next_hardly_better_than_a_coin(
    strategy, shared_and_alone
):
    # Alone, no strategy is right more often than 1/2 + 1/(4 · 6) = 54.2 % (see first_is_left);
    # among others it is a coin's 50 %. Tolerance: three standard errors, 0.5 / sqrt(n).
    for histories, highest in zip(shared_and_alone, (0.5, 0.5 + 1 / 24), strict=True):
        share, n_guesses = share_guessed(strategy, histories)
        print(f"{strategy}: {share:.3f} of {n_guesses}")
        assert n_guesses > 2000
        assert share <= 0.55
        assert share <= highest + 3 * 0.5 / n_guesses**0.5


def test_who_stands_left_is_not_the_same_for_everybody():
    assert {
        Sides(n_units=1, overlap=2, seed=0).show(100, annotator) for annotator in range(20)
    } == {1, -1}


def test_the_second_annotator_of_a_unit_sees_it_the_other_way_round():
    for seed in range(20):
        sides = Sides(n_units=40, overlap=2, seed=seed)
        assert sides.show(7, 1) == -sides.show(7, 2)


def test_a_share_is_rounded_up_and_never_more_than_one_person_may_do():
    shares = [share_of_work(n_available=10, n_missing=20, n_annotators=n) for n in (1, 2, 3, 7)]

    assert shares == [10, 10, 7, 3]
