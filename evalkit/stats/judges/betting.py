"""Means of bounded values that may be looked at after every case, and never break a promise."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray
from evalkit.stats.intervals import Estimate

#: Means that are tried; the sequence ends at the next one outside, so that it is never too short.
_GRID = 1001
# More cases narrow the interval by less than it can be read, and take longer than anybody waits.
_ENOUGH = 10_000
# No stake is larger than this share of the most that cannot be lost.
_MOST = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """Intervals after each value, every one of which holds the true mean at once.

    ``low`` and ``high`` are FloatArray of shape (n_values,); they only move towards each other.
    """

    low: FloatArray
    high: FloatArray


def confidence_sequence(values: FloatArray, *, error: float = 0.05) -> Sequence:
    """Return intervals of a mean that hold at every look, however often one looks.

    Parameters
    ----------
    values : FloatArray of shape (n_values,)
        Independent, each 0–1, in the order in which they came: one a case. Mean of a case's
        values where it has several.
    error : float
        The chance that any of the intervals, ever, misses the mean.

    Returns
    -------
    Sequence

    Notes
    -----
    The hedged capital process with predictable plug-in stakes: whoever bets that the mean is not
    m, and wins 1/error times the stake, has shown that it is not.

    References
    ----------
    Waudby-Smith & Ramdas (2024), Journal of the Royal Statistical Society B 86, section 4.
    """
    grid = np.linspace(0.0, 1.0, _GRID)
    stake = _stakes(values, error=error / 2)
    low, high = np.empty(len(values)), np.empty(len(values))
    up, down, best = np.zeros(_GRID), np.zeros(_GRID), np.full(_GRID, -np.inf)
    with np.errstate(divide="ignore"):
        most_up, most_down = _MOST / grid, _MOST / (1.0 - grid)
    limit = np.log(2.0 / error)
    # Of means that lie outside of the interval nothing more need be known: it only narrows.
    inside = slice(0, _GRID)
    for step, (value, share) in enumerate(zip(values.tolist(), stake.tolist(), strict=True)):
        gain = value - grid[inside]
        up[inside] += np.log1p(np.minimum(share, most_up[inside]) * gain)
        down[inside] += np.log1p(-np.minimum(share, most_down[inside]) * gain)
        best[inside] = np.maximum(best[inside], np.maximum(up[inside], down[inside]))
        inside = _narrowed(inside, best[inside] < limit)
        low[step], high[step] = _ends(inside, grid)
    return Sequence(low, high)


def anytime_mean(values: FloatArray, *, error: float = 0.05) -> Estimate:
    """Return the mean of what came so far, with an interval that holds whenever one looks.

    Parameters
    ----------
    values : FloatArray of shape (n_values,)
        As of :func:`confidence_sequence`: one a case, in the order in which they came.
    error : float

    Returns
    -------
    Estimate
        0–1, ``n`` being cases; None without any.

    Notes
    -----
    After ten thousand cases the interval stays as it is: it holds at every look at once, so also
    at all later ones.
    """
    if not len(values):
        return Estimate(None, None, None, 0, "No case has come in yet.")
    sequence = confidence_sequence(values[:_ENOUGH], error=error)
    value = float(values.mean())
    low, high = np.nan_to_num([sequence.low[-1], sequence.high[-1]], nan=value).tolist()
    return Estimate(value, min(low, value), max(high, value), len(values))


def _stakes(values: FloatArray, *, error: float) -> FloatArray:
    """Return how much to bet on each value, from those before it."""
    step = np.arange(1, len(values) + 1)
    mean = (0.5 + np.cumsum(values)) / (step + 1)
    spread = (0.25 + np.cumsum((values - mean) ** 2)) / (step + 1)
    before = np.concatenate([[0.25], spread[:-1]])
    stake = np.sqrt(2.0 * np.log(1.0 / error) / (before * step * np.log1p(step)))
    return np.asarray(stake, dtype=np.float64)


def _narrowed(inside: slice, possible: BoolArray) -> slice:
    """Return the places from the first to the last possible one of those inside; of none, none."""
    places = np.flatnonzero(possible)
    if len(places) == 0:
        return slice(inside.start, inside.start)
    return slice(inside.start + int(places[0]), inside.start + int(places[-1]) + 1)


def _ends(inside: slice, grid: FloatArray) -> tuple[float, float]:
    if inside.start == inside.stop:
        # Betted away whole: between two means of the grid.
        return float("nan"), float("nan")
    return float(grid[max(inside.start - 1, 0)]), float(grid[min(inside.stop, _GRID - 1)])
