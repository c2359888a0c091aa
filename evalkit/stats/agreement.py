"""Whether annotators agree: Krippendorff's alpha, percent agreement, pairs of annotators."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import Codings, FloatArray, IntArray, sum_by
from evalkit.stats.intervals import (
    Estimate,
    clustered_means,
    compact_codes,
    share_estimate,
)
from evalkit.stats.jackknife import JackknifeErrors, jackknife_errors
from evalkit.vocabulary import Level

# Agreement needs two codings of a unit, and chance two values to disagree on.
MIN_CODINGS = 2
MIN_VALUES = 2

NO_UNITS = "Nothing has been judged by two annotators yet."
ALL_EQUAL = "All values are equal, so there is no disagreement that chance could explain."


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement coefficient; None with a ``reason`` where it cannot be had.

    ``n_units`` and ``n_labels`` count what was used: units with at least two annotators, and
    the values given to them.
    """

    value: float | None
    low: float | None
    high: float | None
    n_units: int
    n_labels: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two annotators on the ``n`` units both judged."""

    annotators: tuple[str, str]
    cohen_kappa: Estimate
    percent_agreement: Estimate
    n: int


def krippendorff_alpha(codings: Codings, level: Level) -> Agreement:
    """Measure agreement among annotators, corrected for chance.

    Parameters
    ----------
    codings : Codings
        Values of units by annotators; units with fewer than two carry no information and are
        left out. At the interval level ``values`` must be numbers.
    level : Level
        What differences of values mean: none (nominal), their order (ordinal), or the numbers
        themselves (interval).

    Returns
    -------
    Agreement
        1 is perfect agreement, 0 what chance gives, below 0 systematic disagreement. The
        interval is a jackknife over cases with t(n_cases - 1): units of one case are left out
        together. The value is None where nothing was judged twice or all values are equal.

    References
    ----------
    Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability". The ordinal distance is
    the squared difference of mid-ranks, which gives the same alpha as his sum.
    """
    units = _units(codings)
    n_units, n_labels = len(units.counts), int(units.counts.sum())
    if n_units == 0:
        return Agreement(None, None, None, 0, 0, NO_UNITS)
    of_case = _sum_rows(units.counts, units.case, n_rows=units.n_cases)
    total = of_case.sum(axis=0)
    value = float(_alpha(units, total[None, :], codings.values, level, left_out=False)[0])
    if np.isnan(value):
        return Agreement(None, None, None, n_units, n_labels, ALL_EQUAL)
    left_out = _alpha(units, total - of_case, codings.values, level, left_out=True)
    interval = jackknife_errors(left_out).interval(value)
    if isinstance(interval, str):
        return Agreement(value, None, None, n_units, n_labels, interval)
    return Agreement(value, interval.low, interval.high, n_units, n_labels)


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """Units judged at least twice: counts of shape (n_units, n_values), and case 0 … n - 1."""

    counts: FloatArray
    case: IntArray
    n_cases: int


def _units(codings: Codings) -> _Units:
    unit = compact_codes(codings.unit)
    n_values = len(codings.values)
    n_units = int(unit.max(initial=-1)) + 1
    key = unit.astype(np.int64) * n_values + codings.value
    counts = np.bincount(key, minlength=n_units * n_values).reshape(n_units, n_values)
    case = np.zeros(n_units, dtype=np.int64)
    case[unit] = codings.case
    kept = counts.sum(axis=1) >= MIN_CODINGS
    cases, place = np.unique(case[kept], return_inverse=True)
    return _Units(counts[kept].astype(np.float64), place.reshape(-1), len(cases))


def _sum_rows(rows: FloatArray, code: IntArray, *, n_rows: int) -> FloatArray:
    columns = [sum_by(code, column, n_codes=n_rows) for column in rows.T]
    return np.stack(columns, axis=1)


def _alpha(
    units: _Units,
    counts: FloatArray,
    values: tuple[float | str, ...],
    level: Level,
    *,
    left_out: bool,
) -> FloatArray:
    """Return alpha for each row of value counts, ``NaN`` where it is undefined.

    One row is all units together; with ``left_out``, row g is everything but case g.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        if level is Level.NOMINAL:
            observed, expected = _nominal(units, counts, left_out=left_out)
        else:
            if level is Level.ORDINAL:
                scale = np.cumsum(counts, axis=1) - counts / 2
            else:
                scale = np.broadcast_to(np.array(values, dtype=np.float64), counts.shape)
            observed, expected = _metric(units, counts, scale, left_out=left_out)
        alpha = 1 - observed / expected
    alpha[(counts > 0).sum(axis=1) < MIN_VALUES] = np.nan
    return alpha


