"""Annotators compared two by two, and each with all the others: Cohen's kappa and shares."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
import numpy.typing as npt

from evalkit.stats.agreement.bounds import lowest_kappa
from evalkit.stats.agreement.couples import Couples, couples_of
from evalkit.stats.agreement.moments import EXACT_ONLY, quadratic_kappa
from evalkit.stats.agreement.weights import Weights, weight_matrix
from evalkit.stats.counts import (
    Codings,
    FloatArray,
    IntArray,
    both_ways,
    number_cells,
    sum_by,
    sum_rows,
)
from evalkit.stats.intervals import (
    Estimate,
    Shares,
    clustered_means,
    compact_codes,
    share_estimates,
)
from evalkit.stats.jackknife import ALL_EQUAL, NO_UNITS, JackknifeErrors, jackknife_errors


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two annotators on the ``n`` units both judged.

    ``cohen_kappa`` is plain: only equal values agree. ``weighted_cohen_kappa`` gives near misses
    credit by ``weights``; it is None where these are the identity.
    """

    annotators: tuple[str, str]
    cohen_kappa: Estimate
    percent_agreement: Estimate
    n: int
    weights: Weights = Weights.IDENTITY
    weighted_cohen_kappa: Estimate | None = None


@dataclass(frozen=True, slots=True)
class AnnotatorAgreement:
    """One annotator against all others, on the ``n`` units that somebody else judged too."""

    annotator: str
    kappa: Estimate
    percent_agreement: Estimate
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class Kappas:
    """Kappa of many groups, worked out at once and made one by one; columns are (n_groups,)."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    n: IntArray
    errors: JackknifeErrors
    undefined: str = ALL_EQUAL

    def __getitem__(self, group: int) -> Estimate:
        """Return one group's kappa with its interval, or the reason why there is none."""
        value, n = float(self.value[group]), int(self.n[group])
        if n == 0:
            return Estimate(None, None, None, 0, NO_UNITS)
        if np.isnan(value):
            return Estimate(None, None, None, n, self.undefined)
        if reason := self.errors.reason(group):
            return Estimate(value, None, None, n, reason)
        return Estimate(value, float(self.low[group]), float(self.high[group]), n)


@dataclass(frozen=True, slots=True, eq=False)
class PairAgreements(Sequence[PairAgreement]):
    """Every two annotators with units in common, ordered by annotator.

    A thousand annotators are half a million pairs: their numbers are columns, and an entry is made
    when it is asked for.

    Attributes
    ----------
    annotators : tuple of str
    codes : IntArray of shape (n_pairs,)
        Ascending: index of the first annotator times their number, plus that of the second.
    n : IntArray of shape (n_pairs,)
        The units in common.
    weighted : Kappas or None
        None where ``weights`` are the identity.
    """

    annotators: tuple[str, ...]
    codes: IntArray
    n: IntArray
    weights: Weights
    plain: Kappas
    weighted: Kappas | None
    shares: Shares

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> PairAgreement: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[PairAgreement, ...]: ...
    def __getitem__(self, place: int | slice) -> PairAgreement | tuple[PairAgreement, ...]:
        """Make one pair, or several."""
        if isinstance(place, slice):
            return tuple(self[k] for k in range(*place.indices(len(self))))
        first, second = divmod(int(self.codes[place]), len(self.annotators))
        return PairAgreement(
            annotators=(self.annotators[first], self.annotators[second]),
            cohen_kappa=self.plain[place],
            percent_agreement=self.shares[place],
            n=int(self.n[place]),
            weights=self.weights,
            weighted_cohen_kappa=None if self.weighted is None else self.weighted[place],
        )

    def of(self, annotators: tuple[str, str]) -> PairAgreement | None:
        """Return the pair of these two, in the order of the annotators, if it is there."""
        first, second = (self.annotators.index(name) for name in annotators)
        code = first * len(self.annotators) + second
        place = int(np.searchsorted(self.codes, code))
        return self[place] if place < len(self) and self.codes[place] == code else None

    def most_in_common(self, most: int) -> tuple[PairAgreement, ...]:
        """Return at most so many pairs, those with the most units in common, in their order."""
        places = np.sort(np.argsort(-self.n, kind="stable")[:most])
        return tuple(self[int(k)] for k in places)


