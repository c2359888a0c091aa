"""LiteLLM: a logged call a line, as its callbacks write them."""

from collections.abc import Iterator
from typing import Any

from evalkit.formats.read.interface import ReadFormat, ReadingNotes, Row, by_row, has_fields
from evalkit.formats.read.openai_chat import answered, error_text
from evalkit.formats.read.pieces import (
    amount,
    as_messages,
    between_ms,
    case,
    moment,
    name_of,
    rest,
    whole,
    without_nothing,
)

_REDACTED = "redacted-by-litellm"
_USED = (
    "messages",
    "response",
    "model",
    "status",
    "startTime",
    "endTime",
    "completionStartTime",
    "response_time",
    "response_cost",
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "custom_llm_provider",
    "error_str",
    "error_information",
    "model_map_information",
    "hidden_params",
    "cost_breakdown",
    "stream",
)


def _call(row: Row, notes: ReadingNotes) -> Iterator[Row]:
    if _is_redacted(row["messages"]) or not row["messages"]:
        notes.drop("calls whose texts LiteLLM had redacted")
        return
    response = row.get("response")
    content, more = answered(response) if isinstance(response, dict) else (response or "", {})
    asked = case(as_messages(row["messages"]), source="production")
    model = name_of(row.get("model"), otherwise=notes.nameless)
    failed = row.get("status") == "failure" or row.get("error_str")
    told = row.get("error_information") or {}
    error = row.get("error_str") or told.get("error_message") or told.get("error_class")
    first = between_ms(row["startTime"], row.get("completionStartTime"))
    took = between_ms(row["startTime"], row.get("endTime"))
    if took is None and not row.get("stream"):
        seconds = amount(row.get("response_time"))
        took = None if seconds is None else 1000 * seconds
    output = {
        "type": "output",
        "case": asked["id"],
        "model": model,
        **notes.runs.named(asked["id"], model),
        "content": "" if _is_redacted(content) else content,
        **more,
        **without_nothing(
            provider=row.get("custom_llm_provider"),
            latency_ms=took,
            time_to_first_token_ms=first if row.get("stream") else None,
            input_tokens=whole(row.get("prompt_tokens")),
            output_tokens=whole(row.get("completion_tokens")),
            cost_usd=amount(row.get("response_cost")),
            error=error_text(error or "failure") if failed else None,
            created_at=moment(row["startTime"]),
            metadata=rest(row, *_USED),
        ),
    }
    yield asked
    yield output


def _is_redacted(value: Any) -> bool:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        value = value[0].get("content")
    return isinstance(value, str) and value.startswith(_REDACTED)


LITELLM = ReadFormat(
    "litellm",
    "LiteLLM log",
    "LiteLLM's standard logging payloads; metadata loses keys, their hashes, e-mail and IP",
    '{"id": "…", "call_type": "acompletion", "startTime": …, "messages": […], "response": {…}}',
    has_fields("call_type", "startTime", "messages", "response"),
    by_row(_call),
    counts_runs=True,
)
