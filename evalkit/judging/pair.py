"""A judge asked which of two responses is better: the request, and its answer read."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from evalkit.annotation.task import BlindedResponse, TaskCriterion
from evalkit.records.normal import message_text
from evalkit.running.request import Request
from evalkit.vocabulary import AnswerForm, Api, Preference

#: The prompt in use; another wording is another file, and so another judge.
PROMPT = "pair-1"
_FOLDER = Path(__file__).parent / "prompts"
#: What annotators are asked, of whom a judge takes the place.
QUESTION = "Which response is better?"
#: The longest rationale that is kept, in characters.
MAX_RATIONALE = 10_000

_MEANINGS = {
    Preference.LEFT: ("A", "response A is better"),
    Preference.RIGHT: ("B", "response B is better"),
    Preference.TIE: ("tie", "they are equally good"),
    Preference.BOTH_BAD: ("both_bad", "neither is acceptable"),
}
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PairQuestion:
    """What a study asks of two responses, as a judge is asked it.

    ``choices`` are the answers there are; a study without both bad does not offer it.
    """

    question: str
    guidelines: str
    criteria: tuple[TaskCriterion, ...] = ()
    choices: tuple[Preference, ...] = tuple(Preference)


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """What a judge said; ``preference`` is None where it could not be read."""

    preference: Preference | None
    rationale: str


def pair_request(
    model: str,
    asked: PairQuestion,
    *,
    messages: Sequence[Mapping[str, Any]],
    context: Sequence[Mapping[str, Any]],
    left: BlindedResponse,
    right: BlindedResponse,
    form: AnswerForm,
    parameters: Mapping[str, Any],
    api: Api = Api.CHAT,
) -> Request:
    """Make the request that asks a judge about two responses, in the order left, right.

    Parameters
    ----------
    model : str
        As the endpoint calls it.
    asked : PairQuestion
    messages, context
        The case.
    left, right : BlindedResponse
        As annotators see them, of which the judge learns no more: no model, no cost.
    form : AnswerForm
    parameters : mapping
        Of the endpoint, sent as they are.
    """
    system = _template(PROMPT).render(
        question=asked.question,
        guidelines=asked.guidelines,
        criteria=[criterion for criterion in asked.criteria if not criterion.is_text],
        verdicts=" | ".join(json.dumps(_MEANINGS[choice][0]) for choice in asked.choices),
        choices=[
            {"value": _MEANINGS[choice][0], "meaning": _MEANINGS[choice][1]}
            for choice in asked.choices
        ],
    )
    parts = [
        *(_part("passage", passage["text"]) for passage in context),
        *(
            _part(str(message["role"]), message_text(message.get("content")))
            for message in messages
        ),
        _part("response A", _response(left)),
        _part("response B", _response(right)),
    ]
    return Request(
        model,
        [{"role": "system", "content": system}, {"role": "user", "content": "\n\n".join(parts)}],
        parameters={**parameters, **_held_to(form, asked, api)},
        api=api,
    )


def read_verdict(text: str, asked: PairQuestion) -> PairVerdict:
    """Read a judge's answer.

    Parameters
    ----------
    text : str
        The whole answer; JSON, perhaps with words or a fence around it.
    asked : PairQuestion

    Returns
    -------
    PairVerdict
        Without a preference where the answer holds no JSON object with one of the choices, or is
        not sure of one: nothing is guessed from words, for "A is better than B in style, but"
        ends otherwise than it begins.
    """
    match = _OBJECT.search(text)
    try:
        answer = json.loads(match[0]) if match else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        return PairVerdict(None, text.strip()[:MAX_RATIONALE])
    rationale = str(answer.get("rationale") or "").strip()[:MAX_RATIONALE]
    verdict = str(answer.get("verdict", "")).strip().lower()
    chosen = {_MEANINGS[choice][0].lower(): choice for choice in asked.choices}
    return PairVerdict(chosen.get(verdict), rationale or text.strip()[:MAX_RATIONALE])


def _held_to(form: AnswerForm, asked: PairQuestion, api: Api) -> dict[str, Any]:
    """Return the parameters by which the endpoint is held to a form of answer."""
    if form is AnswerForm.WORDS:
        return {}
    if form is AnswerForm.JSON:
        kind: dict[str, Any] = {"type": "json_object"}
        return {"text": {"format": kind}} if api is Api.RESPONSES else {"response_format": kind}
    schema = {
        "type": "object",
        "properties": {
            # Reasons before the verdict, or they only defend it.
            "rationale": {"type": "string"},
            "verdict": {
                "type": "string",
                "enum": [_MEANINGS[choice][0] for choice in asked.choices],
            },
        },
        "required": ["rationale", "verdict"],
        "additionalProperties": False,
    }
    named = {"name": "verdict", "strict": True, "schema": schema}
    if api is Api.RESPONSES:
        return {"text": {"format": {"type": "json_schema", **named}}}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def _response(response: BlindedResponse) -> str:
    """Return a response as one text; of an agent all its steps, each call as JSON."""
    if response.steps is None:
        return response.text or ""
    lines = []
    for step in response.steps:
        lines += [f"[{step.get('role')}]", message_text(step.get("content"))]
        lines += [json.dumps(call, ensure_ascii=False) for call in step.get("tool_calls") or ()]
    return "\n".join(line for line in lines if line)


def _part(name: str, text: str) -> str:
    """Set a text apart; what looks like the end of it inside is written otherwise."""
    inside = text.replace("</", "<\u200b/")
    return f"<{name.replace(' ', '_')}>\n{inside}\n</{name.replace(' ', '_')}>"


@cache
def _template(name: str) -> Template:
    # Plain text for a model, not a page: nothing is to be escaped.
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    return environment.from_string((_FOLDER / f"{name}.txt").read_text(encoding="utf-8"))


def prompt_text(name: str = PROMPT) -> str:
    """Return a prompt file as it is, for whoever wants to read it, and for a judge's identity."""
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
