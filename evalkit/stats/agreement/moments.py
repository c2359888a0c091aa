"""Agreement on a continuous scale, from sums of values and squares: no table of values."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import Codings, FloatArray, IntArray, number_cells, sum_by, sum_rows
from evalkit.stats.intervals import compact_codes

#: Why coefficients that count equal values are not worked out.
EXACT_ONLY = (
    "On a continuous scale hardly any two numbers are equal, so this says nothing; read α, or "
    "the weighted κ of two annotators."
)


@dataclass(frozen=True, slots=True, eq=False)
class AlphaOfMoments:
    """Alpha, alpha without each case in turn, and the least that these values allow.

    ``NaN`` where all values are equal. ``n_units`` and ``n_labels`` count what was judged twice.
    """

    value: float
    left_out: FloatArray
    lowest: float
    n_units: int
    n_labels: int


def interval_alpha(codings: Codings) -> AlphaOfMoments:
    """Return Krippendorff's alpha at the interval level from the numbers as they are.

    Parameters
    ----------
    codings : Codings
        Whose values are numbers; units with fewer than two are left out.

    Returns
    -------
    AlphaOfMoments
        With m values of a unit, ``Do = Σ_u 2 (m Σx² - (Σx)²)/(m - 1)`` over all n values and
        ``De = 2 (n Σx² - (Σx)²)/(n - 1)``: both are sums of squared differences of pairs.

    References
    ----------
    Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", with the squared
    difference as the distance.
    """
    codes = _numbered(codings.unit)
    here = np.bincount(codes)[codes] > 1 if len(codes) else np.zeros(0, dtype=np.bool_)
    unit, case = _numbered(codes[here]), _numbered(codings.case[here])
    n_units, n_cases = int(unit.max(initial=-1)) + 1, int(case.max(initial=-1)) + 1
    # Centred: squares of numbers far from zero would lose what they differ by.
    x = codings.numbers[here]
    x = x - (x.mean() if len(x) else 0.0)
    sums = sum_rows(np.column_stack([np.ones_like(x), x, x * x]), unit, n_codes=n_units)
    apart = 2 * (sums[:, 0] * sums[:, 2] - sums[:, 1] ** 2) / (sums[:, 0] - 1)
    of_unit = np.zeros(n_units, dtype=np.int64)
    of_unit[unit] = case
    parts = sum_rows(np.column_stack([sums, apart]), of_unit, n_codes=n_cases)
    total = parts.sum(axis=0, keepdims=True)
    ordered = np.sort(x)
    worst = ((ordered - ordered[::-1]) ** 2).sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        lowest = 1 - worst / _expected(total)[0]
    return AlphaOfMoments(
        float(_alpha(total)[0]), _alpha(total - parts), float(lowest), n_units, len(x)
    )


def _numbered(codes: IntArray) -> IntArray:
    """Return codes from 0 on without gaps."""
    compact = compact_codes(codes).astype(np.int64)
    return number_cells(compact, n_keys=int(compact.max(initial=-1)) + 1)[1]


def _alpha(parts: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = _expected(parts)
        # What is left of equal values is rounding.
        is_equal = ~(expected > _ROUNDING * np.maximum(parts[:, 2], _ROUNDING))
        return np.where(is_equal, np.nan, 1 - parts[:, 3] / expected)


def _expected(parts: FloatArray) -> FloatArray:
    n = parts[:, 0]
    expected: FloatArray = 2 * (n * parts[:, 2] - parts[:, 1] ** 2) / (n - 1)
    return expected


_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class KappaOfMoments:
    """Quadratic kappa per group, without each of a group's cases, and the least it could be."""

    value: FloatArray
    left_out: FloatArray
    of_group: IntArray
    lowest: FloatArray


def quadratic_kappa(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    *,
    group: IntArray,
    case: IntArray,
    n_groups: int,
) -> KappaOfMoments:
    """Return Cohen's quadratically weighted kappa of pairs of numbers, per group.

    Parameters
    ----------
    x, y, weight : FloatArray of shape (n_pairs,)
        What one and the other gave, and how much the pair counts.
    group, case : IntArray of shape (n_pairs,)

    Returns
    -------
    KappaOfMoments
        ``1 - E(x - y)² / (var x + var y + (mean x - mean y)²)``, the same as with a table of
        credits on a scale of any number of levels. ``NaN`` where all is one number.

    References
    ----------
    Cohen (1968), Psychological Bulletin 70; Lin (1989), Biometrics 45, whose coefficient of
    concordance is this.
    """
    middle = float(np.concatenate([x, y]).mean()) if len(x) else 0.0
    x, y = x - middle, y - middle
    compact = compact_codes(case).astype(np.int64)
    n_cases = int(compact.max(initial=-1)) + 1
    cells, row = number_cells(group * n_cases + compact, n_keys=n_groups * n_cases)
    columns = np.column_stack([np.ones_like(x), x, y, x * x, y * y, (x - y) ** 2])
    parts = sum_rows(columns * weight[:, None], row, n_codes=len(cells))
    of_group = cells // max(n_cases, 1)
    total = sum_rows(parts, of_group, n_codes=n_groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        n = total[:, 0]
        mean = total[:, 1:3] / n[:, None]
        spread = np.sqrt(np.maximum(total[:, 3:5] / n[:, None] - mean * mean, 0.0))
        # No pairing of the two is further apart than one whose correlation is -1.
        worst = spread.sum(axis=1) ** 2 + (mean[:, 0] - mean[:, 1]) ** 2
        lowest = 1 - worst / _apart_by_chance(total)
    return KappaOfMoments(_kappa(total), _kappa(total[of_group] - parts), of_group, lowest)


def _kappa(parts: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = _apart_by_chance(parts)
        is_equal = ~(chance > _ROUNDING * np.maximum(parts[:, 3] + parts[:, 4], _ROUNDING))
        return np.where(is_equal, np.nan, 1 - parts[:, 5] / parts[:, 0] / chance)


def _apart_by_chance(parts: FloatArray) -> FloatArray:
    n = parts[:, 0]
    apart: FloatArray = (parts[:, 3] + parts[:, 4]) / n - 2 * parts[:, 1] * parts[:, 2] / (n * n)
    return apart


def same_number_shares(codings: Codings) -> tuple[FloatArray, IntArray, int]:
    """Return per unit judged twice the share of pairs that gave one number, its case, n labels."""
    unit = compact_codes(codings.unit).astype(np.int64)
    n_values = max(len(codings.values), 1)
    n_units = int(unit.max(initial=-1)) + 1
    n = np.bincount(unit, minlength=n_units)
    cells, place = number_cells(unit * n_values + codings.value, n_keys=n_units * n_values)
    times = np.bincount(place, minlength=len(cells))
    same = sum_by(cells // n_values, (times * (times - 1)).astype(np.float64), n_codes=n_units)
    case = np.zeros(n_units, dtype=np.int64)
    case[unit] = codings.case
    twice = n > 1
    return same[twice] / (n * (n - 1))[twice], case[twice], int(n[twice].sum())
