import numpy as np
import pytest
from hypothesis import given, strategies as st
from statsmodels.stats.proportion import proportion_confint

from evalkit.stats.intervals import (
    bounded_interval,
    clustered_means,
    effective_degrees,
    t_interval,
    t_quantile,
    wilson_interval,
)
from tests.evalkit.stats.ends import degrees_of, ends


@given(n=st.integers(1, 500), k=st.integers(0, 500))
def test_wilson_equals_statsmodels(n, k):
    k = min(k, n)

    found = wilson_interval(k / n, n)

    low, high = proportion_confint(k, n, method="wilson")
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_a_t_interval_uses_one_degree_less_than_there_are_clusters():
    found = t_interval(1.0, standard_error=2.0, degrees=10)

    assert (found.low, found.high) == pytest.approx((1 - 2 * 2.2281389, 1 + 2 * 2.2281389))


ranges = st.tuples(
    st.floats(-5, 0.9), st.floats(0.05, 0.95), st.floats(0.001, 0.5), st.integers(1, 200)
)


@given(drawn=ranges)
def test_the_ends_of_a_bounded_interval_are_where_the_value_is_t_errors_away(drawn):
    lowest, place, error, degrees = drawn
    value = lowest + place * (1 - lowest)

    found = bounded_interval(
        value, standard_error=error, degrees=degrees, lowest=lowest, highest=1.0
    )

    assert lowest <= found.low < value < found.high <= 1
    solved = ends(value, error, degrees, lowest=lowest)
    assert (found.low, found.high) == pytest.approx(solved, abs=1e-9)


def test_a_bounded_interval_of_a_share_is_wilsons():
    share, n = 0.3, 40
    error = np.sqrt(share * (1 - share) / n)

    found = bounded_interval(share, standard_error=error, degrees=25, highest=1.0)

    wilson = wilson_interval(share, n, quantile=t_quantile(25))
    assert (found.low, found.high) == pytest.approx((wilson.low, wilson.high), abs=1e-12)


def test_a_range_open_above_is_one_whose_end_is_very_far():
    far = bounded_interval(3.0, standard_error=1.2, degrees=9, highest=1e9)

    open_above = bounded_interval(3.0, standard_error=1.2, degrees=9)

    assert (open_above.low, open_above.high) == pytest.approx((far.low, far.high), rel=1e-6)
    # The ends solve (x - 3)² = h² x / 3, so they multiply to 3² (Vieta).
    assert open_above.low * open_above.high == pytest.approx(9.0)


def test_where_errors_are_small_a_bounded_interval_is_the_t_interval():
    plain = t_interval(0.4, standard_error=1e-4, degrees=50)

    bounded = bounded_interval(0.4, standard_error=1e-4, degrees=50, lowest=-1.0, highest=1.0)

    assert (bounded.low, bounded.high) == pytest.approx((plain.low, plain.high), abs=1e-7)


def test_at_an_end_of_its_range_a_number_still_has_an_interval():
    found = bounded_interval(-0.05, standard_error=0.001, degrees=9, lowest=-0.05, highest=1.0)

    # Wilson's interval of 0 of 5, which is t²/(5 + t²), on the range from -0.05 to 1.
    t2 = 2.26215716**2
    assert found.low == -0.05
    assert found.high == pytest.approx(-0.05 + 1.05 * t2 / (5 + t2), abs=1e-6)


@given(seed=st.integers(0, 10**6))
def test_effective_degrees_are_those_of_the_kurtosis_in_every_group(seed):
    rng = np.random.default_rng(seed)
    group = np.repeat([0, 1, 2], rng.integers(3, 40, 3))
    pull = rng.standard_t(3, len(group))
    pull -= (np.bincount(group, pull) / np.bincount(group))[group]

    found = effective_degrees(pull, group, n_groups=3)

    assert found == pytest.approx([degrees_of(pull[group == k]) for k in range(3)])


def test_one_case_of_many_that_pulls_leaves_two_degrees():
    # 2G(G-1)/(G² - 4G + 6) for pulls of G - 1 once and -1 else; 2.04 at G = 100.
    pull = np.full(100, -1.0)
    pull[7] = 99.0

    assert effective_degrees(pull) == pytest.approx([2 * 100 * 99 / (100**2 - 400 + 6)])


def test_equal_pulls_and_too_few_cases_leave_the_usual_degrees():
    assert effective_degrees(np.zeros(6)) == [5]
    assert effective_degrees(np.array([1.0, -1.0])) == [1]


def test_huge_sparse_codes_give_the_same_means_as_small_dense_ones():
    rng = np.random.default_rng(0)
    case, group = rng.integers(0, 20, 200), rng.integers(0, 3, 200)
    value, n = rng.normal(size=200), rng.integers(1, 4, 200)

    dense = clustered_means(group, case=case, value=value, n=n, n_groups=3)
    sparse = clustered_means(group * 900, case=case * 10**9, value=value, n=n, n_groups=10**5)

    assert sparse.value[[0, 900, 1800]] == pytest.approx(dense.value)
    assert sparse.standard_error[[0, 900, 1800]] == pytest.approx(dense.standard_error)
    assert sparse.n_cases.sum() == dense.n_cases.sum()
