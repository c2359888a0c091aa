import numpy as np
import pytest
from hypothesis import given, strategies as st

from evalkit.stats.agreement.bounds import least_credit, least_equal, opposed
from evalkit.stats.agreement.weights import Weights, weight_matrix
from tests.evalkit.stats.ends import least_by_program


def random_shares(seed):
    rng = np.random.default_rng(seed)
    n_values = int(rng.integers(2, 7))
    # Some values are never given, as on real scales.
    counts = rng.integers(0, 6, (2, n_values)) + np.eye(2, n_values)
    return counts[0] / counts[0].sum(), counts[1] / counts[1].sum()


@given(seed=st.integers(0, 10**6), weights=st.sampled_from(list(Weights)))
def test_no_table_with_the_same_margins_gives_less_credit(seed, weights):
    first, second = random_shares(seed)
    credit = weight_matrix(tuple(range(len(first))), weights)

    found = least_credit(first, second, credit)

    assert found == pytest.approx(least_by_program(first, second, credit), abs=1e-9)


@given(seed=st.integers(0, 10**6))
def test_what_meets_has_the_margins_it_was_made_of(seed):
    first, second = random_shares(seed)

    met = opposed(first, second)

    table = np.zeros((len(first), len(second)))
    np.add.at(table, (met.first, met.second), met.share)
    assert table.sum(axis=1) == pytest.approx(first)
    assert table.sum(axis=0) == pytest.approx(second)


def test_only_a_value_most_often_given_forces_two_to_agree():
    # 80 % and 70 % of the units: at least half of them got it from both.
    assert least_equal(np.array([0.8, 0.2]), np.array([0.7, 0.3])) == pytest.approx(0.5)
    assert least_equal(np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])) == 0
