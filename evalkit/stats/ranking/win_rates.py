"""Win rates: against an average opponent, of every two models, and circles among these."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import expit

from evalkit.stats.counts import Comparisons, FloatArray, IntArray
from evalkit.stats.intervals import ClusteredMeans, Estimate, clustered_means, share_estimate
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE


@dataclass(frozen=True, slots=True)
class PairWinRate:
    """The share of their comparisons that ``model`` won against ``other``, ties half."""

    model: str
    other: str
    estimate: Estimate


def average_win_rates(
    strength: FloatArray, covariance: FloatArray, *, n: IntArray, n_cases: IntArray
) -> tuple[Estimate, ...]:
    """Return the share each model would win if it met every other one equally often.

    Parameters
    ----------
    strength : FloatArray of shape (n_models,)
        Log-odds; two models or more.
    covariance : FloatArray of shape (n_models, n_models)
        Of the strengths, clustered by case.
    n, n_cases : IntArray of shape (n_models,)
        Comparisons of each model, and cases they were on.

    Returns
    -------
    tuple of Estimate
        Shares, 0–1, in the order of the strengths, which is theirs, too. Wilson's interval at the
        effective number of comparisons; none for a model on fewer than 2 cases.

    Notes
    -----
    ``g_i = Σ_{j≠i} p_ij / (M - 1)`` with ``p_ij = 1 / (1 + exp(s_j - s_i))``. Its slopes are
    ``∂g_i/∂s_i = Σ_{j≠i} w_ij / (M - 1)`` and ``∂g_i/∂s_j = -w_ij / (M - 1)`` with
    ``w_ij = p_ij (1 - p_ij)``; with these in the rows of D, ``var g = diag(D C Dᵀ)`` (delta
    method). The interval is that of a share with this standard error (``share_estimate``), which
    stays between 0 and 1. Where all pairs met equally often the likelihood equations make ``g_i``
    the share of its comparisons that the model won; of two models the interval is that share's,
    too. ``g_i`` grows with ``s_i``: a model above another wins more against each third one, and
    more than half against the other.

    References
    ----------
    Agresti (2013), Categorical Data Analysis, sections 11.6 and 16.1 (delta method).
    """
    n_models = len(strength)
    wins = expit(strength[:, None] - strength[None, :])
    np.fill_diagonal(wins, 0.0)
    weight = wins * (1 - wins) / (n_models - 1)
    slopes = np.diag(weight.sum(axis=1)) - weight
    variance = np.einsum("ij,jk,ik->i", slopes, covariance, slopes)
    means = ClusteredMeans(
        value=wins.sum(axis=1) / (n_models - 1),
        standard_error=np.sqrt(np.maximum(variance, 0.0)),
        degrees=n_cases.astype(np.float64) - 1,
        n=n,
        n_cases=n_cases,
    )
    return tuple(share_estimate(means, place) for place in range(n_models))


def pairwise_win_rates(comparisons: Comparisons) -> tuple[PairWinRate, ...]:
    """Return the win rate of every model against every other one.

    Parameters
    ----------
    comparisons : Comparisons
        Ties and both bad are half a win.

    Returns
    -------
    tuple of PairWinRate
        Both directions, in the order of ``comparisons.models``; Wilson's interval at the
        effective number of comparisons, clustered by case. None where the two never met, no
        interval where they met on one case only.

    References
    ----------
    Wilson (1927); Liang & Zeger (1986), Biometrika 73 (clusters).
    """
    n_models = len(comparisons.models)
    other = comparisons.left != comparisons.right
    left = comparisons.left[other].astype(np.int64)
    right = comparisons.right[other].astype(np.int64)
    share = LEFT_SHARE[comparisons.preference[other]]
    means = clustered_means(
        np.minimum(left, right) * n_models + np.maximum(left, right),
        case=comparisons.case[other],
        value=np.where(left < right, share, 1 - share),
        n=comparisons.n[other],
        n_groups=n_models * n_models,
    )
    rates = {
        (i, j): share_estimate(means, i * n_models + j) for i, j in combinations(range(n_models), 2)
    }
    return tuple(
        PairWinRate(model, rival, rates[i, j] if i < j else _turned(rates[j, i]))
        for i, model in enumerate(comparisons.models)
        for j, rival in enumerate(comparisons.models)
        if i != j
    )


def _turned(estimate: Estimate) -> Estimate:
    """Return the share the other of the two won."""
    value, high, low = (
        None if end is None else 1 - end for end in (estimate.value, estimate.low, estimate.high)
    )
    return Estimate(value, low, high, estimate.n, estimate.reason)


def circles(win_rates: tuple[PairWinRate, ...]) -> tuple[tuple[str, str, str], ...]:
    """Return the triples in which each model surely beats the next, round in a circle.

    Parameters
    ----------
    win_rates : tuple of PairWinRate
        Both directions, as of ``pairwise_win_rates``.

    Returns
    -------
    tuple of tuples of three names
        Each circle once, beginning with the first name by alphabet. A win is sure where the
        pair's own interval excludes one half. With many models a few circles come by chance;
        many say that no single order describes the models.
    """
    beats = {
        (pair.model, pair.other)
        for pair in win_rates
        if pair.estimate.low is not None and pair.estimate.low > 0.5
    }
    models = sorted({pair.model for pair in win_rates})
    three_ways = []
    for a, b, c in combinations(models, 3):
        three_ways += [
            (x, y, z) for x, y, z in ((a, b, c), (a, c, b)) if {(x, y), (y, z), (z, x)} <= beats
        ]
    return tuple(three_ways)
