"""How a sum of one member of each stratum is distributed, by Fourier transform of its chances."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len

from evalkit.stats.associations.null import Drawn, Null, alike, contents_of
from evalkit.stats.counts import FloatArray, IntArray

ComplexArray = npt.NDArray[np.complex128]

#: A p value below it is left to counting: rounding moves sums of chances by up to 1e-14.
SURE = 1e-6
# Counted out at once are sums of which some outcome is rarer than this; of others there are few.
_RARE = 1e-9
# No more than this is beyond the sums that are looked at, by Bernstein's inequality.
_BEYOND = 1e-17
# Complex numbers, a frequency and kind of stratum each, that one distribution may take.
_MOST_TERMS = 2_000_000


def null_of_singles(
    value: IntArray, stratum: IntArray, drawn: Drawn, *, n_strata: int, n_groups: int
) -> Iterator[tuple[IntArray, Null]]:
    """Give distributions of sums of groups that have one member in each stratum they are in.

    Parameters and what is yielded are those of ``null_of``. Chances are right to 1e-14, whatever
    their size; groups whose sum takes only a few values are left out.

    References
    ----------
    Hong (2013), Computational Statistics & Data Analysis 59, on the transform of a sum of
    independent outcomes; Hoeffding (1963), JASA 58, on Bernstein's inequality.
    """
    values, contents, pattern = contents_of(value, stratum, n_strata)
    n_patterns = len(contents)
    cell = drawn.group * n_patterns + pattern[drawn.stratum]
    often = np.bincount(cell, minlength=n_groups * n_patterns).reshape(n_groups, n_patterns)
    often[drawn.group[drawn.n > 1]] = 0
    for groups in alike(often):
        met = np.flatnonzero(often[groups[0]])
        null = _sum_of_singles(values, contents[met], often[groups[0], met])
        if null is not None:
            yield groups, null


def _sum_of_singles(values: IntArray, contents: IntArray, often: IntArray) -> Null | None:
    """Return how the sum of one member of each stratum is distributed, None if by counting."""
    chance = contents / contents.sum(axis=1, keepdims=True)
    ends = [_chance_of_end(chance, often, highest=highest) for highest in (False, True)]
    if min(ends) > np.log(_RARE):
        return None
    mean = chance @ values
    variance = float(often @ (chance @ values**2 - mean**2))
    middle, far = float(often @ mean), _half_width(variance, float(values.max() - values.min()))
    start = max(0, int(np.floor(middle - far)))
    end = min(int(often @ (values * (contents > 0)).max(axis=1)), int(np.ceil(middle + far)))
    n = next_fast_len(end - start + 1, real=True)
    if n // 2 * len(contents) > _MOST_TERMS:
        return None
    # Sums of more or less than n alike fall together, of which the window holds but one.
    around = irfft(_waves(values, chance, often, n), n)
    return Null(start, np.maximum(np.roll(around, -(start % n)), 0.0), is_cut=True)


def _half_width(variance: float, most: float) -> float:
    """Return how far from its mean a sum of such variance and steps is next to never."""
    rare = -np.log(_BEYOND / 2)
    width: float = rare * most / 3 + np.sqrt((rare * most / 3) ** 2 + 2 * rare * variance)
    return width


def _chance_of_end(chance: FloatArray, often: IntArray, *, highest: bool) -> float:
    """Return the logarithm of the chance of the lowest sum, or of the highest."""
    ordered = chance[:, ::-1] if highest else chance
    first = (ordered > 0).argmax(axis=1)
    return float(often @ np.log(ordered[np.arange(len(first)), first]))


def _waves(values: IntArray, chance: FloatArray, often: IntArray, n: int) -> ComplexArray:
    """Return the transform of the sum at the frequencies of n places: a product over strata."""
    turn = np.exp(-2j * np.pi * np.arange(n) / n)
    of_value = turn[np.outer(values, np.arange(n // 2 + 1)) % n]
    # One product of real matrices: real and imaginary parts beside each other.
    each = (chance @ of_value.view(np.float64)).view(np.complex128)
    made: ComplexArray = np.ones(n // 2 + 1, dtype=np.complex128)
    while len(often):
        made *= np.multiply.reduce(each[often & 1 > 0], axis=0)
        is_left = often > 1
        each, often = each[is_left] ** 2, often[is_left] >> 1
    return made
