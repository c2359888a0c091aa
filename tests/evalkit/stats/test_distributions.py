"""Tails and quantiles against SciPy's own, which are other code than the functions used."""

import numpy as np
import pytest
from scipy import stats

from evalkit.stats import distributions
from evalkit.stats.significance import benjamini_hochberg

SHARES = [1e-12, 0.025, 0.2, 0.5, 0.8, 0.975, 1 - 1e-9]


@pytest.mark.parametrize("share", SHARES)
def test_normal_quantiles_are_those_of_scipy(share):
    assert distributions.normal_quantile(share) == pytest.approx(stats.norm.ppf(share))


@pytest.mark.parametrize("n", [1, 2, 9, 200, 100_000])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.95])
def test_binomials_are_those_of_scipy(n, share):
    for k in {0, 1, n // 2, n - 1, n}:
        expected = stats.binom.cdf(k, n, share)
        assert distributions.binomial_up_to(k, n, share) == pytest.approx(expected, rel=1e-9)
    for probability in (0.025, 0.5, 0.975):
        expected = stats.binom.ppf(probability, n, share)
        assert distributions.binomial_quantile(probability, n, share) == expected
    assert distributions.binomial_up_to(-1, n, share) == 0


def test_the_sign_test_is_the_exact_binomial_test():
    counts = [(0, 0), (0, 1), (3, 3), (9, 2), (2, 9), (400, 331)]
    more, less = np.array(counts).T

    expected = [stats.binomtest(a, a + b).pvalue if a + b else 1.0 for a, b in counts]
    assert distributions.sign_test(more, less) == pytest.approx(expected)


@pytest.mark.parametrize("values", [[], [2.0], [3.0, -1.0, 3.0, 0.0, 3.0, -1.0], [1.0, 1.0]])
def test_equal_values_share_their_ranks(values):
    ranks = distributions.average_ranks(np.array(values))

    assert ranks == pytest.approx(stats.rankdata(values))


def test_shares_of_false_findings_are_those_of_scipy():
    p_values = np.random.default_rng(5).choice([0.001, 0.01, 0.02, 0.04, 0.3, 0.9, 1.0], 60)

    for n in (0, 1, 2, 60):
        expected = stats.false_discovery_control(p_values[:n]) if n else p_values[:0]
        assert benjamini_hochberg(p_values[:n]) == pytest.approx(expected)
