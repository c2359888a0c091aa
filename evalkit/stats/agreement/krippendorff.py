"""Whether annotators agree: Krippendorff's alpha, percent agreement, pairs of annotators."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.agreement.bounds import least_equal, opposed
from evalkit.stats.agreement.kappa import PairAgreement, pairwise_agreement
from evalkit.stats.agreement.moments import interval_alpha, same_number_shares
from evalkit.stats.counts import (
    Codings,
    FloatArray,
    IntArray,
    both_ways,
    number_cells,
    sum_by,
    sum_rows,
)
from evalkit.stats.intervals import clustered_means, compact_codes, share_estimate
from evalkit.stats.jackknife import ALL_EQUAL, NO_UNITS, jackknife_errors
from evalkit.vocabulary import Level

__all__ = [
    "Agreement",
    "PairAgreement",
    "krippendorff_alpha",
    "pairwise_agreement",
    "percent_agreement",
]

# Agreement needs two codings of a unit, and chance two values to disagree on.
MIN_CODINGS = 2
MIN_VALUES = 2


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement coefficient; None with a ``reason`` where it cannot be had.

    ``n_units`` and ``n_labels`` count what was used: units with at least two annotators, and
    the values given to them. ``standard_error`` is clustered by case, None without an interval.
    """

    value: float | None
    low: float | None
    high: float | None
    n_units: int
    n_labels: int
    reason: str | None = None
    standard_error: float | None = None


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
        1 is perfect agreement, 0 what chance gives, below 0 systematic disagreement. Of
        preferences both orientations are counted: how common each value is, is the mean of
        both, while the number of values is the real one. The
        interval is by the jackknife over cases with Student's t, units of one case left out
        together, in the form that Wilson gave for shares: between 1 and the lowest alpha that
        values this common allow. The value is None where nothing was judged twice or all values
        are equal.

    References
    ----------
    Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability". The ordinal distance is
    the squared difference of mid-ranks, which gives the same alpha as his sum.
    """
    if codings.is_continuous:
        return _continuous_alpha(codings)
    units = _units(codings)
    n_units, n_labels = len(units.counts), int(units.counts.sum())
    if n_units == 0:
        return Agreement(None, None, None, 0, 0, NO_UNITS)
    of_case = both_ways(sum_rows(units.counts, units.case, n_codes=units.n_cases), codings.mirror)
    total = of_case.sum(axis=0)
    value = float(_alpha(units, total[None, :], codings.values, level, left_out=False)[0])
    if np.isnan(value):
        return Agreement(None, None, None, n_units, n_labels, ALL_EQUAL)
    left_out = _alpha(units, total - of_case, codings.values, level, left_out=True)
    lowest = _lowest(total, codings, level)
    return _with_interval(value, left_out, lowest=lowest, n_units=n_units, n_labels=n_labels)


def _continuous_alpha(codings: Codings) -> Agreement:
    """Return alpha of numbers between two ends; their level is interval."""
    alpha = interval_alpha(codings)
    n_units, n_labels = alpha.n_units, alpha.n_labels
    if n_units == 0:
        return Agreement(None, None, None, 0, 0, NO_UNITS)
    if np.isnan(alpha.value):
        return Agreement(None, None, None, n_units, n_labels, ALL_EQUAL)
    return _with_interval(
        alpha.value, alpha.left_out, lowest=alpha.lowest, n_units=n_units, n_labels=n_labels
    )


def _with_interval(
    value: float, left_out: FloatArray, *, lowest: float, n_units: int, n_labels: int
) -> Agreement:
    errors = jackknife_errors(left_out)
    interval = errors.interval(value, lowest=lowest)
    if isinstance(interval, str):
        return Agreement(value, None, None, n_units, n_labels, interval)
    error = float(errors.standard_error[0])
    return Agreement(value, interval.low, interval.high, n_units, n_labels, standard_error=error)


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
    is_pairable = counts.sum(axis=1) >= MIN_CODINGS
    of_unit = compact_codes(case[is_pairable])
    cases, place = number_cells(of_unit, n_keys=int(of_unit.max(initial=-1)) + 1)
    return _Units(counts[is_pairable].astype(np.float64), place, len(cases))


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
        # Rounding must not make a difference where nobody differed.
        observed[_n_disputed(units, left_out=left_out) == 0] = 0.0
        alpha = 1 - observed / expected
    alpha[(counts > 0).sum(axis=1) < MIN_VALUES] = np.nan
    return alpha


def _n_disputed(units: _Units, *, left_out: bool) -> FloatArray:
    """Return in how many units annotators differ, for each row of :func:`_alpha`."""
    disputed = ((units.counts > 0).sum(axis=1) > 1).astype(np.float64)
    total = np.array([disputed.sum()])
    return total - sum_by(units.case, disputed, n_codes=units.n_cases) if left_out else total


def _nominal(units: _Units, counts: FloatArray, *, left_out: bool) -> tuple[FloatArray, FloatArray]:
    """Return observed and expected disagreement, both times the number of labels."""
    n = counts.sum(axis=1)
    within = units.counts.sum(axis=1) - 1
    same = (units.counts * (units.counts - 1)).sum(axis=1) / within
    agreed = same.sum()
    if left_out:
        agreed = agreed - sum_by(units.case, same, n_codes=units.n_cases)
    return n - agreed, (n * n - (counts * counts).sum(axis=1)) / (n - 1)


def _lowest(counts: FloatArray, codings: Codings, level: Level) -> float:
    """Return alpha where annotators contradict each other as much as these counts allow."""
    n = counts.sum()
    share = counts / n
    if level is Level.NOMINAL:
        observed, expected = 1 - least_equal(share, share), 1 - share @ share
    else:
        scale = (
            np.array(codings.values) if level is Level.INTERVAL else np.cumsum(share) - share / 2
        )
        met = opposed(share, share)
        observed = met.share @ (scale[met.first] - scale[met.second]) ** 2
        expected = 2 * (share @ (scale - share @ scale) ** 2)
    return float(1 - (n - 1) / n * observed / expected)


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
    agree, case, n_labels = same_number_shares(codings)
    n_units = len(agree)
    if n_units == 0:
        return Agreement(None, None, None, 0, 0, NO_UNITS)
    estimate = share_estimate(
        clustered_means(
            np.zeros(n_units, dtype=np.int64),
            case=case,
            value=agree,
            n=np.ones(n_units, dtype=np.int64),
            n_groups=1,
        )
    )
    return Agreement(
        estimate.value, estimate.low, estimate.high, n_units, n_labels, estimate.reason
    )
