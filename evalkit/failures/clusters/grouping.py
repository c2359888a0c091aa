"""Groups of rows by the method that holds better: k-means, or HDBSCAN."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np

from evalkit.failures.clusters.density import IN_NONE, grouped_by_density
from evalkit.failures.clusters.stability import LEAST_STABLE, stability
from evalkit.sampling.clusters import grouped_by_means, usual_clusters
from evalkit.sampling.grams import of_length_one
from evalkit.stats.counts import FloatArray, IntArray

#: Rows that say where groups are, at most: all others join the group they are nearest.
_MOST_FITTED, _MOST_BY_DENSITY = 5_000, 1_500
_LEAST_IN_GROUP = 5
#: Into how many groups k-means puts rows: up to the usual number for so many.
_NUMBERS = (4, 5, 6, 8, 10)
#: A group of HDBSCAN has this share of the notes, at least.
_LEAST_SHARE = 1 / 50
#: Of what is drawn anew to choose a method, and to say how well its groups hold.
_TO_CHOOSE, _TO_REPORT = 1, 2


class GroupingMethod(StrEnum):
    """How notes were put into groups."""

    MEANS = "k-means"
    DENSITY = "HDBSCAN"


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Rows in groups.

    Attributes
    ----------
    method : GroupingMethod
    label : IntArray of shape (n_rows,)
        From 0; ``IN_NONE`` for a row that is in no group that holds.
    middles : FloatArray of shape (n_groups, n_directions)
        Of length 1 each.
    stability : FloatArray of shape (n_groups,)
        See ``stability``; at least ``LEAST_STABLE``.
    n_hidden : int
        Groups that did not hold: their rows are in none.
    """

    method: GroupingMethod
    label: IntArray
    middles: FloatArray
    stability: FloatArray
    n_hidden: int

    @property
    def holds(self) -> float:
        """Return the stability of a row's group, 0 for a row in none, averaged over rows."""
        sizes = np.bincount(self.label[self.label >= 0], minlength=len(self.stability))
        return float((sizes * self.stability).sum() / max(len(self.label), 1))


def grouped(points: FloatArray) -> Groups:
    """Put rows of length 1 into groups by k-means and by HDBSCAN, and keep what holds best.

    k-means is asked for √(n / 2) groups, from 4 to 12, and for fewer.

    What holds is told by ``Groups.holds``: a method that leaves many rows in no group must make up
    for it by groups that are found again. The earlier is kept where both are equal. How well its
    groups hold is told by refits that had no part in that choice: the best of several tries looks
    better than it is.
    """
    usual = usual_clusters(len(points))
    numbers = (*(n for n in _NUMBERS if n < usual), usual)
    methods = (*(partial(_by_means, points, n) for n in numbers), partial(_by_density, points))
    best = max(methods, key=lambda method: round(method(_TO_CHOOSE).holds, 6))
    return best(_TO_REPORT)


def _by_means(points: FloatArray, n: int, seed: int) -> Groups:
    fitted = points[_spread(len(points), _MOST_FITTED)]

    def group(rows: FloatArray) -> IntArray:
        return np.unique(grouped_by_means(rows, n)[0], return_inverse=True)[1].reshape(-1)

    label = group(fitted)
    middles = _middles(fitted, label)
    nearest = (points @ middles.T).argmax(axis=1)
    return _holding(GroupingMethod.MEANS, (fitted, label, group), nearest, seed)


def _by_density(points: FloatArray, seed: int) -> Groups:
    fitted = points[_spread(len(points), _MOST_BY_DENSITY)]

    def group(rows: FloatArray) -> IntArray:
        least = max(_LEAST_IN_GROUP, math.ceil(len(rows) * _LEAST_SHARE))
        return grouped_by_density(rows, least=least)

    label = group(fitted)
    middles = _middles(fitted, label)
    nearest: IntArray
    if not len(middles):
        nearest = np.full(len(points), IN_NONE, dtype=np.int64)
    elif len(fitted) == len(points):
        nearest = label
    else:
        near = points @ middles.T
        nearest = near.argmax(axis=1)
        reach = _reach(fitted, label, middles)
        nearest[near.max(axis=1) < reach[nearest]] = IN_NONE
    return _holding(GroupingMethod.DENSITY, (fitted, label, group), nearest, seed)


def _holding(
    method: GroupingMethod,
    fit: tuple[FloatArray, IntArray, Callable[[FloatArray], IntArray]],
    nearest: IntArray,
    seed: int,
) -> Groups:
    """Keep the groups that hold, the largest first."""
    points, label, group = fit
    overlap = stability(points, label, group, seed=seed)
    sizes = np.bincount(nearest[nearest >= 0], minlength=len(overlap))
    order = np.lexsort((np.arange(len(overlap)), -sizes))
    held = [place for place in order.tolist() if overlap[place] >= LEAST_STABLE and sizes[place]]
    number = np.full(len(overlap) + 1, IN_NONE, dtype=np.int64)
    number[held] = np.arange(len(held))
    middles = _middles(points, label)
    return Groups(
        method, number[nearest], middles[held], overlap[held], n_hidden=len(overlap) - len(held)
    )


def _middles(points: FloatArray, label: IntArray) -> FloatArray:
    n_groups = int(label.max(initial=-1)) + 1
    sums = np.zeros((n_groups, points.shape[1]))
    np.add.at(sums, label[label >= 0], points[label >= 0])
    return of_length_one(sums)


def _reach(points: FloatArray, label: IntArray, middles: FloatArray) -> FloatArray:
    """Return how near its middle the outermost row of each group is, but for one in ten."""
    near = np.einsum("ij,ij->i", points, middles[label])
    return np.array([np.quantile(near[label == group], 0.1) for group in range(len(middles))])


def _spread(n: int, most: int) -> IntArray:
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(np.int64))
