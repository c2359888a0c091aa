"""Sums and shares by case of many columns at once, where all of them rest on the same units."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, number_cells, sum_by
from evalkit.stats.intervals import MIN_CASES, ClusteredMeans, Estimate, share_estimates

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Parts of the cases that are counted each by itself: ``of_case`` is below ``n``."""

    of_case: IntArray
    n: int


@dataclass(frozen=True, eq=False)
class Cases:
    """Which rows make up each of ``n`` cases, and which part each case is in.

    Attributes
    ----------
    n : int
    place : IntArray of shape (n_rows,)
        The case of each row, where each is of one case; else of shape (0,).
    table : csr_array of shape (n, n_rows) or None
        How many units of each row a case holds, where rows are kinds of units; else None.
    times : FloatArray of shape (n,) or None
        How many cases each stands for, where cases that are alike are counted and not repeated.
    part : IntArray of shape (n,) or None
        None where all cases are one part.
    n_parts : int
    """

    n: int
    place: IntArray
    table: csr_array | None = None
    times: FloatArray | None = None
    part: IntArray | None = None
    n_parts: int = 1

    def sums(self, rows: FloatArray) -> FloatArray:
        """Sum rows by case; (n_rows, n_columns) becomes (n_cases, n_columns), in any order."""
        if self.table is not None:
            return np.asfortranarray(self.table @ rows)
        if self.n == len(self.place):
            return rows
        return np.array([sum_by(self.place, column, n_codes=self.n) for column in rows.T]).T

    @cached_property
    def sizes(self) -> FloatArray:
        """How many units each case holds; shape (n, 1)."""
        if self.table is None:
            size = np.bincount(self.place, minlength=self.n)
        else:
            size = np.diff(np.append(0, np.cumsum(self.table.data))[self.table.indptr])
        return size.astype(np.float64)[:, np.newaxis]

    def at(self, is_kept: BoolArray) -> "Cases":
        """Return the cases of the rows that a mask picks."""
        if self.table is None:
            codes, place = number_cells(self.place[is_kept], n_keys=self.n)
            table = None
        else:
            table = self.table[:, np.flatnonzero(is_kept)]
            codes, place = np.flatnonzero(np.diff(table.indptr)), self.place
            ends = np.append(0, table.indptr[codes + 1])
            shape = (len(codes), table.shape[1])
            table = csr_array((table.data, table.indices, ends), shape=shape)
        times = None if self.times is None else self.times[codes]
        part = None if self.part is None else self.part[codes]
        return Cases(len(codes), place, table, times, part, self.n_parts)

    def total(self, by_case: FloatArray) -> FloatArray:
        """Sum rows of cases over the cases of each part; shape (n_parts, n_columns)."""
        if self.times is not None:
            by_case = self.times[:, np.newaxis] * by_case
        if self.part is None:
            return np.asarray(by_case.sum(axis=0)[np.newaxis], dtype=np.float64)
        sums = [sum_by(self.part, column, n_codes=self.n_parts) for column in by_case.T]
        return np.array(sums).T

    def each(self, by_part: FloatArray) -> FloatArray:
        """Return the row of its part for each case; of one part a single row for all."""
        # Columns stay of one piece in memory, so that they are quick to reckon with.
        return by_part if self.part is None else np.take(by_part.T, self.part, axis=1).T

    @cached_property
    def units(self) -> FloatArray:
        """How many units of each row there are in each part; shape (n_parts, n_rows)."""
        if self.table is None:
            n, row, of_case = len(self.place), np.arange(len(self.place)), self.place
            weight = np.ones(n) if self.times is None else self.times[of_case]
            cell = row if self.part is None else self.part[of_case] * n + row
        else:
            n, weight, cell = self.table.shape[1], self.table.data, self.table.indices
            if self.part is not None:
                cell = np.repeat(self.part * n, np.diff(self.table.indptr)) + cell
        cells = sum_by(cell, weight, n_codes=self.n_parts * n)
        return cells.reshape(self.n_parts, n)


def cases_of(
    case: IntArray, times: FloatArray | None = None, *, parts: Parts | None = None
) -> Cases:
    """Return the numbered cases of units.

    Parameters
    ----------
    case : IntArray of shape (n_units,)
        Any non-negative codes.
    times : FloatArray of shape (n_units,), optional
        How many units of a case of its own each stands for, where all do so; else one each.
    parts : Parts, optional
        All one part where it is not given.
    """
    codes, place = number_cells(case, n_keys=int(case.max(initial=-1)) + 1)
    if len(codes) == len(case):
        # Every unit is a case of its own, and cases have no order.
        codes, place = case, np.arange(len(case))
    else:
        times = None
    part, n_parts = (None, 1) if parts is None else (parts.of_case[codes], parts.n)
    return Cases(len(codes), place, None, times, part, n_parts)


