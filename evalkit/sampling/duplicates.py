"""Near-duplicates: texts that say nearly the same, of which one is enough."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from evalkit.sampling.grams import GramSpace, blocks, gram_hashes
from evalkit.stats.counts import IntArray

#: As similar as this, by cosine of their TF-IDF, one of two texts is left out.
SIMILAR = 0.9
#: Up to so many texts each is compared with every other one.
MOST_COMPARED = 20_000
#: Bands of hashes, and hashes in one: where a band agrees, two texts are compared. Texts that
#: share .8 of their grams are with a chance of 1 - (1 - .8**4)**16 = .9998.
_N_BANDS, _IN_BAND = 16, 4
#: So many of all hashes must agree, too: the share that does is that of the grams that are shared,
#: give or take .06 (its standard deviation at 64 hashes).
_AGREEING = 0.4
#: A gram's hash says with its highest six bits in which of 64 parts it is, and with 32 others what
#: it is there; what is in none is ``_NONE``.
_PART_SHIFT, _HASH_SHIFT = 58, 24
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_NONE, _STEP = np.uint32(2**32 - 1), np.uint32(0x9E3779B1)
_ROWS_AT_ONCE = 250
_PAIRS_AT_ONCE = 4_000
#: How much of a text's squared length its most frequent grams may be.
_TAIL = 0.7


def represented_by(space: GramSpace, apart: Sequence[str]) -> list[int]:
    """Return of each text the place of the one that stands for it: its own, where it is kept.

    Parameters
    ----------
    space : GramSpace
        The texts, in the order in which they are preferred: the first of a group is kept.
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
    (2020), Mining of Massive Datasets, chapter 3 (bands). Li, Owen & Zhang (2012), One permutation
    hashing. Shrivastava & Li (2014), Densifying one permutation hashing via rotation.
    """
    is_small = len(space.texts) <= MOST_COMPARED
    pairs = _all_pairs(space.rows()) if is_small else _likely_pairs(space)
    earlier: defaultdict[int, list[int]] = defaultdict(list)
    for first, second in pairs:
        if apart[first] == apart[second]:
            earlier[max(first, second)].append(min(first, second))
    stands_for = list(range(len(space.texts)))
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


def _likely_pairs(space: GramSpace) -> Iterator[tuple[int, int]]:
    """Compare each text with the first of those it shares a band with."""
    signature = _signatures(space.texts)
    n = len(signature)
    likely: list[IntArray] = []
    for band in range(_N_BANDS):
        whole = np.zeros(n, dtype=np.uint64)
        for column in range(band * _IN_BAND, (band + 1) * _IN_BAND):
            whole = (whole ^ signature[:, column]) * _SPREAD
            whole ^= whole >> np.uint64(32)
        _, leaders, group = np.unique(whole, return_index=True, return_inverse=True)
        leader = leaders[group]
        others = np.flatnonzero(leader != np.arange(n))
        likely.append(leader[others].astype(np.int64) * n + others)
    # By the first of them, so that it is at hand for all that may be like it.
    pairs = np.unique(np.concatenate(likely))
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        first, second = np.divmod(pairs[start : start + _PAIRS_AT_ONCE], n)
        agree = (signature[first] == signature[second]).mean(axis=1) >= _AGREEING
        first, second = first[agree], second[agree]
        if not len(first):
            continue
        places, where = np.unique(np.concatenate([first, second]), return_inverse=True)
        near = _similar(space.rows(places.tolist()), where.reshape(2, -1).T)
        yield from ((int(places[left]), int(places[right])) for left, right in near)


def _similar(grams: sparse.csr_matrix, pairs: IntArray) -> Iterator[tuple[int, int]]:
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        first, second = pairs[start : start + _PAIRS_AT_ONCE].T
        cosine = np.asarray(grams[first].multiply(grams[second]).sum(axis=1)).ravel()
        is_similar = cosine >= SIMILAR
        yield from zip(first[is_similar].tolist(), second[is_similar].tolist(), strict=True)


def _signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Return the least hash of each text's grams in each of 64 parts of all hashes.

    A part that no gram of a text falls into has the least of the next one that has any, marked by
    how far that is: a short text has few grams, and would be like no other.
    """
    n = _N_BANDS * _IN_BAND
    signature = np.full((len(texts), n), _NONE, dtype=np.uint32)
    for first, block in blocks(texts):
        hashes, starts = gram_hashes(block)
        row = np.repeat(np.arange(len(block)), np.diff(starts, append=len(hashes)))
        cell = row * n + (hashes >> np.uint64(_PART_SHIFT)).astype(np.int64)
        least = np.full(len(block) * n, _NONE, dtype=np.uint32)
        np.minimum.at(least, cell, (hashes >> np.uint64(_HASH_SHIFT)).astype(np.uint32))
        signature[first : first + len(block)] = least.reshape(-1, n)
    for _ in range(n):
        rows = np.flatnonzero((signature == _NONE).any(axis=1))
        if not len(rows):
            break
        part = signature[rows]
        following = np.roll(part, -1, axis=1)
        moved = np.where(following == _NONE, _NONE, (following + _STEP) & (_NONE - np.uint32(1)))
        signature[rows] = np.where(part == _NONE, moved, part)
    return signature
