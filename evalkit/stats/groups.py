"""Models that no comparisons link: each group of linked ones ranked in itself."""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from evalkit.stats.counts import Comparisons
from evalkit.stats.ranking.bradley_terry import pair_counts
from evalkit.stats.ranking.ranking import Ranking, rank_models


def rank_groups(comparisons: Comparisons) -> tuple[Ranking, ...]:
    """Rank the models of each group that comparisons link, directly or through others.

    Parameters
    ----------
    comparisons : Comparisons
        As for ``rank_models``.

    Returns
    -------
    tuple of Ranking
        The largest group first, then by name; strengths have mean zero in each, and strengths or
        ranks of two groups say nothing of one another. Models without a comparison are in none.
    """
    counts = pair_counts(comparisons).sum(axis=2)
    _, group = connected_components(csr_array(counts + counts.T), directed=False)
    members = [np.flatnonzero(group == label) for label in dict.fromkeys(group.tolist())]
    linked = sorted((own for own in members if len(own) > 1), key=lambda own: (-len(own), own[0]))
    return tuple(rank_models(_only(comparisons, own)) for own in linked)


def _only(comparisons: Comparisons, models: np.ndarray) -> Comparisons:
    code = np.full(len(comparisons.models), -1)
    code[models] = np.arange(len(models))
    here = (code[comparisons.left] >= 0) & (code[comparisons.right] >= 0)
    return replace(
        comparisons,
        case=comparisons.case[here],
        left=code[comparisons.left[here]],
        right=code[comparisons.right[here]],
        preference=comparisons.preference[here],
        n=comparisons.n[here],
        models=tuple(comparisons.models[k] for k in models.tolist()),
    )
