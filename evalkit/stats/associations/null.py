"""How a sum is distributed if members of strata are exchanged: counted out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import gammaln

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, joint_codes, number_cells

#: Chances below it are cut off, and none is said to be smaller.
SMALLEST = 1e-40
# Multiplications, and steps through them, that counting out one distribution may take.
_MOST_WORK, _MOST_STEPS = 1_000_000, 200
# So many strata whose weights differ are counted out: of more, three moments say as much.
_MOST_CONTENTS, _BINARY = 64, 2


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """How many members of each stratum a group has; one entry per stratum and group that met."""

    group: IntArray
    stratum: IntArray
    n: IntArray

    def at(self, places: IntArray | BoolArray) -> "Drawn":
        """Return the entries at some places, or those that a mask picks."""
        return Drawn(self.group[places], self.stratum[places], self.n[places])

    def of_block(self, block: int, n_groups: int) -> "Drawn":
        """Return what groups of a block draw, these from 0 up; each block has as many."""
        own = self.at(self.group // n_groups == block)
        return Drawn(own.group - block * n_groups, own.stratum, own.n)


@dataclass(frozen=True, slots=True, eq=False)
class Null:
    """Chances of whole sums from ``start`` up; ``is_cut`` where unlikely ends were cut off."""

    start: int
    chances: FloatArray
    is_cut: bool = False


def null_of(
    value: IntArray, stratum: IntArray, drawn: Drawn, *, n_strata: int, n_groups: int
) -> Iterator[tuple[IntArray, Null]]:
    """Count out how the sum of each group is distributed, groups of one distribution together.

    Parameters
    ----------
    value, stratum : IntArray of shape (n_members,)
        Whole numbers from 0 up, and the stratum of each.
    drawn : Drawn

    Yields
    ------
    IntArray, Null
        Codes of groups that draw equally many from strata of equal values, so that models that
        answered the same cases share one; groups whose distribution takes too long are left out.
    """
    if not len(drawn.n):
        return
    values, table, pattern = contents_of(value, stratum, n_strata)
    contents = [
        {each: n for each, n in zip(values.tolist(), row, strict=True) if n}
        for row in table.tolist()
    ]
    if len(contents) > _MOST_CONTENTS and max(map(len, contents)) > _BINARY:
        return
    met = pattern[drawn.stratum]
    draw = joint_codes(met, drawn.n)
    n_draws = int(draw.max(initial=-1)) + 1
    of_draw = np.zeros((n_draws, 2), dtype=np.int64)
    of_draw[draw] = np.column_stack([met, drawn.n])
    often = np.bincount(drawn.group * n_draws + draw, minlength=n_groups * n_draws)
    often = often.reshape(n_groups, n_draws)
    made: dict[tuple[int, int], Null | None] = {}
    for groups in alike(often):
        null: Null | None = Null(0, np.ones(1))
        for place in np.flatnonzero(often[groups[0]]).tolist():
            key = int(of_draw[place, 0]), int(of_draw[place, 1])
            if key not in made:
                made[key] = _sum_of_one(contents[key[0]], key[1])
            null = _both(null, _power(made[key], int(often[groups[0], place])))
        if null is not None:
            yield groups, null


def alike(often: IntArray) -> list[IntArray]:
    """Return the rows, groups, that are alike together; without those of nothing but zeros."""
    places: dict[bytes, list[int]] = {}
    for group in np.flatnonzero(often.any(axis=1)).tolist():
        places.setdefault(often[group].tobytes(), []).append(group)
    return [np.array(groups, dtype=np.int64) for groups in places.values()]


def contents_of(
    value: IntArray, stratum: IntArray, n_strata: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the values, the different contents of strata, and which each stratum has.

    Contents say how many there are of each value, shape (n_contents, n_values).
    """
    values, code = number_cells(value, n_keys=int(value.max(initial=0)) + 1)
    n_values = len(values)
    table = np.bincount(stratum * n_values + code, minlength=n_strata * n_values)
    table = table.reshape(n_strata, n_values)
    pattern = joint_codes(*table.T)
    contents = np.zeros((int(pattern.max(initial=-1)) + 1, n_values), dtype=np.int64)
    contents[pattern] = table
    return values, contents, pattern


