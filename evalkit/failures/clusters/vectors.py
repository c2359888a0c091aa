"""Notes as rows of numbers: which words and pairs of words stand in each, in few directions."""

import re
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from evalkit.sampling.grams import leading_axes, of_length_one
from evalkit.stats.counts import FloatArray, IntArray

#: So much of a note is read.
_LOOKED_AT = 2_000
#: Words, and signs of scripts that put no spaces between words.
_TOKEN = re.compile("[\u3040-\u30ff\u3400-\u9fff]|[^\\W\\d_\u3040-\u30ff\u3400-\u9fff]{2,}")
#: Terms kept, and directions they are put into.
_MOST_TERMS, _N_DIRECTIONS = 20_000, 50
#: So many notes, spread evenly, say which directions matter.
_MOST_FITTED = 4_000
#: What stands in more notes than this tells none apart; in fewer than two it joins none.
_MOST_COMMON, _LEAST_NOTES = 0.5, 2


def note_tokens(text: str) -> tuple[str, ...]:
    """Return the words of a note in small letters, without numbers and single letters.

    A single letter is mostly the side that an annotator saw: A or B.
    """
    return tuple(_TOKEN.findall(text[:_LOOKED_AT].casefold()))


def note_vectors(notes: Sequence[Sequence[str]]) -> FloatArray:
    """Return where each note lies in the directions in which notes differ most.

    Parameters
    ----------
    notes : sequence of sequence of str
        The words of each, in order.

    Returns
    -------
    FloatArray of shape (n_notes, at most 50)
        Rows of length 1; all zeros where a note shares no word with another.

    Notes
    -----
    TF-IDF of words and pairs of words, ``(1 + ln tf) (ln((1 + n) / (1 + df)) + 1)``, of what
    stands in two notes at least and in half of all at most; then latent semantic analysis.

    References
    ----------
    Deerwester et al. (1990), Indexing by latent semantic analysis. The weights are those of
    scikit-learn's ``TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)``.
    """
    if not notes:
        return np.zeros((0, 1))
    weighed = _weighed(*_terms(notes), n_notes=len(notes))
    n = min(_N_DIRECTIONS, *weighed.shape)
    if n == 0:
        return np.zeros((len(notes), 1))
    spread = np.unique(np.linspace(0, len(notes) - 1, min(len(notes), _MOST_FITTED)).astype(int))
    # To five digits, so that no machine tells apart what another holds for equally far.
    return of_length_one(np.round(of_length_one(weighed @ leading_axes(weighed[spread], n)), 5))


def _terms(notes: Sequence[Sequence[str]]) -> tuple[IntArray, NDArray[np.uint64]]:
    """Return note and term of every word, and of every two that follow each other, in a note."""
    every = list(chain.from_iterable(notes))
    number = {word: place for place, word in enumerate(dict.fromkeys(every), 1)}
    word = np.fromiter(map(number.__getitem__, every), dtype=np.uint64, count=len(every))
    note = np.repeat(np.arange(len(notes)), list(map(len, notes)))
    is_pair = note[1:] == note[:-1]
    pair = (word[:-1] << np.uint64(32) | word[1:])[is_pair]
    return np.concatenate([note, note[1:][is_pair]]), np.concatenate([word, pair])


def _weighed(note: IntArray, term: NDArray[np.uint64], *, n_notes: int) -> sparse.csr_matrix:
    """Return TF-IDF, one row of length 1 or 0 per note."""
    terms, column = np.unique(term, return_inverse=True)
    counts = sparse.csr_matrix(
        (np.ones(len(note)), (note, column.reshape(-1))),
        shape=(n_notes, len(terms)),
    )
    counts.sum_duplicates()
    n_with = np.bincount(counts.indices, minlength=counts.shape[1])
    is_told = (n_with >= _LEAST_NOTES) & (n_with <= max(_LEAST_NOTES, _MOST_COMMON * n_notes))
    known = np.flatnonzero(is_told)
    known = np.sort(known[np.argsort(-n_with[known], kind="stable")[:_MOST_TERMS]])
    rows = counts[:, known]
    rows.data = (1.0 + np.log(rows.data)) * (
        np.log((1.0 + n_notes) / (1.0 + n_with[known[rows.indices]])) + 1.0
    )
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).reshape(-1))
    scale = np.divide(1.0, length, out=np.zeros(n_notes), where=length > 0)
    rows.data *= np.repeat(scale, np.diff(rows.indptr))
    return rows