def pairwise_agreement(codings: Codings, *, weights: Weights = Weights.IDENTITY) -> PairAgreements:
    """Measure agreement of every two annotators with units in common.

    Parameters
    ----------
    codings : Codings
        Who gave several values to a unit gave each of them in part: every one of them is
        compared with every one of the other's, and the unit counts once.
    weights : Weights
        How much credit near misses get in the weighted kappa; linear or quadratic for an
        ordered scale. With the identity there is the plain kappa only. On a continuous scale
        they are quadratic, and there is no plain one.

    Returns
    -------
    PairAgreements
        Ordered by annotator. Cohen's kappa, plain and weighted, has a jackknife interval over
        cases; it is None where both always gave one and the same value. The share of agreement
        (same value only) has Wilson's interval, clustered by case.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20; (1968), Psychological Bulletin
    70 (weighted).
    """
    couples = couples_of(codings)
    n_annotators = len(codings.annotators)
    key = couples.annotator * n_annotators + couples.other
    codes, group = number_cells(key, n_keys=n_annotators * n_annotators)
    shares = _shares(couples, group, len(codes))
    weights = Weights.QUADRATIC if codings.is_continuous else weights
    plain, *weighted = _kappas(
        couples, group, codings, shares.means.n, *dict.fromkeys((Weights.IDENTITY, weights))
    )
    return PairAgreements(
        annotators=codings.annotators,
        codes=codes,
        n=shares.means.n,
        weights=weights,
        plain=plain,
        weighted=weighted[0] if weighted else None,
        shares=shares,
    )


def agreement_with_rest(
    codings: Codings,
    *,
    weights: Weights = Weights.IDENTITY,
    rest: npt.NDArray[np.bool_] | None = None,
) -> tuple[AnnotatorAgreement, ...]:
    """Measure how each annotator agrees with all the others.

    Parameters
    ----------
    codings : Codings
        Several values of one annotator on a unit count in part each.
    weights : Weights
        How much credit near misses get in kappa.
    rest : bool array of shape (n_annotators,), optional
        With whom annotators are compared; with all the others without it.

    Returns
    -------
    tuple of AnnotatorAgreement
        In the order of ``codings.annotators``. On each unit the annotator is compared with
        every other who judged it, a unit counting once; kappa is Cohen's on the table so
        summed. Both are None for an annotator without units in common with anybody.
    """
    one_way = couples_of(codings)
    both_ways = Couples(
        annotator=np.concatenate([one_way.annotator, one_way.other]),
        other=np.concatenate([one_way.other, one_way.annotator]),
        unit=np.tile(one_way.unit, 2),
        case=np.tile(one_way.case, 2),
        first=np.concatenate([one_way.first, one_way.second]),
        second=np.concatenate([one_way.second, one_way.first]),
        weight=np.tile(one_way.weight, 2),
    )
    if rest is not None:
        both_ways = both_ways.of(rest[both_ways.other])
    # One row per other annotator: each is given its part of the unit.
    n_annotators = len(codings.annotators)
    n_units = int(both_ways.unit.max(initial=-1)) + 1
    place = both_ways.unit * n_annotators + both_ways.annotator
    others = sum_by(place, both_ways.weight, n_codes=n_units * n_annotators)[place]
    shared = replace(both_ways, weight=both_ways.weight / others)
    shares = _shares(shared, shared.annotator, n_annotators)
    weights = Weights.QUADRATIC if codings.is_continuous else weights
    (kappas,) = _kappas(shared, shared.annotator, codings, shares.means.n, weights)
    return tuple(
        AnnotatorAgreement(name, kappas[k], shares[k], int(kappas.n[k]))
        for k, name in enumerate(codings.annotators)
    )


@dataclass(frozen=True, slots=True, eq=False)
class SameValues:
    """Every two annotators with units in common: on how many, on how many they gave the same.

    Attributes
    ----------
    annotator, other : IntArray of shape (n_pairs,)
        Indices into the annotators, ``annotator`` the lower; ascending.
    n, n_same : IntArray of shape (n_pairs,)
    """

    annotator: IntArray
    other: IntArray
    n: IntArray
    n_same: IntArray


