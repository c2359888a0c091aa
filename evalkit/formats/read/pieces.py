"""What rows of many formats have alike: messages, answers, tokens, times, runs, scales."""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from evalkit.evalset.hashing import case_hash
from evalkit.formats.read.interface import Row
from evalkit.vocabulary import AnnotatorKind, CheckResult

JUDGE = {"annotator_kind": AnnotatorKind.JUDGE.value}

_ROLES = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "gpt": "assistant",
    "model": "assistant",
    "chatbot": "assistant",
    "tool": "tool",
    "function": "tool",
    "observation": "tool",
}
_MAX_WHOLE = 2**31 - 1


def as_text(value: Any) -> str:
    """Return a text as it is, nothing as an empty one, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def name_of(value: Any, *, otherwise: str) -> str:
    """Return what can name something, shortened to what a name may have."""
    text = as_text(value).strip()
    return (text or otherwise)[:500]


def from_json(value: Any) -> Any:
    """Return what a text of JSON says; anything else, and other texts, as they are."""
    if isinstance(value, str) and value[:1] in ("{", "[", '"'):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def digest(*parts: Any) -> str:
    """Name something by what it says: sixteen hexadecimal digits."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def without_nothing(**fields: Any) -> Row:
    """Return the fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def as_messages(value: Any) -> list[Row]:
    """Return what was asked as messages, whatever holds it.

    A text is a message of the user; an object may hold messages, a prompt or a question; anything
    else is written as JSON.
    """
    value = from_json(value)
    if isinstance(value, Mapping):
        for name in ("messages", "input", "prompt", "question", "query", "text"):
            if value.get(name):
                inner = as_messages(value[name])
                if name == "input" and isinstance(value.get("instructions"), str):
                    inner = [{"role": "system", "content": value["instructions"]}, *inner]
                return inner
        if "role" in value:
            return [as_message(value)]
    if isinstance(value, list) and value and all(_is_message(each) for each in value):
        return [as_message(each) for each in value]
    return [{"role": "user", "content": as_text(value)}]


def _is_message(value: Any) -> bool:
    return isinstance(value, Mapping) and bool({"role", "from", "type"} & value.keys())


def as_message(value: Mapping[str, Any]) -> Row:
    """Return one message with a role and a content that records know."""
    role = value.get("role") or value.get("from")
    calls = [call for call in value.get("tool_calls") or () if isinstance(call, Mapping)]
    if value.get("type") == "function_call":  # an item of the Responses API
        role, calls = "assistant", [_call(value)]
    elif value.get("type") == "function_call_output":
        role = "tool"
    content = value.get("content", value.get("value", value.get("parts", value.get("output"))))
    parts = _parts(content)
    calls += [part for part in parts if part.get("type") == "tool_call"]
    replies = [part for part in parts if part.get("type") == "tool_call_response"]
    told = [part for part in parts if part.get("type") not in ("tool_call", "tool_call_response")]
    call_id = value.get("tool_call_id") or value.get("call_id")
    if replies:
        role, content = "tool", as_text(replies[0].get("result", replies[0].get("response")))
        call_id = call_id or replies[0].get("id")
    elif parts and all(part.get("type") == "text" for part in told):
        content = "".join(as_text(part.get("text")) for part in told)
    elif parts:
        content = told
    elif not isinstance(content, str):
        content = as_text(content)
    message: Row = {"role": _ROLES.get(str(role).lower(), "user"), "content": content}
    if calls:
        message |= {"tool_calls": [dict(call) for call in calls]}
        message["role"] = "assistant"
    if call_id and message["role"] == "tool":
        message["tool_call_id"] = str(call_id)
    return message


def _call(item: Mapping[str, Any]) -> Row:
    function = {"name": item.get("name"), "arguments": item.get("arguments")}
    return {"id": item.get("call_id") or item.get("id"), "type": "function", "function": function}


def _parts(content: Any) -> list[Row]:
    """Return the parts of a content that is a list, text parts in one form."""
    if not isinstance(content, list):
        return []
    parts = []
    for part in content:
        if isinstance(part, Mapping):
            kind = str(part.get("type") or "text")
            text = part.get("text", part.get("content", part.get("reasoning")))
            is_text = kind in ("text", "input_text", "output_text") and isinstance(text, str)
            parts.append({"type": "text", "text": text} if is_text else dict(part))
        else:
            parts.append({"type": "text", "text": as_text(part)})
    return parts


def content_of(messages: list[Row]) -> str | list[Row]:
    """Return the content of an output: the text of one plain answer, else the messages."""
    if not messages:
        return ""
    if len(messages) == 1 and isinstance(messages[0].get("content"), str):
        only = messages[0]
        if not only.get("tool_calls"):
            return str(only["content"])
    return [
        message if message["content"] or not message.get("tool_calls") else _calling(message)
        for message in messages
    ]


def _calling(message: Row) -> Row:
    return {name: value for name, value in message.items() if name != "content"}


def case(messages: list[Row], *, id: Any = None, **more: Any) -> Row:
    """Return a case; without an id it is named by what is asked."""
    more = without_nothing(**more)
    named = (
        name_of(id, otherwise="")
        or case_hash(messages=messages, context=more.get("context"), tools=more.get("tools"))[:16]
    )
    return {"type": "case", "id": named, "input": messages, **more}


def number(value: Any) -> float | None:
    """Return a number, also where a text spells it; None where it is none or not finite."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        as_float = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return as_float if math.isfinite(as_float) else None


