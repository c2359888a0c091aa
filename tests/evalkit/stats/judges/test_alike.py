"""Units that are alike are counted: every number is that of each unit by itself."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from scipy import stats

from evalkit.stats.counts import Codings
from evalkit.stats.judges.alternative import stand_in_by_part, stand_in_test
from evalkit.stats.judges.answers import beside_people, peoples_answers
from evalkit.stats.judges.by_value import (
    confusion,
    confusion_by_part,
    value_rows,
    values_by_part,
)
from evalkit.stats.judges.cases import Parts
from evalkit.stats.judges.ceiling import ceiling, ceilings_by_part
from evalkit.stats.judges.distances import distances, distances_by_part
from evalkit.stats.judges.majority import against_majority, majority_by_part
from evalkit.stats.judges.nearness import people_and_others
from evalkit.stats.judges.orders import (
    kappa_with_people,
    kappas_by_part,
    positions,
    positions_by_part,
    right_by_part,
    right_by_rule,
)

N_UNITS, VALUES = 90, ("a", "b", "tie")
#: Three parts of the cases, of which the last has none.
PARTS = Parts(np.arange(N_UNITS) % 2, 3)


@pytest.fixture(
    params=[(1, 1), (2, 1), (1, 3), (2, 3)],
    ids=["said once", "said twice", "three units a case", "three units a case, said twice"],
)
def told(request):
    """Return what three people and a judge said of most of the units, some of them twice."""
    repeats, units_a_case = request.param
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 3, N_UNITS)
    unit, who = np.nonzero(rng.random((N_UNITS, 4)) < 0.9)
    unit, who = np.tile(unit, repeats), np.tile(who, repeats)
    said = np.where(rng.random(len(unit)) < 0.7, truth[unit], rng.integers(0, 3, len(unit)))
    every = Codings(
        unit, unit // units_a_case, who, said, VALUES, ("A", "B", "C", "judge"), (1, 0, 2)
    )
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

    assert rows.n == singly.n == len(singly.n_people)
    assert len(rows.n_people) < len(singly.n_people)
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
    latest = people.at(np.array(sorted(last.values())))

    counted = stand_in_test(verdicts, people_and_others(latest, n_units=N_UNITS), margin=0.1)

    said, units_a_case = {}, {}
    for unit, who, value in zip(latest.unit, latest.annotator, latest.value, strict=True):
        said.setdefault(unit, {})[who] = value
    verdict = dict(zip(verdicts.unit.tolist(), verdicts.value.tolist(), strict=True))
    case_of = dict(zip(people.unit.tolist(), people.case.tolist(), strict=True))
    assert [row.annotator for row in counted.rows] == ["A", "B", "C"]
    for who, row in enumerate(counted.rows):
        units_a_case.clear()
        for unit, by in said.items():
            if unit in verdict and who in by and len(by) > 1:
                others = [value for other, value in by.items() if other != who]
                judge, person = (others.count(value) for value in (verdict[unit], by[who]))
                units_a_case.setdefault(case_of[unit], []).append(
                    (judge >= person, int(person >= judge) - int(judge >= person))
                )
        assert row.n_units == sum(map(len, units_a_case.values()))
        wins, gap = (_mean_and_error(list(units_a_case.values()), column) for column in range(2))
        assert row.advantage.value == pytest.approx(wins[0])
        t = (gap[0] - 0.1) / gap[1]
        assert row.p_value == pytest.approx(stats.t.cdf(t, len(units_a_case) - 1))


def _mean_and_error(cases, column):
    """Return a mean over units and its error between cases, as Cochran (1977), 6.4, writes it."""
    n, n_cases = sum(map(len, cases)), len(cases)
    mean = sum(unit[column] for units in cases for unit in units) / n
    rests = [sum(unit[column] for unit in units) - len(units) * mean for units in cases]
    return mean, np.sqrt(n_cases / (n_cases - 1) * np.square(rests).sum()) / n


def test_a_part_of_the_cases_has_the_numbers_of_this_part_alone(told):
    people, verdicts, every = told
    rows = beside_people(verdicts, peoples_answers(people, n_units=N_UNITS, parts=PARTS))
    of_parts = list(
        zip(
            ceilings_by_part(every, 3, rows=rows, parts=PARTS),
            majority_by_part(rows),
            distances_by_part(rows),
            kappas_by_part(rows),
            values_by_part(rows),
            confusion_by_part(rows),
            strict=True,
        )
    )

    for part in range(2):
        own = verdicts.at(PARTS.of_case[verdicts.case] == part)
        alone = beside_people(own, peoples_answers(people, n_units=N_UNITS))
        most, apart, kappa, values, table = of_parts[part][1:]
        same(of_parts[part][0], ceiling(every, 3, rows=alone))
        same(most, against_majority(alone))
        same(apart, distances(alone))
        assert asdict(kappa) == pytest.approx(asdict(kappa_with_people(alone)), abs=1e-12)
        for row, expected in zip(values, value_rows(alone), strict=True):
            same(row, expected)
        assert table == pytest.approx(confusion(alone), abs=1e-12)
    none = of_parts[2]
    assert [none[0].ratio.value, none[1].accuracy.value, none[2].excess.value] == [None] * 3
    assert (none[3].value, none[5].sum(), rows.n_units[2]) == (None, 0.0, 0)


@pytest.mark.parametrize("is_number", [False, True])
def test_a_part_stands_in_for_people_and_has_moments_as_it_has_alone(told, is_number):
    people, verdicts, every = told
    levels = (1.0, 2.0, 4.0)
    people, verdicts, every = (
        replace(of, values=levels, mirror=()) if is_number else of
        for of in (people, verdicts, every)
    )
    last = {key: at for at, key in enumerate(zip(people.unit, people.annotator, strict=True))}
    latest = people.at(np.array(sorted(last.values())))
    others = people_and_others(latest, n_units=N_UNITS, is_number=is_number)

    tests = stand_in_by_part(verdicts, others, margin=0.1, parts=PARTS)
    ceilings = ceilings_by_part(every, 3, is_number=True, parts=PARTS) if is_number else []

    for part in range(2):
        own = verdicts.at(PARTS.of_case[verdicts.case] == part)
        same(tests[part], stand_in_test(own, others, margin=0.1))
        if is_number:
            here = every.at(PARTS.of_case[every.case] == part)
            same(ceilings[part], ceiling(here, 3, is_number=True))
    assert (tests[2].rows, tests[2].advantage.value) == ((), None)


def test_orders_of_a_part_are_those_of_its_pairs_alone(told):
    people, _, _ = told
    rng, unit = np.random.default_rng(8), np.arange(N_UNITS)
    first, second = rng.integers(0, 3, (2, N_UNITS))
    tables = np.repeat(np.eye(3), 3, axis=0), np.tile(np.eye(3), (3, 1))
    counted = peoples_answers(people, n_units=N_UNITS, parts=PARTS)
    case = counted.case

    right = right_by_part(*counted.beside(unit, 3 * first + second, tables), judge="judge")
    where = positions_by_part(first, second, case, PARTS)

    whole = replace(counted, parts=None)
    for part in range(2):
        own = np.flatnonzero(PARTS.of_case[case] == part)
        alone = whole.beside(own, 3 * first[own] + second[own], tables)
        same(right[part], right_by_rule(*alone, judge="judge"))
        same(where[part], positions(first[own], second[own], case[own]))
    assert (right[2].mean.value, where[2].positional.value) == (None, None)
