"""How often each kind of error is found in each group, against others, and whether by chance."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.associations.exchange import Exchange
from evalkit.stats.associations.odds import Members, OddsOf, OddsRatios
from evalkit.stats.counts import (
    FloatArray,
    IntArray,
    joint_codes,
    number_cells,
    sum_by,
    sum_rows,
)
from evalkit.stats.degrees import spread_of_sums
from evalkit.stats.intervals import (
    ClusteredMeans,
    Estimate,
    Shares,
    amount_estimate,
    compact_codes,
    share_estimates,
)


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """What was found at members, responses or cases, of each kind.

    Attributes
    ----------
    case : IntArray of shape (n_members,)
        What may make members alike: the case of each.
    looks : IntArray of shape (n_members,)
        How often each was looked at, at least once.
    hits : IntArray of shape (n_members, n_kinds)
        At how many of these looks each kind was observed.
    weight : FloatArray of shape (n_members, n_kinds) or None
        What was found weighs, over all looks together; None where nothing is weighed.
    """

    case: IntArray
    looks: IntArray
    hits: IntArray
    weight: FloatArray | None = None

    def at(self, places: IntArray) -> "Observed":
        """Return what was found at some members."""
        weight = None if self.weight is None else self.weight[places]
        return Observed(self.case[places], self.looks[places], self.hits[places], weight)

    def by_case(self) -> "Observed":
        """Return what was found at each case, all of its members together."""
        case, place = np.unique(self.case, return_inverse=True)
        n, place = len(case), place.reshape(-1)

        def summed(rows: FloatArray | IntArray) -> FloatArray:
            return sum_rows(np.asarray(rows, dtype=np.float64), place, n_codes=n)

        looks = np.bincount(place, weights=self.looks, minlength=n).astype(np.int64)
        weight = None if self.weight is None else summed(self.weight)
        return Observed(case, looks, summed(self.hits).astype(np.int64), weight)


@dataclass(frozen=True, slots=True, eq=False)
class Associations:
    """Of each kind and group, arrays of shape (n_kinds, n_groups), and estimates asked one by one.

    Attributes
    ----------
    n_hits : IntArray
        Looks that found it.
    lift : FloatArray
        How many times as often as at others of the strata; ``NaN`` where these have none.
    excess : FloatArray
        Hits beyond those to be expected if members were exchanged.
    p_value, least_p : FloatArray
        Of ``Exchanged``.
    weighed_p : FloatArray
        The same of the sum of weights; ``NaN`` where nothing is weighed.
    """

    n_hits: IntArray
    lift: FloatArray
    excess: FloatArray
    p_value: FloatArray
    least_p: FloatArray
    weighed_p: FloatArray
    _rates: Shares
    _weights: ClusteredMeans | None
    _odds: tuple[OddsRatios, ...]

    def rate(self, kind: int, group: int) -> Estimate:
        """Return the share of looks that found it, with an interval clustered by case."""
        return self._rates[kind * self.lift.shape[1] + group]

    def odds(self, kind: int, group: int) -> Estimate:
        """Return the common odds ratio against others of the strata."""
        return self._odds[kind][group]

    def weight(self, kind: int, group: int) -> Estimate | None:
        """Return what it weighs per look, None where nothing is weighed."""
        if self._weights is None:
            return None
        return amount_estimate(self._weights, kind * self.lift.shape[1] + group)


def associations(
    observed: Observed, *, group: IntArray, stratum: IntArray, n_groups: int
) -> Associations:
    """Compare what was found at each group with what was found at others of the same strata.

    Parameters
    ----------
    observed : Observed
        Its members are what is exchanged: responses, if a case has several and groups are models;
        cases, if a group has all responses to a case.
    group, stratum : IntArray of shape (n_members,)
        Groups are 0 … n_groups - 1. Members of a stratum may be exchanged: only those that were
        looked at equally often are.
    n_groups : int

    Notes
    -----
    See ``exchanged`` for the test and ``OddsOf`` for the odds ratio.
    """
    return associations_of_blocks(
        observed,
        group=group,
        stratum=stratum,
        n_groups=n_groups,
        block=np.zeros_like(group),
        n_blocks=1,
    )


def associations_of_blocks(
    observed: Observed,
    *,
    group: IntArray,
    stratum: IntArray,
    n_groups: int,
    block: IntArray,
    n_blocks: int,
) -> Associations:
    """Return for each block what ``associations`` says of its members alone; all at once.

    Parameters
    ----------
    observed, group, stratum, n_groups
        Of ``associations``.
    block : IntArray of shape (n_members,)
        0 … n_blocks - 1: which kind of case each member is of.

    Returns
    -------
    Associations
        Of ``n_blocks * n_groups`` groups: those of the first block, then of the second and so on.
    """
    # One kind after the other is read: each in one piece.
    looks, hits = observed.looks.astype(np.float64), _columns(observed.hits)
    weight = None if observed.weight is None else _columns(observed.weight)
    alike, case = joint_codes(block, stratum, observed.looks), joint_codes(block, observed.case)
    odds = OddsOf(Members(group, alike, case, block, looks, n_groups, n_blocks))
    exchange = Exchange(
        group=group, stratum=alike, n_groups=n_groups, block=block, n_blocks=n_blocks
    )
    tested = [exchange.of(kind) for kind in hits]
    ratios = tuple(odds.ratios(kind) for kind in hits)
    n_kinds, own, n_own = len(hits), block * n_groups + group, n_blocks * n_groups
    weighed = np.full((n_kinds, n_own), np.nan)
    if weight is not None:
        weighed[:] = [exchange.of(kind).p_value for kind in weight]
    cells = _OfCases(observed, own, n_own)
    return Associations(
        np.reshape([sum_by(own, kind, n_codes=n_own) for kind in hits], (n_kinds, n_own)).astype(
            np.int64
        ),
        np.reshape([of.lift for of in ratios], (n_kinds, n_own)),
        np.reshape([of.total - of.expected for of in tested], (n_kinds, n_own)),
        np.reshape([of.p_value for of in tested], (n_kinds, n_own)),
        np.reshape([of.least_p for of in tested], (n_kinds, n_own)),
        weighed,
        share_estimates(cells.means(hits)),
        None if weight is None else cells.means(weight),
        ratios,
    )


def _columns(rows: FloatArray | IntArray) -> FloatArray:
    """Return columns as rows; shape (n_kinds, n_members)."""
    return np.ascontiguousarray(rows.T, dtype=np.float64)


def _powers(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the squares and the fourth powers."""
    square = values * values
    return square, square * square


