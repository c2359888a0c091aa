"""Tags suggested from a typed note: what the notes of a study so far say about their tags.

The note is compared with the middle of the notes of each tag, words weighed by TF-IDF. What is
learnt is small and plain data: the browser evaluates it (``suggesting.js``), so that typing asks
no server. `suggested` here does the same, for the leaving out of notes and for tests.
"""

import hashlib
import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from evalkit.annotation.blinding.names import KNOWN

#: So many notes with a tag there must be, so many of each tag that is suggested.
LEAST_NOTES, LEAST_OF_TAG = 30, 3
#: A word counts that is in notes on so many cases; so many words are kept at most.
LEAST_CASES, MOST_TERMS = 3, 500
#: A suggestion is offered where ones as sure were right so often, each note left out in turn.
LEAST_RIGHT = 0.6
#: That is judged by the surest so many suggestions, twice as many, and so on: few looks at the
#: same notes, of which each may err once in a hundred. So many notes are left out at most.
_LEAST_JUDGED, _MOST_LEFT_OUT = 10, 1000
_Z99 = 2.326
_LEAST_LETTERS = 2
#: A part of a name that is shorter is too common a string to be looked for within words.
_TELLING = 3
_WORD = re.compile(r"[^\W\d_]+")

#: Words of notes by their weights.
Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LabelledNote:
    """What somebody wrote about a case, and the tags they marked with it."""

    case_id: int
    text: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class TagModel:
    """What notes say about their tags.

    Attributes
    ----------
    tags : tuple of str
        Keys of the tags that can be suggested.
    idf : dict of str to float
        How rare each word is.
    middle : dict of str to float
        The mean of all notes.
    middles : tuple of dict
        The mean of the notes of each tag.
    lengths : tuple of float
        How far the mean of each tag lies from that of all.
    cut : float
        The least score that is offered.
    """

    tags: tuple[str, ...]
    idf: Mapping[str, float]
    middle: Vector
    middles: tuple[Vector, ...]
    lengths: tuple[float, ...]
    cut: float

    def as_json(self) -> dict[str, Any]:
        """Return it as the browser reads it: of each word how rare it is, and what it is worth.

        ``terms`` maps a word to ``[idf, mean, tag, mean of that tag, …]``.
        """
        terms = {}
        for word, idf in sorted(self.idf.items()):
            row: list[float] = [idf, self.middle.get(word, 0.0)]
            for place, middle in enumerate(self.middles):
                if word in middle:
                    row += [place, middle[word]]
            terms[word] = row
        content = {"tags": self.tags, "lengths": self.lengths, "cut": self.cut, "terms": terms}
        digest = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
        return {"digest": digest, **content}


def learn(
    notes: Iterable[LabelledNote], *, tags: Collection[str], names: Collection[str]
) -> TagModel | None:
    """Learn which words go with which tag; None while there is too little to suggest anything.

    Parameters
    ----------
    notes : iterable of LabelledNote
        Those with none of ``tags`` teach nothing.
    tags : collection of str
        Keys of the tags that can be marked now.
    names : collection of str
        Names of models and of who makes them: no word that is one, or a part of one, is kept.
    """
    labelled = [(note, Counter(words_of(note.text))) for note in notes if note.tags & set(tags)]
    labelled = [(note, words) for note, words in labelled if words]
    if len(labelled) < LEAST_NOTES:
        return None
    idf = _rarity(labelled, names)
    vectors = [_vector(words, idf) for _, words in labelled]
    told = [note.tags for note, _ in labelled]
    of_tag = Counter(tag for each in told for tag in each)
    known = tuple(sorted(tag for tag in set(tags) if of_tag[tag] >= LEAST_OF_TAG))
    if len(known) < 2:  # of one alone nothing is told apart
        return None
    sums = _Sums(vectors, told, known)
    cut = sums.cut(vectors[-_MOST_LEFT_OUT:], told[-_MOST_LEFT_OUT:])
    return None if cut is None else sums.model(idf, cut)


