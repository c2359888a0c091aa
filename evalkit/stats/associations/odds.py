"""How many times the odds, and how many times as often: one group against others of its strata."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, number_cells, sum_by
from evalkit.stats.intervals import MIN_CASES, Estimate, t_quantile

NOBODY_ELSE = "There is nothing else here to compare with."
NEVER = "It was found on one side alone, or always on one, so no ratio of odds can be had."
ONE_CASE = "An interval needs at least 2 cases."
NO_SPREAD = "Every case gives the same ratio, so its uncertainty cannot be told."


@dataclass(frozen=True, slots=True, eq=False)
class OddsRatios:
    """Of each group against all others; arrays of shape (n_groups,).

    Attributes
    ----------
    value : FloatArray
        Mantel and Haenszel's common odds ratio: 1 is as likely as elsewhere. ``NaN`` where one side
        has no hit, or nothing but hits.
    log_error : FloatArray
        Standard error of its logarithm, between cases.
    lift : FloatArray
        How many times as often: their common ratio of rates. ``NaN`` without a hit elsewhere.
    n_cases : IntArray
        Cases of strata in which the group met others.
    n : IntArray
        Looks at the group's members there.
    """

    value: FloatArray
    log_error: FloatArray
    lift: FloatArray
    n_cases: IntArray
    n: IntArray

    def __getitem__(self, group: int) -> Estimate:
        """Return the odds ratio of one group with its 95 % interval, or why there is none."""
        value, n = float(self.value[group]), int(self.n[group])
        if n == 0:
            return Estimate(None, None, None, 0, NOBODY_ELSE)
        if not value > 0:
            return Estimate(None, None, None, n, NEVER)
        if self.n_cases[group] < MIN_CASES:
            return Estimate(value, None, None, n, ONE_CASE)
        error = float(self.log_error[group])
        if not error > 1e-12:
            return Estimate(value, None, None, n, NO_SPREAD)
        factor = float(np.exp(t_quantile(float(self.n_cases[group] - 1)) * error))
        return Estimate(value, value / factor, value * factor, n)


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Which members there are, of which group, stratum and case, and how often they were looked at.

    Attributes
    ----------
    group, stratum, case, block : IntArray of shape (n_members,)
        Groups are 0 … n_groups - 1, blocks 0 … n_blocks - 1, the others any codes from 0. A case
        may have members in several groups and strata. What comes of a block is what comes of its
        members alone; neither a stratum nor a case has members in several.
    looks : FloatArray of shape (n_members,)
        At least 1.
    """

    group: IntArray
    stratum: IntArray
    case: IntArray
    block: IntArray
    looks: FloatArray
    n_groups: int
    n_blocks: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class _Strata:
    """Looks of strata at members of each group, and in all; which groups met others there."""

    own: FloatArray
    everything: FloatArray
    met: BoolArray
    block: IntArray
    #: What sums rows by block when it multiplies them.
    sums: csc_array

    def at(self, rows: IntArray) -> "_Strata":
        return _Strata(
            self.own[rows],
            self.everything[rows],
            self.met[rows],
            self.block[rows],
            self.sums[:, rows],
        )


