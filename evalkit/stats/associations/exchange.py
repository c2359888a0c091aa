"""Whether a group has more than its share, by exchanging its members with others of their stratum.

One test with several names: of one stratum and values of 0 and 1 it is Fisher's exact test, of
strata of categories the exact form of Cochran, Mantel and Haenszel's, and where a stratum is a case
and its members are the responses of different models it is the permutation within the case. Where
members have weights instead of 0 and 1, their sums are what is tested.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import gammainc, gammaincc, ndtr

from evalkit.stats.associations.contents import contents_of_strata
from evalkit.stats.associations.grains import Grains, grains_of
from evalkit.stats.associations.null import SMALLEST, Drawn, Null, null_of
from evalkit.stats.associations.waves import SURE, null_of_singles
from evalkit.stats.counts import BoolArray, FloatArray, IntArray, number_cells, sum_by

# Chances that are equal but for rounding count as equal.
_EQUAL = 1 + 1e-7
# A skewness below it is that of a normal distribution.
_NO_SKEW = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Exchanged:
    """What came of each group, arrays of shape (n_groups,); of blocks their groups, one by one.

    Attributes
    ----------
    total : FloatArray
        The sum of the group's values, over strata that can tell anything.
    expected, variance : FloatArray
        Of that sum, if any member of a stratum might as well be of another group.
    p_value : FloatArray
        Two-sided: of values of 0 and 1 the chance of a sum that is as unlikely or more (Fisher's),
        else twice that of one as far out or more. ``NaN`` where no exchange could change the sum.
        None is below 1e-40.
    least_p : FloatArray
        The smallest p value that any outcome could have had with these values; 0 where that is
        far below any level.
    is_exact : BoolArray
        Whether the chance was counted out; else it comes from mean, variance and skewness, which
        are exact (sums of so many values that counting takes long).
    """

    total: FloatArray
    expected: FloatArray
    variance: FloatArray
    p_value: FloatArray
    least_p: FloatArray
    is_exact: BoolArray

    @property
    def chi_square(self) -> FloatArray:
        """Return Cochran, Mantel and Haenszel's statistic, of one degree of freedom."""
        with np.errstate(invalid="ignore", divide="ignore"):
            statistic: FloatArray = (self.total - self.expected) ** 2 / self.variance
        return np.where(self.variance > 0, statistic, np.nan)


class Exchange:
    """Members of groups within strata, exchanged for one kind of value after the other.

    Where members are in blocks, what comes of each block is what comes of its members alone.
    """

    def __init__(
        self,
        *,
        group: IntArray,
        stratum: IntArray,
        n_groups: int,
        block: IntArray | None = None,
        n_blocks: int = 1,
    ) -> None:
        """Take members of groups; none of a stratum are in different blocks."""
        self._block = np.zeros(len(group), dtype=np.int64) if block is None else block
        self._n_own, self._n_groups = n_groups, n_blocks * n_groups
        self._n_members = np.bincount(self._block, minlength=n_blocks)
        strata, self._stratum = number_cells(stratum, n_keys=int(stratum.max(initial=-1)) + 1)
        self._size = np.bincount(self._stratum, minlength=len(strata))
        self._block_of = np.zeros(len(strata), dtype=np.int64)
        self._block_of[self._stratum] = self._block
        key, cell = number_cells(self._stratum * n_groups + group, n_keys=len(strata) * n_groups)
        n_drawn, of = np.bincount(cell, minlength=len(key)), key // n_groups
        # Who has all members of a stratum draws nothing.
        is_part = n_drawn < self._size[of]
        self._is_part, self._group = is_part[cell], self._block * n_groups + group
        row, of = self._block_of[of[is_part]] * n_groups + key[is_part] % n_groups, of[is_part]
        self._drawn = Drawn(row, of, n_drawn[is_part])
        self._draws = _draws(self._drawn, self._size, self._n_groups)

    def of(self, value: FloatArray | IntArray) -> Exchanged:
        """Test for each group whether its members have more or less than others of their strata.

        Parameters
        ----------
        value : array of shape (n_members,)
            0 and 1, counts, or sums of weights: 0 or more.

        Returns
        -------
        Exchanged
            Of each block its groups. Counted out exactly wherever that is quick; nothing is drawn
            at random, and neither order nor names of members, groups, strata or blocks move
            anything.
        """
        grains = grains_of(np.asarray(value, dtype=np.float64), self._block, self._n_members)
        stratum = self._stratum[grains.place]
        mean, second, third = _moments(grains.value, stratum, self._size)
        is_open = second > 0
        counts = is_open[stratum] & self._is_part[grains.place]
        total = sum_by(
            self._group[grains.place[counts]], grains.value[counts], n_codes=self._n_groups
        )
        shares, spreads, skews = self._draws
        sums = shares @ (mean * is_open), spreads @ second, skews @ third
        p_value, least_p, is_exact = self._chances(grains, is_open, total, sums)
        unit = np.repeat(grains.unit, self._n_own)
        return Exchanged(
            total * unit, sums[0] * unit, sums[1] * unit**2, p_value, least_p, is_exact
        )

    def _chances(
        self,
        grains: Grains,
        is_open: BoolArray,
        total: FloatArray,
        sums: tuple[FloatArray, FloatArray, FloatArray],
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return p values, the least there could be, and whether they were counted out."""
        p_value, least_p = np.full(len(total), np.nan), np.zeros(len(total))
        is_exact = np.zeros(len(total), dtype=np.bool_)
        can_tell, has_step = sums[1] > 0, np.repeat(grains.step > 0, self._n_own)
        drawn = self._drawn.at(is_open[self._drawn.stratum])
        for way, surest in ((self._by_waves, SURE), (self._by_counting, 0.0)):
            wanted = can_tell & has_step & ~is_exact
            if not wanted.any():
                break
            own = drawn.at(wanted[drawn.group])
            for groups, null in way(grains, is_open, own) if len(own.n) else ():
                is_binary = bool(grains.is_binary[groups[0] // self._n_own])
                told, least = _counted_out(null, total[groups], is_binary=is_binary)
                is_sure = told >= surest
                p_value[groups[is_sure]], least_p[groups[is_sure]] = told[is_sure], least
                is_exact[groups[is_sure]] = True
        rest = np.flatnonzero(can_tell & ~is_exact)
        half = np.where(has_step[rest], 0.5, 0.0)
        p_value[rest] = _by_moments(total[rest], *(each[rest] for each in sums), half=half)
        p_value = np.where(can_tell, np.maximum(p_value, SMALLEST), np.nan)
        return p_value, np.where(can_tell, least_p, np.nan), is_exact

    def _by_waves(
        self, grains: Grains, is_open: BoolArray, drawn: Drawn
    ) -> Iterator[tuple[IntArray, Null]]:
        """Give how sums of groups with one member of a stratum are distributed, all blocks."""
        contents = contents_of_strata(
            grains,
            stratum=self._stratum[grains.place],
            size=self._size,
            block=self._block_of,
            wanted=np.flatnonzero(is_open & (grains.step > 0)[self._block_of]),
        )
        return null_of_singles(contents, drawn, n_groups=self._n_own)

    def _by_counting(
        self, grains: Grains, _: BoolArray, drawn: Drawn
    ) -> Iterator[tuple[IntArray, Null]]:
        """Give how sums of groups are distributed, block by block."""
        whole = np.zeros(len(self._stratum), dtype=np.int64)
        whole[grains.place] = np.rint(grains.value)
        for block in np.unique(drawn.group // self._n_own).tolist():
            members, own = np.flatnonzero(self._block == block), drawn.of_block(block, self._n_own)
            strata, stratum = np.unique(self._stratum[members], return_inverse=True)
            n = {"n_strata": len(strata), "n_groups": self._n_own}
            of = Drawn(own.group, np.searchsorted(strata, own.stratum), own.n)
            for groups, null in null_of(whole[members], stratum.reshape(-1), of, **n):
                yield block * self._n_own + groups, null


def exchanged(
    value: FloatArray | IntArray, *, group: IntArray, stratum: IntArray, n_groups: int
) -> Exchanged:
    """Test for each group whether its members have more or less than others of their strata.

    Parameters
    ----------
    value : array of shape (n_members,)
        0 and 1, counts, or sums of weights: 0 or more.
    group, stratum : IntArray of shape (n_members,)
        Codes from 0. Members of a stratum could as well have had each other's values: they are
        responses to one case, or cases of a category, and they were looked at equally often.
    n_groups : int

    References
    ----------
    Fisher (1935), The Design of Experiments; Mantel & Haenszel (1959), JNCI 22; Agresti (2013),
    Categorical Data Analysis, section 7.3 (the exact conditional test of strata). Mielke & Berry
    (2007), Permutation Methods, section 2.3, on three moments (Pearson's type III).
    """
    return Exchange(group=group, stratum=stratum, n_groups=n_groups).of(value)


def _moments(
    value: FloatArray, stratum: IntArray, size: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return mean, variance and third central moment of strata, of their values that are not 0."""
    n_strata, n = len(size), np.maximum(size, 1)
    mean = sum_by(stratum, value, n_codes=n_strata) / n
    n_zeros = size - np.bincount(stratum, minlength=n_strata)
    rest, lacks = value - mean[stratum], -mean
    rest[np.abs(rest) < 1e-12] = 0.0
    lacks[mean < 1e-12] = 0.0
    square, square_of_zero = rest * rest, lacks * lacks
    second = sum_by(stratum, square, n_codes=n_strata) + n_zeros * square_of_zero
    third = sum_by(stratum, square * rest, n_codes=n_strata) + n_zeros * square_of_zero * lacks
    return mean, second / n, third / n


def _draws(drawn: Drawn, size: IntArray, n_groups: int) -> tuple[csr_array, csr_array, csr_array]:
    """Return what moments of strata are multiplied by in those of sums, drawn without replacement.

    Of mean, variance and third moment; groups are rows, strata columns.
    """
    n, k = size[drawn.stratum].astype(np.float64), drawn.n.astype(np.float64)
    parts = (
        k,
        k * (n - k) / (n - 1),
        # Of two, one each: as often the one as the other.
        k * (n - k) * (n - 2 * k) / ((n - 1) * np.maximum(n - 2, 1)),
    )
    shape = n_groups, len(size)
    of_mean, of_variance, of_third = (
        csr_array((part, (drawn.group, drawn.stratum)), shape=shape) for part in parts
    )
    return of_mean, of_variance, of_third


def _counted_out(null: Null, total: FloatArray, *, is_binary: bool) -> tuple[FloatArray, float]:
    """Return the two-sided p values of sums, and the smallest that any sum has."""
    chances = null.chances
    place = np.rint(total).astype(np.int64) - null.start
    inside = (place >= 0) & (place < len(chances))
    # Where ends were cut off for being so unlikely, the least is as good as nothing.
    asked = np.clip(place, 0, len(chances) - 1)
    if not null.is_cut:
        asked = np.concatenate([asked, np.flatnonzero(chances)])
    if is_binary:
        ordered = np.sort(chances)
        at = np.searchsorted(ordered, chances[asked] * _EQUAL, side="right") - 1
        both = np.cumsum(ordered)[at]
    else:  # chances of sums of weights go up and down, so what is unlikely need not be far out
        both = 2 * np.minimum(np.cumsum(chances)[asked], np.cumsum(chances[::-1])[::-1][asked])
    both = np.minimum(1.0, both)
    p_value = np.where(inside, both[: len(place)], SMALLEST)
    return p_value, 0.0 if null.is_cut else float(both[len(place) :].min())


def _by_moments(
    total: FloatArray,
    mean: FloatArray,
    variance: FloatArray,
    third: FloatArray,
    *,
    half: FloatArray,
) -> FloatArray:
    """Return two-sided p values of Pearson's type III distribution with these moments."""
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt(variance)
        skew = third / (spread * variance)
        above = (total - half - mean) / spread
        below = (total + half - mean) / spread
    upper, lower = _tail_above(above, skew), _tail_above(-below, -skew)
    chance: FloatArray = np.minimum(1.0, 2 * np.minimum(upper, lower))
    return chance


def _tail_above(z: FloatArray, skew: FloatArray) -> FloatArray:
    """Return the chance of z or more, of a gamma distribution with mean 0, variance 1 and skew."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        shape = np.minimum(4 / skew**2, 4 / _NO_SKEW**2)
        at = np.sqrt(shape) * z
        rising = gammaincc(shape, np.maximum(shape + at, 0.0))
        falling = gammainc(shape, np.maximum(shape - at, 0.0))
    chance: FloatArray = np.where(
        np.abs(skew) < _NO_SKEW, ndtr(-z), np.where(skew > 0, rising, falling)
    )
    return chance
