"""How little two annotators can agree who give every value as often as they do."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Opposed:
    """Which values meet, and how often: codes of the first and the second, shares that add to 1.

    Of shape (..., n_parts); a part may be empty.
    """

    share: FloatArray
    first: IntArray
    second: IntArray


def opposed(first: FloatArray, second: FloatArray) -> Opposed:
    """Return what meets where the highest values of the one meet the lowest of the other.

    No two annotators with these shares of values are further apart, by any measure that grows
    with distance at least in proportion.

    Parameters
    ----------
    first, second : FloatArray of shape (..., n_values)
        Shares of the values, lowest first; each row adds to 1.

    References
    ----------
    Fréchet (1951) and Hoeffding (1940): the bounds of joint distributions.
    """
    up, down = np.cumsum(first, axis=-1), np.cumsum(second, axis=-1)
    rim = np.broadcast_to([0.0, 1.0], (*up.shape[:-1], 2))
    ends = np.sort(np.clip(np.concatenate([rim, up, 1 - down], axis=-1), 0, 1), axis=-1)
    middle = (ends[..., 1:] + ends[..., :-1]) / 2
    return Opposed(np.diff(ends, axis=-1), _places(up, middle), _places(down, 1 - middle))


def _places(sums: FloatArray, where: FloatArray) -> IntArray:
    """Return which value holds each place, from the sums of shares up to every value."""
    # Value by value: all of them at once would take a table of them all for every row.
    place = np.zeros(where.shape, dtype=np.int64)
    for value in range(sums.shape[-1] - 1):
        place += sums[..., value, None] < where
    return place


def least_equal(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return how often two annotators with these shares of values must at least be equal.

    Rows of shape (..., n_values) become numbers of shape (...). Only a value that the two together
    give more often than there are units cannot be avoided.
    """
    least: FloatArray = np.maximum(0.0, (first + second).max(axis=-1) - 1)
    return least


def lowest_kappa(first: FloatArray, second: FloatArray, credit: FloatArray) -> FloatArray:
    """Return kappa where two annotators contradict each other as much as their values allow.

    Parameters
    ----------
    first, second : FloatArray of shape (..., n_values)
        How often each gave every value, as counts or shares; twice the same for Fleiss' kappa.
    credit : FloatArray of shape (n_values, n_values)
        Of ``weight_matrix``. Undefined, a division by zero, where both gave one value only.

    Returns
    -------
    FloatArray of shape (...)
    """
    first = first / first.sum(axis=-1, keepdims=True)
    second = second / second.sum(axis=-1, keepdims=True)
    expected = ((first @ credit) * second).sum(axis=-1)
    lowest: FloatArray = (least_credit(first, second, credit) - expected) / (1 - expected)
    return lowest


def least_credit(first: FloatArray, second: FloatArray, credit: FloatArray) -> FloatArray:
    """Return the least mean credit that two annotators with these shares of values can get.

    Rows of shape (..., n_values) become numbers of shape (...).
    """
    if np.array_equal(credit, np.eye(len(credit))):
        return least_equal(first, second)
    met = opposed(first, second)
    least: FloatArray = (met.share * credit[met.first, met.second]).sum(axis=-1)
    return least
