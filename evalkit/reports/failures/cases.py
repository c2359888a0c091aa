"""What looks say of cases: how often a tag was marked, and which cases show it."""

import numpy as np

from evalkit.stats.counts import BoolArray, IntArray
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate

_NO_LOOK = "Nobody looked for errors here yet."


def shows(case: IntArray, hit: BoolArray, side: BoolArray) -> tuple[IntArray, BoolArray]:
    """Return the cases looked at, in order, and which show it: at least half of looks marked it.

    Parameters
    ----------
    case : IntArray of shape (n_looks,)
    hit, side : BoolArray of shape (n_looks,)
        Which looks marked what is asked for, and which count.
    """
    there, place = np.unique(case[side], return_inverse=True)
    place = place.reshape(-1)
    n_looks = np.bincount(place, minlength=len(there))
    n_hits = np.bincount(place, hit[side], minlength=len(there))
    is_shown: BoolArray = 2 * n_hits >= n_looks
    return there, is_shown


def rate_of(case: IntArray, hit: BoolArray, side: BoolArray, reason: str = _NO_LOOK) -> Estimate:
    """Return the share of looks that marked it, clustered by case; ``reason`` where none counts."""
    n = int(side.sum())
    if n == 0:
        return Estimate(None, None, None, 0, reason)
    ones, zeros = np.ones(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    value = hit[side].astype(np.float64)
    return share_estimate(clustered_means(zeros, case=case[side], value=value, n=ones, n_groups=1))
