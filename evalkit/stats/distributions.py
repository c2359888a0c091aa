"""Quantiles and tails of distributions, by the special functions of SciPy that they are.

``scipy.stats`` has them too, and takes as long to import as everything else evalkit is made of.
"""

from bisect import bisect_left

import numpy as np
from scipy.special import bdtr, ndtri

from evalkit.stats.counts import FloatArray, IntArray


def normal_quantile(share: float) -> float:
    """Return below which value this share of a standard normal distribution lies."""
    return float(ndtri(share))


def binomial_up_to(k: int, n: int, share: float) -> float:
    """Return the probability of at most ``k`` hits in ``n`` trials; 0 for a negative ``k``."""
    return float(bdtr(k, n, share)) if k >= 0 else 0.0


def binomial_quantile(probability: float, n: int, share: float) -> int:
    """Return the fewest hits in ``n`` trials that at least this probability stays at or below."""
    return bisect_left(range(n), probability, key=lambda k: binomial_up_to(k, n, share))


def sign_test(more: IntArray, less: IntArray) -> FloatArray:
    """Return the exact two-sided p values of as many ups as downs, 1 where there is neither.

    Parameters
    ----------
    more, less : IntArray of shape (n_tests,)

    References
    ----------
    Conover (1999), Practical Nonparametric Statistics, section 3.4.
    """
    tails = np.asarray(bdtr(np.minimum(more, less), more + less, 0.5), dtype=np.float64)
    return np.minimum(1.0, 2 * tails)


def average_ranks(values: FloatArray) -> FloatArray:
    """Rank values from 1 for the smallest; equal ones share the average of their ranks."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: FloatArray = np.cumsum(count) - (count - 1) / 2
    return ranks[place]
