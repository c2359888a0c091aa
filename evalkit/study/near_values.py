"""What most say of each unit on a scale without steps, where hardly two answers are equal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray

#: Two answers no farther apart than this part of the scale are the same.
NEAR = 1 / 20
#: Differences below this part of the scale are of rounding.
_ROUNDING = 1e-6
#: Keeps the answers of one unit apart from those of the next: more than the scale and NEAR.
_STEP = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class NearValues:
    """The answers to each unit, ascending, and those that most others lie near to.

    Attributes
    ----------
    unit : IntArray of shape (n_entries,)
        Ascending, each answer as a share of the scale in ``share``.
    share : FloatArray of shape (n_entries,)
    is_most : BoolArray of shape (n_entries,)
        Whether no other answer to the unit has more answers near.
    n, n_near : IntArray of shape (n_units,)
        How many answers there are, and how many lie near to one of ``is_most``, it included; 0
        where nobody answered.
    """

    unit: IntArray
    share: FloatArray
    is_most: BoolArray
    n: IntArray
    n_near: IntArray

    def middle(self) -> tuple[FloatArray, FloatArray]:
        """Return the mean of those of ``is_most`` of each unit, and how far they are apart.

        ``NaN`` where nobody answered.
        """
        unit, share, n_units = self.unit[self.is_most], self.share[self.is_most], len(self.n)
        n = np.bincount(unit, minlength=n_units)
        low, high = np.full(n_units, np.inf), np.full(n_units, -np.inf)
        np.minimum.at(low, unit, share)
        np.maximum.at(high, unit, share)
        with np.errstate(invalid="ignore"):
            mean = np.bincount(unit, weights=share, minlength=n_units) / n
        return mean, np.where(n > 0, high - low, np.nan)

    def distance(self, share: FloatArray) -> FloatArray:
        """Return how far a share of the scale is from the nearest of ``is_most``, unit by unit.

        Infinite where nobody answered.
        """
        apart = np.full(len(self.n), np.inf)
        unit = self.unit[self.is_most]
        np.minimum.at(apart, unit, np.abs(self.share[self.is_most] - share[unit]))
        return apart


def near_values(
    unit: IntArray, number: FloatArray, *, low: float, high: float, n_units: int
) -> NearValues:
    """Return what most say of each unit.

    Parameters
    ----------
    unit : IntArray of shape (n_entries,)
    number : FloatArray of shape (n_entries,)
        On a scale without steps.
    low, high : float
        Its ends.
    n_units : int
        Units are 0 … n_units - 1.
    """
    share = (number - low) / ((high - low) or 1.0)
    order = np.lexsort((share, unit))
    unit, share = unit[order], share[order]
    key, reach = unit * _STEP + share, NEAR + _ROUNDING
    near = np.searchsorted(key, key + reach, "right") - np.searchsorted(key, key - reach, "left")
    n_near = np.zeros(n_units, dtype=np.int64)
    np.maximum.at(n_near, unit, near)
    n = np.bincount(unit, minlength=n_units)
    return NearValues(unit, share, near == n_near[unit], n, n_near)


def is_near(distance: FloatArray) -> BoolArray:
    """Say which distances, as shares of the scale, are none."""
    near: BoolArray = distance <= NEAR + _ROUNDING
    return near


def said_by_most(numbers: Sequence[float], *, low: float, high: float) -> float | None:
    """Return the mean of what most others lie near to; None where that is two things, or nobody."""
    unit = np.zeros(len(numbers), dtype=np.int64)
    told = near_values(unit, np.array(numbers, dtype=np.float64), low=low, high=high, n_units=1)
    (mean,), (apart,) = told.middle()
    return low + float(mean) * (high - low) if apart <= 2 * NEAR else None
