"""A number with its uncertainty, and the intervals that several statistics share."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import stdtrit

from evalkit.stats.counts import FloatArray, IntArray, fits_table, number_cells, sum_by
from evalkit.stats.degrees import degrees_of_sums, spread_of_sums

#: The 97.5 % quantile of the normal distribution.
Z95 = 1.959963984540054
#: Fewer clusters than this show no spread.
MIN_CASES = 2
# Sums of rounded floats differ by about this much where exact ones would be equal.
_NO_SPREAD = 1e-12


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value plausibly lies, at 95 % confidence unless said otherwise."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval and the count it rests on.

    Attributes
    ----------
    value : float or None
        None where it cannot be had; ``reason`` says why.
    low, high : float or None
        None where the interval cannot be had, even if the value can; ``reason`` says why.
    n : int
        How many annotations (or responses) it rests on.
    reason : str or None
        A sentence for the reader wherever something is None.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ClusteredMeans:
    """Means of groups with standard errors clustered by case; arrays of shape (n_groups,).

    ``value`` is ``NaN`` for a group without entries, ``standard_error`` for one of fewer than
    two cases. ``degrees`` are those of ``effective_degrees``.
    """

    value: FloatArray
    standard_error: FloatArray
    degrees: FloatArray
    n: IntArray
    n_cases: IntArray


def clustered_means(
    group: IntArray, *, case: IntArray, value: FloatArray, n: IntArray, n_groups: int
) -> ClusteredMeans:
    """Average values within groups; the spread is taken between cases, not annotations.

    Parameters
    ----------
    group, case, n : IntArray of shape (n_entries,)
        Group and cluster of each entry, and how many annotations it stands for.
    value : FloatArray of shape (n_entries,)
    n_groups : int
        Groups are 0 … n_groups - 1; a case may contribute to several.

    Notes
    -----
    Ratio estimator with clusters: with S and m the sum and count of a case,
    ``se² = G/(G-1) Σ (S - m·mean)² / (Σm)²`` (Cochran 1977, section 6.4; Liang & Zeger 1986).
    """
    case = compact_codes(case)
    n_cases = int(case.max(initial=-1)) + 1
    key = group.astype(np.int64) * n_cases + case
    weight = n.astype(np.float64)
    cell, total, count = _sum_cells(key, value * weight, weight, n_keys=n_groups * n_cases)
    return means_of_cells(cell // max(n_cases, 1), total=total, count=count, n_groups=n_groups)


def means_of_cells(
    group: IntArray, *, total: FloatArray, count: FloatArray, n_groups: int
) -> ClusteredMeans:
    """Return the means of groups from one cell per group and case (see ``clustered_means``).

    Parameters
    ----------
    group : IntArray of shape (n_cells,)
    total, count : FloatArray of shape (n_cells,)
        Sum of the values, and the number of annotations, at least 1.
    """
    sums = sum_by(group, total, n_codes=n_groups)
    counts = sum_by(group, count, n_codes=n_groups)
    clusters = np.bincount(group, minlength=n_groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums / counts
        square = (total - count * mean[group]) ** 2
    squares, fourths = (sum_by(group, each, n_codes=n_groups) for each in (square, square**2))
    error, degrees = spread_of_sums(clusters, squares, fourths)
    with np.errstate(invalid="ignore", divide="ignore"):
        return ClusteredMeans(mean, error / counts, degrees, counts.astype(np.int64), clusters)


def effective_degrees(
    pull: FloatArray, group: IntArray | None = None, *, n_groups: int = 1
) -> FloatArray:
    """Return the degrees of freedom of a spread to which few cases may contribute nearly all.

    Parameters
    ----------
    pull : FloatArray of shape (n_group_cases,)
        How far each case of a group moves its statistic, around their mean.
    group : IntArray of shape (n_group_cases,), optional
        All one group where it is not given.

    Returns
    -------
    FloatArray of shape (n_groups,)
        At most cases - 1, which it is where pulls are spread like a normal distribution or
        closer together. About twice the number of cases that pull where most do not.

    Notes
    -----
    Satterthwaite's degrees (1946), ``2 σ⁴ / var(s²)``, with the variance of s² by the kurtosis K
    of the pulls: ``2G / (K - (G-3)/(G-1))`` (O'Neill 2014, The American Statistician 68).
    """
    if group is None:
        group = np.zeros(len(pull), dtype=np.int64)
    n = np.bincount(group, minlength=n_groups).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        square = pull * pull
        squares = sum_by(group, square, n_codes=n_groups)
        fourths = sum_by(group, square * square, n_codes=n_groups)
    return degrees_of_sums(n, squares, fourths)


def _sum_cells(
    key: IntArray, total: FloatArray, count: FloatArray, *, n_keys: int
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Sum entries of equal key; a table where it is small, a sort where it would be huge."""
    if fits_table(n_keys, n_entries=len(key)):
        counts = sum_by(key, count, n_codes=n_keys)
        seen = np.flatnonzero(counts)
        return seen, sum_by(key, total, n_codes=n_keys)[seen], counts[seen]
    cells, place = number_cells(key, n_keys=n_keys)
    n_cells = len(cells)
    return cells, sum_by(place, total, n_codes=n_cells), sum_by(place, count, n_codes=n_cells)


def compact_codes(codes: IntArray) -> IntArray:
    """Return codes without huge gaps (row ids of a database become 0, 1, 2 …)."""
    if codes.max(initial=0) <= 4 * len(codes) + 1000:
        return codes
    return np.unique(codes, return_inverse=True)[1].reshape(-1)


def t_interval(value: float, *, standard_error: float, degrees: float) -> Interval:
    """Return value ± Student's t times the standard error; ``degrees`` is at least 1."""
    half = t_quantile(degrees) * standard_error
    return Interval(value - half, value + half)


def t_quantile(degrees: float) -> float:
    """Return the 97.5 % quantile of Student's t; one degree less than there are clusters, or so."""
    return float(stdtrit(degrees, 0.975))


def cut_off(estimate: Estimate, limits: tuple[float, float]) -> Estimate:
    """Return an estimate whose interval ends where no value can lie beyond: a scale's ends."""
    if estimate.low is None or estimate.high is None:
        return estimate
    low, high = max(float(estimate.low), limits[0]), min(float(estimate.high), limits[1])
    return replace(estimate, low=low, high=high)


def wilson_interval(share: float, n: float, *, quantile: float = Z95) -> Interval:
    """Return Wilson's interval of a share seen in ``n`` independent observations.

    Parameters
    ----------
    share : float
        0–1.
    n : float
        Above 0; may be an effective number.
    quantile : float
        Of the normal distribution, or of Student's t where ``n`` rests on few clusters.

    Returns
    -------
    Interval
        Always inside [0, 1] and never empty of width, also at shares of 0 and 1.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22; Agresti & Coull (1998).
    """
    low, high = wilson_ends(share, n, quantile=quantile)
    return Interval(float(low), float(high))


def wilson_ends(share: Any, n: Any, *, quantile: Any) -> tuple[Any, Any]:
    """Return the ends of Wilson's interval, of numbers or of arrays of one shape."""
    z2 = quantile * quantile
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = quantile * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)