class _OfCases:
    """What each case has in each group, of few of which anything was found."""

    def __init__(self, observed: Observed, group: IntArray, n_groups: int) -> None:
        case = compact_codes(observed.case).astype(np.int64)
        key, self._cell = number_cells(
            case * n_groups + group, n_keys=(int(case.max(initial=-1)) + 1) * n_groups
        )
        self._group, self._n_groups = key % n_groups, n_groups
        self._looks = sum_by(self._cell, observed.looks.astype(np.float64), n_codes=len(key))
        self._n_cells = np.bincount(self._group, minlength=n_groups)
        # Sums of whole numbers: none is rounded.
        self._squares, self._fourths = (
            sum_by(self._group, each, n_codes=n_groups) for each in _powers(self._looks)
        )
        self._count = sum_by(self._group, self._looks, n_codes=n_groups)

    def means(self, kinds: FloatArray) -> ClusteredMeans:
        """Return the mean per look of each kind and group, kind by kind, clustered by case.

        What ``means_of_cells`` makes of all cells: those without anything are alike but for looks.
        """
        n_kinds = len(kinds)
        own, looks, total = self._met(kinds)
        count = np.tile(self._count, n_kinds)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self._summed(own, total, n_kinds) / count
        rest = total - looks * mean[own]
        squares, fourths = (
            self._summed(own, of_rest, n_kinds)
            + of_mean * (np.tile(every, n_kinds) - self._summed(own, of_looks, n_kinds))
            for of_rest, of_mean, of_looks, every in zip(
                _powers(rest),
                _powers(np.where(count > 0, mean, 0.0)),
                _powers(looks),
                (self._squares, self._fourths),
                strict=True,
            )
        )
        n_cases = np.tile(self._n_cells, n_kinds)
        error, degrees = spread_of_sums(n_cases, squares, fourths)
        with np.errstate(invalid="ignore", divide="ignore"):
            error = error / count
        return ClusteredMeans(mean, error, degrees, count.astype(np.int64), n_cases)

    def _met(self, kinds: FloatArray) -> tuple[IntArray, FloatArray, FloatArray]:
        """Return of the cells in which there is any the kind and group, the looks and the sum."""
        kind, member = np.nonzero(kinds)
        n_cells = len(self._group)
        key, place = number_cells(kind * n_cells + self._cell[member], n_keys=len(kinds) * n_cells)
        total = sum_by(place, kinds[kind, member], n_codes=len(key))
        of, cell = np.divmod(key, n_cells)
        return of * self._n_groups + self._group[cell], self._looks[cell], total

    def _summed(self, own: IntArray, values: FloatArray, n_kinds: int) -> FloatArray:
        return sum_by(own, values, n_codes=n_kinds * self._n_groups)
