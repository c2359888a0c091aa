"""How a sum of one member of each stratum is distributed, by Fourier transform of its chances."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len

from evalkit.stats.associations.contents import StratumPatterns, often_met
from evalkit.stats.associations.null import Drawn, Null, alike
from evalkit.stats.counts import FloatArray, IntArray

ComplexArray = npt.NDArray[np.complex128]

#: A p value below it is left to counting: rounding moves sums of chances by up to 1e-14.
SURE = 1e-6
# Counted out at once are sums of which some outcome is rarer than this; of others there are few.
_RARE = 1e-9
# No more than this is beyond the sums that are looked at, by Bernstein's inequality.
_BEYOND = 1e-17
# Of a transform, what is smaller moves no chance by as much as rounding does.
_STILL = 1e-20
# Complex numbers, a frequency and kind of stratum each, that one distribution may take.
_MOST_TERMS = 2_000_000


def null_of_singles(
    contents: StratumPatterns, drawn: Drawn, *, n_groups: int
) -> Iterator[tuple[IntArray, Null]]:
    """Give distributions of sums of groups that have one member in each stratum they are in.

    Chances are right to 1e-14, whatever their size; groups whose sum takes only a few values are
    left out.

    Parameters
    ----------
    contents : StratumPatterns
        Of all strata that are drawn from.
    drawn : Drawn
        Groups of the first block, then those of the second and so on.
    n_groups : int
        Of each block.

    Yields
    ------
    IntArray, Null
        Codes of groups of a block that draw from equal strata, in steps of the block.

    References
    ----------
    Hong (2013), Computational Statistics & Data Analysis 59, on the transform of a sum of
    independent outcomes; Hoeffding (1963), JASA 58, on Bernstein's inequality.
    """
    often = often_met(contents, drawn.group, drawn.stratum, n_groups)
    several = np.unique(drawn.group[drawn.n > 1])
    for block in np.flatnonzero(contents.n_of_block).tolist():
        start, end = contents.ends[block : block + 2].tolist()
        own = often[n_groups * start : n_groups * end].reshape(n_groups, end - start)
        own[several[several // n_groups == block] % n_groups] = 0
        for groups in alike(own):
            met = np.flatnonzero(own[groups[0]])
            null = _sum_of_singles(contents, block, start + met, own[groups[0], met])
            if null is not None:
                yield block * n_groups + groups, null


def _sum_of_singles(
    contents: StratumPatterns, block: int, met: IntArray, often: IntArray
) -> Null | None:
    """Return how the sum of one member of each stratum is distributed, None if by counting.

    Patterns of strata are met so often.
    """
    rarest = min(often @ contents.log_least[met], often @ contents.log_most[met])
    if rarest > np.log(_RARE):
        return None
    middle = float(often @ contents.mean[met])
    far = _half_width(float(often @ contents.variance[met]), float(contents.span[block]))
    start = max(0, int(np.floor(middle - far)))
    end = min(round(float(often @ contents.top[met])), int(np.ceil(middle + far)))
    n = next_fast_len(end - start + 1, real=True)
    if n // 2 * len(met) > _MOST_TERMS:
        return None
    chance = contents.chance[met]
    occurs = np.flatnonzero(chance.any(axis=0))
    values = contents.grains[occurs] // contents.step[block]
    # Sums of more or less than n alike fall together, of which the window holds but one.
    around = irfft(_waves(values, chance[:, occurs], often, n), n)
    shift = start % n
    return Null(
        start,
        np.maximum(np.concatenate([around[shift:], around[:shift]]), 0.0),
        is_cut=True,
    )


def _half_width(variance: float, most: float) -> float:
    """Return how far from its mean a sum of such variance and steps is next to never."""
    rare = -np.log(_BEYOND / 2)
    width: float = rare * most / 3 + np.sqrt((rare * most / 3) ** 2 + 2 * rare * variance)
    return width


def _waves(values: IntArray, chance: FloatArray, often: IntArray, n: int) -> ComplexArray:
    """Return the transform of the sum at the frequencies of n places: a product over strata.

    It is 0 where the product is so small that it moves no chance.
    """
    turn = _turns(n)
    counts = np.flatnonzero(_most(values, chance, often, turn) > _STILL)
    made = np.zeros(n // 2 + 1, dtype=np.complex128)
    made[counts] = _product(turn[np.outer(values, counts) % n], chance, often)
    return made


@lru_cache(64)
def _turns(n: int) -> ComplexArray:
    """Return a full turn in n steps, clockwise."""
    turn: ComplexArray = np.exp(-2j * np.pi * np.arange(n) / n)
    turn.flags.writeable = False
    return turn


def _most(values: IntArray, chance: FloatArray, often: IntArray, turn: ComplexArray) -> FloatArray:
    """Return what the transform is at most, in size, at each frequency.

    The square of one stratum's is ``Σ p_i p_j cos((v_i - v_j) ω)``, which is 1 less
    ``x = Σ p_i p_j (1 - cos((v_i - v_j) ω))``, and 1 - x is at most e^-x.
    """
    n = len(turn)
    places, lost = np.arange(n // 2 + 1), np.zeros(n // 2 + 1)
    pairs = (chance * often[:, None]).T @ chance
    for i, j in combinations(range(len(values)), 2):
        lost += pairs[i, j] * (1.0 - turn.real[abs(int(values[i] - values[j])) * places % n])
    return np.exp(-lost)


def _product(of_value: ComplexArray, chance: FloatArray, often: IntArray) -> ComplexArray:
    """Multiply the transforms of all strata, each pattern of them as often as it is met."""
    # One product of real matrices: real and imaginary parts beside each other.
    each = (chance @ of_value.view(np.float64)).view(np.complex128)
    made: ComplexArray = np.ones(of_value.shape[1], dtype=np.complex128)
    while len(often):
        made *= np.multiply.reduce(each[often & 1 > 0], axis=0)
        is_left = often > 1
        each, often = each[is_left] ** 2, often[is_left] >> 1
    return made
