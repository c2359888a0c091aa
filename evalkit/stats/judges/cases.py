"""Sums and shares by case of many columns at once, where all of them rest on the same units."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, number_cells, sum_by
from evalkit.stats.degrees import degrees_of_sums
from evalkit.stats.intervals import MIN_CASES, ClusteredMeans, Estimate, share_estimates

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Which case each unit belongs to: ``place`` of shape (n_units,), below ``n``.

    ``times``, of shape (n,), is how many cases each stands for, where cases that are alike are
    counted and not repeated; None where each stands for itself.
    """

    place: IntArray
    n: int
    times: FloatArray | None = None

    def sums(self, rows: FloatArray) -> FloatArray:
        """Sum rows by case; (n_units, n_columns) becomes (n_cases, n_columns), in any order."""
        if self.n == len(self.place):
            return rows
        return np.array([sum_by(self.place, column, n_codes=self.n) for column in rows.T]).T

    def at(self, is_kept: BoolArray) -> "Cases":
        """Return the cases of the units that a mask picks."""
        codes, place = number_cells(self.place[is_kept], n_keys=self.n)
        return Cases(place, len(codes), None if self.times is None else self.times[codes])

    def total(self, by_case: FloatArray) -> FloatArray:
        """Sum rows of cases over all cases they stand for; shape (n_columns,)."""
        if self.times is not None:
            by_case = self.times[:, np.newaxis] * by_case
        total: FloatArray = by_case.sum(axis=0)
        return total


def cases_of(case: IntArray, times: FloatArray | None = None) -> Cases:
    """Return the numbered cases of units.

    Parameters
    ----------
    case : IntArray of shape (n_units,)
        Any non-negative codes.
    times : FloatArray of shape (n_units,), optional
        How many units of a case of its own each stands for, where all do so; else one each.
    """
    codes, place = number_cells(case, n_keys=int(case.max(initial=-1)) + 1)
    if len(codes) < len(case):
        return Cases(place, len(codes))
    # Every unit is a case of its own, and cases have no order.
    return Cases(np.arange(len(case)), len(case), times)


def columns(*parts: FloatArray) -> FloatArray:
    """Set columns, and tables of columns, side by side, each column of one piece in memory."""
    return np.vstack([part.T for part in parts]).T


def means_of_columns(total: FloatArray, count: FloatArray, cases: Cases) -> ClusteredMeans:
    """Return the mean of each column with its error between cases: ``means_of_cells`` of a table.

    Parameters
    ----------
    total, count : FloatArray of shape (n_cases, n_columns)
        Sum of the values of a case, and of how many; where there are none both are 0.
    cases : Cases
        The same cases.
    """
    clusters = cases.total((count != 0).astype(np.float64)).astype(np.int64)
    counts = cases.total(count)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = cases.total(total) / counts
        square = (total - count * mean) ** 2
        squares = cases.total(square)
        error = np.sqrt(clusters / (clusters - 1.0) * squares) / counts
    error[clusters < MIN_CASES] = np.nan
    degrees = degrees_of_sums(clusters.astype(np.float64), squares, cases.total(square * square))
    # Parts of answers that add up to a whole one may lack what rounding takes.
    n = np.floor(counts + _ROUNDING).astype(np.int64)
    return ClusteredMeans(mean, error, degrees, n, clusters)


def shares_of_units(values: FloatArray, cases: Cases) -> list[Estimate]:
    """Return the share of each column, every unit counting once, with an interval by case.

    Parameters
    ----------
    values : FloatArray of shape (n_units, n_columns)
        0–1.
    cases : Cases
        Of the same units.
    """
    total = cases.sums(values)
    count = cases.sums(np.ones((len(values), 1)))
    shares = share_estimates(means_of_columns(total, np.broadcast_to(count, total.shape), cases))
    return [shares[column] for column in range(values.shape[1])]


def signed_estimate(half: Estimate, differing: Estimate) -> Estimate:
    """Return a mean of values from −1 to 1 with its interval.

    Parameters
    ----------
    half : Estimate
        The share of ``(1 + value) / 2``.
    differing : Estimate
        The share of ``|value|``.

    Returns
    -------
    Estimate
        −1 to 1. Where no value differs from 0, ``half`` is the ½ of a coin by its number; what is
        known is that so many differ from 0 at most as Wilson's interval says, to either side.
    """
    if differing.value is not None and differing.value < _ROUNDING:
        high = differing.high
        low = None if high is None else -high
        return Estimate(0.0, low, high, differing.n, differing.reason)
    value, low, high = (
        None if end is None else 2.0 * end - 1.0 for end in (half.value, half.low, half.high)
    )
    return Estimate(value, low, high, half.n, half.reason)