def cases_of_kinds(
    case: IntArray, kind: IntArray, *, n_kinds: int, is_single: bool, parts: Parts | None
) -> tuple[Cases, IntArray]:
    """Count units of which the same was said, and say which kind each row is of.

    Parameters
    ----------
    case, kind : IntArray of shape (n_units,)
        Kinds are below ``n_kinds``.
    is_single : bool
        Whether each unit is a case of its own: then cases of one kind and part are counted.
    parts : Parts or None

    Returns
    -------
    Cases
        Of the rows.
    IntArray of shape (n_rows,)
        The kind of each row.
    """
    if is_single:
        part, n_parts = (0, 1) if parts is None else (parts.of_case[case], parts.n)
        cells, place = number_cells(kind * n_parts + part, n_keys=n_kinds * n_parts)
        times = np.bincount(place, minlength=len(cells)).astype(np.float64)
        own = None if parts is None else cells % n_parts
        return Cases(len(cells), np.arange(len(cells)), None, times, own, n_parts), cells // n_parts
    cells, row = number_cells(kind, n_keys=n_kinds)
    alone = cases_of(case, parts=parts)
    place = alone.place
    if (place[1:] < place[:-1]).any():
        order = np.argsort(place, kind="stable")
        place, row = place[order], row[order]
    ends = np.append(0, np.cumsum(np.bincount(place, minlength=alone.n)))
    # Two units of a case of one kind stand there as two.
    table = csr_array((np.ones(len(row)), row, ends), shape=(alone.n, len(cells)))
    nothing = np.zeros(0, dtype=np.int64)
    return Cases(alone.n, nothing, table, None, alone.part, alone.n_parts), cells


def columns(*parts: FloatArray) -> FloatArray:
    """Set columns, and tables of columns, side by side, each column of one piece in memory."""
    return np.vstack([part.T for part in parts]).T


def means_of_columns(total: FloatArray, count: FloatArray, cases: Cases) -> ClusteredMeans:
    """Return the mean of each column with its error between cases: ``means_of_cells`` of a table.

    Parameters
    ----------
    total : FloatArray of shape (n_cases, n_columns)
        Sum of the values of a case.
    count : FloatArray of shape (n_cases, n_columns) or (n_cases, 1)
        Of how many; where there are none both are 0.
    cases : Cases
        The same cases.

    Returns
    -------
    ClusteredMeans
        Each of shape (n_parts, n_columns); degrees are cases - 1, which is what shares take.
    """
    clusters = cases.total((count != 0).astype(np.float64)).astype(np.int64)
    counts = cases.total(count)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = cases.total(total) / counts
        square = (total - count * cases.each(mean)) ** 2
        squares = cases.total(square)
        error = np.sqrt(clusters / (clusters - 1.0) * squares) / counts
    # Parts of answers that add up to a whole one may lack what rounding takes.
    n = np.broadcast_to(np.floor(counts + _ROUNDING).astype(np.int64), mean.shape)
    clusters = np.broadcast_to(clusters, mean.shape)
    error[clusters < MIN_CASES] = np.nan
    return ClusteredMeans(mean, error, clusters.astype(np.float64) - 1.0, n, clusters)


def shares_of_units(values: FloatArray, cases: Cases) -> list[list[Estimate]]:
    """Return the share of each column, every unit counting once, with an interval by case.

    Parameters
    ----------
    values : FloatArray of shape (n_rows, n_columns)
        0–1.
    cases : Cases
        Of the same rows.

    Returns
    -------
    list of list of Estimate
        Of each part, of each column.
    """
    return shares_of_sums(cases.sums(values), cases.sizes, cases)


def shares_of_sums(total: FloatArray, count: FloatArray, cases: Cases) -> list[list[Estimate]]:
    """Return the same of sums by case: what there is, and of how many, as ``means_of_columns``."""
    shares = share_estimates(means_of_columns(total, count, cases))
    return [
        [shares[part, column] for column in range(total.shape[1])] for part in range(cases.n_parts)
    ]


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