def _nominal(units: _Units, counts: FloatArray, *, left_out: bool) -> tuple[FloatArray, FloatArray]:
    """Return observed and expected disagreement, both times the number of labels."""
    n = counts.sum(axis=1)
    within = units.counts.sum(axis=1) - 1
    same = (units.counts * (units.counts - 1)).sum(axis=1) / within
    agreed = same.sum()
    if left_out:
        agreed = agreed - sum_by(units.case, same, n_codes=units.n_cases)
    return n - agreed, (n * n - (counts * counts).sum(axis=1)) / (n - 1)


def _metric(
    units: _Units, counts: FloatArray, scale: FloatArray, *, left_out: bool
) -> tuple[FloatArray, FloatArray]:
    """Return the same for squared differences on a scale (each row has its own).

    With coincidences C and scale v, the products that agree are ``vᵀCv``; a unit's own are
    ``((c·v)² - c·v²)/(m-1)``, so leaving a case out needs no matrix per case.
    """
    n = counts.sum(axis=1)
    scale = scale - ((counts * scale).sum(axis=1) / n)[:, None]
    within = units.counts.sum(axis=1) - 1
    shared = units.counts / within[:, None]
    coincidences = units.counts.T @ shared - np.diag(shared.sum(axis=0))
    products = ((scale @ coincidences) * scale).sum(axis=1)
    if left_out:
        own = scale[units.case]
        product = (units.counts * own).sum(axis=1) ** 2 - (units.counts * own * own).sum(axis=1)
        products -= sum_by(units.case, product / within, n_codes=units.n_cases)
    squares = (counts * scale * scale).sum(axis=1)
    # The scale is centred, so the square of its sum is zero in the expected disagreement.
    return 2 * (squares - products), 2 * n * squares / (n - 1)


def percent_agreement(codings: Codings) -> Agreement:
    """Measure how often two annotators of the same unit gave the same value.

    Parameters
    ----------
    codings : Codings
        Units with fewer than two annotators are left out.

    Returns
    -------
    Agreement
        The mean over units of the share of pairs of annotators that agree, 0–1, with Wilson's
        interval at the effective number of units, clustered by case. Not corrected for
        chance: two annotators who guess agree often where one value is common.
    """
    units = _units(codings)
    n_units, n_labels = len(units.counts), int(units.counts.sum())
    if n_units == 0:
        return Agreement(None, None, None, 0, 0, NO_UNITS)
    n = units.counts.sum(axis=1)
    agree = (units.counts * (units.counts - 1)).sum(axis=1) / (n * (n - 1))
    estimate = share_estimate(
        clustered_means(
            np.zeros(n_units, dtype=np.int64),
            case=units.case,
            value=agree,
            n=np.ones(n_units, dtype=np.int64),
            n_groups=1,
        )
    )
    return Agreement(
        estimate.value, estimate.low, estimate.high, n_units, n_labels, estimate.reason
    )


