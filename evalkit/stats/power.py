"""How many more cases or annotators an answer needs, from the spread in hand."""

import math
from dataclasses import dataclass

import numpy as np

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.counts import FloatArray, IntArray, sum_by
from evalkit.stats.distributions import normal_quantile
from evalkit.stats.intervals import Z95, Estimate, compact_codes, t_quantile

#: The chance of finding a difference that is there.
POWER = 0.8


@dataclass(frozen=True, slots=True)
class CasesNeeded:
    """Cases in hand, cases needed in all, and how many more that is (0 if there are enough)."""

    n_now: int
    n_needed: int


@dataclass(frozen=True, slots=True)
class SpreadOfScores:
    """Where the spread of scores comes from.

    Attributes
    ----------
    between : float
        Variance between cases, 0 or more.
    within : float
        Variance between annotations of one case.
    intraclass : float
        Share of the variance that is between cases, 0–1 (ICC).
    per_case : float
        Annotations of an average case.
    n_cases : int
    """

    between: float
    within: float
    intraclass: float
    per_case: float
    n_cases: int


@dataclass(frozen=True, slots=True)
class MoreLabels:
    """The half-width of a mean's interval now, and after the same effort spent in two ways."""

    now: float
    new_cases: float
    more_overlap: float


def cases_for_interval(estimate: Estimate, *, n_cases: int, half_width: float) -> CasesNeeded:
    """Return the cases needed for an interval of ± ``half_width``.

    Parameters
    ----------
    estimate : Estimate
        Any number whose interval narrows with the square root of the cases: a mean, a share,
        an alpha, a difference.
    n_cases : int
        Cases the interval rests on now.
    half_width : float
        Half the width wanted, on the scale of the estimate.

    Raises
    ------
    UndefinedStatisticError
        Where there is no interval yet.

    Notes
    -----
    Half the width takes four times the cases. With a handful of cases in hand it takes fewer,
    because Student's t narrows too; nothing is taken off for that.
    """
    if estimate.low is None or estimate.high is None:
        raise UndefinedStatisticError(
            "How many cases are needed cannot be told before there is a first interval."
        )
    now = (estimate.high - estimate.low) / 2
    return CasesNeeded(n_cases, math.ceil(n_cases * (now / half_width) ** 2 - 1e-9))


def cases_for_difference(
    differences: FloatArray, *, difference: float | None = None, power: float = POWER
) -> CasesNeeded:
    """Return the cases needed to tell two models apart at 95 %.

    Parameters
    ----------
    differences : FloatArray of shape (n_cases,)
        Paired differences in hand, one per case; ``NaN`` is left out.
    difference : float, optional
        The true difference worth finding; that observed where it is not given.
    power : float
        The chance wanted of finding it.

    Raises
    ------
    UndefinedStatisticError
        With fewer than 2 cases, without any spread, or for a difference of zero.

    Notes
    -----
    ``n = ((z(97.5 %) + z(power)) sd / difference)² + z(97.5 %)² / 2``; the last term is what
    Student's t costs over the normal distribution (Guenther 1981, The American Statistician 35).
    Planning on an observed difference is optimistic if it is large by luck. Where differences
    take a few values only, as net preferences do, tests by signs need about a tenth more.
    """
    known = differences[~np.isnan(differences)]
    spread = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    if spread <= 1e-12:
        raise UndefinedStatisticError(
            "How many cases are needed cannot be told: the cases in hand show no spread yet."
        )
    gap = float(known.mean()) if difference is None else difference
    if abs(gap) <= 1e-12:
        raise UndefinedStatisticError("No number of cases tells apart models that are equal.")
    n = ((Z95 + normal_quantile(power)) * spread / gap) ** 2 + Z95**2 / 2
    return CasesNeeded(len(known), math.ceil(n))


def cases_for_mcnemar(*, only_first: float, only_second: float, power: float = POWER) -> int:
    """Return the cases needed for McNemar's test to find a difference at 95 %.

    Parameters
    ----------
    only_first, only_second : float
        Shares of cases that only the first, or only the second, passes.
    power : float
        The chance wanted of finding it.

    Raises
    ------
    UndefinedStatisticError
        Where both shares are equal.

    References
    ----------
    Connor (1987), Biometrics 43.
    """
    gap, both = only_first - only_second, only_first + only_second
    if gap == 0:
        raise UndefinedStatisticError("No number of cases tells apart models that are equal.")
    root = Z95 * math.sqrt(both) + normal_quantile(power) * math.sqrt(both - gap * gap)
    return math.ceil((root / gap) ** 2)


