"""How little two annotators can agree who give every value as often as they do."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Opposed:
    """Which values meet, and how often: codes of the first and the second, shares that add to 1."""

    share: FloatArray
    first: IntArray
    second: IntArray


def opposed(first: FloatArray, second: FloatArray) -> Opposed:
    """Return what meets where the highest values of the one meet the lowest of the other.

    No two annotators with these shares of values are further apart, by any measure that grows
    with distance at least in proportion.

    Parameters
    ----------
    first, second : FloatArray of shape (n_values,)
        Shares of the values, lowest first; each adds to 1.

    References
    ----------
    Fréchet (1951) and Hoeffding (1940): the bounds of joint distributions.
    """
    up, down = np.cumsum(first), np.cumsum(second)
    ends = np.unique(np.clip(np.concatenate([[0.0, 1.0], up, 1 - down]), 0, 1))
    middle = (ends[1:] + ends[:-1]) / 2
    last = len(first) - 1
    return Opposed(
        np.diff(ends),
        np.minimum(np.searchsorted(up, middle), last),
        np.minimum(np.searchsorted(down, 1 - middle), last),
    )


def least_equal(first: FloatArray, second: FloatArray) -> float:
    """Return how often two annotators with these shares of values must at least be equal.

    Only a value that the two together give more often than there are units cannot be avoided.
    """
    return max(0.0, float((first + second).max()) - 1)


def lowest_kappa(first: FloatArray, second: FloatArray, credit: FloatArray) -> float:
    """Return kappa where two annotators contradict each other as much as their values allow.

    Parameters
    ----------
    first, second : FloatArray of shape (n_values,)
        How often each gave every value, as counts or shares; twice the same for Fleiss' kappa.
    credit : FloatArray of shape (n_values, n_values)
        Of ``weight_matrix``. Undefined, a division by zero, where both gave one value only.
    """
    first, second = first / first.sum(), second / second.sum()
    expected = float(first @ credit @ second)
    return (least_credit(first, second, credit) - expected) / (1 - expected)


def least_credit(first: FloatArray, second: FloatArray, credit: FloatArray) -> float:
    """Return the least mean credit that two annotators with these shares of values can get."""
    if np.array_equal(credit, np.eye(len(first))):
        return least_equal(first, second)
    met = opposed(first, second)
    return float(met.share @ credit[met.first, met.second])
