"""An output as a row: the same whether a file brought it or evalkit asked for it."""

from collections.abc import Mapping
from typing import Any

_FIELDS = (
    "provider",
    "latency_ms",
    "time_to_first_token_ms",
    "input_tokens",
    "output_tokens",
    "reasoning",
    "reasoning_tokens",
    "cost_usd",
    "finish_reason",
    "error",
    "created_at",
)


def output_row(
    fields: Mapping[str, Any],
    *,
    run_id: int,
    case_id: int,
    content: str | None,
    text_place: str | None = None,
) -> dict[str, Any]:
    """Return the row of a normal record, whose text is ``content``; its id is not in it."""
    return {"run_id": run_id, "case_id": case_id, **output_values(fields, content, text_place)}


def output_values(
    fields: Mapping[str, Any], content: str | None, text_place: str | None
) -> dict[str, Any]:
    """Return what a record says of an output, but for its case and run; no content is elsewhere."""
    steps = fields.get("content")
    return {
        "content": content or "",
        "text_place": text_place,
        "steps": steps if isinstance(steps, list) else None,
        **{name: fields.get(name) for name in _FIELDS},
        "details": details(fields),
    }


#: What few records carry, and no statement looks for.
_RARE = ("metadata", "retrieved", "relevant", "context_state")


def details(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a record may carry beside the columns: what was retrieved, what is relevant."""
    return {name: fields[name] for name in _RARE if name in fields} or None
