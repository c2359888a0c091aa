"""Texts as rows of numbers: how often each run of four characters stands in them."""

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from evalkit.stats.counts import FloatArray, IntArray

#: Characters in a gram.
GRAM = 4
#: Texts worked on at once: what is in memory of their grams.
BLOCK = 1_000
#: Columns: so many that two grams rarely share one.
N_COLUMNS = 1 << 22
#: Directions kept of a text, and the columns they are made of.
_N_DIRECTIONS, _N_FOLDED = 64, 1 << 14
#: So many texts, spread evenly, say which directions matter.
_MOST_FITTED = 4_000
#: Times that the directions are turned towards the largest singular vectors.
_N_ROUNDS = 4

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def normal_text(text: str) -> str:
    """Return a text as it is compared: compatible forms, small letters, single spaces."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return f" {' '.join(words)} ".ljust(GRAM)


def gram_hashes(texts: Sequence[str]) -> tuple[NDArray[np.uint64], IntArray]:
    """Return a number for every gram of the texts in turn, and where each text's begin.

    The texts are normal ones, so each has a gram.
    """
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    n = len(codes) - GRAM + 1
    mixed = np.zeros(n, dtype=np.uint64)
    for place in range(GRAM):
        mixed = (mixed + codes[place : place + n]) * _SPREAD
    mixed = (mixed ^ (mixed >> np.uint64(31))) * _MIX
    mixed ^= mixed >> np.uint64(29)
    ends = np.cumsum(lengths)
    # What begins in one text and ends in the next is no gram.
    is_whole = np.ones(n, dtype=bool)
    for back in range(1, GRAM):
        across = ends[:-1] - back
        is_whole[across[across < n]] = False
    starts = np.concatenate([[0], np.cumsum(lengths - GRAM + 1)[:-1]])
    return mixed[is_whole], starts.astype(np.int64)


def blocks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut texts into as many as are worked on at once."""
    for start in range(0, len(texts), BLOCK):
        yield texts[start : start + BLOCK]


def weighted_grams(texts: Sequence[str]) -> sparse.csr_matrix:
    """Return TF-IDF of normal texts, one row of length 1 each.

    Counts times ``ln((1 + n) / (1 + texts with it)) + 1``, as scikit-learn weighs by default.
    """
    counts: sparse.csr_matrix = sparse.vstack(
        [_counts(block) for block in blocks(texts)], format="csr"
    )
    n_with = np.bincount(counts.indices, minlength=N_COLUMNS)
    rarity = np.log((1.0 + len(texts)) / (1.0 + n_with)) + 1.0
    counts.data *= rarity[counts.indices].astype(np.float32)
    squares = np.add.reduceat(np.square(counts.data, dtype=np.float64), counts.indptr[:-1])
    counts.data /= np.repeat(np.sqrt(squares), np.diff(counts.indptr)).astype(np.float32)
    return counts


def directions(grams: sparse.csr_matrix) -> FloatArray:
    """Return the rows in the directions in which they differ most, each of length 1.

    Latent semantic analysis: the space of the largest singular vectors of up to 4,000 rows, spread
    evenly over all, and every row along it. A row that has nothing along any of them is all zeros.

    References
    ----------
    Deerwester et al. (1990), Indexing by latent semantic analysis. Halko, Martinsson & Tropp
    (2011), Finding structure with randomness, algorithm 4.4 (subspace iteration).
    """
    folded = sparse.csr_matrix(
        (grams.data, grams.indices & (_N_FOLDED - 1), grams.indptr),
        shape=(grams.shape[0], _N_FOLDED),
    )
    n = folded.shape[0]
    if n <= 2:
        return np.eye(n)
    fitted = folded[np.unique(np.linspace(0, n - 1, min(n, _MOST_FITTED)).astype(np.int64))]
    axes = np.random.default_rng(1).standard_normal((_N_FOLDED, min(_N_DIRECTIONS, n)))
    for _ in range(_N_ROUNDS):
        axes, _ = np.linalg.qr(fitted.T @ (fitted @ axes))
    # To six digits, so that no machine tells apart what another holds for equally far.
    along = np.round(np.asarray(folded @ axes, dtype=np.float64), 6)
    norms = np.linalg.norm(along, axis=1, keepdims=True)
    points: FloatArray = np.divide(along, norms, out=np.zeros_like(along), where=norms > 0.0)
    return points


def _counts(texts: Sequence[str]) -> sparse.csr_matrix:
    hashes, starts = gram_hashes(texts)
    columns = (hashes & np.uint64(N_COLUMNS - 1)).astype(np.int32)
    pointers = np.append(starts, len(columns))
    ones = np.ones(len(columns), dtype=np.float32)
    counts = sparse.csr_matrix((ones, columns, pointers), shape=(len(texts), N_COLUMNS))
    counts.sum_duplicates()
    return counts
