"""Agreement on the very words that are wrong: span-F1, of all, of every two, of each annotator."""

from dataclasses import asdict, dataclass

import numpy as np

from evalkit.reports.agreement.judges import without_judges
from evalkit.reports.document import Document
from evalkit.stats.agreement.spans import (
    AnnotatorSpans,
    SpanAgreement,
    SpanPair,
    Spans,
    annotator_spans,
    compare_spans,
    span_agreement,
    span_pairs,
)
from evalkit.stats.counts import IntArray
from evalkit.study.collected import NO_TAG, Collected, names
from evalkit.study.looks import first_looks
from evalkit.study.who import identified


@dataclass(frozen=True, slots=True)
class WordAgreement:
    """How far annotators mark the same words, whatever the tag and under the same one.

    Attributes
    ----------
    plain, with_tag : SpanAgreement
        Of people alone where judges marked words too.
    pairs, annotators
        Of all, the judges among them.
    n_words : int
        Marks at words, of everybody, whether a second looked or not.
    n_marked, n_clean : int
        Responses that two or more of these people looked at: on which somebody marked words, and
        on which nobody did.
    left_out : tuple of str
        Who marked errors but never at words, nor what is missing: nobody knows that they were
        asked for words.
    """

    plain: SpanAgreement
    with_tag: SpanAgreement
    pairs: tuple[SpanPair, ...]
    annotators: tuple[AnnotatorSpans, ...]
    n_words: int
    n_marked: int
    n_clean: int
    left_out: tuple[str, ...]


def word_agreement(collected: Collected) -> WordAgreement:
    """Measure agreement on marked words, on responses that two looked at for errors."""
    collected = identified(collected)
    spans, people = spans_of(collected), spans_of(without_judges(collected))
    both = compare_spans(spans), compare_spans(people, with_tag=True)
    of_people = both[0] if len(people.look_unit) == len(spans.look_unit) else compare_spans(people)
    units, n = np.unique(people.look_unit, return_counts=True)
    is_marked = np.isin(units[n > 1], people.unit)
    return WordAgreement(
        plain=span_agreement(of_people),
        with_tag=span_agreement(both[1]),
        pairs=span_pairs(both[0]),
        annotators=annotator_spans(both[0]),
        n_words=len(spans.unit),
        n_marked=int(is_marked.sum()),
        n_clean=int((~is_marked).sum()),
        left_out=tuple(names(collected)[place] for place in _without_words(collected).tolist()),
    )


def spans_of(collected: Collected) -> Spans:
    """Return the words that were marked, and who looked for errors and marks them at words."""
    marked, marks = collected.marked_words, collected.marks
    words = marked.end > marked.start
    first, _ = first_looks(marks.output, marks.annotator)
    first = first[~np.isin(marks.annotator[first], _without_words(collected))]
    return Spans(
        unit=marked.output[words],
        annotator=marked.annotator[words],
        part=marked.step[words] + 1,
        tag=marked.tag[words],
        start=marked.start[words],
        end=marked.end[words],
        look_unit=marks.output[first],
        look_case=collected.outputs.case[marks.output[first]],
        look_annotator=marks.annotator[first],
        annotators=names(collected),
    )


def _without_words(collected: Collected) -> IntArray:
    marks = collected.marks
    return np.setdiff1d(marks.annotator[marks.tag != NO_TAG], collected.marked_words.annotator)


def word_entry(of: WordAgreement) -> Document:
    """Return the report as JSON; see docs/reports.md."""
    return {
        **asdict(of.plain),
        "with_tag": asdict(of.with_tag),
        "n_marks": of.n_words,
        "n_responses": of.n_marked,
        "n_responses_without_words": of.n_clean,
        "left_out": list(of.left_out),
        "pairs": [
            {"annotators": list(pair.annotators), **asdict(pair.agreement)} for pair in of.pairs
        ],
        "annotators": [asdict(annotator) for annotator in of.annotators],
    }
