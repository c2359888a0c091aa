import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from evalkit.stats.intervals import clustered_means, t_interval, wilson_interval


@settings(deadline=None)
@given(n=st.integers(1, 500), k=st.integers(0, 500))
def test_wilson_equals_statsmodels(n, k):
    k = min(k, n)

    found = wilson_interval(k / n, n)

    low, high = proportion_confint(k, n, method="wilson")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_a_t_interval_uses_one_degree_less_than_there_are_clusters():
    found = t_interval(1.0, standard_error=2.0, n_clusters=11)

    assert (found.low, found.high) == pytest.approx((1 - 2 * 2.2281389, 1 + 2 * 2.2281389))


def test_huge_sparse_codes_give_the_same_means_as_small_dense_ones():
    rng = np.random.default_rng(0)
    case, group = rng.integers(0, 20, 200), rng.integers(0, 3, 200)
    value, n = rng.normal(size=200), rng.integers(1, 4, 200)

    dense = clustered_means(group, case=case, value=value, n=n, n_groups=3)
    sparse = clustered_means(group * 900, case=case * 10**9, value=value, n=n, n_groups=10**5)

    assert sparse.value[[0, 900, 1800]] == pytest.approx(dense.value)
    assert sparse.standard_error[[0, 900, 1800]] == pytest.approx(dense.standard_error)
    assert sparse.n_cases.sum() == dense.n_cases.sum()
