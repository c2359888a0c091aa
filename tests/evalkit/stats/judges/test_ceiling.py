"""A judge beside people: kappas by their definition, the ratio by known truth."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from evalkit.stats.agreement.coefficients import fleiss_kappa
from evalkit.stats.counts import Codings, preference_codings
from evalkit.stats.judges.answers import beside
from evalkit.stats.judges.by_value import confusion, value_rows
from evalkit.stats.judges.ceiling import ceiling


def codings_of(table, values=("a", "b", "c"), case=None):
    """Return a table of one column per annotator, the judge last; -1 is no answer."""
    unit, annotator = np.nonzero(table >= 0)
    return Codings(
        unit,
        unit if case is None else np.asarray(case)[unit],
        annotator,
        table[unit, annotator],
        values,
        tuple(f"annotator {k}" for k in range(table.shape[1])),
    )


def labels(rng, *, n_units, accuracy, n_values=3):
    truth = rng.integers(0, n_values, n_units)
    return np.array(
        [
            np.where(rng.random(n_units) < right, truth, rng.integers(0, n_values, n_units))
            for right in accuracy
        ]
    ).T


def by_definition(table, distance):
    """1 - D/E of the judge with people and of people, over every two that judged a unit."""
    people, judge = table[:, :-1], table[:, -1]
    n_people = people.shape[1]
    every = people.ravel()
    apart = np.mean([[distance(judge[u], x) for x in people[u]] for u in range(len(table))])
    chance = np.mean([[distance(x, y) for x in judge] for y in every])
    apart_people = np.mean(
        [
            distance(row[i], row[j])
            for row in people
            for i in range(n_people)
            for j in range(n_people)
            if i != j
        ]
    )
    chance_people = np.mean([[distance(x, y) for x in every] for y in every])
    return 1 - apart / chance, 1 - apart_people / chance_people


@pytest.mark.parametrize("is_number", [False, True])
def test_kappas_are_one_minus_what_differs_over_what_would_by_chance(is_number):
    rng = np.random.default_rng(1)
    table = labels(rng, n_units=60, accuracy=(0.6, 0.7, 0.8, 0.7))
    values = (0.0, 1.0, 2.0) if is_number else ("a", "b", "c")
    distance = (lambda x, y: (x - y) ** 2) if is_number else (lambda x, y: x != y)

    result = ceiling(codings_of(table, values), 3, is_number=is_number)
    judge, people = by_definition(table, distance)

    assert result.judge.value == pytest.approx(judge)
    assert result.people.value == pytest.approx(people)
    assert result.ratio.value == pytest.approx(judge / people)
    assert result.ratio.low < result.ratio.value < result.ratio.high
    assert result.judge.n == 60


def test_people_s_kappa_is_fleiss_where_all_judged_all():
    # With as many annotators on every unit 1 - D/E is Fleiss' kappa (Fleiss 1971).
    rng = np.random.default_rng(2)
    table = labels(rng, n_units=80, accuracy=(0.6, 0.7, 0.8, 0.7))

    result = ceiling(codings_of(table), 3)

    assert result.people.value == pytest.approx(fleiss_kappa(codings_of(table[:, :3])).value)


def test_shares_of_equal_answers_are_counted_unit_by_unit():
    # Units: judge a, people a b; judge b, people b b; judge a, people b b. Same: 1/2, 1, 0.
    table = np.array([[0, 1, 0], [1, 1, 1], [1, 1, 0]])

    result = ceiling(codings_of(table), 2)

    assert result.same.value == pytest.approx(0.5)
    assert result.same_people.value == pytest.approx(2 / 3)


@pytest.mark.slow
def test_a_judge_that_is_one_more_person_reaches_the_ceiling():
    # Simulation: judge and people alike. The ratio's interval holds 1 in 93 to 97 of 100, give
    # or take what 300 studies leave open.
    rng = np.random.default_rng(4)
    hits, n_studies = 0, 300
    for _ in range(n_studies):
        table = labels(rng, n_units=150, accuracy=(0.7, 0.7, 0.7, 0.7))
        ratio = ceiling(codings_of(table), 3).ratio
        hits += ratio.low <= 1 <= ratio.high

    assert 0.93 - 0.025 <= hits / n_studies <= 0.97 + 0.02


def test_units_of_one_case_count_as_far_as_they_differ():
    rng = np.random.default_rng(6)
    table = labels(rng, n_units=60, accuracy=(0.6, 0.7, 0.8, 0.7))
    once = ceiling(codings_of(table), 3)
    tenfold = codings_of(np.repeat(table, 10, axis=0), case=np.repeat(np.arange(60), 10))

    clustered = ceiling(tenfold, 3)

    assert (clustered.ratio.low, clustered.ratio.high) == pytest.approx(
        (once.ratio.low, once.ratio.high)
    )


def test_a_repeated_verdict_counts_in_parts():
    # Shown twice, the judge says a and b where people say a: half the same.
    codings = Codings(
        np.array([0, 0, 0, 0, 1, 1, 1]),
        np.array([0, 0, 0, 0, 1, 1, 1]),
        np.array([0, 1, 2, 2, 0, 1, 2]),
        np.array([0, 0, 0, 1, 1, 1, 1]),
        ("a", "b"),
        ("ann", "ben", "judge"),
    )

    result = ceiling(codings, 2)

    assert result.same.value == pytest.approx(0.75)
    np.testing.assert_allclose(confusion(beside(codings, 2)), [[0.5, 0.5], [0.0, 1.0]])


@pytest.mark.parametrize("is_number", [False, True])
def test_of_people_who_never_differ_the_judge_s_own_kappa_is_the_ratio(is_number):
    rng = np.random.default_rng(12)
    truth = rng.integers(0, 3, 80)
    judge = np.where(rng.random(80) < 0.8, truth, rng.integers(0, 3, 80))
    values = (0.0, 1.0, 2.0) if is_number else ("a", "b", "c")
    table = np.column_stack([truth, truth, truth, judge])

    result = ceiling(codings_of(table, values), 3, is_number=is_number)

    assert result.people.value == pytest.approx(1.0)
    assert result.ratio.value == pytest.approx(result.judge.value)
    assert result.ratio.low < result.ratio.value < result.ratio.high


@pytest.mark.parametrize("is_number", [False, True])
def test_people_who_agree_no_more_than_chance_are_no_ceiling(is_number):
    rng = np.random.default_rng(7)
    values = (0.0, 1.0, 2.0) if is_number else ("a", "b", "c")
    table = rng.integers(0, 3, (100, 4))

    result = ceiling(codings_of(table, values), 3, is_number=is_number)

    assert result.ratio.value is None
    assert "nothing to measure a judge against" in result.ratio.reason


@pytest.mark.parametrize("level", [0.1, 2.0, 4.0, 7.3])
@pytest.mark.parametrize("varies", [False, True])
def test_people_who_all_give_one_number_have_no_kappa_whatever_the_number_is(level, varies):
    # Nothing differs, and nothing would by chance: 0/0, and not what rounding leaves.
    unit, annotator = (grid.ravel() for grid in np.mgrid[0:12, 0:4])
    value = np.where(varies & (annotator == 3) & (unit % 2 == 1), 1, 0)
    values = (level, level + 1.0)
    codings = Codings(unit, unit, annotator, value, values, ("ann", "ben", "cay", "judge"))

    result = ceiling(codings, 3, is_number=True)

    assert result.people.value is None
    assert "All answers are equal" in result.people.reason
    assert result.ratio.value is None
    assert (result.judge.value is None) == (not varies)


def test_answers_that_are_all_equal_and_units_without_two_people_are_sentences():
    equal = ceiling(codings_of(np.zeros((20, 4), dtype=int)), 3)
    alone = ceiling(codings_of(np.array([[0, -1, 0], [1, -1, 1]])), 2)

    assert equal.judge.value is None
    assert "All answers are equal" in equal.judge.reason
    assert alone.ratio.value is None
    assert "by two people" in alone.judge.reason


def test_numbers_far_from_zero_lose_nothing_to_rounding():
    rng = np.random.default_rng(8)
    table = labels(rng, n_units=60, accuracy=(0.6, 0.7, 0.8, 0.7))

    near = ceiling(codings_of(table, (0.0, 1.0, 2.0)), 3, is_number=True)
    far = ceiling(codings_of(table, (1e9, 1e9 + 1, 1e9 + 2)), 3, is_number=True)

    assert far.ratio.value == pytest.approx(near.ratio.value, abs=1e-6)


def test_a_continuous_scale_has_no_share_of_equal_answers():
    rng = np.random.default_rng(9)
    table = labels(rng, n_units=60, accuracy=(0.6, 0.7, 0.8, 0.7))
    codings = replace(codings_of(table, (0.0, 1.0, 2.0)), is_continuous=True)

    result = ceiling(codings, 3, is_number=True)

    assert result.same.value is None
    assert result.judge.value is not None


def test_recall_and_precision_of_values_are_those_of_another_implementation():
    # scikit-learn's confusion matrix; one person and the judge on each unit.
    rng = np.random.default_rng(10)
    table = labels(rng, n_units=200, accuracy=(0.9, 0.7))
    rows = beside(codings_of(table), 1)
    theirs = confusion_matrix(table[:, 0], table[:, 1])

    np.testing.assert_allclose(confusion(rows), theirs)
    for row in value_rows(rows):
        own = theirs[row.value, row.value]
        assert row.recall.value == pytest.approx(own / theirs[row.value].sum())
        assert row.precision.value == pytest.approx(own / theirs[:, row.value].sum())


def test_parts_of_answers_are_counted_whole_where_they_add_up():
    # Thirds add up exactly as fractions do; floats lack what rounding takes.
    rng = np.random.default_rng(12)
    for _ in range(20):
        table = labels(rng, n_units=9, accuracy=(0.5, 0.5, 0.5, 0.6))
        for row in value_rows(beside(codings_of(table), 3)):
            assert row.recall.n == sum(Fraction(int(n), 3) for n in voices(table, row.value)) // 1


def voices(table, value):
    """Return how many of three people gave a value to each unit."""
    return (table[:, :3] == value).sum(axis=1)


def test_which_response_comes_first_moves_nothing_for_preferences():
    rng = np.random.default_rng(11)
    table = labels(rng, n_units=120, accuracy=(0.8, 0.7, 0.7, 0.8))
    unit, annotator = np.nonzero(table >= 0)

    def pairs(named):
        # Which output has the lower code: what renaming a model changes, unit by unit.
        low, high = np.where(named[unit], 0, 1), np.where(named[unit], 1, 0)
        return preference_codings(
            case=unit,
            left=low,
            right=high,
            preference=table[unit, annotator],
            annotator=annotator,
            annotators=("ann", "ben", "cay", "judge"),
            offers_all=True,
        )

    straight = ceiling(pairs(np.ones(120, dtype=bool)), 3)
    renamed = ceiling(pairs(rng.random(120) < 0.5), 3)

    assert renamed.ratio.value == pytest.approx(straight.ratio.value)
    assert renamed.judge.low == pytest.approx(straight.judge.low)
    rows = value_rows(beside(pairs(rng.random(120) < 0.5), 3))
    assert [row.value for row in rows] == [0, 2, 3]
