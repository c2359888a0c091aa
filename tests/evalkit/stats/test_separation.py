"""Which models can be told apart, against Tukey's and Student's tables."""

import numpy as np
import pytest
from scipy.stats import studentized_range
from scipy.stats import t as student

from evalkit.stats.separation import difference_errors, separate


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
