"""Degrees of freedom of a spread to which few cases may contribute nearly all."""

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray


def degrees_of_sums(n: FloatArray, squares: FloatArray, fourths: FloatArray) -> FloatArray:
    """Return Satterthwaite's degrees from sums over cases (``intervals.effective_degrees``).

    Parameters
    ----------
    n, squares, fourths : FloatArray of shape (n_groups,)
        How many cases pull at a statistic, and the sums of the squares and of the fourth powers
        of how far each does.

    Returns
    -------
    FloatArray of shape (n_groups,)
        At most n - 1, which it also is where nothing pulls.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        kurtosis = n * fourths / squares**2
        degrees = 2 * n / (kurtosis - (n - 3) / (n - 1))
    return np.where(degrees < n - 1, degrees, n - 1)


def spread_of_sums(
    n: IntArray, squares: FloatArray, fourths: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the standard errors of sums over cases, and their degrees of freedom.

    Parameters
    ----------
    n, squares, fourths
        Of ``degrees_of_sums``, around the mean of the cases. Of fewer than two cases the error is
        ``NaN``.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.where(n > 1, np.sqrt(n / (n - 1.0) * squares), np.nan)
    return error, degrees_of_sums(n.astype(np.float64), squares, fourths)
