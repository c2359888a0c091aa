"""Notes in groups: what each is about, two typical notes, how well it holds, where it lies."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.failures.clusters.grouping import GroupingMethod, Groups, grouped
from evalkit.failures.clusters.plane import on_a_plane
from evalkit.failures.clusters.vectors import note_tokens, note_vectors
from evalkit.sampling.clusters import typical_words
from evalkit.stats.counts import FloatArray

#: So many different notes there must be, and so many typical ones are named of a group.
LEAST_NOTES, N_TYPICAL = 40, 2
#: So many notes of a group, spread evenly, say what it is about.
_MOST_READ = 2_000


@dataclass(frozen=True, slots=True)
class NoteCluster:
    """Notes that say the same.

    Attributes
    ----------
    number : int
        From 1, the largest first.
    words : tuple of str
        What its notes say far more often than the others, the most typical first.
    places : tuple of int
        Which of the notes are in it, ascending.
    typical : tuple of int
        The notes nearest its middle, two at most.
    stability : float
        How well it is found again among notes drawn anew, 0–1; see ``stability.stability``.
    """

    number: int
    words: tuple[str, ...]
    places: tuple[int, ...]
    typical: tuple[int, ...]
    stability: float

    @property
    def name(self) -> str:
        """Return what it is called until a person says better."""
        return ", ".join(self.words) or f"group {self.number}"


@dataclass(frozen=True, slots=True, eq=False)
class Clustering:
    """Notes in groups; ``n_different`` of them say something in other words than all others.

    Attributes
    ----------
    clusters : tuple of NoteCluster
        The largest first; empty where no group holds, or there are too few notes.
    method : GroupingMethod or None
        None where there are too few notes.
    places : FloatArray of shape (n_notes, 2)
        Where each note lies on a map; ``NaN`` where there is none.
    n_hidden : int
        Groups that did not hold.
    """

    n_notes: int
    n_different: int
    clusters: tuple[NoteCluster, ...]
    method: GroupingMethod | None
    places: FloatArray
    n_hidden: int = 0

    @property
    def n_grouped(self) -> int:
        """Return how many notes are in a group."""
        return sum(len(cluster.places) for cluster in self.clusters)

    @property
    def ungrouped(self) -> tuple[int, ...]:
        """Return which notes are in no group, ascending."""
        inside = {place for cluster in self.clusters for place in cluster.places}
        return tuple(place for place in range(self.n_notes) if place not in inside)


def clusters_of_notes(texts: Sequence[str]) -> Clustering:
    """Put notes into groups that say the same, by their words alone.

    Parameters
    ----------
    texts : sequence of str
        What was noted. Neither who wrote a note nor of which model is known here.

    Returns
    -------
    Clustering
        The same notes make the same groups in whatever order they come. Notes of the same words
        are one to the method, so that what is often said in one way does not outweigh the rest.
    """
    tokens = [note_tokens(text) for text in texts]
    different = sorted({words for words in tokens if words}, key=_order)
    nowhere = np.full((len(texts), 2), np.nan)
    if len(different) < LEAST_NOTES:
        return Clustering(len(texts), len(different), (), None, nowhere)
    vectors = note_vectors(different)
    has_words = np.flatnonzero(np.any(vectors != 0, axis=1))
    # What shares no word with any other note is in no group, and would be one of its own kind.
    groups = grouped(vectors[has_words])
    row_of = {different[place]: row for row, place in enumerate(has_words.tolist())}
    rows = np.array([row_of.get(words, -1) for words in tokens], dtype=np.int64)
    known = rows >= 0
    nowhere[known] = on_a_plane(vectors[has_words], groups.middles)[rows[known]]
    label = np.where(known, np.append(groups.label, -1)[rows], -1)
    near = np.where(known, _near(vectors[has_words], groups)[rows], 0.0)
    clusters = _named(texts, label.tolist(), near, groups)
    return Clustering(len(texts), len(different), clusters, groups.method, nowhere, groups.n_hidden)


def _order(words: tuple[str, ...]) -> tuple[bytes, tuple[str, ...]]:
    """Return what puts notes into an order of their own, as good as a random one."""
    return hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), words


def _near(vectors: FloatArray, groups: Groups) -> FloatArray:
    """Return how near each row is to the middle of its group; 0 for one that is in none."""
    if not len(groups.middles):
        return np.zeros(len(vectors))
    near = np.einsum("ij,ij->i", vectors, groups.middles[groups.label])
    return np.where(groups.label >= 0, near, 0.0)


def _named(
    texts: Sequence[str], label: Sequence[int], near: FloatArray, groups: Groups
) -> tuple[NoteCluster, ...]:
    """Say of each group what it is about, by how many notes it has."""
    n_groups = len(groups.middles)
    members: list[list[int]] = [[] for _ in range(n_groups + 1)]
    for place, group in enumerate(label):
        members[group].append(place)
    # Those in none are what the words of a group are set against, too.
    words = typical_words([_read(texts, places) for places in members])
    order = sorted(range(n_groups), key=lambda group: (-len(members[group]), group))
    return tuple(
        NoteCluster(
            number,
            words[group],
            tuple(members[group]),
            _typical(texts, members[group], near),
            float(groups.stability[group]),
        )
        for number, group in enumerate(order, 1)
    )


def _read(texts: Sequence[str], places: Sequence[int]) -> list[str]:
    """Return different notes of a group, spread evenly over all of them in the order of texts."""
    different = sorted({texts[place] for place in places})
    step = max(1, len(different) // _MOST_READ)
    return different[::step]


def _typical(texts: Sequence[str], places: Sequence[int], near: FloatArray) -> tuple[int, ...]:
    """Return the notes nearest the middle that do not say the same in the same words."""
    typical: dict[str, int] = {}
    for place in sorted(places, key=lambda place: (-near[place], texts[place], place)):
        typical.setdefault(" ".join(note_tokens(texts[place])), place)
        if len(typical) == N_TYPICAL:
            break
    return tuple(typical.values())
