"""What a judge of one response is asked, and how its answer is read: as a person's would be."""

import json

import pytest

from evalkit.annotation.task import (
    BlindedResponse,
    ScaleLevel,
    TaskCriterion,
    TaskItem,
    TaskSeverity,
    TaskTag,
)
from evalkit.errors import RefusedError
from evalkit.judging.identity import JudgeIdentity
from evalkit.judging.plan import JudgePlan
from evalkit.judging.response import ResponseQuestion
from evalkit.running.endpoint import Endpoint
from evalkit.scale import ScaleRange
from evalkit.vocabulary import AnswerForm, Api, CheckValue, JudgeTask

LEVELS = (ScaleLevel(1.0, "poor", "Invented"), ScaleLevel(2.0, "good", "All supported"))
FACTS = TaskCriterion("facts", "Is it true?", "Against the passage.", LEVELS, True)
STYLE = TaskCriterion("style", "How well is it written?", "", (), False, ScaleRange(0, 100, 0.5))
TAGS = (
    TaskTag(
        "invented",
        "Invented",
        "Not in the passage.",
        (TaskSeverity("minor", "minor", 0.0), TaskSeverity("major", "major", 1.0)),
    ),
    TaskTag("tone", "Tone", "", ()),
)
BOTH = ResponseQuestion("Facts count before style.", (FACTS, STYLE), TAGS)
ITEMS = (TaskItem("date", "Does it name the date?"),)
SOUND = {
    "rationale": "Mostly true.",
    "scores": {"facts": 2, "style": 70.5},
    "errors": [
        {"tag": "invented", "severity": "major", "quote": "in 1802"},
        {"tag": "tone", "severity": None, "quote": None},
    ],
}


def request_of(asked=BOTH, *, form=AnswerForm.SCHEMA, checklist=()):
    judge = JudgeIdentity("m", "https://one.example", Api.CHAT, form, {}, asked)
    return judge.request(
        messages=[{"role": "user", "content": "Why is the sky blue?"}],
        context=[{"id": "p1", "text": "Rayleigh scattering"}],
        responses={"left": BlindedResponse("Because.")},
        checklist=checklist,
    )


def properties_of(asked=BOTH, **how):
    schema = request_of(asked, **how).parameters["response_format"]["json_schema"]["schema"]
    return schema["properties"]


def read(answer, asked=BOTH, checklist=()):
    text = answer if isinstance(answer, str) else json.dumps(answer)
    content = asked.read(text, checklist).content
    return content and content.responses["left"]


def test_the_judge_is_told_the_rubric_with_its_anchors_and_the_taxonomy_with_its_severities():
    system, user = (message["content"] for message in request_of(checklist=ITEMS).messages)

    assert "Facts count before style." in system
    assert "facts: Is it true?\nAgainst the passage.\n- 1 (poor): Invented\n" in system
    assert "- a number from 0 to 100 in steps of 0.5" in system
    assert "- invented (Invented): Not in the passage. Severity: minor, major." in system
    assert "- date: Does it name the date?" in system
    assert user.endswith("<response>\nBecause.\n</response>")


def test_reasons_come_first_and_the_schema_holds_the_scale_the_items_and_the_tags():
    fields = properties_of(checklist=ITEMS)

    assert list(fields) == ["rationale", "scores", "checks", "errors"]
    assert fields["scores"]["properties"] == {
        "facts": {"type": ["number"], "enum": [1.0, 2.0]},
        "style": {"type": ["number", "null"], "minimum": 0, "maximum": 100},
    }
    assert fields["checks"]["properties"]["date"]["enum"] == ["yes", "no", "na"]
    error = fields["errors"]["items"]["properties"]
    assert error["tag"]["enum"] == ["invented", "tone"]
    assert error["severity"]["enum"] == ["minor", "major", None]


@pytest.mark.parametrize(
    ("asked", "task", "fields"),
    [
        (BOTH, JudgeTask.RESPONSE, ["rationale", "scores", "errors"]),
        (ResponseQuestion("", (FACTS,)), JudgeTask.SCORES, ["rationale", "scores"]),
        (ResponseQuestion("", (), TAGS), JudgeTask.ERRORS, ["rationale", "errors"]),
    ],
)
def test_what_is_not_asked_for_is_neither_told_nor_in_the_answer(asked, task, fields):
    system = request_of(asked).messages[0]["content"]

    assert asked.task is task
    assert list(properties_of(asked)) == fields
    assert ("Is it true?" in system) == ("scores" in fields)
    assert ("Mark every error" in system) == ("errors" in fields)


