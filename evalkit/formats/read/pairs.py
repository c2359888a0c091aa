"""Tasks of annotation tools: free fields in which a prompt, responses and models are found."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evalkit.formats.read.interface import Row
from evalkit.formats.read.pieces import (
    as_message,
    as_messages,
    as_text,
    case,
    content_of,
    from_json,
)

_PROMPTS = ("prompt", "question", "instruction", "input", "query", "source", "src", "context")
_RESPONSE = re.compile(
    r"(?P<what>response|answer|output|completion|text|item|generation|summary|translation)s?"
    r"[_-]?(?P<side>1|2|3|4|a|b|c|d|left|right)?$",
    re.IGNORECASE,
)
_SIDES = {"1": 0, "a": 0, "left": 0, "2": 1, "b": 1, "right": 1, "3": 2, "c": 2, "4": 3, "d": 3}


@dataclass(frozen=True, slots=True)
class PairTask:
    """What somebody was asked to judge: a case, and responses by the fields that held them.

    ``responses`` are field, model and content, in the order of their sides; ``fields`` are all
    that the task took.
    """

    case_id: str
    asked: Row
    responses: tuple[tuple[str, str, Any], ...]
    fields: frozenset[str]

    @property
    def is_pair(self) -> bool:
        """Tell whether two responses stood side by side."""
        return len(self.responses) == 2

    @property
    def only(self) -> str | None:
        """Return the model of the only response."""
        return self.responses[0][1] if len(self.responses) == 1 else None

    def records(self) -> Iterator[Row]:
        """Yield the case and its outputs."""
        yield self.asked
        for _, model, content in self.responses:
            yield {"type": "output", "case": self.case_id, "model": model, "content": content}

    def model_of(self, field: Any) -> str | None:
        """Return the model whose response a field held, or the only one."""
        named = (model for name, model, _ in self.responses if name == field)
        return next(named, self.only)

    def content_of(self, model: str) -> Any:
        """Return the response of a model."""
        return next((content for _, of, content in self.responses if of == model), None)

    def comparison(self, preference: str | None, of: Row) -> Row:
        """Return a comparison of the two responses, the first of them on the left."""
        if not self.is_pair:
            raise ValueError(
                f"a preference of {len(self.responses)} responses, where two are meant"
            )
        left, right = self.responses[0][1], self.responses[1][1]
        return {"type": "comparison", **of, "left": left, "right": right, "preference": preference}


def pair_task(
    data: Mapping[str, Any], *, named: Any, models: Mapping[str, Any] | None = None
) -> PairTask:
    """Find a prompt, responses and models in free fields.

    Texts that are JSON lists are turns: those of the prompt alternate with those of a response.
    A model that no field names is called as the field of its response.

    Raises
    ------
    ValueError
        Where there is no prompt, or one model has two responses.
    """
    asked_name = next((name for name in _PROMPTS if data.get(name) is not None), None)
    if asked_name is None:
        raise ValueError(f"no field for the prompt ({', '.join(_PROMPTS[:4])}, …)")
    sides: dict[str, int] = {}
    for name in data:
        match = _RESPONSE.fullmatch(name)
        if match and name != asked_name and data[name] is not None:
            sides[name] = _SIDES.get((match["side"] or "").casefold(), 0)
    turns = _turns(data[asked_name])
    asked = case(
        [{"role": "user", "content": turns[0]}] if turns else as_messages(data[asked_name]),
        id=named,
        category=data.get("category") if isinstance(data.get("category"), str) else None,
    )
    responses, taken = [], {asked_name, *sides, "category"}
    for name in sorted(sides, key=lambda each: (sides[each], each)):
        side = _RESPONSE.fullmatch(name)
        ending = (side["side"] or "") if side else ""
        model_names = [f"model_{ending}", f"model{ending}", f"{name}_model", "model"]
        told = {**data, **(models or {})}
        model = next((as_text(told[each]) for each in model_names if told.get(each)), name)
        taken |= {each for each in model_names if each in data}
        responses.append((name, model, _content(data[name], turns)))
    if len({model for _, model, _ in responses}) < len(responses):
        responses = [(name, f"{model} ({name})", content) for name, model, content in responses]
    return PairTask(asked["id"], asked, tuple(responses), frozenset(taken))


def _turns(value: Any) -> list[str]:
    """Return turns that are JSON inside a text; none where it is a plain text."""
    told = from_json(value)
    is_list = isinstance(told, list) and all(isinstance(each, str) for each in told)
    return list(told) if is_list else []


def _content(value: Any, asked: list[str]) -> str | list[Row]:
    answers = _turns(value)
    if not answers:
        told = from_json(value)
        if isinstance(told, list) and told and all(isinstance(each, Mapping) for each in told):
            return content_of([as_message(each) for each in told])
        return as_text(value)
    if len(answers) == 1:
        return answers[0]
    messages: list[Row] = []
    for place, answer in enumerate(answers):
        if place:
            messages.append({"role": "user", "content": asked[place] if place < len(asked) else ""})
        messages.append({"role": "assistant", "content": answer})
    return messages