def same_values(codings: Codings) -> SameValues:
    """Count for every two annotators the units in common, and equal values on them.

    Parameters
    ----------
    codings : Codings
        At most one value per unit and annotator.

    Notes
    -----
    Counts alone, for all pairs at once: of three hundred annotators there are 45,000 pairs.
    """
    couples, n_annotators = couples_of(codings), len(codings.annotators)
    key = couples.annotator * n_annotators + couples.other
    pairs, place = number_cells(key, n_keys=n_annotators * n_annotators)
    return SameValues(
        annotator=pairs // max(n_annotators, 1),
        other=pairs % max(n_annotators, 1),
        n=np.bincount(place, minlength=len(pairs)),
        n_same=np.bincount(place[couples.first == couples.second], minlength=len(pairs)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """What both sides of each group of couples gave, case by case; a row is a group's case.

    ``first`` and ``second`` are counts of shape (n_rows, n_values), ``row`` that of each couple.
    """

    row: IntArray
    of_group: IntArray
    first: FloatArray
    second: FloatArray


def _tables(couples: Couples, group: IntArray, codings: Codings, *, n_groups: int) -> _Tables:
    n_values = len(codings.values)
    case = compact_codes(couples.case).astype(np.int64)
    n_cases = int(case.max(initial=-1)) + 1
    cells, row = number_cells(group * n_cases + case, n_keys=n_groups * n_cases)

    def table(code: IntArray) -> FloatArray:
        flat = sum_by(row * n_values + code, couples.weight, n_codes=len(cells) * n_values)
        return both_ways(flat.reshape(len(cells), n_values), codings.mirror)

    return _Tables(row, cells // max(n_cases, 1), table(couples.first), table(couples.second))


def _kappas(
    couples: Couples, group: IntArray, codings: Codings, n: IntArray, *weightings: Weights
) -> list[Kappas]:
    """Return kappa per group of couples on n units by each of some weights."""
    if codings.is_continuous:
        return [
            _continuous_kappas(couples, group, codings, n, weighting) for weighting in weightings
        ]
    tables = _tables(couples, group, codings, n_groups=len(n))
    return [
        _tabled_kappas(couples, tables, n, weight_matrix(codings.values, weighting))
        for weighting in weightings
    ]


def _continuous_kappas(
    couples: Couples, group: IntArray, codings: Codings, n: IntArray, weights: Weights
) -> Kappas:
    """Return quadratic kappa of numbers; with other weights it is not defined."""
    numbers = np.array(codings.values, dtype=np.float64)
    kappa = quadratic_kappa(
        numbers[couples.first],
        numbers[couples.second],
        couples.weight,
        group=group,
        case=couples.case,
        n_groups=len(n),
    )
    errors = jackknife_errors(kappa.left_out, kappa.of_group, n_groups=len(n))
    if weights is Weights.IDENTITY:
        nothing = np.full(len(n), np.nan)
        return Kappas(nothing, nothing, nothing, n, errors, undefined=EXACT_ONLY)
    return Kappas(kappa.value, *errors.ends(kappa.value, lowest=kappa.lowest), n, errors)


def _tabled_kappas(couples: Couples, tables: _Tables, n: IntArray, matrix: FloatArray) -> Kappas:
    """Return kappa per group of couples on n units, with its jackknife interval over cases."""
    n_groups, of_group = len(n), tables.of_group
    credit = matrix[couples.first, couples.second] * couples.weight
    agreed = sum_by(tables.row, credit, n_codes=len(of_group))
    total = (
        sum_by(of_group, agreed, n_codes=n_groups),
        sum_rows(tables.first, of_group, n_codes=n_groups),
        sum_rows(tables.second, of_group, n_codes=n_groups),
    )
    kappa = _kappa(*total, matrix)
    left_out = _kappa(
        total[0][of_group] - agreed,
        total[1][of_group] - tables.first,
        total[2][of_group] - tables.second,
        matrix,
    )
    errors = jackknife_errors(left_out, of_group, n_groups=n_groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Where kappa is undefined, so is the lowest it could be.
        lowest = lowest_kappa(total[1], total[2], matrix)
    return Kappas(kappa, *errors.ends(kappa, lowest=lowest), n, errors)


def _shares(couples: Couples, group: IntArray, n_groups: int) -> Shares:
    """Return the share of equal values per group, each unit counting once."""
    n_units = int(couples.unit.max(initial=-1)) + 1
    cells, row = number_cells(group * n_units + couples.unit, n_keys=n_groups * n_units)
    same = (couples.first == couples.second) * couples.weight
    case = np.zeros(len(cells), dtype=np.int64)
    case[row] = couples.case
    means = clustered_means(
        cells // max(n_units, 1),
        case=case,
        value=sum_by(row, same, n_codes=len(cells)),
        n=np.ones(len(cells), dtype=np.int64),
        n_groups=n_groups,
    )
    return share_estimates(means)


def _kappa(
    agreed: FloatArray, first: FloatArray, second: FloatArray, matrix: FloatArray
) -> FloatArray:
    """Return kappa from agreements and each side's counts, ``NaN`` where undefined."""
    with np.errstate(invalid="ignore", divide="ignore"):
        n = first.sum(axis=1)
        observed = agreed / n
        expected = ((first @ matrix) * second).sum(axis=1) / (n * n)
        kappa = (observed - expected) / (1 - expected)
    return np.where(expected < 1 - 1e-12, kappa, np.nan)