def amount(value: Any) -> float | None:
    """Return a number that is not below 0."""
    as_float = number(value)
    return as_float if as_float is not None and as_float >= 0 else None


def whole(value: Any) -> int | None:
    """Return a count."""
    as_float = amount(value)
    is_count = as_float is not None and as_float <= _MAX_WHOLE and as_float == int(as_float)
    return int(as_float) if is_count and as_float is not None else None


def tokens(usage: Any) -> Row:
    """Return what a call took, from either spelling of its usage."""
    if not isinstance(usage, Mapping):
        return {}

    def first(*names: str) -> int | None:
        return next((n for name in names if (n := whole(usage.get(name))) is not None), None)

    details = usage.get("completion_tokens_details") or usage.get("output_tokens_details") or {}
    reasoning = details.get("reasoning_tokens") if isinstance(details, Mapping) else None
    return {
        name: n
        for name, n in (
            ("input_tokens", first("prompt_tokens", "input_tokens", "input", "prompt")),
            ("output_tokens", first("completion_tokens", "output_tokens", "output", "completion")),
            ("reasoning_tokens", whole(reasoning) or first("reasoning_tokens")),
        )
        if n is not None and not (name == "reasoning_tokens" and n == 0)
    }


def moment(value: Any) -> str | None:
    """Return a time as ISO 8601 with its zone; None where it is none.

    Numbers are seconds, milliseconds or nanoseconds since 1970 by their size; texts without a
    zone are taken for UTC.
    """
    as_float = number(value)
    try:
        if as_float is not None:
            seconds = next((as_float / by for at, by in _UNITS if abs(as_float) > at), as_float)
            return datetime.fromtimestamp(seconds, UTC).isoformat()
        if isinstance(value, str):
            at = datetime.fromisoformat(value.strip())
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
    except (ValueError, OverflowError, OSError):
        return None
    return None


_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))


def between_ms(start: Any, end: Any) -> float | None:
    """Return the milliseconds from one time to another."""
    first, last = moment(start), moment(end)
    if first is None or last is None:
        return None
    took = datetime.fromisoformat(last) - datetime.fromisoformat(first)
    return amount(round(took.total_seconds() * 1000, 3))


def rest(row: Mapping[str, Any], *used: str) -> Row:
    """Return the fields of a row that have no place of their own, for the metadata."""
    return {
        name: value
        for name, value in row.items()
        if name not in used and value not in (None, "", [], {})
    }


