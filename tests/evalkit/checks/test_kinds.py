"""What each kind of check lets pass, and what it says where it does not."""

from pathlib import Path

import pytest

from evalkit.checks.kind import CheckedResponse, Passage
from evalkit.checks.kinds.citation import CITATION
from evalkit.checks.kinds.language import LANGUAGE
from evalkit.checks.kinds.length import LENGTH
from evalkit.checks.kinds.mentions import MENTIONS, NOT_CONTAINS
from evalkit.checks.kinds.number import NUMBER, numbers_in
from evalkit.checks.kinds.pattern import PATTERN
from evalkit.checks.kinds.refusal import REFUSAL, refusal_phrase
from tests.evalkit.checks.telling import result, tell

LABELLED = Path(__file__).parents[2] / "cases" / "refusals.txt"


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("You have 30 days.", "pass"),
        ("A 30\u00a0DAYS limit", "pass"),  # a blank that does not break, and capitals
        ("30\ndays", "pass"),
        ("It takes 130 days.", "fail"),  # whole words
        ("30 daysies", "fail"),
        ("Thirty days.", "fail"),
    ],
)
def test_a_phrase_is_mentioned_whatever_blanks_and_capitals_it_stands_in(response, expected):
    assert result(MENTIONS, response, phrases=["30 days"]) == expected


def test_dashes_and_quotation_marks_of_all_kinds_are_one():
    assert result(MENTIONS, "the 30\u2011day “limit”", phrases=['30-day "limit"']) == "pass"
    assert result(NOT_CONTAINS, "don\u2019t", phrases=["don't"]) == "fail"


def test_all_phrases_are_asked_for_unless_any_will_do():
    asked = {"phrases": ["refund", "voucher"]}

    assert tell(MENTIONS, "A refund.", **asked).detail == "Missing: “voucher”."
    assert result(MENTIONS, "A refund.", **asked, any=True) == "pass"
    assert result(MENTIONS, "Nothing.", **asked, any="yes") == "fail"


def test_what_must_not_be_there_is_named():
    assert tell(NOT_CONTAINS, "We guarantee it.", phrases=["guarantee"]).detail == (
        "Contains “guarantee”."
    )
    assert result(NOT_CONTAINS, "Guaranteed.", phrases=["guarantee"]) == "pass"
    assert result(NOT_CONTAINS, "Guaranteed.", phrases=["guarantee"], whole_words=False) == "fail"
    assert result(NOT_CONTAINS, "Guarantee.", phrases=["guarantee"], same_case=True) == "pass"


def test_a_pattern_is_asked_for_or_forbidden_of_a_part_or_of_all():
    assert result(PATTERN, "call 555-1234", pattern=r"\d{3}-\d{4}") == "pass"
    assert result(PATTERN, "call 555-1234", pattern=r"\d{3}-\d{4}", whole=True) == "fail"
    assert result(PATTERN, "call 555-1234", pattern=r"\d{3}-\d{4}", match="must_not") == "fail"
    assert result(PATTERN, "YES", pattern="^yes$") == "pass"
    assert result(PATTERN, "YES", pattern="^yes$", ignore_case=False) == "fail"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("It costs 1,204.50 or −3.", [1204.5, -3.0]),
        ("from 3-4 days", [3.0, 4.0]),  # a dash between numbers is no sign
        ("2e3 and .5", [2000.0, 0.5]),
        ("1 204 with a thin blank", [1.0, 204.0]),
        ("1\u202f204 with a narrow one", [1204.0]),
        ("v2 and x3", []),  # names are no numbers
        ("no number", []),
    ],
)
def test_numbers_are_read_as_english_writes_them(text, numbers):
    assert numbers_in(text) == numbers


def test_the_number_that_was_asked_for_lies_within_both_ends():
    text = "Of 5 and 7 together that is 12."

    assert result(NUMBER, text, low=12, high=12) == "pass"
    assert result(NUMBER, text, high=5, which="first") == "pass"
    assert result(NUMBER, text, low=6, high=8, which="any") == "pass"
    assert result(NUMBER, text, low=13) == "fail"
    assert tell(NUMBER, "None.", low=0).detail == "There is no number in it."
    assert result(NUMBER, "It is 0.", low=0, high=0, which="any") == "pass"


