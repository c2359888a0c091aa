"""Where labels of people help most: how many of each stratum, and how short intervals become."""

from dataclasses import dataclass

import numpy as np

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.intervals import Z95

#: The part of the labels that is drawn from everything alike, whatever the judge says.
FLOOR = 0.2
#: So many of each stratum at least, or all of it: fewer tell too little of it.
LEAST_OF_STRATUM = 5


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """Cases by what a judge says of them, and what people are expected to say within each.

    Attributes
    ----------
    size : IntArray of shape (n_strata,)
        Cases, each above 0.
    mean, spread : FloatArray of shape (n_numbers, n_strata)
        Mean and standard deviation of the label of a case, of each number that is wanted (one
        per model).
    """

    size: IntArray
    mean: FloatArray
    spread: FloatArray


def allocate(strata: Strata, n: int) -> IntArray:
    """Return how many cases of each stratum people are to label.

    Parameters
    ----------
    strata : Strata
    n : int
        Cases to be labelled in all.

    Returns
    -------
    IntArray of shape (n_strata,)
        Together n. ``FLOOR`` of them go to every stratum by its size, the rest by size times
        spread (the root of the mean square over the numbers wanted); each has
        ``LEAST_OF_STRATUM`` or all its cases, and none more than it has.

    Raises
    ------
    UndefinedStatisticError
        Where there are fewer cases, or n is not enough for the least of each stratum.

    References
    ----------
    Neyman (1934), Journal of the Royal Statistical Society 97; Cochran (1977), Sampling
    Techniques, section 5.5, and 5.8 for strata that are labelled whole.
    """
    size = strata.size
    least = np.minimum(size, LEAST_OF_STRATUM)
    if not int(least.sum()) <= n <= int(size.sum()):
        raise UndefinedStatisticError(
            f"{n:,} cases cannot be drawn so: at least {int(least.sum()):,} and at most "
            f"{int(size.sum()):,} can."
        )
    pull = size * np.sqrt((strata.spread**2).mean(axis=0))
    pull = pull / pull.sum() if pull.sum() > 0.0 else size / size.sum()
    wanted = n * (FLOOR * size / size.sum() + (1.0 - FLOOR) * pull)
    return _rounded(_held(wanted, least, size, n), least, size, n)


def expected_width(strata: Strata, n: IntArray | int) -> FloatArray:
    """Return how wide 95 % intervals will be, of each number, in the unit of the labels.

    Parameters
    ----------
    strata : Strata
    n : IntArray of shape (n_strata,) or int
        Labelled cases of each stratum, above 0; or of a random sample, by people alone.

    Returns
    -------
    FloatArray of shape (n_numbers,)
        A forecast: as good as the expected means and spreads are.

    Notes
    -----
    With shares ``W`` of the strata: ``Σ W² s²/n + Σ W (m - m̄)²/N`` of N cases by stratum, and
    ``(Σ W s² + Σ W (m - m̄)²)/n`` of a random sample (Cochran 1977, 5.3 and 12.2).
    """
    share = strata.size / strata.size.sum()
    within = strata.spread**2
    between = (strata.mean - (strata.mean @ share)[:, None]) ** 2 @ share
    if isinstance(n, int):
        variance = (within @ share + between) / n
    else:
        variance = within @ (share**2 / n) + between / strata.size.sum()
    width: FloatArray = 2.0 * Z95 * np.sqrt(variance)
    return width


def _held(wanted: FloatArray, least: IntArray, most: IntArray, n: int) -> FloatArray:
    """Return wanted numbers scaled to n within their bounds: the scale is found by halving."""
    low, high = 0.0, 1.0
    while np.clip(high * wanted, least, most).sum() < n and high < 1e9:
        high *= 2.0
    for _ in range(100):
        middle = (low + high) / 2.0
        if np.clip(middle * wanted, least, most).sum() < n:
            low = middle
        else:
            high = middle
    held: FloatArray = np.clip(high * wanted, least, most)
    return held


def _rounded(held: FloatArray, least: IntArray, most: IntArray, n: int) -> IntArray:
    """Round to whole numbers that sum to n: the largest remainders go up, as far as there is."""
    whole = np.maximum(least, np.floor(held + 1e-9).astype(np.int64))
    for place in np.lexsort((most, -(held - whole))).tolist():
        whole[place] += int(whole.sum() < n and whole[place] < most[place])
    while whole.sum() < n:
        whole[np.argmax(most - whole)] += 1
    return whole
