"""How sure a judge was: the chance of the tokens that say it, or what it states."""

import json
import math

import pytest

from evalkit.annotation.task import BlindedResponse
from evalkit.errors import RefusedError
from evalkit.judging.identity import JudgeIdentity
from evalkit.judging.pair import PairQuestion
from evalkit.judging.plan import JudgePlan
from evalkit.judging.soft import PREFERENCE, probabilities
from evalkit.running.endpoint import Endpoint
from evalkit.running.request import Reply, TokenChance
from evalkit.vocabulary import AnswerForm, Api, JudgeTask, SoftScore
from tests.evalkit.judging.test_response import BOTH

TWO = {"left": BlindedResponse("One."), "right": BlindedResponse("Two.")}
PAIR = PairQuestion("Which response helps more?", "")


def reply_of(*tokens):
    chances = [TokenChance(text, math.log(chance)) for text, chance in tokens]
    return Reply(text="".join(text for text, _ in tokens), tokens=chances)


def identity(asked=PAIR, soft=None, api=Api.CHAT):
    return JudgeIdentity("m", "https://one.example", api, AnswerForm.SCHEMA, {}, asked, soft)


def test_a_verdict_is_as_probable_as_the_tokens_that_say_it_multiplied():
    reply = reply_of(
        ('{"rationale": "…", ', 0.3), ('"verdict":', 0.9), (' "both', 0.5), ("_bad", 0.8), ('"}', 1)
    )

    # 0.5 × 0.8: the chain rule, over the tokens that hold a letter of the verdict
    assert probabilities(SoftScore.LOGPROBS, PAIR, reply) == {PREFERENCE: pytest.approx(0.4)}


def test_the_last_verdict_is_meant_and_not_one_that_the_rationale_quotes():
    quoted = json.dumps({"rationale": 'I would say "verdict": "A"', "x": 1})[:-1]
    reply = reply_of((quoted, 0.2), (', "verdict": "', 0.9), ("B", 0.75), ('"}', 1.0))

    assert probabilities(SoftScore.LOGPROBS, PAIR, reply)[PREFERENCE] == pytest.approx(0.75)


def test_each_score_has_the_chance_of_its_own_tokens():
    reply = reply_of(
        ('{"rationale": "facts: 1", "scores": {"facts": ', 0.1),
        ("2", 0.6),
        (', "style": ', 0.9),
        ("70", 0.5),
        (".5", 0.4),
        ("}}", 1.0),
    )

    assert probabilities(SoftScore.LOGPROBS, BOTH, reply) == {
        "facts": pytest.approx(0.6),
        "style": pytest.approx(0.2),
    }


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text='{"verdict": "A"}'),  # the endpoint gave none
        Reply(text='{"verdict": "A"}', tokens=[TokenChance('{"verdict"', -0.1)]),  # nor all
        reply_of(("A is better.", 0.9)),  # no verdict to be sure of
    ],
)
def test_where_the_tokens_are_not_the_answer_nobody_knows_how_sure_it_was(reply):
    assert probabilities(SoftScore.LOGPROBS, PAIR, reply) == {}


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        (0.8, {PREFERENCE: 0.8}),
        (0, {PREFERENCE: 0.0}),
        (80, {}),
        ("0.8", {}),
        (True, {}),
        (None, {}),
    ],
)
def test_what_is_stated_counts_where_it_is_a_probability(stated, told):
    text = json.dumps({"rationale": "", "verdict": "A", "probability": stated})

    assert probabilities(SoftScore.STATED, PAIR, Reply(text=text)) == told


def test_a_judge_that_is_to_state_it_is_told_so_and_held_to_it_last():
    request = identity(soft=SoftScore.STATED).request(messages=[], context=[], responses=TWO)
    schema = request.parameters["response_format"]["json_schema"]["schema"]

    assert list(schema["properties"]) == ["rationale", "verdict", "probability"]
    assert 'Add a last field "probability"' in request.messages[0]["content"]


def test_tokens_are_asked_for_in_the_words_of_each_api_and_the_prompt_stays_as_it_was():
    plain, chat, newer = (
        identity(soft=soft, api=api).request(messages=[], context=[], responses=TWO)
        for soft, api in (
            (None, Api.CHAT),
            (SoftScore.LOGPROBS, Api.CHAT),
            (SoftScore.LOGPROBS, Api.RESPONSES),
        )
    )

    assert chat.parameters["logprobs"] is True
    assert newer.parameters["include"] == ["message.output_text.logprobs"]
    assert chat.messages == plain.messages
    assert "logprobs" not in plain.parameters


def test_a_judge_that_says_how_sure_it_is_is_another_judge():
    assert len({identity(soft=soft).hash for soft in (None, *SoftScore)}) == 3


def test_of_errors_alone_nothing_can_be_sure():
    with pytest.raises(RefusedError, match="not of errors"):
        JudgePlan(
            *("S", "m", Endpoint("https://one.example")),
            task=JudgeTask.ERRORS,
            soft=SoftScore.STATED,
        )
