"""Exact match, token F1, ROUGE and BLEU against published definitions and implementations."""

from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from evalkit.checks.kind import CheckedResponse
from evalkit.checks.kinds.bleu import BLEU, bleu_words, sentence_bleu
from evalkit.checks.kinds.exact import EXACT
from evalkit.checks.kinds.rouge import ROUGE, RougeOf, longest_common, rouge
from evalkit.checks.kinds.token_f1 import TOKEN_F1, token_f1
from tests.evalkit.checks.telling import result, tell

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=9)


@pytest.mark.parametrize(
    ("normal", "response", "expected"),
    [
        ("exact", "Paris", "pass"),
        ("exact", "paris", "fail"),
        ("spaces", "  paRIS\n", "pass"),
        ("spaces", "Paris.", "fail"),
        # Lower case, no punctuation, no articles: what SQuAD's evaluation leaves.
        ("squad", "The Paris!", "pass"),
        ("squad", "Paris, France", "fail"),
    ],
)
def test_an_exact_match_forgives_what_its_normalisation_says(normal, response, expected):
    assert result(EXACT, response, expected=["Paris"], normal=normal) == expected


def test_a_check_without_an_expected_text_of_its_own_takes_the_reference_of_the_case():
    assert result(EXACT, CheckedResponse("Rome", reference="Rome")) == "pass"
    assert result(EXACT, CheckedResponse("Rome", reference="Rome"), expected=["Oslo"]) == "fail"
    assert result(EXACT, CheckedResponse("Oslo"), expected=["Rome", "Oslo"]) == "pass"


@pytest.mark.parametrize("kind", [EXACT, TOKEN_F1, ROUGE, BLEU], ids=lambda kind: kind.key)
def test_without_any_expected_text_nothing_can_be_said(kind):
    outcome = tell(kind, "Rome")

    assert outcome.result.value == "undefined"
    assert outcome.detail == "The case has no reference in words."
    assert outcome.value is None


@pytest.mark.parametrize(
    ("response", "expected", "value"),
    [
        ("the cat", "cat", 1.0),  # an article is no word
        ("a cat sat", "cat", 2 * (1 / 2) * 1 / (1 / 2 + 1)),  # precision 1/2, recall 1
        ("cat cat", "cat dog", 0.5),  # a bag: one cat is shared, 1/2 and 1/2
        ("dog", "cat", 0.0),
        ("", "", 1.0),  # SQuAD 2.0: no answer where none is right
        ("the", "cat", 0.0),
        ("New York City", "New York", 0.8),  # 2/3 and 1: 2 * 2/3 / (5/3)
    ],
)
def test_token_f1_is_squads(response, expected, value):
    assert token_f1(response, expected) == pytest.approx(value)


def test_the_best_of_several_expected_texts_counts():
    outcome = tell(TOKEN_F1, "New York", expected=["Boston", "New York City"], least=0.8)

    assert outcome.value == pytest.approx(0.8)
    assert outcome.result.value == "pass"


@pytest.mark.parametrize(
    ("response", "of", "value"),
    [
        # Lin 2004, section 3.1: "police killed the gunman" with F of equal weights.
        ("police kill the gunman", RougeOf.SEQUENCE, 3 / 4),
        ("the gunman kill police", RougeOf.SEQUENCE, 2 / 4),
        # Both have one pair, "the gunman", of three: ROUGE-2 tells them not apart.
        ("police kill the gunman", RougeOf.PAIRS, 1 / 3),
        ("the gunman kill police", RougeOf.PAIRS, 1 / 3),
        ("police kill the gunman", RougeOf.WORDS, 3 / 4),
        ("the the the police", RougeOf.WORDS, 2 / 4),  # one "the" is clipped
    ],
)
def test_rouge_is_lins(response, of, value):
    assert rouge(response, "police killed the gunman", of) == pytest.approx(value)


def test_rouge_knows_letters_of_every_script():
    # The package rouge-score leaves nothing of either, and says 0.
    assert rouge("кошка спит дома", "кошка дома", RougeOf.SEQUENCE) == pytest.approx(4 / 5)


@given(WORDS, WORDS)
def test_the_longest_common_sequence_is_the_longest_of_all_common_ones(first, second):
    def sequences(words):
        return {
            tuple(words[place] for place in places)
            for n in range(len(words) + 1)
            for places in combinations(range(len(words)), n)
        }

    assert longest_common(first, second) == max(map(len, sequences(first) & sequences(second)))


def test_bleu_splits_words_as_mteval_does():
    assert bleu_words('Hello, "world": 1,000.5 well-known 5-4 end.') == [
        *("Hello", ",", '"', "world", '"', ":", "1,000.5", "well-known", "5", "-", "4", "end", ".")
    ]


@pytest.mark.parametrize(
    ("response", "expected", "value"),
    [
        ("the cat sat on the mat", ["the cat sat on the mat"], 100.0),
        # Precisions 7/7, 6/6, 5/5, 4/4 of the response; the penalty is exp(1 - 8/7).
        ("one two three four five six seven", ["one two three four five six seven eight"], 86.6878),
        # Papineni 2002's "the": one word, clipped 2/7, then runs of two to four without a hit:
        # (2/7 * (1/2)/6 * (1/4)/5 * (1/8)/4)^(1/4), no penalty beside texts as long.
        ("the the the the the the the", ["the cat is on the mat now"], 100 * 0.00003720238**0.25),
        # sacrebleu 2.6.0, sentence_bleu of the same texts.
        ("The cat is on the mat.", ["There is a cat on the mat."], 39.44243648327556),
        ("nothing shared", ["quite another thing"], 0.0),
        ("", ["something"], 0.0),
        ("short", ["short"], 100.0),  # as far as the response is long enough
    ],
)
def test_bleu_of_one_response_is_that_of_its_definition(response, expected, value):
    assert sentence_bleu(response, expected) == pytest.approx(value, abs=1e-3)


@given(st.text(max_size=60), st.text(max_size=60))
def test_every_measure_lies_on_its_scale_and_is_full_for_the_same_text(response, expected):
    assert 0 <= token_f1(response, expected) == token_f1(expected, response) <= 1
    for of in RougeOf:
        assert 0 <= rouge(response, expected, of) == rouge(expected, response, of) <= 1
    assert -1e-9 <= sentence_bleu(response, [expected]) <= 100 + 1e-9
    assert token_f1(response, response) == 1
    assert sentence_bleu(response, [response]) == pytest.approx(100 if bleu_words(response) else 0)
