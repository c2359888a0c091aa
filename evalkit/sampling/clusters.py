"""Categories that a log suggests: groups of cases that are alike, by the words they have."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.cluster.vq import ClusterError, kmeans2

from evalkit.sampling.language import is_of_grammar
from evalkit.sampling.sample import Pool
from evalkit.stats.counts import FloatArray, IntArray

#: So few and so many groups are suggested, and so many words for each.
LEAST_CLUSTERS, MOST_CLUSTERS = 2, 30
_USUAL_LEAST, _USUAL_MOST = 4, 12
_N_WORDS, _N_TYPICAL = 4, 3
#: So many cases, spread evenly, say where the middles are.
_MOST_FITTED = 20_000
#: Times that the middles move, at most.
_N_ITERATIONS = 30
_WORD = re.compile(r"[^\W\d_]{3,}")
#: So much of a text is read for its words.
_LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class CaseCluster:
    """Cases that are alike.

    Attributes
    ----------
    number : int
        From 1, the largest first.
    words : tuple of str
        What its cases say far more often than the others, the most typical first.
    case_ids : tuple of int
    typical : tuple of int
        Ids of the cases nearest its middle.
    """

    number: int
    words: tuple[str, ...]
    case_ids: tuple[int, ...]
    typical: tuple[int, ...]

    @property
    def name(self) -> str:
        """Return what it is called until a person says better."""
        return ", ".join(self.words) or f"group {self.number}"


def usual_clusters(n: int) -> int:
    """Return how many groups are suggested for n cases: √(n / 2), from 4 to 12."""
    return max(_USUAL_LEAST, min(_USUAL_MOST, round(math.sqrt(n / 2))))


def clusters_of(pool: Pool, n: int) -> tuple[CaseCluster, ...]:
    """Put cases into at most n groups by k-means, in the directions in which texts differ most.

    Parameters
    ----------
    pool : Pool
    n : int
        Fewer come back where there are not so many cases, or none is near one of the middles.

    Notes
    -----
    The same cases make the same groups, in whatever order they came. A word is typical by in how
    many cases of the group it stands, times ``ln(1 + A / f)``: f in how many of all, A how many
    such words a group has on average (class-based TF-IDF).

    References
    ----------
    Arthur & Vassilvitskii (2007), k-means++. Grootendorst (2022), BERTopic (class-based TF-IDF).
    """
    n = min(n, len(pool.cases))
    if n < LEAST_CLUSTERS:
        return ()
    label, middles = grouped_by_means(pool.points, n)
    names = np.unique(label)
    of_names = [np.flatnonzero(label == name) for name in names.tolist()]
    groups = sorted(of_names, key=lambda group: (-len(group), int(group[0])))
    words = typical_words([[pool.cases[place].text for place in group] for group in groups])
    return tuple(
        CaseCluster(
            number,
            words[number - 1],
            tuple(pool.cases[place].case_id for place in group),
            tuple(
                pool.cases[group[row]].case_id
                for row in np.argsort(
                    -(pool.points[group] @ middles[label[group[0]]]), kind="stable"
                )[:_N_TYPICAL].tolist()
            ),
        )
        for number, group in enumerate(groups, 1)
    )


def grouped_by_means(points: FloatArray, n: int) -> tuple[IntArray, FloatArray]:
    """Return the group of each row by k-means with at most n, and the middles of the groups."""
    n_rows = len(points)
    spread = np.unique(np.linspace(0, n_rows - 1, min(n_rows, _MOST_FITTED)).astype(np.int64))
    for k in range(n, 1, -1):
        try:
            middles = _means(points[spread], k)
        except ClusterError:
            continue
        squares = np.square(middles).sum(axis=1) - 2.0 * points @ middles.T
        return squares.argmin(axis=1), middles
    return np.zeros(n_rows, dtype=np.int64), points.mean(axis=0, keepdims=True)


def _means(points: FloatArray, k: int) -> FloatArray:
    """Return the middles of k groups; what scipy's k-means does, but no more once none moves."""
    middles, _ = kmeans2(points, k, iter=1, minit="++", missing="raise", rng=1)
    for _ in range(_N_ITERATIONS - 1):
        before = middles
        middles, _ = kmeans2(
            points, before, iter=1, minit="matrix", missing="raise", check_finite=False
        )
        if np.array_equal(middles, before):
            break
    return middles


def typical_words(groups: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return what the texts of each group say far more often than the others, by c-TF-IDF."""
    in_group = [Counter(word for text in texts for word in _words(text)) for texts in groups]
    of_all: Counter[str] = Counter()
    for counts in in_group:
        of_all.update(counts)
    average = sum(of_all.values()) / len(groups)
    return [
        tuple(
            sorted(
                # What one case says tells nothing of a group, and may be a name.
                (word for word, n in counts.items() if n > 1 or len(texts) == 1),
                key=lambda word: (-counts[word] * math.log1p(average / of_all[word]), word),
            )[:_N_WORDS]
        )
        for counts, texts in zip(in_group, groups, strict=True)
    ]


def _words(text: str) -> set[str]:
    words = _WORD.findall(text[:_LOOKED_AT].casefold())
    return {word for word in words if not is_of_grammar(word)}
