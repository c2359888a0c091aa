"""How many times the odds, and how many times as often: one group against others of its strata."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray, sum_by, sum_rows
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
    group, stratum, case : IntArray of shape (n_members,)
        Groups are 0 … n_groups - 1, the others any codes from 0. A case may have members in several
        groups and strata.
    looks : FloatArray of shape (n_members,)
        At least 1.
    """

    group: IntArray
    stratum: IntArray
    case: IntArray
    looks: FloatArray
    n_groups: int


class OddsOf:
    """Common odds ratios within a members, of one kind of hit after the other."""

    def __init__(self, members: Members) -> None:
        self._n_groups = members.n_groups
        key = (
            members.stratum.astype(np.int64) * (int(members.case.max(initial=0)) + 1) + members.case
        )
        _, first, piece = np.unique(key, return_index=True, return_inverse=True)
        # A piece is what a case has in a stratum.
        self._cell = piece.reshape(-1) * members.n_groups + members.group
        self._n_pieces = len(first)
        self._stratum = np.unique(members.stratum[first], return_inverse=True)[1].reshape(-1)
        self._case = np.unique(members.case[first], return_inverse=True)[1].reshape(-1)
        self._are_apart = int(self._stratum.max(initial=-1)) + 1 == self._n_pieces
        self._looks = self._by_piece(members.looks)
        own = self._by_stratum(self._looks)
        everything = own.sum(axis=1, keepdims=True)
        self._own, self._all = own, np.maximum(everything, 1.0)
        self._met = (own > 0) & (own < everything)
        self._case_met = self._by_case(self._met[self._stratum].astype(np.float64)) > 0

    def ratios(self, hits: FloatArray) -> OddsRatios:
        """Return the common odds ratio of each group against all others within strata.

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
        a = self._by_stratum(pieces)
        b, c = self._own - a, a.sum(axis=1, keepdims=True) - a
        d = self._all - a - b - c
        with np.errstate(invalid="ignore", divide="ignore"):
            over, under = a * d / self._all, b * c / self._all
            more = (a * (c + d) / self._all * self._met).sum(axis=0)
            less = (c * (a + b) / self._all * self._met).sum(axis=0)
            total, rest = over.sum(axis=0), under.sum(axis=0)
            value = np.where((total > 0) & (rest > 0), total / rest, np.nan)
            lift = np.where(less > 0, more / less, np.nan)
            if not self._are_apart:
                over, under = self._shares((a, b, c, d), pieces)
            pull = self._by_case((over / total - under / rest) * self._met[self._stratum])
        pull = np.where(np.isnan(value), 0.0, pull)
        return self._ratios(value, lift, pull)

    def _shares(
        self, counts: tuple[FloatArray, ...], pieces: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return what each piece adds to both sums, by derivatives at the counts of its stratum."""
        a, b, c, d = (count[self._stratum] for count in counts)
        size = self._all[self._stratum]
        own_misses = self._looks - pieces
        others = pieces.sum(axis=1, keepdims=True) - pieces
        own_size = self._looks.sum(axis=1, keepdims=True)
        other_misses = own_size - self._looks - others
        return (
            (pieces * d + other_misses * a) / size - own_size * a * d / size**2,
            (own_misses * c + others * b) / size - own_size * b * c / size**2,
        )

    def _ratios(self, value: FloatArray, lift: FloatArray, pull: FloatArray) -> OddsRatios:
        n_cases = self._case_met.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            error = np.sqrt(n_cases / (n_cases - 1.0) * (pull**2).sum(axis=0))
        n = (self._own * self._met).sum(axis=0).astype(np.int64)
        return OddsRatios(value, error, lift, n_cases, n)

    def _by_piece(self, column: FloatArray) -> FloatArray:
        n_cells = self._n_pieces * self._n_groups
        return sum_by(self._cell, column, n_codes=n_cells).reshape(-1, self._n_groups)

    def _by_stratum(self, rows: FloatArray) -> FloatArray:
        if self._are_apart:
            return rows  # pieces are in the order of their strata
        return sum_rows(rows, self._stratum, n_codes=int(self._stratum.max(initial=-1)) + 1)

    def _by_case(self, rows: FloatArray) -> FloatArray:
        return sum_rows(rows, self._case, n_codes=int(self._case.max(initial=-1)) + 1)
