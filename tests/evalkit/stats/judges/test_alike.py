"""Units that are alike are counted: every number is that of each unit by itself."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from evalkit.stats.counts import Codings
from evalkit.stats.judges.alternative import stand_in_test
from evalkit.stats.judges.answers import beside_people, peoples_answers
from evalkit.stats.judges.by_value import confusion, value_rows
from evalkit.stats.judges.ceiling import ceiling
from evalkit.stats.judges.distances import distances
from evalkit.stats.judges.majority import against_majority
from evalkit.stats.judges.nearness import people_and_others
from evalkit.stats.judges.orders import kappa_with_people, positions, right_by_rule

N_UNITS, VALUES = 90, ("a", "b", "tie")


@pytest.fixture(params=[1, 2], ids=["said once", "said twice"])
def told(request):
    """Return what three people and a judge said of most of the units, some of them twice."""
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 3, N_UNITS)
    unit, who = np.nonzero(rng.random((N_UNITS, 4)) < 0.9)
    unit, who = np.tile(unit, request.param), np.tile(who, request.param)
    said = np.where(rng.random(len(unit)) < 0.7, truth[unit], rng.integers(0, 3, len(unit)))
    every = Codings(unit, unit, who, said, VALUES, ("A", "B", "C", "judge"), (1, 0, 2))
    return every.at(who < 3), every.at(who == 3), every


def numbers(entry):
    """Yield every number and word of a result, in order."""
    if isinstance(entry, dict):
        for value in entry.values():
            yield from numbers(value)
    elif isinstance(entry, list | tuple):
        for value in entry:
            yield from numbers(value)
    else:
        yield entry


def same(result, other):
    told, expected = (list(numbers(asdict(of))) for of in (result, other))
    assert len(told) == len(expected) > 4
    for value, wanted in zip(told, expected, strict=True):
        number = isinstance(wanted, float)
        assert value == (pytest.approx(wanted, abs=1e-9) if number else wanted)


def test_a_judge_beside_people_has_the_numbers_of_each_unit_by_itself(told):
    people, verdicts, every = told
    counted = peoples_answers(people, n_units=N_UNITS)
    none = counted.kind[:0]
    alone = replace(counted, kind=none, of_kind=none)

    rows, singly = (beside_people(verdicts, of) for of in (counted, alone))

    assert rows.n == singly.n == len(singly.case)
    assert len(rows.case) < len(singly.case)
    for measured in (against_majority, distances):
        same(measured(rows), measured(singly))
    same(ceiling(every, 3, rows=rows), ceiling(every, 3, rows=singly))
    for row, expected in zip(value_rows(rows), value_rows(singly), strict=True):
        same(row, expected)
    assert confusion(rows) == pytest.approx(confusion(singly))
    kappa, expected = kappa_with_people(rows), kappa_with_people(singly)
    assert tuple(asdict(kappa).values()) == pytest.approx(tuple(asdict(expected).values()))


def test_a_judge_of_two_orders_has_the_numbers_of_each_pair_by_itself(told):
    people, _, _ = told
    rng, unit = np.random.default_rng(8), np.arange(N_UNITS)
    first, second = rng.integers(0, 3, (2, N_UNITS))
    counted = peoples_answers(people, n_units=N_UNITS)
    none = counted.kind[:0]
    alone = replace(counted, kind=none, of_kind=none)
    tables = np.repeat(np.eye(3), 3, axis=0), np.tile(np.eye(3), (3, 1))

    rows, singly = (of.beside(unit, 3 * first + second, tables) for of in (counted, alone))

    same(right_by_rule(*rows, judge="judge"), right_by_rule(*singly, judge="judge"))
    # By its definition: the share of pairs on which the turned verdict is the other one.
    agreed = np.mean(np.where(second < 2, 1 - second, second) == first)
    assert positions(first, second, unit).positional.value == pytest.approx(agreed)


def test_whether_a_judge_stands_in_hangs_on_no_count_of_units_alike(told):
    people, verdicts, _ = told
    last = {
        (unit, who): place
        for place, (unit, who) in enumerate(zip(people.unit, people.annotator, strict=True))
    }
    others = people_and_others(people.at(np.array(sorted(last.values()))), n_units=N_UNITS)

    counted = stand_in_test(verdicts, others, margin=0.1)

    assert others.is_single
    same(counted, stand_in_test(verdicts, replace(others, is_single=False), margin=0.1))
