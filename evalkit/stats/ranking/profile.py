"""How badly data fit a given difference of two strengths, where standard errors mislead."""

import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from evalkit.stats.counts import FloatArray
from evalkit.stats.ranking.bradley_terry import information_inverse, log_likelihood

_MAX_STEP = 2.0
_MAX_ITERATIONS = 60
#: Log-odds beyond which no end of an interval is looked for.
_FARTHEST = 40.0


def deviance(
    wins: FloatArray, strength: FloatArray, i: int, j: int, *, error: float, gap: float = 0.0
) -> float:
    """Return twice the log-likelihood that a difference of two strengths costs.

    Parameters
    ----------
    wins : FloatArray of shape (n_models, n_models)
        Half-wins that ``strength`` maximises the likelihood of.
    strength : FloatArray of shape (n_models,)
    i, j : int
        The two models.
    error : float
        Standard error of their difference, clustered by case.
    gap : float
        The difference that is held: ``strength[i] - strength[j]``.

    Returns
    -------
    float
        At least 0; as χ² with one degree of freedom where ``gap`` is true. It is scaled so that
        its curvature is that of the clustered error.

    References
    ----------
    Chandler & Bate (2007), Biometrika 94 (scaling by the clustered curvature); Venzon &
    Moolgavkar (1988), Applied Statistics 37 (profile likelihood).
    """
    held = _fit_held(wins, strength, i, j, gap=gap)
    lost = log_likelihood(wins, strength) - log_likelihood(wins, held)
    expected = expit(strength[:, None] - strength[None, :])
    inverse = information_inverse(wins + wins.T, expected)
    plain = inverse[i, i] + inverse[j, j] - 2 * inverse[i, j]
    return max(0.0, 2 * lost * float(plain) / error**2)


def profile_interval(
    wins: FloatArray, strength: FloatArray, i: int, j: int, *, error: float, quantile: float
) -> tuple[float, float]:
    """Return the differences of two strengths whose deviance is within ``quantile`` squared.

    Parameters are those of ``deviance``; the interval holds the difference of the strengths.
    """
    value = float(strength[i] - strength[j])

    def excess(gap: float) -> float:
        root = deviance(wins, strength, i, j, error=error, gap=gap)
        return math.sqrt(root) - quantile

    ends = []
    for way in (-1.0, 1.0):
        far = value + way * quantile * error
        while excess(far) < 0 and abs(far) < _FARTHEST:
            far += way * quantile * error
        ends.append(far if excess(far) < 0 else float(brentq(excess, value, far, xtol=1e-6)))
    return ends[0], ends[1]


def _fit_held(wins: FloatArray, strength: FloatArray, i: int, j: int, *, gap: float) -> FloatArray:
    """Maximise the likelihood over all strengths with the difference of two held (Newton)."""
    n = wins + wins.T
    held = strength.astype(np.float64).copy()
    middle = (held[i] + held[j]) / 2
    held[i], held[j] = middle + gap / 2, middle - gap / 2
    # The two move together; every other model by itself.
    basis = np.delete(np.eye(len(held)), j, axis=1)
    basis[j, i - (i > j)] = 1.0
    likelihood = log_likelihood(wins, held)
    for _ in range(_MAX_ITERATIONS):
        expected = expit(held[:, None] - held[None, :])
        weight = n * expected * (1 - expected)
        information = basis.T @ (np.diag(weight.sum(axis=1)) - weight) @ basis
        gradient = basis.T @ (wins - n * expected).sum(axis=1)
        step = basis @ np.linalg.lstsq(information, gradient, rcond=1e-12)[0]
        step *= min(1.0, _MAX_STEP / max(np.abs(step).max(), 1e-300))
        trial = log_likelihood(wins, held + step)
        while trial < likelihood - 1e-9 and np.abs(step).max() > 1e-9:
            step /= 2
            trial = log_likelihood(wins, held + step)
        held += step
        likelihood = trial
        if np.abs(step).max() < 1e-7:
            break
    return held