def words_of(text: str) -> list[str]:
    """Return the words of a note in small letters: runs of letters, as ``suggesting.js`` does."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return [word for word in _WORD.findall(plain) if len(word) >= _LEAST_LETTERS]


def suggested(model: TagModel, text: str) -> str | None:
    """Return the tag that would be offered for a note; None where none is sure enough."""
    vector = _vector(Counter(words_of(text)), model.idf)
    place, score = _best(vector, model)
    return model.tags[place] if vector and score >= model.cut else None


def is_of_name(word: str, names: Collection[str]) -> bool:
    """Tell whether a word is a name, a part of one, has one in it, or is that of a known maker."""
    if KNOWN.fullmatch(word):
        return True
    for name in names:
        parts = words_of(name)
        if word in parts or any(len(part) > _TELLING and part in word for part in parts):
            return True
        if len(word) >= _TELLING and word in "".join(parts):
            return True
    return False


def _rarity(
    labelled: Sequence[tuple[LabelledNote, Counter[str]]], names: Collection[str]
) -> dict[str, float]:
    """Return how rare the words are that may be kept: those on enough cases that name nobody."""
    cases: dict[str, set[int]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for note, words in labelled:
        counts.update(words.keys())
        for word in words:
            cases[word].add(note.case_id)
    common = [word for word, on in cases.items() if len(on) >= LEAST_CASES]
    common.sort(key=lambda word: (-counts[word], word))
    common = [word for word in common if not is_of_name(word, names)][:MOST_TERMS]
    n = len(labelled)
    return {word: _rounded(math.log((1 + n) / (1 + counts[word])) + 1) for word in common}


def _vector(words: Mapping[str, int], idf: Vector) -> Vector:
    """Weigh words: each again counts less, rare ones more; of length 1."""
    raw = {word: (1 + math.log(n)) * idf[word] for word, n in words.items() if word in idf}
    length = math.sqrt(sum(weight * weight for weight in raw.values()))
    return {word: weight / length for word, weight in raw.items()}


def _best(vector: Vector, model: TagModel) -> tuple[int, float]:
    """Return the tag nearest to a note, as its place, and how near; the first of equals."""
    away = _dot(vector, model.middle)
    scores = [
        (_dot(vector, middle) - away) / length if length else 0.0
        for middle, length in zip(model.middles, model.lengths, strict=True)
    ]
    place = max(range(len(scores)), key=lambda at: (scores[at], -at))
    return place, scores[place]


def _dot(vector: Vector, other: Vector) -> float:
    return sum(weight * other.get(word, 0.0) for word, weight in vector.items())


def _rounded(number: float) -> float:
    return round(number, 4)


class _Sums:
    """Sums of notes, of which one can be left out."""

    def __init__(
        self, vectors: Sequence[Vector], told: Sequence[frozenset[str]], tags: tuple[str, ...]
    ) -> None:
        self._tags = tags
        self._n = len(vectors)
        self._all: dict[str, float] = defaultdict(float)
        self._of: list[dict[str, float]] = [defaultdict(float) for _ in tags]
        self._counts = [0] * len(tags)
        for vector, own in zip(vectors, told, strict=True):
            self._add(vector, own, 1)

    def _add(self, vector: Vector, own: frozenset[str], sign: int) -> None:
        places = [place for place, tag in enumerate(self._tags) if tag in own]
        for word, weight in vector.items():
            self._all[word] += sign * weight
            for place in places:
                self._of[place][word] += sign * weight
        for place in places:
            self._counts[place] += sign

    def model(self, idf: Vector, cut: float) -> TagModel:
        """Return what all notes together say."""
        middle = {word: _rounded(total / self._n) for word, total in self._all.items()}
        middles = tuple(
            {word: _rounded(total / n) for word, total in of.items() if total}
            for of, n in zip(self._of, self._counts, strict=True)
        )
        lengths = tuple(_rounded(_apart(own, middle)) for own in middles)
        return TagModel(self._tags, idf, middle, middles, lengths, _rounded(cut))

    def cut(self, vectors: Sequence[Vector], told: Sequence[frozenset[str]]) -> float | None:
        """Return the least score at and above which most are right, each note left out in turn.

        More of them than naming the commonest tag each time would make, beyond chance: of two tags
        that are as frequent as each other, words that say nothing are right in half of the notes.
        """
        # How far means lie apart hardly changes with one note: it is not counted anew.
        lengths = [
            _apart(
                {word: total / n for word, total in of.items()},
                {word: total / self._n for word, total in self._all.items()},
            )
            for of, n in zip(self._of, self._counts, strict=True)
        ]
        judged = []
        for vector, own in zip(vectors, told, strict=True):
            if vector:
                score, place = self._without(vector, own, lengths)
                judged.append((score, self._tags[place] in own))
        judged.sort(key=lambda each: (-each[0], each[1]))
        right = list(accumulate(is_right for _, is_right in judged))
        guessed = max(sum(tag in own for own in told) for tag in self._tags) / len(told)
        cut = None
        for n in _few(len(judged)):
            score, below = judged[n - 1][0], judged[n][0] if n < len(judged) else 0.0
            share = right[n - 1] / n
            is_told = share >= LEAST_RIGHT and _surely(share, n) > guessed
            if is_told and score > 0:
                # Half way to the next, of which it may not hold.
                cut = (score + max(below, 0.0)) / 2
        return cut

    def _without(
        self, vector: Vector, own: frozenset[str], lengths: Sequence[float]
    ) -> tuple[float, int]:
        """Return the score and place of the nearest tag for a note that is not among its notes."""
        self_dot = _dot(vector, vector)
        away = (_dot(vector, self._all) - self_dot) / (self._n - 1)
        best = (-math.inf, 0)
        for place, tag in enumerate(self._tags):
            is_own = tag in own
            n = self._counts[place] - is_own
            near = (_dot(vector, self._of[place]) - is_own * self_dot) / n
            score = (near - away) / lengths[place] if lengths[place] else 0.0
            best = max(best, (score, -place))
        return best[0], -best[1]


def _few(n: int) -> list[int]:
    """Return the numbers at which n suggestions are looked at: ever twice as many, then all."""
    doubled = [_LEAST_JUDGED << power for power in range(n.bit_length())]
    return [number for number in doubled if number < n] + [n] * (n >= _LEAST_JUDGED)


def _surely(share: float, n: int) -> float:
    """Return the lower end of Wilson's one-sided 99 % interval; `evalkit.stats` is not for here."""
    z2 = _Z99 * _Z99
    half = _Z99 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return (share + z2 / (2 * n) - half) / (1 + z2 / n)


def _apart(vector: Vector, other: Vector) -> float:
    """Return the distance of two vectors."""
    words = vector.keys() | other.keys()
    return math.sqrt(sum((vector.get(word, 0.0) - other.get(word, 0.0)) ** 2 for word in words))