class Scales:
    """Collects what was scored, and says at the end on which scales.

    Truths are a scale of two levels, texts a nominal one of what occurs, numbers a range: 0 to 1,
    1 to 5, 1 to 10, 0 to 100, or what occurs, widened to whole numbers.
    """

    def __init__(self, rubric: str) -> None:
        self._rubric = rubric
        self._truths: dict[str, bool] = {}
        self._words: dict[str, dict[str, int]] = {}
        self._ends: dict[str, tuple[float, float]] = {}
        self._questions: dict[str, str] = {}

    def value(self, key: str, value: Any, *, question: str = "") -> float | None:
        """Return the value as the scale has it; None where it is no score."""
        if isinstance(value, str) and (as_float := number(value)) is not None:
            value = as_float
        if question:
            self._questions[key] = question
        if isinstance(value, bool):
            self._truths.setdefault(key, True)
            return int(value)
        if isinstance(value, str):
            words = self._words.setdefault(key, {})
            return words.setdefault(value, len(words) + 1) if value.strip() else None
        as_float = number(value)
        if as_float is not None:
            low, high = self._ends.get(key, (as_float, as_float))
            self._ends[key] = (min(low, as_float), max(high, as_float))
        return as_float

    def criteria(self) -> Iterator[Row]:
        """Yield the criteria of what was scored."""
        for key in self._truths:
            if key in self._ends:
                continue
            levels = [{"value": 0, "label": "no"}, {"value": 1, "label": "yes"}]
            yield self._criterion(key, level="nominal", scale=levels)
        for key, words in self._words.items():
            labels = [{"value": n, "label": word} for word, n in words.items()]
            if len(labels) == 1:
                labels.insert(0, {"value": 0, "label": f"not {labels[0]['label']}"})
            yield self._criterion(key, level="nominal", scale=labels)
        for key, (low, high) in self._ends.items():
            if key not in self._words:
                ends = usual_range(low, high)
                extent = {"min": ends[0], "max": ends[1]}
                yield self._criterion(key, level="interval", range=extent)

    def _criterion(self, key: str, **scale: Any) -> Row:
        question = self._questions.get(key) or f"{key}?"
        return {
            "type": "criterion",
            "rubric": self._rubric,
            "key": key,
            "question": question,
            **scale,
        }


def usual_range(low: float, high: float) -> tuple[float, float]:
    """Return the narrowest usual range that holds what occurs."""
    usual = ((0, 1), (1, 5), (1, 10), (0, 10), (0, 100))
    fitting = [ends for ends in usual if ends[0] <= low and high <= ends[1]]
    if fitting:
        return fitting[0]
    first, last = math.floor(low), math.ceil(high)
    return (first, last) if last > first else (first, first + 1)


def judged(scores: Iterable[tuple[str, Any]], scales: Scales, **of: Any) -> Iterator[Row]:
    """Yield the scores of an output, those that are any."""
    for key, raw in scores:
        value = scales.value(key, raw)
        if value is not None:
            yield {"type": "score", **of, "criterion": key, "value": value}


def measured(scores: Iterable[tuple[str, Any]], *, by: str, **of: Any) -> Iterator[Row]:
    """Yield what a program elsewhere said of an output, as checks do: it is no judge's opinion.

    What is true or 1 passes, what is false or 0 fails; of another number nobody said which passes.
    """
    for key, raw in scores:
        value = float(raw) if isinstance(raw, bool) else number(raw)
        if value is None:
            continue
        result = _RESULTS.get(value, CheckResult.UNDEFINED)
        untold = {"detail": _NO_LIMIT} if result is CheckResult.UNDEFINED else {}
        named = {"check": name_of(f"{by}: {key}", otherwise=by), "result": result.value}
        yield {"type": "finding", **of, **named, "value": value, **untold}


_RESULTS = {0.0: CheckResult.FAIL, 1.0: CheckResult.PASS}
_NO_LIMIT = "It was measured elsewhere, and no limit is known."