class OddsOf:
    """Common odds ratios within a members, of one kind of hit after the other."""

    def __init__(self, members: Members) -> None:
        self._n_groups = members.n_groups
        n_keys = (int(members.stratum.max(initial=-1)) + 1, int(members.case.max(initial=-1)) + 1)
        key, piece = number_cells(
            members.stratum.astype(np.int64) * n_keys[1] + members.case,
            n_keys=n_keys[0] * n_keys[1],
        )
        first = np.zeros(len(key), dtype=np.int64)
        first[piece] = np.arange(len(piece))
        # A piece is what a case has in a stratum.
        self._cell = piece * members.n_groups + members.group
        self._n_pieces, block = len(first), members.block[first]
        self._stratum = number_cells(members.stratum[first], n_keys=n_keys[0])[1]
        self._case = number_cells(members.case[first], n_keys=n_keys[1])[1]
        self._are_apart = int(self._stratum.max(initial=-1)) + 1 == self._n_pieces
        n_strata = int(self._stratum.max(initial=-1)) + 1
        n_cases = int(self._case.max(initial=-1)) + 1
        of_case, of_stratum = np.zeros(n_cases, int), np.zeros(n_strata, int)
        of_case[self._case], of_stratum[self._stratum] = block, block
        self._to_stratum = _summing(self._stratum, n_strata)
        self._to_case = _summing(self._case, n_cases)
        self._of_cases, sums = (_summing(each, members.n_blocks) for each in (of_case, of_stratum))
        self._looks = self._by_piece(members.looks)
        own = self._by_stratum(self._looks)
        everything = own.sum(axis=1, keepdims=True)
        met = (own > 0) & (own < everything)
        self._strata = _Strata(own, np.maximum(everything, 1.0), met, of_stratum, sums)
        case_met = self._to_case @ met[self._stratum].astype(np.float64) > 0
        self._n_cases = (self._of_cases @ case_met.astype(np.float64)).astype(np.int64)
        self._n = (sums @ (own * met)).astype(np.int64)

    def ratios(self, hits: FloatArray) -> OddsRatios:
        """Return the common odds ratio of each group of each block, against all others in strata.

        Parameters
        ----------
        hits : FloatArray of shape (n_members,)
            How often it was found at a member, at most once per look. What is said of members of
            a case need not be independent.

        Notes
        -----
        In stratum s let a and b be hits and misses of the group, c and d those of the others, and N
        all of them. The ratio is ``Σ ad/N ÷ Σ bc/N`` (Mantel & Haenszel 1959), that of rates
        ``Σ a(c+d)/N ÷ Σ c(a+b)/N``. The variance of the logarithm sums the squares of what each
        case adds to both sums, by their derivatives. Of one stratum without several members of
        a case it is Woolf's ``1/a + 1/b + 1/c + 1/d`` times G/(G-1); where a case is a stratum of
        its own, that of a linearised ratio of sums (Cochran 1977, section 6.4).
        """
        pieces = self._by_piece(hits)
        if not self._are_apart:
            return self._of(pieces, self._strata, self._to_case, self._stratum)
        # A case without hits, a stratum of its own, adds nothing to any sum.
        at = np.flatnonzero(pieces.any(axis=1))
        strata, to_case = self._strata.at(at), self._to_case[:, at]
        return self._of(pieces[at], strata, to_case, np.arange(len(at)))

    def _of(
        self, pieces: FloatArray, strata: _Strata, to_case: csc_array, stratum: IntArray
    ) -> OddsRatios:
        """Return the ratios of some strata, by what is in their pieces; of each its stratum."""
        a, size = self._by_stratum(pieces), strata.everything
        b, c = strata.own - a, a.sum(axis=1, keepdims=True) - a
        d, block = size - a - b - c, strata.block[stratum]
        with np.errstate(invalid="ignore", divide="ignore"):
            over, under = a * d / size, b * c / size
            more = strata.sums @ (a * (c + d) / size * strata.met)
            less = strata.sums @ (c * (a + b) / size * strata.met)
            total, rest = strata.sums @ over, strata.sums @ under
            value = np.where((total > 0) & (rest > 0), total / rest, np.nan)
            lift = np.where(less > 0, more / less, np.nan)
            if not self._are_apart:
                over, under = self._shares((a, b, c, d), pieces)
            pull = over / total[block] - under / rest[block]
        # Where there is no ratio, nothing pulls at it.
        pull = np.where(strata.met[stratum] & ~np.isnan(value)[block], pull, 0.0)
        return self._ratios(value, lift, to_case @ pull)

    def _shares(
        self, counts: tuple[FloatArray, ...], pieces: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return what each piece adds to both sums, by derivatives at the counts of its stratum."""
        a, b, c, d = (count[self._stratum] for count in counts)
        size = self._strata.everything[self._stratum]
        own_misses = self._looks - pieces
        others = pieces.sum(axis=1, keepdims=True) - pieces
        own_size = self._looks.sum(axis=1, keepdims=True)
        other_misses = own_size - self._looks - others
        return (
            (pieces * d + other_misses * a) / size - own_size * a * d / size**2,
            (own_misses * c + others * b) / size - own_size * b * c / size**2,
        )

    def _ratios(self, value: FloatArray, lift: FloatArray, pull: FloatArray) -> OddsRatios:
        """Return the ratios of groups, those of the first block first; cases pull at them."""
        n_cases, squares = self._n_cases, self._of_cases @ pull**2
        with np.errstate(invalid="ignore", divide="ignore"):
            error = np.sqrt(n_cases / (n_cases - 1.0) * squares)
        return OddsRatios(
            value.reshape(-1),
            error.reshape(-1),
            lift.reshape(-1),
            n_cases.reshape(-1),
            self._n.reshape(-1),
        )

    def _by_piece(self, column: FloatArray) -> FloatArray:
        n_cells = self._n_pieces * self._n_groups
        return sum_by(self._cell, column, n_codes=n_cells).reshape(-1, self._n_groups)

    def _by_stratum(self, rows: FloatArray) -> FloatArray:
        if self._are_apart:
            return rows  # pieces are in the order of their strata
        summed: FloatArray = self._to_stratum @ rows
        return summed


def _summing(code: IntArray, n_codes: int) -> csc_array:
    """Return what sums rows by code when it multiplies them."""
    n = len(code)
    return csc_array((np.ones(n), code, np.arange(n + 1)), shape=(n_codes, n))
