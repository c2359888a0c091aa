"""How many times as much one model takes as another, on the cases both answered."""

import math
from collections.abc import Sequence

import numpy as np

from evalkit.stats.counts import FloatArray
from evalkit.stats.distributions import binomial_up_to, normal_quantile
from evalkit.stats.intervals import MIN_CASES, Z95, Estimate, effective_degrees, t_quantile

_NO_CASES = "The two have no case in common for this."
_ZERO = "One of the two takes nothing here, so no ratio can be had."
_ONE_CASE = "An interval needs at least 2 cases in common; there is 1."
_FEWEST_FOR_MEDIANS = 6
_NO_SPREAD = "Every case gives the same ratio, so its uncertainty cannot be told."


def ratio_of_sums(over: Sequence[FloatArray], under: Sequence[FloatArray]) -> Estimate:
    """Return the product of some sums over cases, divided by the product of others.

    One sum each is the ratio of two costs; ``over=[cost, accepted of the other]`` and
    ``under=[cost of the other, accepted]`` is the ratio of two prices per accepted response.

    Parameters
    ----------
    over, under : sequences of FloatArray of shape (n_cases,)
        Equally many; one number per case, 0 or more, no ``NaN``; all aligned by case.

    Returns
    -------
    Estimate
        ``n`` counts cases; 1 is *as much*. The interval is on the logarithm of the ratio, with
        the spread between cases and Student's t by ``effective_degrees``. None where a sum is zero.

    References
    ----------
    Cochran (1977), Sampling Techniques, section 6.4 (linearised ratios).
    """
    n = len(over[0])
    if n == 0:
        return Estimate(None, None, None, 0, _NO_CASES)
    if any(column.sum() <= 0 for column in (*over, *under)):
        return Estimate(None, None, None, n, _ZERO)
    value = math.prod(float(column.sum()) for column in over) / math.prod(
        float(column.sum()) for column in under
    )
    if n < MIN_CASES:
        return Estimate(value, None, None, n, _ONE_CASE)
    # How far the logarithm moves with each case; these add up to zero.
    pull = np.zeros(n)
    for column in over:
        pull += column / column.sum()
    for column in under:
        pull -= column / column.sum()
    error = math.sqrt(n / (n - 1) * float(pull @ pull))
    if error <= 1e-12:
        return Estimate(value, None, None, n, _NO_SPREAD)
    factor = math.exp(t_quantile(float(effective_degrees(pull)[0])) * error)
    return Estimate(value, value / factor, value * factor, n)


def ratio_of_medians(over: FloatArray, under: FloatArray) -> Estimate:
    """Return the median over cases of the one, divided by that of the other.

    Parameters
    ----------
    over, under : FloatArray of shape (n_cases,)
        Of the same cases in the same order; more than 0, no ``NaN``.

    Returns
    -------
    Estimate
        ``n`` counts cases; 1 is *as long*. The interval is on the logarithm: the spread of either
        median from two order statistics, their correlation from how often both are below theirs.
        It is None below 6 cases, for which no two order statistics hold a median.

    References
    ----------
    Bonett & Price (2020), Journal of Educational and Behavioral Statistics 45, 750-770.
    """
    n = len(over)
    if n == 0:
        return Estimate(None, None, None, 0, _NO_CASES)
    medians = [float(np.median(values)) for values in (over, under)]
    if min(medians) <= 0:
        return Estimate(None, None, None, n, _ZERO)
    value = medians[0] / medians[1]
    if n < _FEWEST_FOR_MEDIANS:
        reason = f"An interval needs at least {_FEWEST_FOR_MEDIANS} cases in common; there are {n}."
        return Estimate(value, None, None, n, reason)
    first = max(1, round(n / 2 - math.sqrt(n)))
    reach = -normal_quantile(binomial_up_to(first - 1, n, 0.5))
    spreads = []
    for values in (over, under):
        low, high = np.partition(values, [first - 1, n - first])[[first - 1, n - first]]
        spreads.append(math.log(high / low) / (2 * reach))
    both_below = int(np.count_nonzero((over < medians[0]) & (under < medians[1])))
    share = (both_below + 0.25) / (n + (n % 2 == 0))
    error2 = spreads[0] ** 2 + spreads[1] ** 2 - 2 * (4 * share - 1) * spreads[0] * spreads[1]
    if error2 <= 1e-24:
        return Estimate(value, None, None, n, _NO_SPREAD)
    factor = math.exp(Z95 * math.sqrt(error2))
    return Estimate(value, value / factor, value * factor, n)
