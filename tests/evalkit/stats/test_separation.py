"""Which models can be told apart, against Tukey's and Student's tables."""

import numpy as np
import pytest
from scipy.stats import studentized_range, t as student

from evalkit.stats.counts import LEFT, RIGHT, TIE, Comparisons
from evalkit.stats.ranking.ranking import rank_models
from evalkit.stats.ranking.separation import difference_errors, one_sided, separate


def separated(gaps, *, n_cases, covariance=None):
    """Say which models are told apart from the first, which leads by the gaps."""
    strength = -np.concatenate([[0.0], gaps])
    own = np.eye(len(strength)) if covariance is None else covariance
    usable = np.ones(len(strength), dtype=bool)
    found, _ = separate(strength, own, usable=usable, n_cases=n_cases)
    return found[0, 1:].tolist()


@pytest.mark.parametrize(("n_cases", "t"), [(5, 2.776), (11, 2.228), (61, 2.000)])
def test_two_models_are_told_apart_by_students_t(n_cases, t):
    # Each variance is 1, so the difference has √2; t at 97.5 % from tables.
    near, far = 0.95 * t * np.sqrt(2), 1.05 * t * np.sqrt(2)

    assert separated([near], n_cases=n_cases) == [False]
    assert separated([far], n_cases=n_cases) == [True]


@pytest.mark.parametrize(
    ("n_models", "n_cases", "q"), [(3, 11, 3.877), (5, 21, 4.232), (10, 61, 4.646)]
)
def test_independent_models_are_told_apart_by_tukeys_studentized_range(n_models, n_cases, q):
    # q at 5 % for as many means and n_cases - 1 degrees of freedom, from tables; the difference
    # of two is divided by one standard error, so no √2. 10,000 draws place it to about 1 %.
    gaps = np.linspace(0.955, 1.045, n_models - 1) * q

    found = separated(gaps, n_cases=n_cases)

    assert studentized_range.ppf(0.95, n_models, n_cases - 1) == pytest.approx(q, abs=0.002)
    assert (found[0], found[-1]) == (False, True)


def test_models_whose_errors_hang_together_are_told_apart_more_easily():
    together = np.full((3, 3), 0.9) + 0.1 * np.eye(3)

    assert separated([1.0, 2.0], n_cases=50) == [False, False]
    assert separated([1.2, 2.0], n_cases=50, covariance=together) == [True, True]
    assert difference_errors(together)[0, 1] == pytest.approx(np.sqrt(0.2))


@pytest.mark.parametrize("gap", [0.3, 1.0, 2.5])
def test_the_chance_of_being_the_better_of_two_is_students(gap):
    strength = np.array([gap / 2, -gap / 2])

    _, best = separate(strength, np.eye(2), usable=np.ones(2, dtype=bool), n_cases=12)

    # 10,000 draws have a standard error of 0.005.
    expected = student.cdf(gap / np.sqrt(2), 11)
    assert best == pytest.approx([expected, 1 - expected], abs=0.015)


def test_a_model_on_one_case_is_told_apart_from_none_and_leaves_the_best_open():
    found, best = separate(
        np.array([30.0, 0.0, -30.0]),
        np.eye(3),
        usable=np.array([True, True, False]),
        n_cases=20,
    )

    assert found.tolist() == [[False, True, False], [True, False, False], [False, False, False]]
    assert np.isnan(best).all()


def won(cases, *, left=0, right=1, preference=LEFT, n_models=2):
    """Return one comparison per case given, all of the same two models and outcome."""
    case = np.asarray(cases)
    one = np.ones(len(case), dtype=np.int64)
    names = tuple("abcdefghij"[:n_models])
    return Comparisons(case, one * left, one * right, one * preference, one, names)


def together(*several):
    columns = zip(
        *((one.case, one.left, one.right, one.preference, one.n) for one in several), strict=True
    )
    return Comparisons(*map(np.concatenate, columns), several[0].models)


@pytest.mark.parametrize(("n_models", "least"), [(2, 6), (3, 7), (10, 11)])
def test_who_is_better_on_every_case_is_ahead_as_the_sign_test_says(n_models, least):
    # p = 2^(1-n) over n cases, times as many as there are pairs: 2^-5 = 0.031 for two models,
    # 3 · 2^-6 = 0.047 for three, 45 · 2^-10 = 0.044 for ten; one case fewer is twice as much.
    assert one_sided(won(range(least), n_models=n_models))[0, 1]
    assert one_sided(won(range(least), n_models=n_models))[1, 0]
    assert not one_sided(won(range(least - 1), n_models=n_models)).any()


def test_the_side_is_the_same_and_ties_say_nothing():
    swapped = together(won(range(3)), won(range(3, 6), left=1, right=0, preference=RIGHT))

    assert one_sided(swapped)[0, 1]
    assert one_sided(together(swapped, won(range(6, 20), preference=TIE)))[0, 1]
    assert not one_sided(won(range(20), preference=TIE)).any()


def test_many_wins_on_few_cases_are_few_cases():
    assert not one_sided(won(np.repeat(range(3), 20)))[0, 1]


def test_a_single_case_the_other_way_leaves_it_to_the_strengths():
    assert not one_sided(together(won(range(15)), won([15], preference=RIGHT))).any()


def test_a_model_against_itself_is_never_ahead():
    assert not one_sided(won(range(20), right=0)).any()


def test_fifteen_wins_of_fifteen_put_a_model_ahead():
    ranking = rank_models(won(range(15)))

    assert ranking.reason is not None  # the strength is infinite, so a weak prior is used
    assert ranking.is_separated("a", "b")
    assert [(row.best_rank, row.worst_rank) for row in ranking.rows] == [(1, 1), (2, 2)]
