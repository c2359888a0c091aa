"""Every two models against each other: win rates with intervals, and circles among them."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evalkit.stats.counts import Comparisons
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE


@dataclass(frozen=True, slots=True)
class PairWinRate:
    """The share of their comparisons that ``model`` won against ``other``, ties half."""

    model: str
    other: str
    estimate: Estimate


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
    found = {
        (i, j): share_estimate(means, i * n_models + j) for i, j in combinations(range(n_models), 2)
    }
    return tuple(
        PairWinRate(model, rival, found[i, j] if i < j else _turned(found[j, i]))
        for i, model in enumerate(comparisons.models)
        for j, rival in enumerate(comparisons.models)
        if i != j
    )


def _turned(one: Estimate) -> Estimate:
    """Return the share the other of the two won."""
    value, high, low = (None if end is None else 1 - end for end in (one.value, one.low, one.high))
    return Estimate(value, low, high, one.n, one.reason)


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
    found = []
    for a, b, c in combinations(models, 3):
        found += [
            (x, y, z) for x, y, z in ((a, b, c), (a, c, b)) if {(x, y), (y, z), (z, x)} <= beats
        ]
    return tuple(found)
