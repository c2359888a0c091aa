"""Means and shares weighted to a population of known parts, such as what production is asked."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, number_cells, sum_by
from evalkit.stats.intervals import (
    MIN_CASES,
    compact_codes,
    means_of_cells,
    t_quantile,
    wilson_ends,
)

#: Belongs to no part: it plays no role.
NO_PART = -1
# Sums of rounded floats differ by about this much where exact ones would be equal.
_NO_SPREAD = 1e-12


class MeanKind(StrEnum):
    """What is averaged: values between 0 and 1, scores on a scale, or amounts of 0 or more."""

    SHARE = "share"
    SCORE = "score"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True, eq=False)
class EntryWeights:
    """What each entry counts for.

    Attributes
    ----------
    share : FloatArray of shape (n_parts,)
        What each part of the population is of the whole; 0 or more, together 1.
    part : IntArray of shape (n_entries,)
        The part each entry's case is in, the same for all of a case; ``NO_PART`` where in none.
    within : FloatArray of shape (n_entries,)
        What an entry's case counts for beside others of its part, above 0: one over the chance
        with which it was sampled. All the same where every case of a part had the same chance.
    """

    share: FloatArray
    part: IntArray
    within: FloatArray

    @property
    def is_counted(self) -> BoolArray:
        """Which entries play a role: those in a part of the population."""
        is_in: BoolArray = self.part != NO_PART
        is_in[is_in] = self.share[self.part[is_in]] > 0.0
        return is_in


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weighted number with its 95 % interval.

    Attributes
    ----------
    value : float or None
        None where some part of the population has nothing: ``missing``.
    low, high : float or None
        None where some part has a single case, ``alone``, or where nothing varies at all.
    n, n_cases : int
        Entries and cases in it.
    n_effective : float
        How many cases, all counting the same, would weigh as evenly (Kish): at most ``n_cases``.
    missing, alone : tuple of int
        Parts of the population, by their places.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    n_cases: int
    n_effective: float
    missing: tuple[int, ...] = ()
    alone: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """The mean of each part of one group; arrays of shape (n_parts in use,)."""

    share: FloatArray
    mean: FloatArray
    variance: FloatArray
    degrees: FloatArray
    even: FloatArray


def weighted_means(
    group: IntArray,
    *,
    case: IntArray,
    value: FloatArray,
    n: IntArray,
    weights: EntryWeights,
    n_groups: int,
    scale: MeanKind,
) -> tuple[Weighted, ...]:
    """Return the mean each group would have in a population of known parts.

    Parameters
    ----------
    group, case, n : IntArray of shape (n_entries,)
        Group and cluster of each entry, and how many annotations it stands for.
    value : FloatArray of shape (n_entries,)
        Between 0 and 1 where the scale is SHARE.
    weights : EntryWeights
    n_groups : int
        Groups are 0 … n_groups - 1.
    scale : MeanKind

    Returns
    -------
    tuple of Weighted
        One per group: the means of the parts, each counting for its share, however many
        annotations it got. With one part, and every case sampled alike, the number and interval
        of ``mean_estimate``, ``share_estimate`` or ``amount_estimate``.

    Notes
    -----
    Post-stratification: ``Σ share_k · mean_k``, where the mean of a part is a ratio of sums over
    its cases, each weighted by one over its chance, with the variance of ``clustered_means``.
    The interval puts together those of the parts, all at one quantile of Student's t with
    Satterthwaite's degrees of freedom (MOVER): ``low = value - √(Σ share_k² (mean_k - low_k)²)``.
    Of a share these are Wilson's at the effective number of answers, so that a part in which all
    answers are the same is not certain; of a score such a part has the spread of the others. Of
    an amount they are those of ``bounded_interval``, which reach further up than down.

    References
    ----------
    Cochran (1977), Sampling Techniques, sections 5.3, 5A.9 and 6.4; Zou, Huang & Zhang (2009),
    Statistics in Medicine 28 (MOVER); Satterthwaite (1946), Biometrics Bulletin 2; Kish (1965),
    Survey Sampling, section 11.7.
    """
    is_in = weights.is_counted
    case = compact_codes(case[is_in]).astype(np.int64)
    n_cases = int(case.max(initial=-1)) + 1
    part_of = np.zeros(n_cases, dtype=np.int64)
    part_of[case] = weights.part[is_in]
    key = group[is_in].astype(np.int64) * n_cases + case
    counted = n[is_in].astype(np.float64)
    weight = counted * weights.within[is_in]
    cells, place = number_cells(key, n_keys=n_groups * n_cases)
    total, count, plain = (
        sum_by(place, column, n_codes=len(cells))
        for column in (value[is_in] * weight, weight, counted)
    )
    n_parts = len(weights.share)
    of_group, of_case = cells // max(n_cases, 1), cells % max(n_cases, 1)
    cell_part = of_group * n_parts + part_of[of_case]
    means = means_of_cells(cell_part, total=total, count=count, n_groups=n_groups * n_parts)
    n_seen = sum_by(cell_part, plain, n_codes=n_groups * n_parts)
    shape = (n_groups, n_parts)
    even, alike = (
        _kish(cell_part, column, n_groups * n_parts).reshape(shape)
        for column in (count, count / plain)
    )
    rows = []
    for g in range(n_groups):
        at = slice(g * n_parts, (g + 1) * n_parts)
        parts = _Parts(
            weights.share,
            means.value[at],
            means.standard_error[at] ** 2,
            means.degrees[at],
            alike[g],
        )
        rows.append(_together(parts, means.n_cases[at], n_seen[at], even[g], scale))
    return tuple(rows)


def _kish(group: IntArray, weight: FloatArray, n_groups: int) -> FloatArray:
    """Return how many equal weights would be as even as those of each group; 0 without any."""
    sums = sum_by(group, weight, n_codes=n_groups)
    squares = sum_by(group, weight * weight, n_codes=n_groups)
    return np.divide(sums * sums, squares, out=np.zeros_like(sums), where=squares > 0.0)


def _together(
    parts: _Parts, n_cases: IntArray, n_seen: FloatArray, even: FloatArray, scale: MeanKind
) -> Weighted:
    """Put the parts of one group together, or say which are missing or have a single case."""
    used = np.flatnonzero(parts.share > 0.0)
    n, cases = round(float(n_seen[used].sum())), int(n_cases[used].sum())
    missing = tuple(int(k) for k in used if n_cases[k] == 0)
    if missing or not len(used):
        return Weighted(None, None, None, n, cases, 0.0, missing)
    share = parts.share[used]
    n_effective = 1.0 / float((share**2 / even[used]).sum())
    value = float(share @ parts.mean[used])
    alone = tuple(int(k) for k in used if n_cases[k] < MIN_CASES)
    if alone:
        return Weighted(value, None, None, n, cases, n_effective, alone=alone)
    in_use = _Parts(
        share, parts.mean[used], parts.variance[used], parts.degrees[used], parts.even[used]
    )
    ends = _ends(in_use, n_cases[used].astype(np.float64), scale)
    if ends is None:
        return Weighted(value, None, None, n, cases, n_effective)
    below, above = (float(np.sqrt(((share * reach) ** 2).sum())) for reach in ends)
    return Weighted(value, value - below, value + above, n, cases, n_effective)


def _ends(
    parts: _Parts, n_cases: FloatArray, scale: MeanKind
) -> tuple[FloatArray, FloatArray] | None:
    """Return how far the interval of each part reaches down and up; None where nothing varies."""
    is_share = scale is MeanKind.SHARE
    mean = np.clip(parts.mean, 0.0, 1.0) if is_share else parts.mean
    variance, degrees = parts.variance.copy(), parts.degrees.copy()
    has_spread = np.sqrt(variance) > _NO_SPREAD * np.maximum(1.0, np.abs(mean))
    if is_share:
        has_spread &= (mean > 0.0) & (mean < 1.0)
        smooth = (mean * parts.even + 0.5) / (parts.even + 1.0)
        variance[~has_spread] = (smooth * (1.0 - smooth) / parts.even)[~has_spread]
        degrees = n_cases - 1.0
    elif not has_spread.any():
        return None
    else:
        free = (n_cases - 1.0)[has_spread]
        pooled = float((free * variance[has_spread] * parts.even[has_spread]).sum() / free.sum())
        variance[~has_spread] = pooled / parts.even[~has_spread]
        degrees[~has_spread] = (n_cases - 1.0)[~has_spread]
    pull = parts.share**2 * variance
    quantile = t_quantile(float(pull.sum() ** 2 / (pull**2 / degrees).sum()))
    if not is_share:
        reach = quantile * np.sqrt(variance)
        if scale is MeanKind.SCORE:
            return reach, reach
        above = mean > 0.0
        shift = np.divide(reach**2, 2.0 * mean, out=np.zeros_like(mean), where=above)
        half = np.sqrt(reach**2 + shift**2)
        return np.where(above, half - shift, 0.0), half + shift
    effective = np.where(has_spread, mean * (1.0 - mean) / variance, parts.even)
    low, high = wilson_ends(mean, effective, quantile=quantile)
    return np.maximum(mean - low, 0.0), np.maximum(high - mean, 0.0)
