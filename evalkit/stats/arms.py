"""Two groups of people of whom a lot decided who is in which: how far apart their means lie."""

import numpy as np
from scipy.special import stdtr

from evalkit.stats.counts import FloatArray
from evalkit.stats.intervals import Estimate, cut_off, t_interval

#: Fewer people show no spread that could be relied on.
LEAST_PEOPLE = 3
_TOO_FEW = "It takes {n} people in each group."
_ALL_ALIKE = "All people are alike, so chance cannot be told from more."
_NO_SPREAD = "In one of the groups all people are alike, so chance cannot be told from more."


def arm_mean(shares: FloatArray) -> Estimate:
    """Return the mean of a group of people, each with a share of their own, as t interval.

    0 to 1; ``n`` counts people. Undefined, with a reason, below ``LEAST_PEOPLE``; without interval
    where all are alike.
    """
    n = len(shares)
    if n < LEAST_PEOPLE:
        return Estimate(None, None, None, n, _TOO_FEW.format(n=LEAST_PEOPLE))
    value, spread = float(shares.mean()), float(shares.std(ddof=1))
    if spread**2 <= np.finfo(np.float64).eps:
        return Estimate(value, None, None, n, _ALL_ALIKE)
    interval = t_interval(value, standard_error=spread / np.sqrt(n), degrees=n - 1)
    return cut_off(Estimate(value, interval.low, interval.high, n), (0.0, 1.0))


def arm_difference(first: FloatArray, second: FloatArray) -> Estimate:
    """Return how much larger the mean of one group of people is than that of the other.

    Where a lot put people into groups, people and not what each of them did are what is
    independent: each counts once, with a share of their own. The interval is Welch's, which needs
    no equal spread, and ends where no difference of shares can lie beyond.

    Parameters
    ----------
    first, second : FloatArray of shape (n_people,)
        One share per person, 0–1.

    Returns
    -------
    Estimate
        -1 to 1; ``n`` counts people. Undefined, with a reason, below ``LEAST_PEOPLE`` in either
        group; without interval where all of a group are alike.

    References
    ----------
    Welch (1947), Biometrika 34, 28–35; Hayes & Moulton (2017), Cluster Randomised Trials, on one
    summary per cluster.
    """
    n = len(first) + len(second)
    if min(len(first), len(second)) < LEAST_PEOPLE:
        return Estimate(None, None, None, n, _TOO_FEW.format(n=LEAST_PEOPLE))
    value = float(first.mean() - second.mean())
    error, degrees = _spread(first, second)
    if np.isnan(degrees):
        return Estimate(value, None, None, n, _NO_SPREAD)
    interval = t_interval(value, standard_error=error, degrees=degrees)
    return cut_off(Estimate(value, interval.low, interval.high, n), (-1.0, 1.0))


def arm_p_value(first: FloatArray, second: FloatArray) -> float:
    """Return how often chance alone would put two groups of people as far apart, or further.

    Welch's test, two-sided, of what ``arm_difference`` estimates; its parameters are the same.
    ``NaN`` where that has no interval.
    """
    if min(len(first), len(second)) < LEAST_PEOPLE:
        return float("nan")
    error, degrees = _spread(first, second)
    if np.isnan(degrees):
        return degrees
    return float(2 * stdtr(degrees, -abs(float(first.mean() - second.mean())) / error))


def _spread(first: FloatArray, second: FloatArray) -> tuple[float, float]:
    """Return the standard error of the difference of means, and Welch's degrees of freedom.

    Both are ``NaN`` where all people of a group are alike.
    """
    parts = [float(each.var(ddof=1)) / len(each) for each in (first, second)]
    if min(parts) <= np.finfo(np.float64).eps:
        return float("nan"), float("nan")
    degrees = sum(parts) ** 2 / sum(
        part**2 / (len(each) - 1) for part, each in zip(parts, (first, second), strict=True)
    )
    return float(np.sqrt(sum(parts))), degrees
