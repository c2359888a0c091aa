"""How often a judge of yes and no is wrong, and a share corrected by that alone."""

import math
from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.stats.intervals import Z95, ClusteredMeans, Estimate, clustered_means, share_estimate


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """A judge's answers where people's are known; each a share with interval by case.

    ``sensitivity`` is how often the judge says yes where people do, ``specificity`` no where
    people say no; ``precision`` how often people say yes where the judge does, and
    ``no_precision`` no where the judge says no.
    """

    sensitivity: Estimate
    specificity: Estimate
    precision: Estimate
    no_precision: Estimate


def error_rates(*, verdict: BoolArray, label: BoolArray, case: IntArray) -> ErrorRates:
    """Count where a judge says what people say.

    Parameters
    ----------
    verdict, label : BoolArray of shape (n_units,)
    case : IntArray of shape (n_units,)
        Clusters of the intervals.

    Returns
    -------
    ErrorRates
        A rate is None, with a reason, where no unit is of its kind.

    References
    ----------
    Yerushalmy (1947), Public Health Reports 62; intervals as of ``share_estimate``.
    """

    def rate(right: BoolArray, of: BoolArray, kind: str) -> Estimate:
        if not of.any():
            return Estimate(None, None, None, 0, f"{kind} on none of these.")
        return _share(right[of], case[of])

    same = verdict == label
    return ErrorRates(
        sensitivity=rate(same, label, "People say yes"),
        specificity=rate(same, ~label, "People say no"),
        precision=rate(same, verdict, "The judge says yes"),
        no_precision=rate(same, ~verdict, "The judge says no"),
    )


def share_by_error_rates(*, verdict: FloatArray, label: FloatArray, case: IntArray) -> Estimate:
    """Correct the share of a judge's yes by its error rates (Rogan-Gladen).

    Parameters
    ----------
    verdict : FloatArray of shape (n_units,)
        1 yes, 0 no.
    label : FloatArray of shape (n_units,)
        The same of people; ``NaN`` where nobody was asked. Only the error rates come from
        them: they may have been chosen by what people say.
    case : IntArray of shape (n_units,)

    Returns
    -------
    Estimate
        0–1, of all units. None where people give one answer only, or where
        the judge cannot be told from one that guesses: where the interval of sensitivity +
        specificity - 1 holds 0.

    Notes
    -----
    Interval of Lee et al. (2026), arXiv 2511.21140. Its counts are lowered to effective ones,
    ``p(1-p)/se²`` with the error clustered by case, where units of a case go together.

    References
    ----------
    Rogan & Gladen (1978), American Journal of Epidemiology 107; Lee et al. (2026).
    """
    labelled = ~np.isnan(label)
    n = int(labelled.sum())
    yes = labelled & (label == 1.0)
    no = labelled & (label == 0.0)
    if yes.any() and no.any():
        p, n_p = _effective(verdict, case)
        sensitivity, n_yes = _effective(verdict[yes], case[yes])
        specificity, n_no = _effective(1.0 - verdict[no], case[no])
        return _corrected(p, n_p, specificity, n_no, sensitivity, n_yes, n=n)
    reason = "People give one answer only, so one of the judge's error rates is unknown."
    return Estimate(None, None, None, n, reason)


def _corrected(
    p: float, n_p: float, q0: float, m0: float, q1: float, m1: float, *, n: int
) -> Estimate:
    """Return Lee et al.'s estimate: p the judge's yes, q0 and q1 its specificity and sensitivity.

    n_p, m0 and m1 are what they were counted on.
    """
    z2 = Z95 * Z95
    p, n_p = (n_p * p + z2 / 2) / (n_p + z2), n_p + z2
    low0, low1 = (m0 * q0 + 1) / (m0 + 2), (m1 * q1 + 1) / (m1 + 2)
    of0, of1 = low0 * (1 - low0) / (m0 + 2), low1 * (1 - low1) / (m1 + 2)
    better = low0 + low1 - 1
    if better <= Z95 * math.sqrt(of0 + of1):
        reason = (
            "On these labels the judge cannot be told from one that guesses, so its error rates "
            "correct nothing."
        )
        return Estimate(None, None, None, n, reason)
    share = (p + low0 - 1) / better
    shift = 2 * z2 * (share * of1 - (1 - share) * of0)
    error = math.sqrt(p * (1 - p) / n_p + (1 - share) ** 2 * of0 + share**2 * of1) / better
    low, high = (min(1.0, max(0.0, share + shift + side * Z95 * error)) for side in (-1, 1))
    return Estimate(min(high, max(low, share)), low, high, n)


def _effective(value: FloatArray, case: IntArray) -> tuple[float, float]:
    """Return a share and the number of independent answers it is worth, at most all."""
    means = _means(value, case)
    share, error = float(means.value[0]), float(means.standard_error[0])
    spread = share * (1 - share)
    if math.isnan(error) or error == 0.0 or spread == 0.0:
        return share, float(means.n_cases[0])
    n_cases = float(means.n_cases[0])
    # Without the n - 1 of a sample's spread: a case of one unit each is worth one answer.
    return share, min(float(len(value)), spread / error**2 * n_cases / (n_cases - 1.0))


def _share(value: BoolArray, case: IntArray) -> Estimate:
    return share_estimate(_means(value.astype(np.float64), case))


def _means(value: FloatArray, case: IntArray) -> ClusteredMeans:
    even = np.ones(len(value), dtype=np.int64)
    return clustered_means(0 * even, case=case, value=value, n=even, n_groups=1)
