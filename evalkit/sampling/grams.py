"""Texts as rows of numbers: how often each run of four characters stands in them."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from evalkit.stats.counts import FloatArray, IntArray

#: Characters in a gram.
GRAM = 4
#: Texts worked on at once, and characters of them: what is in memory of their grams.
BLOCK, _BLOCK_CHARACTERS = 1_000, 1_000_000
#: Columns: so many that two grams rarely share one.
N_COLUMNS = 1 << 22
_COLUMN_BITS = np.uint32(22)
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


def blocks(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Give normal texts, as many at once as are worked on at once, with the place of the first."""
    block: list[str] = []
    first = n_characters = 0
    for place, text in enumerate(texts):
        normal = normal_text(text)
        if block and (len(block) == BLOCK or n_characters + len(normal) > _BLOCK_CHARACTERS):
            yield first, block
            first, block, n_characters = place, [], 0
        block.append(normal)
        n_characters += len(normal)
    if block:
        yield first, block


@dataclass(frozen=True, slots=True, eq=False)
class GramSpace:
    """Texts, and how rare each gram is among them: what their TF-IDF is made of when it is needed.

    A text of a thousand characters has a row of seven kilobytes, so that of many thousand texts
    no more rows are made than are looked at together.

    Attributes
    ----------
    texts : sequence of str
    rarity : array of shape (N_COLUMNS,)
        ``ln((1 + n) / (1 + texts with it)) + 1``, as scikit-learn weighs by default.
    """

    texts: Sequence[str]
    rarity: NDArray[np.float32]

    def rows(self, places: Sequence[int] | None = None) -> sparse.csr_matrix:
        """Return TF-IDF of the texts, or of those at these places, one row of length 1 each.

        There must be one at least.
        """
        texts = self.texts if places is None else [self.texts[place] for place in places]
        parts = [self._rows(block) for _, block in blocks(texts)]
        whole: sparse.csr_matrix = sparse.vstack(parts, format="csr")
        return whole

    def along(self, axes: NDArray[np.float32]) -> FloatArray:
        """Return where each text lies along axes of folded columns, up to its own length."""
        along = np.empty((len(self.texts), axes.shape[1]))
        for first, block in blocks(self.texts):
            hashes, starts = gram_hashes(block)
            columns = (hashes & np.uint64(N_COLUMNS - 1)).astype(np.int32)
            # A gram that stands in a text twice is in its row twice: its sum is the same.
            folded = sparse.csr_matrix(
                (self.rarity[columns], _folded(columns), np.append(starts, len(columns))),
                shape=(len(block), _N_FOLDED),
            )
            along[first : first + len(block)] = folded @ axes
        return along

    def _rows(self, block: Sequence[str]) -> sparse.csr_matrix:
        columns, counts, pointers = _counted(block)
        weights = counts * self.rarity[columns]
        squares = np.add.reduceat(np.square(weights, dtype=np.float64), pointers[:-1])
        weights /= np.repeat(np.sqrt(squares), np.diff(pointers)).astype(np.float32)
        return sparse.csr_matrix((weights, columns, pointers), shape=(len(block), N_COLUMNS))


def gram_space(texts: Sequence[str]) -> GramSpace:
    """Count in how many of the texts each gram stands."""
    n_with = np.zeros(N_COLUMNS, dtype=np.int32)
    for _, block in blocks(texts):
        columns, _, _ = _counted(block)
        # As places of this type it is twenty times as fast.
        np.add.at(n_with, columns.astype(np.int64), np.int32(1))
    return space_of(texts, n_with)


def space_of(texts: Sequence[str], n_with: IntArray) -> GramSpace:
    """Return texts with the rarity of grams of which it is known in how many texts they stand."""
    # Once for each number of texts: of millions of columns nearly all stand in none.
    number = np.arange(int(n_with.max()) + 1)
    rarity = np.log((1.0 + len(texts)) / (1.0 + number)) + 1.0
    return GramSpace(texts, rarity.astype(np.float32)[n_with])


def directions(space: GramSpace, places: Sequence[int]) -> FloatArray:
    """Return texts in the directions in which they differ most, a row of length 1 each.

    Latent semantic analysis: the space of the largest singular vectors of up to 4,000 rows, spread
    evenly over all, and every row along it. A row that has nothing along any of them is all zeros.

    References
    ----------
    Deerwester et al. (1990), Indexing by latent semantic analysis. Halko, Martinsson & Tropp
    (2011), Finding structure with randomness, algorithm 4.4 (subspace iteration).
    """
    n = len(places)
    if n <= 2:
        return np.eye(n)
    spread = np.unique(np.linspace(0, n - 1, min(n, _MOST_FITTED)).astype(np.int64))
    rows = space.rows([places[row] for row in spread.tolist()])
    fitted = sparse.csr_matrix(
        (rows.data, _folded(rows.indices), rows.indptr), shape=(len(spread), _N_FOLDED)
    )
    axes = leading_axes(fitted, min(_N_DIRECTIONS, n))
    chosen = GramSpace([space.texts[place] for place in places], space.rarity)
    along = chosen.along(axes.astype(np.float32))
    # To five digits, so that no machine tells apart what another holds for equally far.
    return of_length_one(np.round(of_length_one(along), 5))


def leading_axes(rows: sparse.csr_matrix, n: int) -> FloatArray:
    """Return n axes that span the directions in which rows reach furthest, one a column.

    Those of the largest singular values but for what a random start misses, the same at each call.

    References
    ----------
    Halko, Martinsson & Tropp (2011), Finding structure with randomness, algorithm 4.4.
    """
    whole = np.random.default_rng(1).standard_normal((rows.shape[1], n))
    # No row reaches along a column that all leave empty, and few texts leave most of them so.
    used: IntArray = np.unique(rows.indices)
    if len(used) < n:
        used = np.arange(rows.shape[1])
    rows, axes = rows[:, used], whole[used]
    for _ in range(_N_ROUNDS):
        axes, _ = np.linalg.qr(rows.T @ (rows @ axes))
    whole[:] = 0.0
    whole[used] = axes
    return whole


def of_length_one(rows: FloatArray) -> FloatArray:
    """Return rows of length 1 each; one that is nothing stays so."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: FloatArray = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 1e-9)
    return scaled


def _folded(columns: NDArray[np.int32]) -> NDArray[np.int32]:
    folded: NDArray[np.int32] = columns & np.int32(_N_FOLDED - 1)
    return folded


def _counted(
    texts: Sequence[str],
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
    """Return each text's columns, ascending, how often it has each, and where it begins."""
    hashes, starts = gram_hashes(texts)
    row = np.repeat(np.arange(len(texts), dtype=np.uint32), np.diff(starts, append=len(hashes)))
    cells = (row << _COLUMN_BITS) | (hashes & np.uint64(N_COLUMNS - 1)).astype(np.uint32)
    cells.sort()
    is_first = np.ones(len(cells), dtype=np.bool_)
    np.not_equal(cells[1:], cells[:-1], out=is_first[1:])
    first = np.flatnonzero(is_first)
    counts = np.diff(first, append=len(cells)).astype(np.float32)
    own = cells[first]
    pointers = np.searchsorted(own >> _COLUMN_BITS, np.arange(len(texts) + 1, dtype=np.uint32))
    return (own & np.uint32(N_COLUMNS - 1)).astype(np.int32), counts, pointers.astype(np.int64)
