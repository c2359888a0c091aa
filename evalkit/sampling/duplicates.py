"""Near-duplicates: texts that say nearly the same, of which one is enough."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from evalkit.sampling.grams import blocks, gram_hashes
from evalkit.stats.counts import IntArray

#: As similar as this, by cosine of their TF-IDF, one of two texts is left out.
SIMILAR = 0.9
#: Up to so many texts each is compared with every other one.
MOST_COMPARED = 20_000
#: Bands of hashes, and hashes in one: where a band agrees, two texts are compared. Texts that
#: share .8 of their grams are with a chance of 1 - (1 - .8**4)**16 = .9998.
_N_BANDS, _IN_BAND = 16, 4
_ROWS_AT_ONCE = 250
#: How much of a text's squared length its most frequent grams may be.
_TAIL = 0.7


def represented_by(
    texts: Sequence[str], grams: sparse.csr_matrix, apart: Sequence[str]
) -> list[int]:
    """Return of each text the place of the one that stands for it: its own, where it is kept.

    Parameters
    ----------
    texts : sequence of str
        Normal ones, in the order in which they are preferred: the first of a group is kept.
    grams : csr_matrix of shape (n_texts, n_columns)
        Their TF-IDF.
    apart : sequence of str
        Texts that differ in this are no near-duplicates.

    Notes
    -----
    A text goes where an earlier one that is kept is as similar as ``SIMILAR``; so no chain of
    small changes leads from a text to one that is unlike it. Past ``MOST_COMPARED`` texts, only
    those are compared of which MinHash says that they may be similar.

    References
    ----------
    Broder (1997), On the resemblance and containment of documents. Leskovec, Rajaraman & Ullman
    (2020), Mining of Massive Datasets, chapter 3 (bands).
    """
    pairs = _all_pairs(grams) if len(texts) <= MOST_COMPARED else _likely_pairs(texts, grams)
    earlier: defaultdict[int, list[int]] = defaultdict(list)
    for first, second in pairs:
        if apart[first] == apart[second]:
            earlier[max(first, second)].append(min(first, second))
    stands_for = list(range(len(texts)))
    for place in sorted(earlier):
        stands_for[place] = min(
            (other for other in earlier[place] if stands_for[other] == other), default=place
        )
    return stands_for


def _all_pairs(grams: sparse.csr_matrix) -> Iterator[tuple[int, int]]:
    """Give every similar pair, without multiplying what cannot make one.

    Of a row of length 1 the most frequent grams make up a tail no longer than √.7, so they add at
    most that to a cosine: the rare ones, which few texts share, must make up the rest.
    """
    head = _without_tail(grams)
    turned = grams.T.tocsr()
    least = SIMILAR - np.sqrt(_TAIL) - 1e-6
    for start in range(0, grams.shape[0], _ROWS_AT_ONCE):
        products = (head[start : start + _ROWS_AT_ONCE] @ turned).tocoo()
        is_likely = (products.data >= least) & (products.row + start > products.col)
        pairs = np.column_stack([products.row[is_likely] + start, products.col[is_likely]])
        yield from _similar(grams, pairs.astype(np.int64))


def _without_tail(grams: sparse.csr_matrix) -> sparse.csr_matrix:
    n_with = np.bincount(grams.indices, minlength=grams.shape[1])
    row = np.repeat(np.arange(grams.shape[0]), np.diff(grams.indptr))
    order = np.lexsort((-n_with[grams.indices], row))
    squares = np.cumsum(np.square(grams.data[order], dtype=np.float64))
    before = np.concatenate([[0.0], squares])[grams.indptr[:-1]]
    is_rare = squares - before[row] > _TAIL
    rare = order[is_rare]
    return sparse.csr_matrix((grams.data[rare], (row[rare], grams.indices[rare])), grams.shape)


def _likely_pairs(texts: Sequence[str], grams: sparse.csr_matrix) -> Iterator[tuple[int, int]]:
    """Compare each text with the first of those it shares a band with."""
    signature = _signatures(texts)
    likely: set[tuple[int, int]] = set()
    for band in range(_N_BANDS):
        part = np.ascontiguousarray(signature[:, band * _IN_BAND : (band + 1) * _IN_BAND])
        whole = part.view([("", part.dtype)] * _IN_BAND).ravel()
        _, leaders, group = np.unique(whole, return_index=True, return_inverse=True)
        leader = leaders[group.ravel()]
        others = np.flatnonzero(leader != np.arange(len(texts)))
        likely.update(zip(others.tolist(), leader[others].tolist(), strict=True))
    yield from _similar(grams, np.array(sorted(likely), dtype=np.int64).reshape(-1, 2))


def _similar(grams: sparse.csr_matrix, pairs: IntArray) -> Iterator[tuple[int, int]]:
    for start in range(0, len(pairs), 10_000):
        first, second = pairs[start : start + 10_000].T
        cosine = np.asarray(grams[first].multiply(grams[second]).sum(axis=1)).ravel()
        is_similar = cosine >= SIMILAR
        yield from zip(first[is_similar].tolist(), second[is_similar].tolist(), strict=True)


def _signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Return the least of each text's grams under each of 64 hashes."""
    n = _N_BANDS * _IN_BAND
    generator = np.random.default_rng(1)
    factors = generator.integers(1, 2**63, size=n, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    signature = np.empty((len(texts), n), dtype=np.uint32)
    done = 0
    for block in blocks(texts):
        hashes, starts = gram_hashes(block)
        for place, factor in enumerate(factors):
            # The upper half of a product: its lower bits hang on the lower bits alone.
            mixed = ((hashes * factor) >> np.uint64(32)).astype(np.uint32)
            signature[done : done + len(block), place] = np.minimum.reduceat(mixed, starts)
        done += len(block)
    return signature
