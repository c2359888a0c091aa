"""How far annotators mark the same words: span-F1, exact and by overlap in characters."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, joint_codes
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate, share_estimates

NO_WORDS = "Nobody has marked words here yet."
NO_SECOND = "No response with marked words has been looked at by a second annotator yet."


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """What was marked in texts, and who looked; marks without words are no entries here.

    Attributes
    ----------
    unit, annotator : IntArray of shape (n_marks,)
        The response, and an index into ``annotators``.
    part, tag : IntArray of shape (n_marks,)
        Which text of the response, and what kind of error; any codes.
    start, end : IntArray of shape (n_marks,)
        Code points of that text, ``end`` excluded and above ``start``.
    look_unit, look_case, look_annotator : IntArray of shape (n_looks,)
        Who looked at which response, whether they marked anything or not, once each.
    """

    unit: IntArray
    annotator: IntArray
    part: IntArray
    tag: IntArray
    start: IntArray
    end: IntArray
    look_unit: IntArray
    look_case: IntArray
    look_annotator: IntArray
    annotators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpanAgreement:
    """Shares, 0–1; n counts marks, of ``characters`` characters, on responses two looked at.

    ``exact`` and ``characters`` are F1: of the marks (characters) of one annotator, how many
    another made too. ``touched`` is how many marks touch one of the other's.
    """

    exact: Estimate
    touched: Estimate
    characters: Estimate


@dataclass(frozen=True, slots=True)
class SpanPair:
    """How far two annotators mark the same words, on the responses both looked at."""

    annotators: tuple[str, str]
    agreement: SpanAgreement


@dataclass(frozen=True, slots=True)
class AnnotatorSpans:
    """Of one annotator's marks how many touch another's, and of others' how many theirs touch.

    ``n`` counts the marks: their own, and those of others on the responses they looked at.
    """

    annotator: str
    confirmed: Estimate
    noticed: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """Pieces of texts, in the order of text, annotator and start.

    ``text`` tells texts apart, and tags where these count.
    """

    unit: IntArray
    text: IntArray
    annotator: IntArray
    start: IntArray
    end: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class SetBeside:
    """One entry per piece and other annotator who looked at its response.

    ``covered`` is the share of the piece's characters that the other marked, ``is_same`` whether
    they marked exactly it, ``size`` how much it counts.
    """

    piece: IntArray
    case: IntArray
    annotator: IntArray
    other: IntArray
    covered: FloatArray
    is_same: FloatArray
    size: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class ComparedSpans:
    """What everybody marked beside what the others marked: marks, and runs of characters."""

    marks: SetBeside
    runs: SetBeside
    annotators: tuple[str, ...]
    reason: str


def compare_spans(spans: Spans, *, with_tag: bool = False) -> ComparedSpans:
    """Set every mark, and every run of marked characters, beside what the others marked.

    Parameters
    ----------
    spans : Spans
        The same words marked twice by one annotator count once.
    with_tag : bool
        Whether only marks of the same tag are the same.

    Returns
    -------
    ComparedSpans
        What the statistics below are computed of; sorted once for all of them.
    """
    codes = (spans.unit, spans.part, spans.tag) if with_tag else (spans.unit, spans.part)
    columns = (joint_codes(*codes), spans.annotator, spans.start, spans.end)
    _, first = np.unique(joint_codes(*columns), return_index=True)
    marks = _Pieces(spans.unit[first], *(column[first] for column in columns))
    line = _Line(marks, n_annotators=len(spans.annotators))
    return ComparedSpans(
        _beside(marks, line, spans, marks=marks),
        _beside(line.runs, line, spans),
        spans.annotators,
        NO_SECOND if len(spans.unit) else NO_WORDS,
    )


def span_agreement(compared: ComparedSpans) -> SpanAgreement:
    """Return how often a second annotator marks the same words, of any two who looked.

    Parameters
    ----------
    compared : ComparedSpans

    Returns
    -------
    SpanAgreement
        Clustered by case. Every mark, or character, weighs the same, however many others looked:
        it counts with the share of them who made it too. With two annotators that is F1,
        ``2m / (n_a + n_b)``. Undefined where nobody marked words, or nobody else looked. A
        response on which nobody marked words counts nothing, neither for nor against.

    References
    ----------
    Hripcsak & Rothschild (2005), Journal of the American Medical Informatics Association 12: F1 is
    what kappa comes to where nearly all that could be marked is not.
    """
    marks, runs, reason = compared.marks, compared.runs, compared.reason
    return SpanAgreement(
        exact=_overall(marks, marks.is_same, reason),
        touched=_overall(marks, _touches(marks), reason),
        characters=_overall(runs, runs.covered, reason),
    )


def span_pairs(compared: ComparedSpans) -> tuple[SpanPair, ...]:
    """Return F1 of every two annotators who looked at a response on which one marked words.

    Parameters
    ----------
    compared : ComparedSpans

    Returns
    -------
    tuple of SpanPair
        In the order of ``annotators``.
    """
    marks, runs = compared.marks, compared.runs
    n = len(compared.annotators)
    pairs = np.unique(_pair(marks, n))
    shares = [
        share_estimates(
            clustered_means(
                np.searchsorted(pairs, _pair(beside, n)),
                case=beside.case,
                value=value,
                n=beside.size,
                n_groups=len(pairs),
            )
        )
        for beside, value in (
            (marks, marks.is_same),
            (marks, _touches(marks)),
            (runs, runs.covered),
        )
    ]
    return tuple(
        SpanPair(
            (compared.annotators[pair // n], compared.annotators[pair % n]),
            SpanAgreement(*(of[place] for of in shares)),
        )
        for place, pair in enumerate(pairs.tolist())
    )


def annotator_spans(compared: ComparedSpans) -> tuple[AnnotatorSpans, ...]:
    """Return who marked what no other did, and who did not mark what others did.

    Parameters
    ----------
    compared : ComparedSpans

    Returns
    -------
    tuple of AnnotatorSpans
        Of who looked at a response that another looked at too, in the order of ``annotators``.
        Overlap by one character is enough.
    """
    marks = compared.marks
    n, touches = len(compared.annotators), _touches(marks)
    piece, mean = _means(marks, touches)
    ones = np.ones(len(piece), dtype=np.int64)
    confirmed, noticed = (
        clustered_means(group, case=case, value=value, n=size, n_groups=n)
        for group, case, value, size in (
            (marks.annotator[piece], marks.case[piece], mean, ones),
            (marks.other, marks.case, touches, marks.size),
        )
    )
    return tuple(
        AnnotatorSpans(name, share_estimate(confirmed, place), share_estimate(noticed, place))
        for place, name in enumerate(compared.annotators)
        if confirmed.n[place] or noticed.n[place]
    )


class _Line:
    """All texts that anybody marked, one after the other, once for each annotator."""

    def __init__(self, marks: _Pieces, *, n_annotators: int) -> None:
        self._n = n_annotators
        self._keys = np.unique(self._key(marks.text, marks.annotator))
        self._length = int(marks.end.max(initial=0)) + 1
        begin, _ = self._begin(marks.text, marks.annotator)
        start, end = begin + marks.start, np.maximum.accumulate(begin + marks.end)
        is_first = np.append(True, start[1:] > end[:-1])[: len(start)]
        is_last = np.append(is_first[1:], True)[: len(start)]
        #: What one annotator marked in one text, joined where it overlaps or touches.
        self.runs = _Pieces(
            marks.unit[is_first],
            marks.text[is_first],
            marks.annotator[is_first],
            marks.start[is_first],
            end[is_last] - begin[is_last],
        )
        self._start, self._end = start[is_first], end[is_last]
        self._before = np.append(0, np.cumsum(self._end - self._start))

    def covered(self, pieces: _Pieces, place: IntArray, other: IntArray) -> IntArray:
        """Count the characters of the pieces at these places that these others marked."""
        begin, is_marked = self._begin(pieces.text[place], other)
        begin, at = begin[is_marked], place[is_marked]
        covered = np.zeros(len(place), dtype=np.int64)
        to_end = self._marked_before(begin + pieces.end[at])
        covered[is_marked] = to_end - self._marked_before(begin + pieces.start[at])
        return covered

    def _key(self, text: IntArray, annotator: IntArray) -> IntArray:
        return text * self._n + annotator

    def _begin(self, text: IntArray, annotator: IntArray) -> tuple[IntArray, BoolArray]:
        """Return where a text begins for an annotator, and whether they marked anything in it."""
        key = self._key(text, annotator)
        place = np.minimum(np.searchsorted(self._keys, key), max(len(self._keys) - 1, 0))
        return place * self._length, self._keys[place] == key

    def _marked_before(self, point: IntArray) -> IntArray:
        """Count the marked characters before a point of the line."""
        run = np.searchsorted(self._start, point, side="right")
        past = np.maximum(run - 1, 0)
        inside = np.minimum(point, self._end[past]) - self._start[past]
        return np.where(run > 0, self._before[past] + inside, 0)


def _beside(
    pieces: _Pieces, line: _Line, spans: Spans, *, marks: _Pieces | None = None
) -> SetBeside:
    """Set pieces beside what others marked, who are asked for the same ``marks`` too."""
    piece, other, case = _others(pieces, spans)
    length = pieces.end - pieces.start
    covered = line.covered(pieces, piece, other)
    is_same = np.zeros(len(piece))
    size = np.ones(len(piece), dtype=np.int64) if marks is not None else length[piece]
    if marks is not None:
        whole = np.flatnonzero(covered == length[piece])
        own = (marks.text, marks.annotator, marks.start, marks.end)
        at = piece[whole]
        asked = (pieces.text[at], other[whole], pieces.start[at], pieces.end[at])
        code = joint_codes(*map(np.append, own, asked))
        is_same[whole] = np.isin(code[len(marks.text) :], code[: len(marks.text)])
    return SetBeside(
        piece, case, pieces.annotator[piece], other, covered / length[piece], is_same, size
    )


def _others(pieces: _Pieces, spans: Spans) -> tuple[IntArray, IntArray, IntArray]:
    """Return each piece with every other annotator who looked at it, and the case."""
    order = np.argsort(spans.look_unit, kind="stable")
    units = spans.look_unit[order]
    first = np.searchsorted(units, pieces.unit)
    n = np.searchsorted(units, pieces.unit, side="right") - first
    piece = np.repeat(np.arange(len(n)), n)
    look = order[np.arange(len(piece)) + np.repeat(first - np.append(0, np.cumsum(n)[:-1]), n)]
    is_other = spans.look_annotator[look] != pieces.annotator[piece]
    piece, look = piece[is_other], look[is_other]
    return piece, spans.look_annotator[look], spans.look_case[look]


def _touches(marks: SetBeside) -> FloatArray:
    return (marks.covered > 0).astype(np.float64)


def _means(beside: SetBeside, value: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return one entry per piece, and the mean of what it is worth to the others."""
    _, entry, n = np.unique(beside.piece, return_index=True, return_counts=True)
    total = np.add.reduceat(value, entry) if len(entry) else value
    return entry, total / n


def _overall(beside: SetBeside, value: FloatArray, reason: str) -> Estimate:
    entry, mean = _means(beside, value)
    if not len(entry):
        return Estimate(None, None, None, 0, reason)
    return share_estimate(
        clustered_means(
            np.zeros(len(entry), dtype=np.int64),
            case=beside.case[entry],
            value=mean,
            n=beside.size[entry],
            n_groups=1,
        )
    )


def _pair(beside: SetBeside, n: int) -> IntArray:
    """Give the two annotators of an entry one number, whichever of them marked."""
    low = np.minimum(beside.annotator, beside.other)
    return low * n + np.maximum(beside.annotator, beside.other)
