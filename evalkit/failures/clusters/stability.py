"""How well groups hold: whether notes drawn anew fall into the same ones."""

from collections.abc import Callable

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray

#: Times that groups are made anew, and below which mean overlap one is not shown: among notes of
#: words put together at random overlaps came up to .57.
N_REFITS, LEAST_STABLE = 10, 0.6
#: Rows drawn each time, at most.
_MOST_DRAWN = 1_000

#: What puts rows into groups: codes from 0, a negative one for what is in none.
Grouping = Callable[[FloatArray], IntArray]


def stability(points: FloatArray, label: IntArray, group: Grouping, *, seed: int) -> FloatArray:
    """Return how well each group is found again, the mean over refits, 0–1.

    Parameters
    ----------
    points : FloatArray of shape (n_rows, n_directions)
    label : IntArray of shape (n_rows,)
        The groups, from 0; negative for rows in none.
    group : callable
        Makes groups of rows, as those of ``label`` were made.
    seed : int
        Of what is drawn anew.

    Returns
    -------
    FloatArray of shape (n_groups,)
        Of each group the Jaccard overlap with the most similar new group, among the rows drawn,
        averaged over 10 refits. Rows are drawn with replacement from all (from 1,000 at most), and
        one that is drawn twice counts once, for two equal rows are a group to any method. 0 for a
        group of which nothing was drawn.

    References
    ----------
    Hennig (2007), Cluster-wise assessment of cluster stability, Computational Statistics & Data
    Analysis 52: below .5 a group is dissolved, below .6 not to be trusted, above .75 it is there.
    """
    n_groups = int(label.max(initial=-1)) + 1
    rng = np.random.default_rng(seed)
    overlaps = np.zeros((N_REFITS, n_groups))
    for refit in range(N_REFITS):
        pool = rng.permutation(len(points))[:_MOST_DRAWN]
        drawn = np.unique(rng.choice(pool, size=len(pool)))
        overlaps[refit] = _overlaps(label[drawn], group(points[drawn]), n_groups)
    held: FloatArray = overlaps.mean(axis=0)
    return held


def _overlaps(label: IntArray, other: IntArray, n_groups: int) -> FloatArray:
    """Return the largest Jaccard overlap of each group with any of the others."""
    n_others = int(other.max(initial=-1)) + 1
    both = (label >= 0) & (other >= 0)
    cells = np.bincount(label[both] * n_others + other[both], minlength=n_groups * n_others)
    shared = cells.reshape(n_groups, n_others)
    sizes = np.bincount(label[label >= 0], minlength=n_groups)
    others = np.bincount(other[other >= 0], minlength=n_others)
    either = sizes[:, None] + others[None, :] - shared
    overlap: FloatArray = (shared / np.maximum(either, 1)).max(axis=1, initial=0.0)
    return overlap
