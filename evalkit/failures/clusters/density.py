"""HDBSCAN: groups where rows lie close together, and the rest in none."""

from dataclasses import dataclass, field

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist, squareform

from evalkit.stats.counts import FloatArray, IntArray

#: Stands for a row that is in no group.
IN_NONE = -1
#: Rows nearer than this are equally near: what is nowhere apart would outweigh everything.
_NEAREST = 1e-3


@dataclass(slots=True)
class _Condensed:
    """A group while the distance at which rows hang together shrinks.

    ``born`` is the density at which it came apart from its parent, ``mass`` how much it persists.
    """

    node: int
    born: float
    mass: float = 0.0
    parts: list[int] = field(default_factory=list)


def grouped_by_density(points: FloatArray, *, least: int, neighbours: int = 3) -> IntArray:
    """Return the group of each row, ``IN_NONE`` where it is in none.

    Parameters
    ----------
    points : FloatArray of shape (n_rows, n_directions)
    least : int
        The fewest rows of a group, 2 or more.
    neighbours : int
        A row is as far out as its so many-th nearest, itself included.

    Returns
    -------
    IntArray of shape (n_rows,)
        Groups from 0; all in none where there are fewer than two groups.

    Notes
    -----
    Groups are those of the condensed tree with the greatest excess of mass, never all rows as one.
    Time and memory grow with the square of the rows.

    References
    ----------
    Campello, Moulavi & Sander (2013), Density-based clustering based on hierarchical density
    estimates. McInnes & Healy (2017), Accelerated hierarchical density based clustering.
    """
    labels = np.full(len(points), IN_NONE, dtype=np.int64)
    if len(points) < 2 * least:
        return labels
    merges = linkage(_mutual_reachability(points, neighbours), "single")
    leaves, first = _leaves(merges)
    condensed = _condensed(merges, least)
    for number, group in enumerate(sorted(_heaviest(condensed))):
        node = condensed[group].node
        size = 1 if node < len(points) else int(merges[node - len(points), 3])
        labels[leaves[first[node] : first[node] + size]] = number
    return labels


def _mutual_reachability(points: FloatArray, neighbours: int) -> FloatArray:
    """Return how far every two rows are apart, but never less than either is far out."""
    apart = pdist(points)
    square = squareform(apart)
    core = np.partition(square, neighbours - 1, axis=1)[:, neighbours - 1]
    first, second = np.triu_indices(len(points), 1)
    reach: FloatArray = np.maximum(apart, np.maximum(core[first], core[second]))
    return np.maximum(reach, _NEAREST)


def _leaves(merges: FloatArray) -> tuple[IntArray, IntArray]:
    """Return rows so that those of every node follow each other, and where each node's begin."""
    n = len(merges) + 1
    first = np.zeros(2 * n - 1, dtype=np.int64)
    for node in range(2 * n - 2, n - 1, -1):
        left, right, _, _ = merges[node - n]
        first[int(left)] = first[node]
        first[int(right)] = first[node] + _size(merges, int(left))
    leaves = np.empty(n, dtype=np.int64)
    leaves[first[:n]] = np.arange(n)
    return leaves, first


def _size(merges: FloatArray, node: int) -> int:
    n = len(merges) + 1
    return 1 if node < n else int(merges[node - n, 3])


def _condensed(merges: FloatArray, least: int) -> list[_Condensed]:
    """Return the groups that form as the distance shrinks, the root first, parents before parts."""
    n = len(merges) + 1
    groups = [_Condensed(2 * n - 2, 0.0)]
    todo = [(2 * n - 2, 0)]
    while todo:
        node, group = todo.pop()
        if node < n:
            continue
        left, right, apart, _ = merges[node - n]
        density, of = 1.0 / apart, groups[group]
        parts = [(int(part), _size(merges, int(part))) for part in (left, right)]
        large = [part for part, size in parts if size >= least]
        if len(large) == 1:
            of.mass += min(size for _, size in parts) * (density - of.born)
            todo.append((large[0], group))
            continue
        of.mass += sum(size for _, size in parts) * (density - of.born)
        for part in large:
            of.parts.append(len(groups))
            todo.append((part, len(groups)))
            groups.append(_Condensed(part, density))
    return groups


def _heaviest(groups: list[_Condensed]) -> list[int]:
    """Return the groups, none within another, that have the greatest mass together."""
    mass = [group.mass for group in groups]
    chosen: list[list[int]] = [[] for _ in groups]
    for place in range(len(groups) - 1, -1, -1):
        within = sum(mass[part] for part in groups[place].parts)
        if place and (not groups[place].parts or groups[place].mass >= within):
            chosen[place] = [place]
        else:
            mass[place] = within
            chosen[place] = [each for part in groups[place].parts for each in chosen[part]]
    return chosen[0]
