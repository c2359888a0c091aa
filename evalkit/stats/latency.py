"""What an answer takes: latency quantiles, mean cost, cost per acceptable answer."""

import math

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray, sum_by
from evalkit.stats.distributions import binomial_quantile
from evalkit.stats.intervals import (
    MIN_CASES,
    Estimate,
    amount_estimate,
    clustered_means,
    compact_codes,
    effective_degrees,
    t_quantile,
)

_NOTHING = "Nothing has been recorded here yet."
_TAIL = 0.025


def quantile(values: FloatArray, *, share: float) -> Estimate:
    """Return the value that a share of responses stay at or below (0.5 median, 0.95 p95).

    Parameters
    ----------
    values : FloatArray of shape (n_responses,)
        One per response, in any unit; responses are taken as independent.
    share : float
        Strictly between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of ``values``, by linear interpolation. The interval runs between two of
        the observed values and makes no assumption on their distribution; it is None where
        there are too few responses to reach that far into the tail (fewer than 72 for p95).

    References
    ----------
    Conover (1999), Practical Nonparametric Statistics, section 3.2 (order statistics).
    """
    n = len(values)
    if n == 0:
        return Estimate(None, None, None, 0, _NOTHING)
    value = float(np.quantile(values, share))
    # P(x_(lower) > q) = P(Bin < lower) and P(x_(upper) < q) = P(Bin ≥ upper), both ≤ 2.5 %.
    lower = binomial_quantile(_TAIL, n, share)
    upper = binomial_quantile(1 - _TAIL, n, share) + 1
    if lower < 1 or upper > n:
        needed = _responses_needed(share)
        reason = f"An interval here needs at least {needed} responses; there are {n}."
        return Estimate(value, None, None, n, reason)
    ordered = np.sort(values)
    return Estimate(value, float(ordered[lower - 1]), float(ordered[upper - 1]), n)


def _responses_needed(share: float) -> int:
    """Return the fewest responses whose extremes leave out at most 2.5 % on either side."""
    return math.ceil(math.log(_TAIL) / math.log(max(share, 1 - share)))


def mean(values: FloatArray) -> Estimate:
    """Return the mean of responses taken as independent, with an interval for amounts.

    Parameters
    ----------
    values : FloatArray of shape (n_responses,)
        Cost, tokens or seconds.

    Returns
    -------
    Estimate
        In the unit of ``values``; no interval below 2 responses or where all are equal.
        The interval is that of ``amount_estimate``.
    """
    n = len(values)
    weight = np.ones(n, dtype=np.int64)
    means = clustered_means(
        np.zeros(n, dtype=np.int64), case=np.arange(n), value=values, n=weight, n_groups=1
    )
    return amount_estimate(means)


def cost_per_acceptable(*, case: IntArray, cost: FloatArray, acceptable: FloatArray) -> Estimate:
    """Return what one acceptable answer costs: all cost over the acceptable answers.

    Parameters
    ----------
    case : IntArray of shape (n_responses,)
        The cluster of each judged response.
    cost : FloatArray of shape (n_responses,)
        What the response cost, in any currency.
    acceptable : FloatArray of shape (n_responses,)
        The share of its judgements that accept it, 0–1.

    Returns
    -------
    Estimate
        In the currency of ``cost``, ``n`` counts responses. The interval is clustered by case,
        on the logarithm of the ratio, with Student's t by ``effective_degrees``: few responses
        may cost most of the money. The value is None where nothing was
        acceptable.

    References
    ----------
    Cochran (1977), Sampling Techniques, section 6.4 (ratio estimator).
    """
    n = len(cost)
    if n == 0:
        return Estimate(None, None, None, 0, _NOTHING)
    accepted = float(acceptable.sum())
    if accepted == 0:
        return Estimate(None, None, None, n, "No answer was acceptable, so none has a price.")
    value = float(cost.sum()) / accepted
    code = compact_codes(case)
    n_codes = int(code.max()) + 1
    n_cases = int(np.count_nonzero(np.bincount(code)))
    rest = sum_by(code, cost - value * acceptable, n_codes=n_codes)
    if n_cases < MIN_CASES:
        return Estimate(value, None, None, n, "An interval needs at least 2 cases; there is 1.")
    error = math.sqrt(n_cases / (n_cases - 1) * float(rest @ rest)) / accepted
    if error <= 1e-12 * value:
        reason = "Every case gives the same ratio, so its uncertainty cannot be told."
        return Estimate(value, None, None, n, reason)
    # Cases without a response here pull nothing; they must not count as cases either.
    pull = rest[np.bincount(code, minlength=n_codes) > 0]
    degrees = float(effective_degrees(pull)[0])
    factor = math.exp(t_quantile(degrees) * error / value)
    return Estimate(value, value / factor, value * factor, n)
