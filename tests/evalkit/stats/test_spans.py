"""Span-F1: values by derivation, by sets of characters, and what is undefined."""

import numpy as np
import pytest

from evalkit.stats.agreement.kappa import pairwise_agreement
from evalkit.stats.agreement.spans import (
    NO_SECOND,
    NO_WORDS,
    annotator_spans,
    compare_spans,
    span_agreement,
    span_pairs,
)
from evalkit.stats.counts import tag_codings
from tests.evalkit.stats.span_sets import Sets, drawn, spans

BOTH = [(0, 0), (0, 1), (1, 0), (1, 1)]


def agreed(data, *, with_tag=False):
    return span_agreement(compare_spans(data, with_tag=with_tag))


def values(of):
    return [of.exact.value, of.touched.value, of.characters.value]


def test_words_marked_alike_by_half_and_touched_by_one_more():
    # Of response 0 Ada marks 0-10 and 20-24, Bo 0-10 and 22-26. Of response 1 Ada marks 5-9 alone.
    # Marks: Ada 3, Bo 2. Exactly the same: 1 of each, F1 = 2·1 / (3 + 2) = 0.4. Touched: Ada's
    # first and second, Bo's both, 4 of 5. Characters: Ada 10 + 4 + 4 = 18, Bo 10 + 4 = 14, in
    # common 10 + 2 = 12, F1 = 2·12 / (18 + 14) = 0.75.
    data = spans(
        [(0, 0, 0, 0, 0, 10), (0, 0, 0, 0, 20, 24), (0, 1, 0, 0, 0, 10), (0, 1, 0, 0, 22, 26),
         (1, 0, 0, 0, 5, 9)],
        BOTH,
    )  # fmt: skip

    agreement = agreed(data)

    assert values(agreement) == pytest.approx([0.4, 0.8, 0.75])
    assert (agreement.exact.n, agreement.touched.n, agreement.characters.n) == (5, 5, 32)
    assert agreement.exact.low < 0.4 < agreement.exact.high
    (pair,) = span_pairs(compare_spans(data))
    assert pair.annotators == ("Ada", "Bo")
    assert values(pair.agreement) == pytest.approx([0.4, 0.8, 0.75])


def test_the_same_words_under_another_tag_are_the_same_only_where_tags_do_not_count():
    data = spans([(0, 0, 0, 7, 0, 4), (0, 1, 0, 8, 0, 4)], BOTH)

    assert values(agreed(data)) == [1.0, 1.0, 1.0]
    assert values(agreed(data, with_tag=True)) == [0.0, 0.0, 0.0]


def test_words_at_the_same_place_of_another_step_are_other_words():
    data = spans([(0, 0, 2, 0, 0, 4), (0, 1, 3, 0, 0, 4)], BOTH)

    assert values(agreed(data)) == [0.0, 0.0, 0.0]


def test_marks_of_one_annotator_that_overlap_are_counted_once_in_characters():
    # Ada marks 0-6 and 4-10, Bo 0-10: all of both is in common, and no mark is the same.
    data = spans([(0, 0, 0, 0, 0, 6), (0, 0, 0, 1, 4, 10), (0, 1, 0, 0, 0, 10)], BOTH)

    assert values(agreed(data)) == [0.0, 1.0, 1.0]
    assert agreed(data).characters.n == 20


def test_marks_side_by_side_do_not_touch():
    assert values(agreed(spans([(0, 0, 0, 0, 0, 4), (0, 1, 0, 0, 4, 8)], BOTH))) == [0, 0, 0]


def test_each_mark_counts_once_however_many_others_looked():
    # Two looked at response 0 and marked the same: 2 marks, worth 1 each. Three looked at
    # response 1: Ada and Bo marked the same, Cy nothing: 2 marks worth 1/2 each. 3 / 4.
    data = spans(
        [(0, 0, 0, 0, 0, 4), (0, 1, 0, 0, 0, 4), (1, 0, 0, 0, 0, 4), (1, 1, 0, 0, 0, 4)],
        [*BOTH, (1, 2)],
    )

    assert values(agreed(data)) == pytest.approx([0.75] * 3)


