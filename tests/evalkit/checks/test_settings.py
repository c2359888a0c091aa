"""Settings are read, given their defaults, or refused with what was expected."""

from pathlib import Path

import pytest

from evalkit.checks import patterns
from evalkit.checks.answers import Answers, QuestionOf, read_answers, stored_answers
from evalkit.checks.kind import LONGEST_TEXT, CheckedResponse
from evalkit.checks.kinds.bleu import BLEU
from evalkit.checks.kinds.length import LENGTH
from evalkit.checks.kinds.mentions import MENTIONS
from evalkit.checks.kinds.number import NUMBER
from evalkit.checks.kinds.pattern import PATTERN
from evalkit.checks.kinds.rouge import ROUGE
from evalkit.checks.running import check_hash, checker_of, seen_hash
from evalkit.checks.settings import read_settings
from evalkit.checks.table import KINDS, kind_called
from evalkit.errors import NotFoundError, RefusedError
from tests.evalkit.checks.telling import tell


@pytest.mark.parametrize(
    ("kind", "settings", "says"),
    [
        (MENTIONS, {}, r"Words or phrases \(phrases\) is missing"),
        (MENTIONS, {"phrases": " \n "}, "is empty"),
        (MENTIONS, {"phrases": [1]}, "is no list of texts"),
        (MENTIONS, {"phrases": "a", "words": 1}, "no setting “words”. It has: phrases, any"),
        (MENTIONS, {"phrases": "a", "any": "maybe"}, "Expected is yes or no"),
        (ROUGE, {"least": "much"}, "Expected is a number at least 0 and at most 1"),
        (ROUGE, {"least": 1.5}, "at most 1"),
        (ROUGE, {"least": "nan"}, "is “nan”"),
        (ROUGE, {"least": True}, "is “True”"),
        (ROUGE, {"of": "3"}, "Expected is one of: 1, 2, L"),
        (LENGTH, {"least": 1.5}, "a whole number"),
        (LENGTH, {}, "at least how much"),
        (LENGTH, {"least": 5, "most": 4}, "is above most"),
        (NUMBER, {}, "say from where"),
        (NUMBER, {"low": 2, "high": 1}, "is above high"),
        (PATTERN, {"pattern": "("}, "is no pattern"),
        (PATTERN, {"pattern": "((a{99}){99}){99}"}, "repeats its parts 970,299 times"),
        (PATTERN, {"pattern": "a" * 3_000}, "has 3,000 characters"),
        (BLEU, {"expected": ["x"] * 2_000}, "At most 1,000 lines"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_what_was_expected(kind, settings, says):
    with pytest.raises(RefusedError, match=says):
        read_settings(kind, settings)


def test_texts_of_the_command_line_and_values_of_json_are_read_alike():
    assert read_settings(ROUGE, {"least": "0.25"}) == read_settings(ROUGE, {"least": 0.25})
    assert read_settings(MENTIONS, {"phrases": "a\n b \n", "any": "yes"}) == read_settings(
        MENTIONS, {"phrases": ["a", "b"], "any": True}
    )


def test_a_pattern_that_would_run_for_ever_is_stopped_and_after_ten_times_tried_no_more(
    monkeypatch,
):
    monkeypatch.setattr(patterns, "LONGEST_ON_A_RESPONSE", 0.02)
    check = checker_of(PATTERN, read_settings(PATTERN, {"pattern": "^(a|aa)+$"}))
    slow = CheckedResponse("a" * 60 + "!")

    outcomes = check([slow] * 11)

    assert {outcome.result.value for outcome in outcomes[:10]} == {"undefined"}
    assert all("ran longer than 0.02 second" in outcome.detail for outcome in outcomes[:10])
    assert outcomes[10] is None


def test_of_what_is_longer_than_anybody_reads_nothing_is_said():
    assert tell(MENTIONS, "a" * (LONGEST_TEXT + 1), phrases="a").result.value == "undefined"


def test_every_kind_is_found_by_its_key_and_says_what_it_cannot_tell():
    assert len({kind.key for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert kind_called(kind.key) is kind
        assert kind.about.endswith(".")
        assert kind.limits.endswith(".")
        assert len({setting.key for setting in kind.settings}) == len(kind.settings)
    with pytest.raises(NotFoundError, match="There are: mentions"):
        kind_called("vibes")


def test_a_check_is_another_revision_when_anything_that_shapes_it_is_another():
    once = check_hash(ROUGE, read_settings(ROUGE, {}))

    assert once == check_hash(ROUGE, read_settings(ROUGE, {"least": "0.3"}))
    assert once != check_hash(ROUGE, read_settings(ROUGE, {"least": "0.4"}))
    assert once != check_hash(BLEU, read_settings(ROUGE, {}))


def test_what_a_check_saw_is_told_apart_by_every_part_of_it():
    seen = {
        seen_hash(CheckedResponse("a")),
        seen_hash(CheckedResponse("", asked="a")),
        seen_hash(CheckedResponse("", reference="a")),
        seen_hash(CheckedResponse("", reference="")),
        seen_hash(CheckedResponse("")),
    }

    assert len(seen) == 5


@pytest.mark.parametrize(
    ("words", "answers"),
    [
        ("acceptable", Answers(QuestionOf.ACCEPTABLE)),
        ("helpful>=4", Answers(QuestionOf.CRITERION, "helpful", 4.0)),
        ("a>=b>=0.5", Answers(QuestionOf.CRITERION, "a>=b", 0.5)),
        ("tag:wrong number", Answers(QuestionOf.TAG, "wrong number")),
    ],
)
def test_what_a_check_stands_beside_is_typed_stored_and_read_again(words, answers):
    assert read_answers(words) == answers
    assert answers.words == words
    assert stored_answers(answers.document) == answers


@pytest.mark.parametrize(
    "words",
    ["helpful", "helpful>=much", "helpful>=nan", "helpful>=-inf", "helpful>=1e999", ">=4", "tag:"],
)
def test_what_nobody_is_asked_is_refused(words):
    with pytest.raises(RefusedError, match="Expected is acceptable"):
        read_answers(words)


def test_nothing_is_beside_nothing():
    assert read_answers(" ") is None
    assert stored_answers(None) is None


def test_the_documentation_lists_every_kind_as_the_table_does():
    page = (Path(__file__).parents[3] / "docs" / "checks.md").read_text(encoding="utf-8")
    rows = [
        f"| `{kind.key}` | {kind.about} | "
        f"{', '.join(f'`{setting.key}`' for setting in kind.settings)} | {kind.limits} |"
        for kind in KINDS
    ]

    assert "\n".join(rows) in page