def test_length_is_counted_in_what_was_asked_for():
    text = "One two three.\n\nFour."

    assert tell(LENGTH, text, most=4).value == 4
    assert result(LENGTH, text, most=3) == "fail"
    assert result(LENGTH, text, most=2, unit="lines") == "pass"
    assert tell(LENGTH, " ab ", most=2, unit="characters").value == 2
    assert result(LENGTH, "", least=1) == "fail"


def test_the_language_is_that_of_the_case_unless_another_is_asked_for():
    german = CheckedResponse(
        "Das ist die Antwort auf die Frage.", asked="Wie ist das Wetter und wo ist der Bahnhof?"
    )

    assert result(LANGUAGE, german) == "pass"
    assert tell(LANGUAGE, german, language="en").detail == "It is German, expected is English."
    assert result(LANGUAGE, CheckedResponse("42", asked=german.asked)) == "undefined"
    assert result(LANGUAGE, CheckedResponse(german.content, asked="Hm?")) == "undefined"


PASSAGES = (
    Passage("doc-1", "Returns are possible within 30 days of delivery."),
    Passage("doc-7", "Opened software cannot be returned."),
)


@pytest.mark.parametrize(
    ("response", "expected", "detail"),
    [
        ("Within 30 days [doc-1].", "pass", ""),
        ("Within 30 days [2].", "pass", ""),
        ("Both [doc-1, doc-7].", "pass", ""),
        ("Within 30 days [doc-9].", "fail", "[doc-9] names no passage of the context."),
        ("Within 30 days [3].", "fail", "[3] names no passage of the context."),
        ("Within 30 days.", "fail", "It cites no passage."),
        ("See [the terms](https://example.org) [note].", "fail", "It cites no passage."),
    ],
)
def test_what_is_cited_by_id_must_be_a_passage_of_the_case(response, expected, detail):
    outcome = tell(CITATION, CheckedResponse(response, passages=PASSAGES))

    assert (outcome.result.value, outcome.detail) == (expected, detail)


def test_what_is_quoted_must_stand_in_a_passage():
    def told(text):
        return tell(CITATION, CheckedResponse(text, passages=PASSAGES), by="quotes")

    assert told("They say “returns are possible, within 30 days”.").result.value == "pass"
    assert told("They say “returns are possible within 60 days”.").detail == (
        "“returns are possible within 60 days” is in no passage."
    )
    assert told("They say “yes”.").result.value == "fail"
    assert tell(CITATION, CheckedResponse("[1]")).detail == "The case has no passages."


def test_a_refusal_is_wanted_or_not():
    assert result(REFUSAL, "I'm sorry, but I can't help with that.") == "fail"
    assert result(REFUSAL, "I can’t help with that.", expected="refuse") == "pass"
    assert result(REFUSAL, "Here it is.", expected="refuse") == "fail"


def test_how_well_refusals_are_told_is_what_its_limits_say():
    rows = [line for line in LABELLED.read_text(encoding="utf-8").splitlines() if line[0] in "+-"]
    told = [(row[0] == "+", bool(refusal_phrase(row[2:]))) for row in rows]
    n_refusals = sum(is_one for is_one, _ in told)
    n_hits = sum(is_one and is_told for is_one, is_told in told)
    n_wrong = sum(is_told and not is_one for is_one, is_told in told)

    assert (
        f"Of {len(rows)} texts written for it, it found {n_hits} of {n_refusals} refusals, and "
        f"took {n_wrong} of {len(rows) - n_refusals} others for one"
    ) in REFUSAL.limits


@pytest.mark.parametrize("which", ["last", "first", "any"])
def test_a_number_without_bounds_is_not_compared(which):
    outcome = tell(NUMBER, "1e999", low=0, which=which)

    assert (outcome.result.value, outcome.value) == ("undefined", None)
    assert outcome.detail == "The number is too large to be compared."


def test_a_nought_that_is_within_needs_no_reason():
    outcome = tell(NUMBER, "It is 0.", low=0, high=1, which="any")

    assert (outcome.result.value, outcome.detail, outcome.value) == ("pass", "", 0)
