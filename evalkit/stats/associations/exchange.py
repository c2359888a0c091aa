"""Whether a group has more than its share, by exchanging its members with others of their stratum.

One test with several names: of one stratum and values of 0 and 1 it is Fisher's exact test, of
strata of categories the exact form of Cochran, Mantel and Haenszel's, and where a stratum is a case
and its members are the responses of different models it is the permutation within the case. Where
members have weights instead of 0 and 1, their sums are what is tested.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincc, ndtr

from evalkit.stats.associations.null import SMALLEST, Drawn, Null, null_of
from evalkit.stats.associations.waves import SURE, null_of_singles
from evalkit.stats.counts import BoolArray, FloatArray, IntArray, number_cells, sum_by

# Chances that are equal but for rounding count as equal.
_EQUAL = 1 + 1e-7
#: Values are whole multiples of this, or of nothing.
_GRAIN = 1e-3
# A skewness below it is that of a normal distribution.
_NO_SKEW = 1e-4
# Values of which one is there or not.
_BINARY = 2


@dataclass(frozen=True, slots=True, eq=False)
class Exchanged:
    """What came of each group, arrays of shape (n_groups,).

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
    """Members of groups within strata, exchanged for one kind of value after the other."""

    def __init__(self, *, group: IntArray, stratum: IntArray, n_groups: int) -> None:
        self._group, self._n_groups = group, n_groups
        strata, self._stratum = number_cells(stratum, n_keys=int(stratum.max(initial=-1)) + 1)
        self._size = np.bincount(self._stratum, minlength=len(strata))
        key, self._cell = number_cells(
            self._stratum * n_groups + group, n_keys=len(strata) * n_groups
        )
        n_drawn = np.bincount(self._cell, minlength=len(key))
        self._drawn = Drawn(key % n_groups, key // n_groups, n_drawn)

    def of(self, value: FloatArray | IntArray) -> Exchanged:
        """Test for each group whether its members have more or less than others of their strata.

        Parameters
        ----------
        value : array of shape (n_members,)
            0 and 1, counts, or sums of weights: 0 or more.

        Returns
        -------
        Exchanged
            Counted out exactly wherever that is quick; nothing is drawn at random, and neither
            order nor names of members, groups or strata move anything.
        """
        values, step = on_grain(np.asarray(value, dtype=np.float64))
        moments = _moments(values, self._stratum, self._size)
        of, size = self._drawn, self._size[self._drawn.stratum]
        is_open = (moments[1][of.stratum] > 0) & (of.n < size)
        drawn = Drawn(of.group[is_open], of.stratum[is_open], of.n[is_open])
        inside = is_open[self._cell]
        total = sum_by(self._group[inside], values[inside], n_codes=self._n_groups)
        sums = _sums_of_drawn(drawn, moments, size[is_open], self._n_groups)
        p_value, least_p, is_exact = self._chances(values, drawn, total, sums, step)
        unit = step or 1.0
        return Exchanged(
            total * unit, sums[0] * unit, sums[1] * unit**2, p_value, least_p, is_exact
        )

    def _chances(
        self,
        value: FloatArray,
        drawn: Drawn,
        total: FloatArray,
        sums: tuple[FloatArray, FloatArray, FloatArray],
        step: float,
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Return p values, the least there could be, and whether they were counted out."""
        p_value = _by_moments(total, *sums, half=0.5 if step else 0.0)
        least_p = np.zeros(len(total))
        is_exact = np.zeros(len(total), dtype=np.bool_)
        if step and len(value):
            whole, n_strata = value.astype(np.int64), len(self._size)
            is_binary = len(np.unique(whole)) <= _BINARY
            for way, surest in ((null_of_singles, SURE), (null_of, 0.0)):
                rest = _of_groups(drawn, ~is_exact)
                nulls = way(whole, self._stratum, rest, n_strata=n_strata, n_groups=self._n_groups)
                for groups, null in nulls:
                    told, least = _counted_out(null, total[groups], is_binary=is_binary)
                    is_sure = told >= surest
                    p_value[groups[is_sure]], least_p[groups[is_sure]] = told[is_sure], least
                    is_exact[groups[is_sure]] = True
        untold = ~(sums[1] > 0)
        p_value = np.where(untold, np.nan, np.maximum(p_value, SMALLEST))
        return p_value, np.where(untold, np.nan, least_p), is_exact


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


def on_grain(value: FloatArray) -> tuple[FloatArray, float]:
    """Return values as whole multiples of a step, and the step; as they are and 0 if there is none.

    The step is the largest that all are multiples of: of weights 0.1, 1 and 5 it is 0.1.
    """
    grains = np.rint(value / _GRAIN)
    if (np.abs(grains * _GRAIN - value) > 1e-9 + 1e-9 * np.abs(value)).any():
        return value, 0.0
    step = int(np.gcd.reduce(grains.astype(np.int64))) or 1
    return grains / step, step * _GRAIN


def _moments(
    value: FloatArray, stratum: IntArray, size: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return mean, variance and third central moment of the values of each stratum."""
    n_strata = len(size)
    mean = sum_by(stratum, value, n_codes=n_strata) / np.maximum(size, 1)
    rest = value - mean[stratum]
    rest[np.abs(rest) < 1e-12] = 0.0
    second = sum_by(stratum, rest**2, n_codes=n_strata) / np.maximum(size, 1)
    third = sum_by(stratum, rest**3, n_codes=n_strata) / np.maximum(size, 1)
    return mean, second, third


def _sums_of_drawn(
    drawn: Drawn,
    moments: tuple[FloatArray, FloatArray, FloatArray],
    size: IntArray,
    n_groups: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return mean, variance and third moment of each group's sum, drawn without replacement."""
    mean, second, third = (moment[drawn.stratum] for moment in moments)
    n, k = size.astype(np.float64), drawn.n.astype(np.float64)
    parts = (
        k * mean,
        k * (n - k) / (n - 1) * second,
        # Of two, one each: as often the one as the other.
        k * (n - k) * (n - 2 * k) / ((n - 1) * np.maximum(n - 2, 1)) * third,
    )
    total, variance, skew = (sum_by(drawn.group, part, n_codes=n_groups) for part in parts)
    return total, variance, skew


def _of_groups(drawn: Drawn, is_wanted: BoolArray) -> Drawn:
    """Return what some groups draw."""
    places = is_wanted[drawn.group]
    return Drawn(drawn.group[places], drawn.stratum[places], drawn.n[places])


def _counted_out(null: Null, total: FloatArray, *, is_binary: bool) -> tuple[FloatArray, float]:
    """Return the two-sided p values of sums, and the smallest that any sum has."""
    chances = null.chances
    if is_binary:
        ordered = np.sort(chances)
        up_to = np.cumsum(ordered)
        both = up_to[np.searchsorted(ordered, chances * _EQUAL, side="right") - 1]
    else:  # chances of sums of weights go up and down, so what is unlikely need not be far out
        both = 2 * np.minimum(np.cumsum(chances), np.cumsum(chances[::-1])[::-1])
    both = np.minimum(1.0, both)
    place = np.rint(total).astype(np.int64) - null.start
    inside = (place >= 0) & (place < len(chances))
    p_value = np.where(inside, both[np.clip(place, 0, len(chances) - 1)], SMALLEST)
    # Where ends were cut off for being so unlikely, the least is as good as nothing.
    return p_value, 0.0 if null.is_cut else float(both[chances > 0].min())


def _by_moments(
    total: FloatArray, mean: FloatArray, variance: FloatArray, third: FloatArray, *, half: float
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