def _sum_of_one(contents: dict[int, int], k: int) -> Null | None:
    """Return the distribution of the sum of k members drawn from one stratum.

    Value by value: of how many were drawn of the values before, how many are of this one. Rows are
    the number drawn so far, columns their sum.
    """
    n_left = sum(contents.values())
    if len(contents) == 2:
        return _sum_of_two_values(contents, k)
    shapes = _shapes(contents, k)
    if shapes is None:
        return None
    table = np.ones((1, 1))
    greatest_first = sorted(contents.items(), reverse=True)[:-1]
    for (value, n_of), (n_rows, n_columns) in zip(greatest_first, shapes, strict=True):
        most = min(n_of, k)
        more = np.zeros((n_rows, n_columns))
        before, width = np.arange(table.shape[0]), table.shape[1]
        i = np.arange(most + 1)
        chance = _hypergeometric(i[:, None], n_left, n_of, k - before[None, :])
        for of_this in i.tolist():
            rows = min(table.shape[0], n_rows - of_this)
            at = value * of_this
            more[of_this : of_this + rows, at : at + width] += (
                table[:rows] * chance[of_this, :rows, None]
            )
        table, n_left = more, n_left - n_of
    value, n_of = min(contents.items())
    return _shifted(table, value, n_of, k)


def _shapes(contents: dict[int, int], k: int) -> list[tuple[int, int]] | None:
    """Return rows and columns after each value but the smallest, None where that takes long."""
    shapes, n_rows, n_columns = [], 1, 1
    for value, n_of in sorted(contents.items(), reverse=True)[:-1]:
        most = min(n_of, k)
        n_rows, n_columns = min(k, n_rows - 1 + most) + 1, n_columns + value * most
        if most * n_rows * n_columns > _MOST_WORK // 3 or most > _MOST_STEPS:
            return None
        shapes.append((n_rows, n_columns))
    return shapes


def _sum_of_two_values(contents: dict[int, int], k: int) -> Null:
    """Return the same where members have one of two values: how many have the larger."""
    (small, _), (large, n_large) = sorted(contents.items())
    i = np.arange(min(n_large, k) + 1)
    chances = np.zeros((large - small) * int(i[-1]) + 1)
    n = sum(contents.values())
    chances[(large - small) * i] = _hypergeometric(i, n, n_large, np.full(len(i), k))
    return _trimmed(Null(small * k, chances))


def _shifted(table: FloatArray, value: int, n_of: int, k: int) -> Null:
    """Fill up with the smallest value what is missing of k, and give the sums their chances."""
    chances = np.zeros(table.shape[1] + value * k)
    for row in range(table.shape[0]):
        if 0 <= k - row <= n_of:
            shift = value * (k - row)
            chances[shift : shift + table.shape[1]] += table[row]
    return _trimmed(Null(0, chances))


def _hypergeometric(i: IntArray, n: int, n_of: int, k: IntArray) -> FloatArray:
    """Return the chance of i of a kind among k drawn from n, of which n_of are of that kind."""
    is_possible = (i <= n_of) & (i <= k) & (k - i <= n - n_of)
    i, k = np.where(is_possible, i, 0), np.where(is_possible, k, 0)
    log = _log_factorials(n)
    chosen = log[n_of] - log[i] - log[n_of - i] + log[n - n_of] - log[k - i]
    chosen += log[k] + log[n - k] - log[n] - log[np.maximum(n - n_of - k + i, 0)]
    return np.where(is_possible, np.exp(chosen), 0.0)


def _log_factorials(n: int) -> FloatArray:
    """Return the logarithms of 0!, 1! … n! and more."""
    return _table_of_factorials(1 << n.bit_length())


@lru_cache(4)
def _table_of_factorials(n: int) -> FloatArray:
    table: FloatArray = gammaln(np.arange(n + 1) + 1.0)
    table.flags.writeable = False
    return table


def _power(null: Null | None, often: int) -> Null | None:
    """Return the distribution of the sum of so many independent draws."""
    made: Null | None = Null(0, np.ones(1))
    while often and made is not None:
        if often & 1:
            made = _both(made, null)
        often >>= 1
        if often:
            null = _both(null, null)
    return made


def _both(first: Null | None, second: Null | None) -> Null | None:
    """Return the distribution of the sum of two, None where it takes too long."""
    if first is None or second is None:
        return None
    if len(first.chances) * len(second.chances) > _MOST_WORK:
        return None
    # Not by Fourier transforms: their errors are of the size of small chances.
    chances = np.convolve(first.chances, second.chances)
    return _trimmed(Null(first.start + second.start, chances, first.is_cut or second.is_cut))


def _trimmed(null: Null) -> Null:
    """Cut off what is impossible, or nearly."""
    likely = null.chances > SMALLEST
    first, end = int(likely.argmax()), len(likely) - int(likely[::-1].argmax())
    lost = null.chances[:first].any() or null.chances[end:].any()
    return Null(null.start + first, null.chances[first:end], null.is_cut or bool(lost))
