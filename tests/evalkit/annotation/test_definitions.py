"""Rubrics and taxonomies as leads write them: keys, order, and what is wrong in sentences."""

from dataclasses import replace

import pytest

from evalkit.annotation.definitions import (
    DefinitionError,
    check_rubric,
    check_taxonomy,
    key_of,
    scale_of,
)
from evalkit.annotation.rubric import DEFAULT_RUBRIC, CriterionDefinition
from evalkit.annotation.task import ScaleLevel
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY, TagDefinition
from evalkit.scale import ScaleRange
from evalkit.severity import Severity
from evalkit.vocabulary import CriterionLevel

RIGHT = CriterionDefinition(
    key="right",
    question="Is it right?",
    description="",
    level=CriterionLevel.ORDINAL,
    scale=(ScaleLevel(0, "No", ""), ScaleLevel(1, "Yes", "")),
)
NUMBER = replace(RIGHT, level=CriterionLevel.INTERVAL, scale=(), range=ScaleRange(0, 100))
WORDS = replace(RIGHT, level=CriterionLevel.TEXT, scale=())


def problems(check, *parts, name="Mine"):
    with pytest.raises(DefinitionError) as refused:
        check(name, parts)
    return refused.value.problems


def test_the_ready_rubric_and_taxonomy_and_every_kind_of_criterion_can_be_stored():
    check_rubric("Mine", DEFAULT_RUBRIC)
    number = replace(NUMBER, key="b", question="How right is it?")
    check_rubric("Mine", [RIGHT, number, replace(WORDS, key="c", question="What is wrong?")])
    check_taxonomy("Mine", DEFAULT_TAXONOMY)
    check_taxonomy("Mine", [TagDefinition("format/json", "JSON", "", ())])


@pytest.mark.parametrize(
    ("criterion", "sentence"),
    [
        (replace(RIGHT, question=" "), "Criterion 1 has no question."),
        (
            replace(RIGHT, scale=RIGHT.scale[:1]),
            "Criterion 1 (“Is it right?”) has 1 level; a scale needs 2 or more.",
        ),
        (
            replace(RIGHT, scale=RIGHT.scale[:1] * 2),
            "Criterion 1 (“Is it right?”): 0 is the value of 2 levels.",
        ),
        (
            replace(RIGHT, scale=[ScaleLevel(value, "", "") for value in (1.0, 1.0, 2.5, 2.5, 3)]),
            "Criterion 1 (“Is it right?”): 1 and 2.5 are each the value of two levels or more.",
        ),
        (
            replace(NUMBER, range=ScaleRange(5, 5)),
            "Criterion 1 (“Is it right?”), upper end: found 5, expected a number above 5 (min).",
        ),
        (
            replace(NUMBER, range=ScaleRange(0, 10, step=4)),
            "Criterion 1 (“Is it right?”), step: found 4, expected a step that leads from 0 to 10.",
        ),
    ],
)
def test_what_is_wrong_with_a_criterion_is_said_with_its_place(criterion, sentence):
    assert problems(check_rubric, criterion) == (sentence,)


def test_all_that_is_wrong_is_said_at_once():
    tags = (TagDefinition("tone", "", ""), TagDefinition("tone", "Tone", ""))

    assert problems(check_taxonomy, *tags, name=" ") == (
        "A taxonomy needs a name of 1 to 120 characters.",
        "Error tag 1 has no name.",
        "The key “tone” is there twice: it names scores or errors in files.",
    )
    assert problems(check_rubric) == ("Add at least one criterion.",)


def test_two_of_one_name_are_refused_for_annotators_could_not_tell_them_apart():
    tags = [TagDefinition("a", "Tone", ""), TagDefinition("b", "Other", "")]

    assert problems(check_rubric, RIGHT, replace(RIGHT, key="b", question=" is it  right? ")) == (
        "Criteria 1 and 2 ask the same, “Is it right?”: annotators cannot tell them apart.",
    )
    assert problems(check_taxonomy, *tags, TagDefinition("c", "Tone", "")) == (
        "Error tags 1 and 3 have the same name, “Tone”: annotators cannot tell them apart.",
    )
    check_taxonomy("Mine", [TagDefinition("a/x", "Tone", ""), TagDefinition("b/x", "Tone", "")])


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Is it right?", "is_it_right"),
        ("Größe", "größe"),
        ("正しい？", "正しい"),
        ("?!", "criterion_1"),
        ("Right", "right_2"),  # taken
        ("x" * 90, "x" * 40),
    ],
)
def test_a_key_is_made_of_the_words_and_is_nobody_elses(words, key):
    assert key_of(words, {"right"}, otherwise="criterion_1") == key


def test_levels_stand_in_order_of_their_values_unless_they_are_names():
    levels = [ScaleLevel(2, "b", ""), ScaleLevel(1, "a", "")]

    assert [level.value for level in scale_of(levels, CriterionLevel.ORDINAL)] == [1, 2]
    assert [level.value for level in scale_of(levels, CriterionLevel.NOMINAL)] == [2, 1]


def test_severities_of_a_tag_are_those_that_can_be_stored():
    check_taxonomy("Mine", [TagDefinition("a", "A", "", ("major",))])


GRADES = (Severity("bad", "Bad", 1.0), Severity("worse", "Worse", 5.0))


@pytest.mark.parametrize(
    ("severities", "problem"),
    [
        (GRADES[:1], "A taxonomy has 2 to 8 severities; there is 1."),
        (GRADES * 5, "A taxonomy has 2 to 8 severities; there are 10."),
        ((GRADES[0], replace(GRADES[1], name=" ")), "Severity 2 has no name."),
        (
            (GRADES[0], replace(GRADES[1], weight=-1.0)),
            "Severity 2 (“Worse”), weight: found -1.0, expected a number from 0 to 1,000,000.",
        ),
        (
            (GRADES[0], replace(GRADES[1], weight=float("nan"))),
            "Severity 2 (“Worse”), weight: found NaN, expected a number from 0 to 1,000,000.",
        ),
        (
            (GRADES[0], replace(GRADES[1], key="a:b")),
            'Severity 2 (“Worse”), key: found "a:b", expected a key without “:” and “=”.',
        ),
        (
            (GRADES[0], replace(GRADES[1], key="bad")),
            'Severities: found ["bad", "bad"], expected every key once.',
        ),
        (
            (GRADES[0], replace(GRADES[1], name="BAD")),
            'Severities: found ["Bad", "BAD"], expected every name once.',
        ),
    ],
)
def test_severities_are_two_to_eight_that_can_be_told_apart_and_weigh_something(
    severities, problem
):
    with pytest.raises(DefinitionError) as refused:
        check_taxonomy("Mine", [TagDefinition("a", "A", "", ())], severities)

    assert refused.value.problems == (problem,)


def test_a_tag_offers_severities_of_its_taxonomy_alone():
    check_taxonomy("Mine", [TagDefinition("a", "A", "", ("worse",))], GRADES)
    with pytest.raises(DefinitionError) as refused:
        check_taxonomy("Mine", [TagDefinition("a", "A", "", ("minor",))], GRADES)

    assert refused.value.problems == (
        "Error tag 1 (“A”): there is no severity “minor”. There are: bad and worse.",
    )