def pairwise_agreement(codings: Codings) -> tuple[PairAgreement, ...]:
    """Measure agreement of every two annotators with units in common.

    Parameters
    ----------
    codings : Codings
        At most one value per unit and annotator.

    Returns
    -------
    tuple of PairAgreement
        Ordered by annotator. Cohen's kappa has a jackknife interval over cases; it is None
        where both always gave one and the same value. The share of agreement has Wilson's
        interval, clustered by case.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20.
    """
    pairs = _pairs_of_codings(codings)
    kappas = _kappas(pairs, n_values=len(codings.values))
    shares = clustered_means(
        pairs.pair,
        case=pairs.case,
        value=(pairs.first == pairs.second).astype(np.float64),
        n=np.ones(len(pairs.pair), dtype=np.int64),
        n_groups=len(pairs.annotators),
    )
    return tuple(
        PairAgreement(
            (codings.annotators[a], codings.annotators[b]),
            kappas[k],
            share_estimate(shares, k),
            int(shares.n[k]),
        )
        for k, (a, b) in enumerate(pairs.annotators)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _CodingPairs:
    """Every two codings of one unit: which pair of annotators, the case, and both values."""

    pair: IntArray
    case: IntArray
    first: IntArray
    second: IntArray
    annotators: list[tuple[int, int]]


def _pairs_of_codings(codings: Codings) -> _CodingPairs:
    order = np.lexsort((codings.annotator, codings.unit))
    unit, who = codings.unit[order], codings.annotator[order]
    value, case = codings.value[order], codings.case[order]
    firsts, seconds = [], []
    for offset in range(1, len(order)):
        start = np.flatnonzero(unit[:-offset] == unit[offset:])
        if not len(start):
            break
        start = start[who[start] != who[start + offset]]
        firsts.append(start)
        seconds.append(start + offset)
    i = np.concatenate([np.zeros(0, dtype=np.int64), *firsts])
    j = np.concatenate([np.zeros(0, dtype=np.int64), *seconds])
    n_annotators = len(codings.annotators)
    codes, pair = np.unique(who[i] * n_annotators + who[j], return_inverse=True)
    annotators = [divmod(int(code), n_annotators) for code in codes]
    return _CodingPairs(pair.reshape(-1), case[i], value[i], value[j], annotators)


def _kappas(pairs: _CodingPairs, *, n_values: int) -> list[Estimate]:
    """Return Cohen's kappa per pair of annotators, with a jackknife over cases."""
    n_pairs = len(pairs.annotators)
    case = compact_codes(pairs.case)
    n_cases = int(case.max(initial=-1)) + 1
    cells, row = np.unique(pairs.pair * n_cases + case, return_inverse=True)
    of_pair = cells // max(n_cases, 1)
    n_rows = len(cells)
    row = row.reshape(-1)

    def table(code: IntArray) -> FloatArray:
        flat = np.bincount(row * n_values + code, minlength=n_rows * n_values)
        return flat.reshape(n_rows, n_values).astype(np.float64)

    first, second = table(pairs.first), table(pairs.second)
    agreed = sum_by(row, (pairs.first == pairs.second).astype(np.float64), n_codes=n_rows)
    all_first = _sum_rows(first, of_pair, n_rows=n_pairs)
    all_second = _sum_rows(second, of_pair, n_rows=n_pairs)
    all_agreed = sum_by(of_pair, agreed, n_codes=n_pairs)
    kappa = _kappa(all_agreed, all_first, all_second)
    left_out = _kappa(
        all_agreed[of_pair] - agreed, all_first[of_pair] - first, all_second[of_pair] - second
    )
    errors = jackknife_errors(left_out, of_pair, n_groups=n_pairs)
    n = all_first.sum(axis=1)
    return [_kappa_estimate(float(kappa[k]), int(n[k]), errors, k) for k in range(n_pairs)]


def _kappa(agreed: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """Return kappa from agreements and each annotator's counts, ``NaN`` where undefined."""
    with np.errstate(invalid="ignore", divide="ignore"):
        n = first.sum(axis=1)
        observed = agreed / n
        expected = (first * second).sum(axis=1) / (n * n)
        kappa = (observed - expected) / (1 - expected)
    return np.where(expected < 1, kappa, np.nan)


def _kappa_estimate(value: float, n: int, errors: JackknifeErrors, group: int) -> Estimate:
    if np.isnan(value):
        return Estimate(None, None, None, n, ALL_EQUAL)
    interval = errors.interval(value, group)
    if isinstance(interval, str):
        return Estimate(value, None, None, n, interval)
    return Estimate(value, interval.low, interval.high, n)
