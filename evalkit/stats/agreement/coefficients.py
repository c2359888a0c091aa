"""More coefficients of agreement: Fleiss, Gwet, Brennan–Prediger, agreement on one value."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.agreement.bounds import lowest_kappa
from evalkit.stats.agreement.krippendorff import Agreement
from evalkit.stats.agreement.moments import EXACT_ONLY, same_number_shares
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
    MIN_CASES,
    Estimate,
    clustered_means,
    compact_codes,
    share_estimate,
    t_quantile,
)
from evalkit.stats.jackknife import ALL_EQUAL, NO_UNITS, ONE_CASE, jackknife_errors

MIN_CODINGS = 2


def fleiss_kappa(codings: Codings, *, weights: Weights = Weights.IDENTITY) -> Agreement:
    """Measure agreement of any number of annotators, corrected for chance by common values.

    Parameters
    ----------
    codings : Codings
        Units with one annotator help to tell how common each value is, as in Gwet's form for
        missing values; at least one unit must have two.
    weights : Weights
        How much credit near misses get.

    Returns
    -------
    Agreement
        1 is perfect agreement, 0 what chance gives. Jackknife interval over cases. None where
        nothing was judged twice or all values are equal.

    References
    ----------
    Fleiss (1971), Psychological Bulletin 76; Gwet (2014), Handbook of Inter-Rater Reliability.
    """
    if codings.is_continuous:
        return _exact_only(codings)
    shares = _shares(codings, weights)
    if shares.n_units == 0:
        return Agreement(None, None, None, 0, 0, NO_UNITS)
    matrix = shares.weights
    weight = np.ones(len(shares.case))
    sums = np.column_stack([shares.prevalence, shares.agreed, shares.judged_twice, weight])
    of_case = sum_rows(sums, shares.case, n_codes=shares.n_cases)
    total = of_case.sum(axis=0, keepdims=True)
    value = float(_fleiss(total, matrix)[0])
    if np.isnan(value):
        return Agreement(None, None, None, shares.n_units, shares.n_labels, ALL_EQUAL)
    errors = jackknife_errors(_fleiss(total - of_case, matrix))
    prevalence = total[0, :-3]
    interval = errors.interval(value, lowest=float(lowest_kappa(prevalence, prevalence, matrix)))
    if isinstance(interval, str):
        return Agreement(value, None, None, shares.n_units, shares.n_labels, interval)
    return Agreement(
        value,
        interval.low,
        interval.high,
        shares.n_units,
        shares.n_labels,
        standard_error=float(errors.standard_error[0]),
    )


def _fleiss(sums: FloatArray, weights: FloatArray) -> FloatArray:
    """Return kappa from rows of summed prevalences, agreements, pairable units and units."""
    with np.errstate(invalid="ignore", divide="ignore"):
        prevalence = sums[:, :-3] / sums[:, -1:]
        observed = sums[:, -3] / sums[:, -2]
        expected = ((prevalence @ weights) * prevalence).sum(axis=1)
        kappa = (observed - expected) / (1 - expected)
    return np.where(expected < 1 - 1e-12, kappa, np.nan)


def gwet_ac(codings: Codings, *, weights: Weights = Weights.IDENTITY) -> Agreement:
    """Measure agreement corrected for chance in a way that skewed values do not upset.

    Parameters
    ----------
    codings : Codings
        As for ``fleiss_kappa``; chance depends on how many values were offered, which are
        ``values``, whether or not somebody gave them (irrCAC's ``categories``).
    weights : Weights
        Identity gives AC1, anything else AC2.

    Returns
    -------
    Agreement
        1 is perfect agreement, 0 what chance gives. The interval is the linearised one with
        t(n_cases - 1), units of one case taken together, cut off at 1 and at the lowest that
        this many values allow (−1/(q − 1) for AC1). The value is None where nothing was judged
        twice; there is no
        interval with one case judged twice.

    References
    ----------
    Gwet (2008), British Journal of Mathematical and Statistical Psychology 61.
    """
    if codings.is_continuous:
        return _exact_only(codings)
    shares = _shares(codings, weights)
    n_values = len(codings.values)
    if reason := _undefined(shares, n_values):
        return Agreement(None, None, None, shares.n_units, shares.n_labels, reason)
    spread = float(shares.weights.sum()) / (n_values * (n_values - 1))
    prevalence = shares.prevalence.mean(axis=0)
    expected = spread * float((prevalence * (1 - prevalence)).sum())
    own_chance = spread * (shares.prevalence * (1 - prevalence)).sum(axis=1)
    return _linearised(shares, expected, own_chance)


def _undefined(shares: "_Shares", n_values: int) -> str | None:
    if shares.n_units == 0:
        return NO_UNITS
    return ALL_EQUAL if n_values < MIN_CODINGS else None


def _linearised(shares: "_Shares", expected: float, own_chance: FloatArray) -> Agreement:
    """Return the coefficient for an expected agreement, to which each unit gives its own part.

    The interval is from what each unit adds to first order (Gwet 2008), summed within cases.
    """
    n_units, n_labels, n = shares.n_units, shares.n_labels, len(shares.case)
    value = (float(shares.agreed.sum()) / n_units - expected) / (1 - expected)
    judged_twice = sum_by(shares.case, shares.judged_twice, n_codes=shares.n_cases)
    if np.count_nonzero(judged_twice) < MIN_CASES:
        return Agreement(value, None, None, n_units, n_labels, ONE_CASE)
    own = n / n_units * (shares.agreed - expected * shares.judged_twice) / (1 - expected)
    linear = own - 2 * (1 - value) * (own_chance - expected) / (1 - expected)
    rest = sum_by(shares.case, linear - value, n_codes=shares.n_cases)
    error = float(np.sqrt(shares.n_cases / (shares.n_cases - 1) * (rest @ rest))) / n
    if error <= 1e-12:
        reason = "Every case gives the same result, so its uncertainty cannot be told."
        return Agreement(value, None, None, n_units, n_labels, reason)
    # Of all studies with these values; how common each is, is itself known from this one only.
    most_chance = float(shares.weights.mean())
    lowest = -most_chance / (1 - most_chance)
    half = t_quantile(shares.n_cases - 1) * error
    low, high = max(min(lowest, value), value - half), min(1.0, value + half)
    return Agreement(value, low, high, n_units, n_labels, standard_error=error)


def _exact_only(codings: Codings) -> Agreement:
    """Say why numbers on a continuous scale have no coefficient that counts equal values."""
    agree, _, n_labels = same_number_shares(codings)
    reason = EXACT_ONLY if len(agree) else NO_UNITS
    return Agreement(None, None, None, len(agree), n_labels, reason)


@dataclass(frozen=True, slots=True, eq=False)
class _Shares:
    """Per unit with any value: prevalence of values, share of agreeing pairs, pairable or not.

    ``n_units`` and ``n_labels`` count the units with two values or more.
    """

    prevalence: FloatArray
    agreed: FloatArray
    judged_twice: FloatArray
    case: IntArray
    n_cases: int
    weights: FloatArray
    n_units: int
    n_labels: int


def _shares(codings: Codings, weights: Weights) -> _Shares:
    codes = compact_codes(codings.unit).astype(np.int64)
    units, unit = number_cells(codes, n_keys=int(codes.max(initial=-1)) + 1)
    n_values = len(codings.values)
    flat = np.bincount(unit * n_values + codings.value, minlength=len(units) * n_values)
    counts = flat.reshape(len(units), n_values).astype(np.float64)
    case = np.zeros(len(units), dtype=np.int64)
    case[unit] = codings.case
    compact = compact_codes(case)
    cases, place = number_cells(compact, n_keys=int(compact.max(initial=-1)) + 1)
    matrix = weight_matrix(codings.values, weights)
    n = counts.sum(axis=1)
    twice = n >= MIN_CODINGS
    credit = (counts * (counts @ matrix - 1)).sum(axis=1)
    return _Shares(
        prevalence=both_ways(counts / n[:, None], codings.mirror),
        agreed=np.where(twice, credit / np.maximum(n * (n - 1), 1), 0.0),
        judged_twice=twice.astype(np.float64),
        case=place,
        n_cases=len(cases),
        weights=matrix,
        n_units=int(twice.sum()),
        n_labels=int(n[twice].sum()),
    )


def value_agreement(codings: Codings, value: float | str) -> Estimate:
    """Return how often a second annotator also gives a value, when one did.

    Parameters
    ----------
    codings : Codings
        For an error tag, values are *not marked* and *marked* (``tag_codings``).
    value : float or str
        One of ``codings.values``.

    Returns
    -------
    Estimate
        A share, 0–1, clustered by case (specific agreement); ``n`` counts the times the value
        was given on units judged twice. The number to read for a tag that is rarely marked:
        agreement on leaving it out says little.

    References
    ----------
    Spitzer & Fleiss (1974), British Journal of Psychiatry 125.
    """
    unit = compact_codes(codings.unit)
    is_value = codings.value == codings.values.index(value)
    n_units = int(unit.max(initial=-1)) + 1
    n = np.bincount(unit, minlength=n_units)
    marked = np.bincount(unit, weights=is_value, minlength=n_units)
    counts = is_value & (n[unit] >= MIN_CODINGS)
    if not counts.any():
        reason = "Nobody gave this value to anything judged by two annotators."
        return Estimate(None, None, None, 0, reason)
    again = (marked[unit[counts]] - 1) / (n[unit[counts]] - 1)
    weight = np.ones(int(counts.sum()), dtype=np.int64)
    return share_estimate(
        clustered_means(
            np.zeros(len(weight), dtype=np.int64),
            case=codings.case[counts],
            value=again,
            n=weight,
            n_groups=1,
        )
    )
