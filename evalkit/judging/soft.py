"""Soft scores: how probable a judge held what it said, by its tokens or by its own word."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.judging.pair import PairQuestion
from evalkit.judging.response import ResponseQuestion
from evalkit.judging.wording import read_answer, strict_object, template
from evalkit.records.checks import is_number
from evalkit.running.request import Reply, TokenChance
from evalkit.vocabulary import Api, JudgeTask, SoftScore

#: How a verdict on two responses is called among what a judge is sure of; the others are criteria.
PREFERENCE = "preference"
#: What a judge is told that is to state it; another wording is another file, and another judge.
STATED = "stated-1"

_VERDICT = re.compile(r'"verdict"\s*:\s*"([^"]*)"')
_SCORES = re.compile(r'"scores"\s*:')
#: More digits than any endpoint is sure of; the same chance is the same number in every file.
_DIGITS = 6
_STATED = {"type": "number", "minimum": 0, "maximum": 1}

Question = PairQuestion | ResponseQuestion


def told(soft: SoftScore | None, asked: Question) -> str:
    """Return what a judge is told beside its question."""
    if soft is not SoftScore.STATED:
        return ""
    return "\n" + template(STATED).render(task=str(asked.task))


def stated_properties(soft: SoftScore | None, asked: Question) -> dict[str, Any]:
    """Return the fields in which a judge states it, as a JSON schema has them."""
    if soft is not SoftScore.STATED:
        return {}
    if isinstance(asked, PairQuestion):
        return {"probability": _STATED}
    each = {criterion.key: _STATED for criterion in asked.criteria}
    return {"probabilities": strict_object(each)}


def token_parameters(soft: SoftScore | None, api: Api) -> dict[str, Any]:
    """Return the parameters by which an endpoint gives the probability of each token."""
    if soft is not SoftScore.LOGPROBS:
        return {}
    if api is Api.RESPONSES:
        return {"include": ["message.output_text.logprobs"]}
    return {"logprobs": True}


def probabilities(soft: SoftScore | None, asked: Question, reply: Reply) -> dict[str, float]:
    """Return how probable a judge held its verdict, or each of its scores.

    Parameters
    ----------
    soft : SoftScore or None
        Whether it was asked for, and how.
    asked : PairQuestion or ResponseQuestion
    reply : Reply

    Returns
    -------
    dict
        By `PREFERENCE` or criterion, 0 to 1. Empty where the endpoint gave none, where tokens are
        not the text, or where what was stated is no probability: nobody then knows how sure it was.
    """
    if soft is SoftScore.STATED:
        return _stated(asked, reply.text)
    if (
        soft is not SoftScore.LOGPROBS
        or "".join(token.text for token in reply.tokens) != reply.text
    ):
        return {}
    chances = {
        what: _chance(reply.tokens, *place) for what, place in _places(asked, reply.text).items()
    }
    return {what: chance for what, chance in chances.items() if chance is not None}


def _stated(asked: Question, text: str) -> dict[str, float]:
    fields = read_answer(text).fields or {}
    if asked.task is JudgeTask.PAIR:
        stated: Mapping[str, Any] = {PREFERENCE: fields.get("probability")}
    else:
        each = fields.get("probabilities")
        stated = each if isinstance(each, dict) else {}
    return {
        what: float(value) for what, value in stated.items() if is_number(value) and 0 <= value <= 1
    }


def _places(asked: Question, text: str) -> dict[str, tuple[int, int]]:
    """Return where the verdict, or each score, stands in an answer; the last is meant."""
    if isinstance(asked, PairQuestion):
        verdicts = list(_VERDICT.finditer(text))
        return {PREFERENCE: verdicts[-1].span(1)} if verdicts else {}
    begun = list(_SCORES.finditer(text))
    start = begun[-1].end() if begun else len(text)
    places = {}
    for criterion in asked.criteria:
        number = re.compile(rf'"{re.escape(criterion.key)}"\s*:\s*"?(-?[\d.]+)')
        if match := number.search(text, start):
            places[criterion.key] = match.span(1)
    return places


def _chance(tokens: Sequence[TokenChance], start: int, end: int) -> float | None:
    """Return how probable the tokens were that make up a place, each given those before it."""
    at, log = 0, 0.0
    for token in tokens:
        if at < end and at + len(token.text) > start:
            log += token.logprob
        at += len(token.text)
    return min(1.0, round(math.exp(log), _DIGITS)) if end > start else None