def comparisons_for_pair(
    gap: Estimate, *, n_comparisons: int, n_cases: int, power: float = POWER
) -> CasesNeeded:
    """Return the comparisons needed, of the present mix, to separate two ranked models at 95 %.

    Parameters
    ----------
    gap : Estimate
        ``Ranking.difference`` of the two.
    n_comparisons : int
        Comparisons the ranking rests on now.
    n_cases : int
        Cases they are of, at least 2.
    power : float
        The chance wanted, if the difference is what it seems.

    Returns
    -------
    CasesNeeded
        Counts comparisons here: all that are needed, with as many a case as those in hand.

    Raises
    ------
    UndefinedStatisticError
        Where there is no interval yet, or the two are exactly equal.
    """
    if gap.value is None or gap.low is None or gap.high is None:
        raise UndefinedStatisticError(
            "How many comparisons are needed cannot be told before there is a first interval."
        )
    if abs(gap.value) <= 1e-12:
        raise UndefinedStatisticError("No number of comparisons tells apart equal models.")
    error = (gap.high - gap.low) / 2 / t_quantile(n_cases - 1)
    needed = n_cases * ((Z95 + normal_quantile(power)) * error / gap.value) ** 2 + Z95**2 / 2
    return CasesNeeded(n_comparisons, math.ceil(n_comparisons / n_cases * needed))


def spread_of_scores(value: FloatArray, *, case: IntArray) -> SpreadOfScores:
    """Split the variance of scores into what cases and what annotators make of it.

    Parameters
    ----------
    value : FloatArray of shape (n_annotations,)
        Scores of one model on one criterion.
    case : IntArray of shape (n_annotations,)

    Raises
    ------
    UndefinedStatisticError
        With fewer than 2 cases, or no case that was annotated twice.

    References
    ----------
    Donner & Klar (2000), Design and Analysis of Cluster Randomization Trials, chapter 1
    (one-way analysis of variance).
    """
    code = compact_codes(case)
    n_codes = int(code.max(initial=-1)) + 1
    counts = np.bincount(code, minlength=n_codes).astype(np.float64)
    seen = counts > 0
    n_cases, n = int(seen.sum()), len(value)
    if n_cases < 2 or n == n_cases:
        raise UndefinedStatisticError(
            "At least 2 cases, and one annotated twice, are needed to tell cases from annotators."
        )
    means = sum_by(code, value, n_codes=n_codes) / np.maximum(counts, 1)
    within = float(((value - means[code]) ** 2).sum()) / (n - n_cases)
    spread = float((counts * (means - value.mean()) ** 2)[seen].sum()) / (n_cases - 1)
    typical = (n - float((counts**2).sum()) / n) / (n_cases - 1)
    between = max(0.0, (spread - within) / typical)
    total = between + within
    intraclass = between / total if total > 0 else 0.0
    return SpreadOfScores(between, within, intraclass, n / n_cases, n_cases)


def more_labels(spread: SpreadOfScores, *, factor: float = 2.0) -> MoreLabels:
    """Say whether new cases or more overlap narrows a mean's interval more.

    Parameters
    ----------
    spread : SpreadOfScores
    factor : float
        How many times as many annotations there shall be.

    Returns
    -------
    MoreLabels
        Half-widths at 95 %, ``z sqrt(between/G + within/(G m))``. With new cases all of it
        shrinks; with overlap only what annotators add.

    Raises
    ------
    UndefinedStatisticError
        Where all scores are equal.
    """
    if spread.between + spread.within <= 0:
        raise UndefinedStatisticError("All scores are equal, so there is nothing to narrow.")

    def half(n_cases: float, per_case: float) -> float:
        return Z95 * math.sqrt(spread.between / n_cases + spread.within / (n_cases * per_case))

    return MoreLabels(
        half(spread.n_cases, spread.per_case),
        half(factor * spread.n_cases, spread.per_case),
        half(spread.n_cases, factor * spread.per_case),
    )
