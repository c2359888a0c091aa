"""Which cases of a study each of its kinds of task is asked of, and in whose turn they come."""

from collections import Counter

import pytest

from evalkit.annotation.assignment.policy import (
    PlannedCase,
    Shown,
    in_order,
    plan,
    turn_of_kinds,
)
from evalkit.annotation.assignment.tasks import StudyTask, asked_of, planned_units
from evalkit.annotation.assignment.tournament import Pair, draw
from evalkit.vocabulary import TaskKind

PAIR, SINGLE, RANK = TaskKind.PAIR, TaskKind.SINGLE, TaskKind.RANK


def task(kind, share=1.0, *, per_case=1):
    return StudyTask(kind, overlap=2, per_case=per_case, collects=("comment",), share=share)


def cases(n, *, n_models=3, categories=("a", "b", "c")):
    available = frozenset(range(n_models))
    return [
        PlannedCase(number, categories[number % len(categories)], available)
        for number in range(1, n + 1)
    ]


def shared(n, *tasks, seed=0, **made):
    return asked_of(in_order(cases(n, **made), seed=seed), tasks, seed=seed)


@pytest.mark.parametrize("n", [3, 5, 10, 37, 200])
def test_shares_that_sum_to_one_ask_each_case_once(n):
    (pairs, of_pairs), (singles, of_singles) = shared(n, task(PAIR, 0.8), task(SINGLE, 0.2), seed=3)

    assert not pairs & singles
    assert len(pairs | singles) == n
    assert abs(len(pairs) - 0.8 * n) <= 0.5  # rounded to whole cases
    assert (of_pairs, of_singles) == (len(pairs) / n, len(singles) / n)


@pytest.mark.parametrize("n", [1, 2])
def test_of_the_fewest_cases_each_kind_is_still_asked_of_one(n):
    asked = shared(n, task(PAIR, 0.9), task(SINGLE, 0.1))

    assert all(ids for ids, _ in asked)


def test_a_kind_asked_of_all_cases_takes_none_from_a_share_of_another():
    (pairs, of_pairs), (singles, of_singles) = shared(50, task(PAIR), task(SINGLE, 0.2))

    assert (len(pairs), of_pairs) == (50, 1)
    assert (len(singles), of_singles) == (10, 0.2)


def test_every_category_has_its_part_of_a_share():
    n, categories = 300, ("a", "a", "a", "b", "b", "c")
    category = {case.case_id: case.category for case in cases(n, categories=categories)}

    _, (singles, _) = shared(n, task(PAIR, 0.7), task(SINGLE, 0.3), seed=5, categories=categories)

    of_each = Counter(category[case_id] for case_id in singles)
    # Thirty per cent of 150, 100 and 50. The discrepancy of so many multiples of the golden
    # section is below three points (Niederreiter 1992, theorem 3.4, bounds it by far more).
    assert all(
        abs(of_each[name] - 0.3 * size) <= 3 for name, size in (("a", 150), ("b", 100), ("c", 50))
    )


def test_the_chance_of_a_case_is_that_over_all_seeds():
    n, n_seeds = 10, 4000
    drawn = Counter()
    for seed in range(n_seeds):
        _, (singles, chance) = shared(n, task(PAIR, 0.7), task(SINGLE, 0.3), seed=seed)
        assert chance == 0.3
        drawn.update(singles)

    # A case is drawn in 0.3 of the seeds; four standard errors of that are 0.029.
    assert all(abs(drawn[number] / n_seeds - 0.3) < 0.029 for number in range(1, n + 1))


def test_the_chance_of_a_unit_is_that_of_its_case_and_of_its_place_there():
    tasks = [task(PAIR, 0.5), task(SINGLE, 0.5)]

    units = planned_units(cases(20), tasks, [], n_models=3, seed=1)

    chances = {unit.pair.kind: unit.inclusion_probability for unit in units}
    # Half the cases; of three models one of the three pairs is asked, and every single response.
    assert chances == {PAIR: pytest.approx(0.5 / 3), SINGLE: pytest.approx(0.5)}
    assert Counter(unit.pair.kind for unit in units) == {PAIR: 10, SINGLE: 30}


def test_pairs_of_models_stay_even_over_a_share_of_the_cases():
    units = planned_units(cases(60), [task(PAIR, 0.5), task(SINGLE, 0.5)], [], n_models=3, seed=1)

    of_pairs = Counter(unit.pair for unit in units if unit.pair.kind == PAIR)

    assert set(of_pairs.values()) == {10}  # thirty cases, three pairs, one to a case


def test_one_kind_of_all_cases_is_planned_as_it_was_alone():
    made = cases(9)

    units = planned_units(made, [task(PAIR)], [], n_models=3, seed=7)

    assert units == plan(made, n_models=3, pairs_per_case=1, seed=7).units


def test_what_was_begun_stays_where_new_cases_move_the_shares():
    tasks = [task(PAIR, 0.5), task(SINGLE, 0.5)]
    before = planned_units(cases(10), tasks, [], n_models=2, seed=1)
    shown = [Shown(unit.case_id, unit.pair.models, n_live=1) for unit in before]

    after = planned_units(cases(23), tasks, shown, n_models=2, seed=1)

    assert {(unit.case_id, unit.pair) for unit in before} <= {
        (unit.case_id, unit.pair) for unit in after
    }


def test_the_kind_of_a_pair_follows_from_what_is_shown():
    shown = (Pair.of([1, 1]), Pair.of([2, 1]), Pair.of([0, 2, 1]))

    assert [pair.kind for pair in shown] == [SINGLE, PAIR, RANK]


def test_kinds_come_in_turn_until_all_are_done():
    left = {PAIR: 80, SINGLE: 20}
    order = []
    for turn in range(100):
        kind = turn_of_kinds(left, turn=draw(0, "kind", 1, turn))[0]
        left[kind] -= 1
        order.append(kind)

    assert Counter(order) == {PAIR: 80, SINGLE: 20}
    # As of a shuffled pile: of any 25 five are single in the mean, with a standard deviation of
    # 1.74 (hypergeometric); none of them, or eleven and more, is rarer than 1 in 500.
    assert 0 < order[:25].count(SINGLE) < 11
    assert 0 < order[-25:].count(SINGLE) < 11


def test_a_kind_of_which_nothing_is_left_comes_last():
    for turn in range(20):
        assert turn_of_kinds({PAIR: 0, SINGLE: 3, RANK: 1}, turn=turn)[2] == PAIR


def test_a_task_is_read_as_it_was_stored():
    asked = task(RANK, 0.25, per_case=4)

    assert StudyTask.of_json(asked.as_json()) == asked