def bounded_interval(
    value: float,
    *,
    standard_error: float,
    degrees: float,
    lowest: float = 0.0,
    highest: float = math.inf,
) -> Interval:
    """Return the interval of a number that cannot lie outside a range, as Wilson's for a share.

    It holds every x that the value is at most t standard errors from, if the error at x shrinks
    towards the ends of the range as that of a share does, like the root of
    ``(x - lowest)(highest - x)``. So it is longer towards the middle, never leaves the range, and
    is the usual ``value ± t·se`` where errors are small.

    Parameters
    ----------
    value : float
        Inside the range, and above ``lowest`` where the range is open above.
    standard_error : float
        Above 0.
    degrees : float
        Of Student's t; see ``effective_degrees``.
    lowest, highest : float
        ``highest`` may be infinite: then the error grows like the root of ``x - lowest``, as
        that of a sum of rare events does (with no range at all this is the t interval).

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22; Korn & Graubard (1998),
    Survey Methodology 24, for Student's t in the place of the normal quantile.
    """
    if math.isinf(highest):
        half, above = t_quantile(degrees) * standard_error, value - lowest
        centre = value + half * half / (2 * above)
        half *= math.sqrt(1 + half * half / (4 * above * above))
        return Interval(centre - half, centre + half)
    low, high = bounded_ends(value, standard_error, degrees, lowest=lowest, highest=highest)
    return Interval(float(low), float(high))


def bounded_ends(
    value: Any, standard_error: Any, degrees: Any, *, lowest: Any, highest: float
) -> tuple[Any, Any]:
    """Return the ends of ``bounded_interval`` in a finite range, of numbers or of arrays."""
    scale = highest - lowest
    share = np.minimum(1.0, np.maximum(0.0, (value - lowest) / scale))
    variance = share * (1 - share)
    # At an end of the range the error says nothing. What counts there is how many cases tell: half
    # as many as there are degrees, where most cases do not.
    n = np.where(
        variance <= _NO_SPREAD, (degrees + 1) / 2, variance * (scale / standard_error) ** 2
    )
    low, high = wilson_ends(share, n, quantile=stdtrit(degrees, 0.975))
    return np.minimum(value, lowest + scale * low), np.maximum(value, lowest + scale * high)


