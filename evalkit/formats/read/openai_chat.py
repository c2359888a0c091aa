"""Calls of OpenAI and whatever speaks like it: logs of calls, lines to fine-tune on."""

from collections.abc import Iterator, Mapping
from typing import Any

from evalkit.formats.read.interface import (
    Beginning,
    Fit,
    ReadFormat,
    ReadingNotes,
    Row,
    Sureness,
    by_row,
)
from evalkit.formats.read.pieces import (
    amount,
    as_message,
    as_messages,
    as_text,
    case,
    content_of,
    moment,
    name_of,
    rest,
    tokens,
    without_nothing,
)

_ASKED = ("request", "kwargs", "input", "body")
_USED = ("request", "response", "error", "messages", "model", "timestamp", "created_at", "usage")
#: Fields of other formats whose rows have messages too.
_OTHERS = {"info", "uid", "question_id", "traj", "eval", "spans"}
_TOOK = ("latency_ms", "duration_ms", "latency", "duration", "response_time")


def answered(response: Mapping[str, Any]) -> tuple[str | list[Row], Row]:
    """Return the content of a response of either API, and what else an output has of it."""
    if response.get("object") == "response" or "output" in response:
        items = [item for item in response.get("output") or () if isinstance(item, Mapping)]
        thought = [item for item in items if item.get("type") == "reasoning"]
        messages = [as_message(item) for item in items if item.get("type") != "reasoning"]
        reasoning = "\n".join(
            as_text(part.get("text")) for item in thought for part in item.get("summary") or ()
        )
        finish = response.get("status")
    else:
        choices = response.get("choices") or []
        choice = choices[0] if choices else {}
        told = choice.get("message") or {}
        if not told and "text" in choice:
            told = {"role": "assistant", "content": choice["text"]}
        if told.get("content") is None and told.get("refusal"):
            told = {**told, "content": told["refusal"]}
        messages = [as_message({"role": "assistant", **told})] if told else []
        reasoning = as_text(told.get("reasoning_content") or told.get("reasoning"))
        finish = choice.get("finish_reason")
    more = without_nothing(reasoning=reasoning, finish_reason=finish and as_text(finish))
    return content_of(messages), more | tokens(response.get("usage"))


def error_text(error: Any) -> str | None:
    """Return what an error says, with its code."""
    if not isinstance(error, Mapping):
        return as_text(error) or None
    told = as_text(error.get("message"))
    code = as_text(error.get("code") or error.get("type"))
    return f"{told} ({code})" if told and code else told or code or "an error without a message"


def output_of(
    row: Mapping[str, Any], request: Mapping[str, Any], response: Any, error: Any, otherwise: str
) -> Row:
    """Return the output of a call without its case: its model, answer, tokens and error.

    The model is the one that was asked for; the dated name it answered with is metadata.
    """
    told = response if isinstance(response, Mapping) else {}
    content, more = answered(told) if told else ("", {})
    asked_for, by = request.get("model") or row.get("model"), told.get("model")
    failed = error_text(error or told.get("error")) if error or told.get("error") else None
    parameters = rest(
        request, "model", "messages", "input", "instructions", "tools", "stream", "prompt"
    )
    metadata = without_nothing(
        response_id=told.get("id"), response_model=by if by != asked_for else None, **parameters
    )
    return {
        "type": "output",
        "model": name_of(asked_for or by, otherwise=otherwise),
        "content": content,
        **more,
        **without_nothing(
            error=failed,
            created_at=moment(row.get("timestamp", row.get("created_at")))
            or moment(told.get("created", told.get("created_at"))),
            latency_ms=_latency(row),
            metadata=metadata,
        ),
    }


def tools_of(request: Mapping[str, Any]) -> list[Row]:
    """Return the tools a call offered."""
    return [dict(tool) for tool in request.get("tools") or () if isinstance(tool, Mapping)]


def _latency(row: Mapping[str, Any]) -> float | None:
    """Return how long a call took, where the log says in which unit."""
    for name in _TOOK:
        took = amount(row.get(name))
        if took is not None:
            return took if name.endswith("_ms") else 1000 * took
    return None


def _call(row: Row, notes: ReadingNotes) -> Iterator[Row]:
    request = next((row[name] for name in _ASKED if isinstance(row.get(name), Mapping)), row)
    response, error = row.get("response"), row.get("error")
    if "messages" in row and response is None and not error:
        yield from _dialogue(row, notes)
        return
    if not {"messages", "input", "prompt"} & request.keys():
        raise KeyError("messages")
    messages, tools = as_messages(request), tools_of(request)
    if isinstance(response, str):
        text = {"message": {"content": response}, "finish_reason": None}
        response = {"choices": [text], "usage": row.get("usage")}
    asked = case(messages, tools=tools, source="production")
    output = output_of(row, request, response, error, notes.nameless)
    left = rest(row, *_USED, *_ASKED, *_TOOK)
    if left:
        output["metadata"] = output.get("metadata", {}) | left
    yield asked
    yield output | {"case": asked["id"]} | notes.runs.named(asked["id"], output["model"])


def _dialogue(row: Row, notes: ReadingNotes) -> Iterator[Row]:
    """Read a line to fine-tune on: what comes after the last message of a user is the answer."""
    messages = [as_message(message) for message in row["messages"]]
    n_asked = max((n for n, each in enumerate(messages, 1) if each["role"] == "user"), default=0)
    asked, answer = messages[:n_asked], messages[n_asked:]
    if not asked:
        raise ValueError("no message of a user")
    model = name_of(row.get("model"), otherwise=notes.nameless)
    if not row.get("model"):
        notes.say(f"{notes.part_name} names no model: its answers are stored as by {model!r}.")
    asked_case = case(asked, tools=tools_of(row), metadata=rest(row, "messages", "tools", "model"))
    yield asked_case
    if answer:
        yield {
            "type": "output",
            "case": asked_case["id"],
            "model": model,
            **notes.runs.named(asked_case["id"], model),
            "content": content_of(answer),
        }


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    request, response = first.get("request"), first.get("response")
    if isinstance(request, Mapping) and "response" in first:
        if {"messages", "input", "prompt"} & request.keys():
            return Fit(Sureness.SURE, "its rows have a request and a response")
        return None
    if isinstance(response, Mapping) and ("choices" in response or "output" in response):
        if {"messages", "input"} & first.keys() and "call_type" not in first:
            return Fit(Sureness.SURE, "its rows have messages and a response of OpenAI")
        return None
    messages = first.get("messages")
    is_dialogue = isinstance(messages, list) and messages
    if is_dialogue and all(isinstance(m, Mapping) and "role" in m for m in messages or ()):
        nested = any(isinstance(m.get("content"), Mapping) for m in messages or ())
        if (
            not nested
            and not {"info", "uid", "question_id", "traj", "eval", "spans"} & first.keys()
        ):
            return Fit(Sureness.SURE, "its rows are messages with roles")
    return None


OPENAI_CHAT = ReadFormat(
    "openai-chat",
    "OpenAI calls",
    "Logs of calls, chat completions or Responses, and `messages` lines to fine-tune on",
    '{"request": {"model": "gpt-4o", "messages": […]}, "response": {"choices": […]}}',
    _recognise,
    by_row(_call),
    counts_runs=True,
)
