"""Cases a judge is shown with the right answer: in the request, and in who the judge is."""

import json
from dataclasses import replace

import pytest

from evalkit.annotation.draft import Draft, ResponseDraft
from evalkit.annotation.marks import MarkedError
from evalkit.annotation.task import BlindedResponse, ScaleLevel, TaskCriterion, TaskTag
from evalkit.errors import RefusedError
from evalkit.judging.few_shot import FewShot
from evalkit.judging.identity import JudgeIdentity
from evalkit.judging.pair import PairQuestion
from evalkit.judging.plan import JudgePlan
from evalkit.judging.response import ResponseQuestion
from evalkit.running.endpoint import Endpoint
from evalkit.vocabulary import AnswerForm, Api, Preference, SoftScore

PAIR = PairQuestion("Which response helps more?", "")
STARS = TaskCriterion(
    "stars", "How many?", "", tuple(ScaleLevel(float(n), str(n), "") for n in range(1, 4)), True
)
SHOT = FewShot(
    case_id=1,
    messages=[{"role": "user", "content": "How do I pay?"}],
    context=[],
    responses={"left": BlindedResponse("By card"), "right": BlindedResponse("Never")},
    answer=Draft(Preference.LEFT, {}, ""),
    rationale="It answers.",
)


def judge(asked=PAIR, few_shot=()):
    return JudgeIdentity(
        "m", "https://one.example", Api.CHAT, AnswerForm.SCHEMA, {}, asked, None, few_shot
    )


def messages_of(identity, **responses):
    return identity.request(
        messages=[{"role": "user", "content": "Why?"}], context=[], responses=responses
    ).messages


def test_each_stands_as_asked_and_answered_before_what_is_asked():
    told = messages_of(
        judge(few_shot=(SHOT,)), left=BlindedResponse("So"), right=BlindedResponse("No")
    )

    assert [message["role"] for message in told] == ["system", "user", "assistant", "user"]
    assert "How do I pay?" in told[1]["content"]
    assert json.loads(told[2]["content"]) == {"rationale": "It answers.", "verdict": "A"}
    assert "Why?" in told[3]["content"]
    # The question of the study itself stays the same, and the last.
    bare = messages_of(judge(), left=BlindedResponse("So"), right=BlindedResponse("No"))
    assert [told[0], told[3]] == bare


def test_what_it_is_shown_makes_the_judge_and_nothing_shown_leaves_it_who_it_was():
    words = [
        (),
        (SHOT,),
        (replace(SHOT, rationale="It does."),),
        (replace(SHOT, answer=Draft(Preference.RIGHT, {}, "")),),
        (replace(SHOT, responses=dict(reversed(SHOT.responses.items()))),),
    ]
    hashes = [judge(few_shot=shots).hash for shots in words]

    assert len(set(hashes[:4])) == 4
    assert hashes[4] == hashes[1]  # sides are told apart by their names, not by their order
    assert "few_shot" not in judge().document()
    assert judge(few_shot=(SHOT,)).document()["few_shot"] == [SHOT.hash]


def test_the_answer_that_is_shown_is_read_as_the_same_answer():
    tags = (TaskTag("tone", "Tone", "", ()), TaskTag("lie", "Lie", "", ()))
    response = ResponseDraft(
        scores={"stars": 2.0},
        tags={"tone": None},
        marks=(MarkedError(tag="lie", severity=None, start=0, end=3, quote="the", note=""),),
    )
    scored = ResponseDraft(scores={"stars": 3.0}, tags={})
    for asked, draft in (
        (PAIR, Draft(Preference.BOTH_BAD, {}, "")),
        (ResponseQuestion("", (STARS,), tags), Draft(None, {"left": response}, "")),
        (ResponseQuestion("", (STARS,)), Draft(None, {"left": scored}, "")),
    ):
        verdict = asked.read(asked.answer(draft, "Because."))

        assert verdict.rationale == "Because."
        assert verdict.content.preference == draft.preference
        for side, given in draft.responses.items():
            read = verdict.content.responses[side]
            assert read.scores == given.scores
            assert read.tags == given.tags
            assert [mark.quote for mark in read.marks] == [mark.quote for mark in given.marks]


def test_a_judge_that_states_how_sure_it_is_is_shown_none():
    endpoint = Endpoint("https://one.example", "KEY")

    with pytest.raises(RefusedError, match="does not say how sure"):
        JudgePlan("Study", "m", endpoint, soft=SoftScore.STATED, has_few_shot=True)