def test_scores_and_errors_are_read_with_the_words_that_show_them():
    response = read(SOUND)

    assert response.scores == {"facts": 2.0, "style": 70.5}
    assert response.tags == {"tone": None}
    (mark,) = response.marks
    assert (mark.tag, mark.severity, mark.quote) == ("invented", "major", "in 1802")


@pytest.mark.parametrize(
    "scores", [{"facts": "2", "style": None}, {"facts": 2}, {"facts": 2.0, "style": None}]
)
def test_numbers_may_stand_in_quotes_and_what_is_not_required_may_be_missing(scores):
    assert read(SOUND | {"scores": scores}).scores == {"facts": 2.0}


@pytest.mark.parametrize(
    "answer",
    [
        "The facts are right, I would say 2.",
        '{"rationale": "cut',
        SOUND | {"scores": {"style": 70}},  # a required criterion is missing
        SOUND | {"scores": {"facts": 3, "style": 70}},  # off its scale
        SOUND | {"scores": {"facts": 2, "style": 70.3}},  # between two steps
        SOUND | {"scores": {"facts": "good"}},
        SOUND | {"scores": {"facts": 2, "length": 1}},  # no criterion of the study
        SOUND | {"errors": None},  # not said whether there are any
        SOUND | {"errors": ["invented"]},
        SOUND | {"errors": [{"tag": "spelling", "severity": "minor", "quote": None}]},
        SOUND | {"errors": [{"tag": "invented", "severity": "fatal", "quote": None}]},
        SOUND | {"errors": [{"tag": "invented", "severity": None, "quote": None}]},
    ],
)
def test_what_a_person_could_not_have_submitted_is_unreadable_as_a_whole(answer):
    assert read(answer) is None


def test_an_empty_list_is_a_look_that_found_no_error():
    response = read(SOUND | {"errors": []})

    assert (response.tags, response.marks) == ({}, ())


def test_the_checklist_of_the_case_is_read_with_the_scores_and_must_be_answered():
    assert read(SOUND, checklist=ITEMS) is None
    answered = read(SOUND | {"checks": {"date": "na"}}, checklist=ITEMS)
    assert answered.checks == {"date": CheckValue.NOT_APPLICABLE}


def test_repeated_looks_for_errors_alone_are_refused_for_no_file_tells_them_apart():
    with pytest.raises(RefusedError, match="Errors are asked for once"):
        JudgePlan("S", "m", Endpoint("https://one.example"), task=JudgeTask.ERRORS, repeats=2)


@pytest.mark.parametrize(
    "other",
    [
        ResponseQuestion("Style counts.", (FACTS, STYLE), TAGS),
        ResponseQuestion("Facts count before style.", (FACTS,), TAGS),
        ResponseQuestion("Facts count before style.", (FACTS, STYLE), TAGS[:1]),
    ],
)
def test_another_rubric_or_taxonomy_makes_another_judge(other):
    hashes = {
        JudgeIdentity("m", "https://one.example", Api.CHAT, AnswerForm.SCHEMA, {}, asked).hash
        for asked in (BOTH, other)
    }
    assert len(hashes) == 2


def test_a_judge_grades_by_the_keys_of_the_taxonomys_own_severities_and_reads_their_names():
    grades = (TaskSeverity("Neutral", "No harm", 0.0), TaskSeverity("NT", "NT", 1.0))
    asked = ResponseQuestion("", (), (TaskTag("false", "False", "", grades),))
    error = {"tag": "false", "severity": "nt", "quote": None}

    assert "Severity: Neutral (No harm), NT." in asked.words()
    schema = asked.properties()["errors"]["items"]["properties"]["severity"]
    assert schema["enum"] == ["Neutral", "NT", None]
    assert asked.read(json.dumps({"errors": [error]})).content.responses["left"].tags == {
        "false": "NT"
    }
    assert asked.read(json.dumps({"errors": [{**error, "severity": "major"}]})).content is None
