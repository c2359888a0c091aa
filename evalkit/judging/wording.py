"""What all that judges are asked has in common: prompts, the case in words, the form of answers."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from evalkit.annotation.draft import Draft
from evalkit.annotation.task import BlindedResponse
from evalkit.records.normal import message_text
from evalkit.vocabulary import AnswerForm, Api

_FOLDER = Path(__file__).parent / "prompts"
#: The longest rationale that is kept, in characters.
MAX_RATIONALE = 10_000
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class JudgeVerdict:
    """What a judge said; ``content`` is None where it could not be read.

    ``probabilities`` are how probable it held it: see `evalkit.judging.soft`.
    """

    content: Draft | None
    rationale: str
    probabilities: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """A judge's answer as JSON, ``fields`` None where it is none, with its reasons."""

    fields: Mapping[str, Any] | None
    rationale: str


def prompt_text(name: str) -> str:
    """Return a prompt file as it is, for whoever wants to read it, and for a judge's identity."""
    return (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@cache
def template(name: str) -> Template:
    """Return a prompt file to be filled."""
    # Plain text for a model, not a page: nothing is to be escaped.
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    return environment.from_string(prompt_text(name))


def messages_for(
    system: str,
    *,
    messages: Sequence[Mapping[str, Any]],
    context: Sequence[Mapping[str, Any]],
    responses: Mapping[str, BlindedResponse],
) -> list[dict[str, str]]:
    """Put a case and responses to it, by what they are called, behind what a judge is told."""
    parts: Iterable[str] = (
        *(_part("passage", passage["text"]) for passage in context),
        *(
            _part(str(message["role"]), message_text(message.get("content")))
            for message in messages
        ),
        *(_part(name, response_words(response)) for name, response in responses.items()),
    )
    return [{"role": "system", "content": system}, {"role": "user", "content": "\n\n".join(parts)}]


def held_to(form: AnswerForm, properties: Mapping[str, Any], api: Api) -> dict[str, Any]:
    """Return the parameters by which an endpoint is held to a form of answer.

    ``properties`` are those of the verdict; reasons come before it, or they only defend it.
    """
    if form is AnswerForm.WORDS:
        return {}
    if form is AnswerForm.JSON:
        kind: dict[str, Any] = {"type": "json_object"}
        return {"text": {"format": kind}} if api is Api.RESPONSES else {"response_format": kind}
    schema = strict_object({"rationale": {"type": "string"}, **properties})
    named = {"name": "verdict", "strict": True, "schema": schema}
    if api is Api.RESPONSES:
        return {"text": {"format": {"type": "json_schema", **named}}}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def strict_object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has these fields and no other."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def read_answer(text: str) -> JudgeAnswer:
    """Read an answer as JSON, perhaps with words or a fence around it.

    Nothing is guessed from words: "A is better than B in style, but" ends otherwise than it begins.
    """
    match = _OBJECT.search(text)
    try:
        fields = json.loads(match[0]) if match else None
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        return JudgeAnswer(None, text.strip()[:MAX_RATIONALE])
    rationale = str(fields.get("rationale") or "").strip() or text.strip()
    return JudgeAnswer(fields, rationale[:MAX_RATIONALE])


def response_words(response: BlindedResponse) -> str:
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