def test_a_response_without_marked_words_counts_neither_for_nor_against():
    marks = [(0, 0, 0, 0, 0, 4), (1, 1, 0, 0, 0, 4), (0, 1, 0, 0, 2, 4)]
    clean = [(unit, who) for unit in range(2, 9) for who in (0, 1)]

    assert values(agreed(spans(marks, [*BOTH, *clean]))) == values(agreed(spans(marks, BOTH)))


def test_what_one_annotator_alone_looked_at_counts_nothing():
    marks = [(0, 0, 0, 0, 0, 4), (0, 1, 0, 0, 0, 4)]
    alone = [*marks, (2, 0, 0, 0, 0, 4)]

    assert values(agreed(spans(alone, [*BOTH, (2, 0)]))) == [1.0, 1.0, 1.0]


def test_without_marked_words_or_a_second_look_there_is_a_sentence():
    nothing, alone = spans([], BOTH), spans([(0, 0, 0, 0, 0, 4)], [(0, 0)])

    for data, reason in ((nothing, NO_WORDS), (alone, NO_SECOND)):
        agreement = agreed(data)
        assert values(agreement) == [None, None, None]
        assert {agreement.exact.reason, agreement.characters.reason} == {reason}
        assert span_pairs(compare_spans(data)) == annotator_spans(compare_spans(data)) == ()


@pytest.mark.parametrize("with_tag", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_all_is_what_sets_of_characters_give(seed, with_tag):
    data = drawn(seed)
    found = values(agreed(data, with_tag=with_tag))

    assert found == pytest.approx(Sets(data, with_tag=with_tag).overall(), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_f1_of_every_two_is_what_sets_of_characters_give(seed):
    data = drawn(seed)
    found = {
        tuple(data.annotators.index(name) for name in pair.annotators): pair.agreement
        for pair in span_pairs(compare_spans(data))
    }
    sets = Sets(data).pairs()

    assert found.keys() == sets.keys()
    for pair, agreement in found.items():
        exact = [agreement.exact.value, agreement.characters.value]
        assert exact == pytest.approx(sets[pair], abs=1e-12)


def test_who_marked_what_no_other_did_and_who_did_not_see_what_others_saw():
    # Cy looked at response 0 too. Ada: 3 marks, worth (1 + 0)/2, 0, and on response 1 nothing of
    # Bo's: of hers 0.5 / 3 is confirmed. Of others' she notices Bo's 0-4 but not Cy's 40-44.
    data = spans(
        [(0, 0, 0, 0, 0, 4), (0, 0, 0, 0, 10, 14), (0, 1, 0, 1, 2, 6), (0, 2, 0, 0, 40, 44),
         (1, 0, 0, 0, 0, 4)],
        [*BOTH, (0, 2)],
    )  # fmt: skip

    ada, bo, cy = annotator_spans(compare_spans(data))

    assert [ada.confirmed.value, ada.noticed.value] == pytest.approx([0.5 / 3, 0.5])
    assert (ada.confirmed.n, ada.noticed.n) == (3, 2)
    assert [bo.confirmed.value, bo.noticed.value] == pytest.approx([0.5, 1 / 4])
    assert [cy.confirmed.value, cy.noticed.value] == pytest.approx([0.0, 0.0])
    assert (bo.noticed.n, cy.noticed.n) == (4, 3)


def test_kappa_of_single_characters_comes_to_f1_as_texts_grow():
    # Hripcsak & Rothschild (2005): what neither marked grows with the text, and kappa of every
    # character, marked or not, tends to F1.
    data = spans([(0, 0, 0, 0, 0, 12), (0, 1, 0, 0, 4, 20)], BOTH)
    far = []
    for length in (40, 400, 40_000):
        marked = np.zeros((2, length), dtype=bool)
        marked[0, 0:12] = marked[1, 4:20] = True
        unit, who = np.tile(np.arange(length), 2), np.repeat([0, 1], length)
        codings = tag_codings(
            unit=unit, case=unit, annotator=who, is_marked=marked.ravel(), annotators=("Ada", "Bo")
        )
        (pair,) = pairwise_agreement(codings)
        far.append(abs(pair.cohen_kappa.value - agreed(data).characters.value))

    assert far[0] > far[1] > far[2]
    assert far[2] < 1e-3