def mean_estimate(means: ClusteredMeans, group: int = 0) -> Estimate:
    """Return one group's mean with its t interval, or the reason why there is none.

    Parameters
    ----------
    means : ClusteredMeans
    group : int

    Returns
    -------
    Estimate
        On the scale of the values. None without entries; no interval with fewer than 2 cases,
        or where every case gives the same mean.
    """
    value, n, n_cases = float(means.value[group]), int(means.n[group]), int(means.n_cases[group])
    if n == 0:
        return Estimate(None, None, None, 0, "Nothing has been collected here yet.")
    if n_cases < MIN_CASES:
        return Estimate(value, None, None, n, "An interval needs at least 2 cases; there is 1.")
    error = float(means.standard_error[group])
    if error <= _NO_SPREAD * max(1.0, abs(value)):
        reason = "Every case gives the same mean, so its uncertainty cannot be told."
        return Estimate(value, None, None, n, reason)
    interval = t_interval(value, standard_error=error, degrees=float(means.degrees[group]))
    return Estimate(value, interval.low, interval.high, n)


def amount_estimate(means: ClusteredMeans, group: int = 0) -> Estimate:
    """Return one group's mean of amounts, 0 or more, a few of which may be very large.

    Parameters
    ----------
    means : ClusteredMeans
        Of penalties, costs, tokens or seconds.
    group : int

    Returns
    -------
    Estimate
        As of ``mean_estimate``, with an interval that lies above 0 and reaches further up than
        down (``bounded_interval``), by the degrees of freedom that such amounts leave.
    """
    plain = mean_estimate(means, group)
    if plain.value is None or plain.low is None:
        return plain
    interval = bounded_interval(
        plain.value,
        standard_error=float(means.standard_error[group]),
        degrees=float(means.degrees[group]),
    )
    return Estimate(plain.value, interval.low, interval.high, plain.n)


def share_estimate(means: ClusteredMeans, group: int = 0) -> Estimate:
    """Return one group's share with Wilson's interval at the effective number of answers.

    Parameters
    ----------
    means : ClusteredMeans
        Of values between 0 and 1.
    group : int

    Returns
    -------
    Estimate
        0–1. None without entries; no interval with fewer than 2 cases.

    Notes
    -----
    The effective number is ``p(1-p)/se²`` with the clustered standard error; where the cases
    show no spread at all, it is the number of cases. t(G-1) stands for the normal quantile, as
    Korn & Graubard (1998), Survey Methodology 24, do for the exact interval.
    """
    return _share(
        float(means.value[group]),
        *_share_ends(means, group),
        n=int(means.n[group]),
        n_cases=int(means.n_cases[group]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """``share_estimate`` of many groups, worked out at once and made one by one."""

    means: ClusteredMeans
    low: FloatArray
    high: FloatArray

    def __getitem__(self, group: int | tuple[int, ...]) -> Estimate:
        """Return one group's share; of a table of them its place there."""
        return _share(
            float(self.means.value[group]),
            float(self.low[group]),
            float(self.high[group]),
            n=int(self.means.n[group]),
            n_cases=int(self.means.n_cases[group]),
        )


def share_estimates(means: ClusteredMeans) -> Shares:
    """Return ``share_estimate`` of every group; one that nobody reads is not made."""
    return Shares(means, *_share_ends(means, slice(None)))


def _share_ends(means: ClusteredMeans, group: int | slice) -> tuple[Any, Any]:
    """Return the ends of one group's interval or of those of many, ``NaN`` where there is none."""
    value, n_cases = np.clip(means.value[group], 0.0, 1.0), means.n_cases[group]
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = means.standard_error[group] ** 2
        spread = (variance > _NO_SPREAD**2) & (value > 0.0) & (value < 1.0)
        effective = np.where(spread, value * (1 - value) / variance, n_cases)
        low, high = wilson_ends(value, effective, quantile=stdtrit(n_cases - 1.0, 0.975))
    return np.minimum(low, value), np.maximum(high, value)


def _share(value: float, low: float, high: float, *, n: int, n_cases: int) -> Estimate:
    if n == 0:
        return Estimate(None, None, None, 0, "Nothing has been collected here yet.")
    if n_cases < MIN_CASES:
        return Estimate(value, None, None, n, "An interval needs at least 2 cases; there is 1.")
    return Estimate(min(1.0, max(0.0, value)), float(low), float(high), n)
