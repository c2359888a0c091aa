"""The redaction of one import: the same thing, the same placeholder; twice is as once."""

import gzip
import io

import pytest
from hypothesis import given as for_all, strategies as st

from evalkit.redaction.kinds import FindingKind
from evalkit.redaction.lists import read_list
from evalkit.redaction.moves import TextMove, moved, quoted
from evalkit.redaction.redaction import Redaction, RedactionRules

#: Pieces of texts, so put together that what is found touches, overlaps and nests.
WHOLE = """ada@example.org
bob@example.org
ADA@example.org
+44 20 7946 0958
020 7946 0958
4111 1111 1111 1111
DE89370400440532013000
203.0.113.7
9007199254740993
219-09-9999
https://u:p@example.org/a?b=c
sk-proj-abcDEF1234567890abcdef
password=hunter2
[EMAIL_1]
[EMAIL_7]
[CARD_2]
[EMAIL_
_1]"""
PARTS = ["token: ", "Order ", "Tel ", "BSN ", "&x=1", *"[]\n ,.-/:10aAé@😀\u00a0"]
PIECES = st.sampled_from([*WHOLE.splitlines(), *PARTS])
TEXTS = st.lists(PIECES, max_size=14).map("".join)


@for_all(st.lists(TEXTS, max_size=5))
def test_a_redaction_of_what_was_redacted_changes_nothing(texts):
    redaction = Redaction()
    once = [redaction.text(text) for text in texts]

    assert [Redaction().text(text) for text in once] == once
    assert [redaction.text(text) for text in once] == once


@for_all(st.lists(TEXTS, max_size=5))
def test_the_same_texts_are_redacted_alike_every_time(texts):
    first, second = Redaction(), Redaction()

    assert [first.text(text) for text in texts] == [second.text(text) for text in texts]


@for_all(TEXTS)
def test_nothing_but_what_moved_changes(text):
    whole = Redaction().redacted(text)
    place, parts = 0, []
    for move in whole.moves:
        assert place <= move.start < move.end
        parts += [text[place : move.start], move.label]
        place = move.end

    assert whole.text == "".join([*parts, text[place:]])


@for_all(TEXTS, st.data())
def test_a_place_moves_with_its_text(text, data):
    whole = Redaction().redacted(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    new_start, new_end = moved(start, end, whole.moves)

    assert 0 <= new_start <= new_end <= len(whole.text)
    if end > start:
        assert whole.text[new_start:new_end] == quoted(text[start:end], start, whole.moves)


def test_a_place_that_cuts_what_was_replaced_covers_the_placeholder():
    # "mail ada@example.org now" becomes "mail [EMAIL_1] now".
    moves = [TextMove(5, 20, "[EMAIL_1]")]

    assert moved(0, 4, moves) == (0, 4)
    assert moved(5, 20, moves) == (5, 14)
    assert moved(9, 12, moves) == (5, 14)
    assert moved(0, 8, moves) == (0, 14)
    assert moved(21, 24, moves) == (15, 18)
    assert quoted("ada", 5, moves) == "[EMAIL_1]"
    assert quoted("org now", 17, moves) == "[EMAIL_1] now"


def test_the_same_thing_has_the_same_placeholder_however_it_is_written():
    redaction = Redaction()

    assert redaction.text("ada@example.org, bob@example.org") == "[EMAIL_1], [EMAIL_2]"
    assert redaction.text("Bob@Example.org") == "[EMAIL_2]"
    assert redaction.text("+44 20 7946 0958 or 020 7946 0958") == "[PHONE_1] or [PHONE_1]"
    assert redaction.text("4111-1111-1111-1111, 4111111111111111") == "[CARD_1], [CARD_1]"
    assert redaction.n_values == {FindingKind.EMAIL: 2, FindingKind.CARD: 1, FindingKind.PHONE: 1}
    assert redaction.n_replaced[FindingKind.EMAIL] == 3


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_number_of_a_placeholder_that_is_there_is_not_given_again(pack):
    # It stands across two blocks of what is read at once, too.
    held = b'{"text": "' + b"x" * (1024 * 1024 - 13) + b'[EMAIL_1] and [EMAIL_3]"}'
    redaction = Redaction()
    file = io.BytesIO(pack(held))
    redaction.reserve(file)

    assert file.tell() == 0
    assert redaction.text("ada@example.org [EMAIL_1] b@example.org") == (
        "[EMAIL_2] [EMAIL_1] [EMAIL_4]"
    )


def test_a_kind_that_is_let_through_stays_and_is_counted():
    kinds = frozenset(FindingKind) - {FindingKind.CARD, FindingKind.QUERY}
    redaction = Redaction(RedactionRules(kinds=kinds))

    # As a card it is let through, so not a long number either; the address in a query is found.
    assert redaction.text("4111111111111111") == "4111111111111111"
    assert redaction.text("https://x.example/?m=ada@example.org&i=1") == (
        "https://x.example/?m=[EMAIL_1]&i=1"
    )
    assert redaction.n_left == {FindingKind.CARD: 1, FindingKind.QUERY: 1}


def test_lists_of_a_team_are_obeyed_and_what_is_allowed_goes_first():
    rules = RedactionRules(
        allow=read_list("support@example.org\n# remark\n\n/.*@ours\\.example/", name="allow.txt"),
        deny=read_list("Project Falcon\n/EMP-[0-9]{3}/\nours", name="deny.txt"),
    )
    text = "support@example.org a@ours.example b@example.org project falcon EMP-123 ours, courses"

    assert Redaction(rules).text(text) == (
        "support@example.org a@ours.example [EMAIL_1] [TERM_1] [TERM_2] [TERM_3], courses"
    )


def test_a_listed_word_within_something_larger_does_not_leave_the_rest_of_it():
    rules = RedactionRules(deny=read_list("acme", name="deny.txt"))

    assert Redaction(rules).text("bob@acme.example of Acme") == "[EMAIL_1] of [TERM_1]"


def test_a_listed_word_does_not_reach_into_placeholders():
    rules = RedactionRules(deny=read_list("/EMAIL/\n/1/", name="deny.txt"))

    assert Redaction(rules).text("[EMAIL_1] EMAIL") == "[EMAIL_1] [TERM_1]"


def test_findings_are_kept_for_who_confirms_and_only_so_many():
    redaction = Redaction(n_findings=2)
    redaction.text("From: ada@example.org, again ada@example.org; b@example.org c@example.org")

    first, second = redaction.findings
    assert (first.written, first.before, first.placeholder, first.n) == (
        "ada@example.org",
        "From: ",
        "[EMAIL_1]",
        2,
    )
    assert second.written == "b@example.org"
    assert Redaction().findings == []


def test_what_a_person_lets_through_is_still_listed():
    redaction = Redaction(
        RedactionRules(let_through=frozenset({(FindingKind.EMAIL, "ada@example.org")})),
        n_findings=5,
    )

    assert redaction.text("Ada@example.org b@example.org") == "Ada@example.org [EMAIL_1]"
    assert [(finding.value, finding.placeholder) for finding in redaction.findings] == [
        ("ada@example.org", None),
        ("b@example.org", "[EMAIL_1]"),
    ]
