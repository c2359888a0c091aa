"""Whether a judge is right as often as it is sure: the calibration curve and its error."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray, sum_by
from evalkit.stats.intervals import (
    MIN_CASES,
    Z95,
    ClusteredMeans,
    Estimate,
    clustered_means,
    mean_estimate,
    share_estimate,
)

#: Bins of equal mass, as many as have this many verdicts each; and verdicts below which none is.
MOST_BINS, LEAST_IN_BIN, LEAST = 10, 20, 30
_DRAWS = 4000
# From so many errors on, a gap is on the side of 0 on which it was seen.
_CLEAR = 2.5
# With fewer of a kind than this a share is not near normal (Cochran's rule).
_FEW = 5


@dataclass(frozen=True, slots=True, eq=False)
class SureVerdicts:
    """Verdicts whose judge said how probable it held them, of what people judged.

    Attributes
    ----------
    sure : FloatArray of shape (n_verdicts,)
        How probable the judge held what it said, 0–1.
    right : FloatArray of shape (n_verdicts,)
        Which share of the people who judged the same said it, too.
    case : IntArray of shape (n_verdicts,)
    """

    sure: FloatArray
    right: FloatArray
    case: IntArray


@dataclass(frozen=True, slots=True)
class SureBin:
    """Verdicts of which a judge was about as sure.

    ``sure`` is how sure it was in the mean, ``right`` how often people said the same, 0–1, ``gap``
    the second less the first.
    """

    sure: float
    right: Estimate
    gap: Estimate


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far a judge's certainty is from how often it is right.

    Attributes
    ----------
    bins : tuple of SureBin
        The calibration curve, from the least sure; empty where there are too few verdicts.
    error : Estimate
        The expected calibration error, 0–1: the mean distance of right from sure over
        bins, each by its verdicts, less what chance alone adds.
    brier : Estimate
        Mean of (right − sure)², 0–1.
    surer : Estimate
        How much surer than right it is in the mean, −1 to 1.
    """

    bins: tuple[SureBin, ...]
    error: Estimate
    brier: Estimate
    surer: Estimate


def calibration(verdicts: SureVerdicts) -> Calibration:
    """Set how sure a judge was against how often people said the same.

    Parameters
    ----------
    verdicts : SureVerdicts

    Returns
    -------
    Calibration
        None, with a reason, with fewer than ``LEAST`` verdicts; of one case the error is None.

    Notes
    -----
    Up to ten bins of equal mass; verdicts of one certainty share a bin. The sum of absolute gaps
    is above 0 even of a perfect judge. Noise of the gaps is drawn by their covariance, clustered
    by case; in a bin where people nearly always said the same, or nearly never, whose spread
    says little, it reaches as far as Wilson's interval does. What the sum grows by with it is
    taken off (a parametric bootstrap). The interval begins where noise alone could have raised
    the sum from (by the triangle inequality at most by the sum of its absolute values, where a
    gap's side is not clear) and ends where it could have lowered it from (at most by its sum with
    the signs of the gaps): it holds the truth at least 95 times of 100.

    References
    ----------
    Naeini, Cooper & Hauskrecht (2015), AAAI; Kumar, Liang & Ma (2019), NeurIPS, for the bias;
    Brier (1950), Monthly Weather Review 78.
    """
    n = len(verdicts.sure)
    if n < LEAST:
        reason = f"It takes {LEAST} verdicts with a probability, of what people judged; it has {n}."
        none = Estimate(None, None, None, n, reason)
        return Calibration((), none, none, none)
    place, n_bins = _bins(verdicts.sure)
    gap = verdicts.right - verdicts.sure
    rights = _means(place, verdicts.case, verdicts.right, n_bins)
    gaps = _means(place, verdicts.case, gap, n_bins)
    sure = sum_by(place, verdicts.sure, n_codes=n_bins) / np.bincount(place)
    whole = np.zeros(n, dtype=np.int64)
    bins = tuple(
        SureBin(float(sure[k]), share_estimate(rights, k), mean_estimate(gaps, k))
        for k in range(n_bins)
    )
    unseen = np.array([_unseen(each.right) for each in bins])
    return Calibration(
        bins=bins,
        error=_error(gap, place, verdicts.case, unseen),
        brier=share_estimate(_means(whole, verdicts.case, gap * gap, 1)),
        surer=mean_estimate(_means(whole, verdicts.case, -gap, 1)),
    )


def _bins(sure: FloatArray) -> tuple[IntArray, int]:
    """Return the bin of each verdict: as many in each as equal certainties allow."""
    n = len(sure)
    _, level, times = np.unique(sure, return_inverse=True, return_counts=True)
    middle = (np.cumsum(times) - times / 2.0) / n
    wanted = max(1, min(MOST_BINS, n // LEAST_IN_BIN))
    bins, of_level = np.unique(np.floor(middle * wanted).astype(np.int64), return_inverse=True)
    return of_level.reshape(-1)[level.reshape(-1)], len(bins)


def _means(group: IntArray, case: IntArray, value: FloatArray, n_groups: int) -> ClusteredMeans:
    even = np.ones(len(value), dtype=np.int64)
    return clustered_means(group, case=case, value=value, n=even, n_groups=n_groups)


def _unseen(right: Estimate) -> float:
    """Return the least standard error of a bin in which nearly all is alike; 0 in any other."""
    if right.value is None or right.low is None or right.high is None:
        return 0.0
    if min(right.value, 1.0 - right.value) * right.n >= _FEW:
        return 0.0
    return max(right.value - right.low, right.high - right.value) / Z95


def _error(gap: FloatArray, place: IntArray, case: IntArray, unseen: FloatArray) -> Estimate:
    """Return the calibration error; ``unseen`` holds what no bin's standard error is below."""
    n, n_bins = len(gap), len(unseen)
    codes, of_case = np.unique(case, return_inverse=True)
    n_cases = len(codes)
    cells = of_case.reshape(-1) * n_bins + place
    by_case = sum_by(cells, gap, n_codes=n_cases * n_bins).reshape(n_cases, n_bins)
    mean = by_case.sum(axis=0) / n
    seen = float(np.abs(mean).sum())
    if n_cases < MIN_CASES:
        return Estimate(None, None, None, n, "It takes at least 2 cases; there is 1.")
    rest = by_case - np.bincount(of_case.reshape(-1))[:, np.newaxis] * mean
    covariance = n_cases / (n_cases - 1.0) * (rest.T @ rest) / n**2
    floor = (unseen * np.bincount(place) / n) ** 2
    np.fill_diagonal(covariance, np.maximum(np.diag(covariance), floor))
    # The root of a covariance, also of one without full rank.
    size, way = np.linalg.eigh(covariance)
    root = way * np.sqrt(np.maximum(size, 0.0))
    noise = np.random.default_rng(0).standard_normal((_DRAWS, n_bins)) @ root.T
    value = max(0.0, 2.0 * seen - float(np.abs(mean + noise).sum(axis=1).mean()))
    signed, is_clear = noise * np.sign(mean), np.abs(mean) > _CLEAR * np.sqrt(np.diag(covariance))
    adds = np.where(is_clear, signed, np.abs(noise)).sum(axis=1)
    low = max(0.0, seen - float(np.quantile(adds, 0.975)))
    high = min(1.0, seen + float(np.quantile(signed.sum(axis=1), 0.975)))
    return Estimate(min(high, max(low, value)), low, high, n)
