"""A case as a request, and its reply as the record of an output."""

from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.errors import RefusedError
from evalkit.records.schema import faults
from evalkit.running.prices import Prices
from evalkit.running.request import Reply, Request, TokenUsage
from evalkit.vocabulary import Api

#: What of an output's metadata holds the cost of answers that were cut off before it.
CUT_COST = "cut_cost_usd"
_PASSAGES = "Passages that were retrieved for this request:"


def case_request(
    model: str,
    messages: Sequence[Mapping[str, Any]],
    *,
    context: Sequence[Mapping[str, Any]] | None,
    tools: Sequence[Mapping[str, Any]] | None,
    parameters: Mapping[str, Any],
    api: Api,
) -> Request:
    """Make the request that asks a case.

    Retrieved passages have no place of their own in either API: they go before the words of the
    last message of the user, each under its id, so that every model gets them in the same way.
    """
    asked = [dict(message) for message in messages]
    if context:
        passages = "\n\n".join(f"[{passage['id']}]\n{passage['text']}" for passage in context)
        _put_before_last_question(asked, f"{_PASSAGES}\n\n{passages}\n\n")
    return Request(model, asked, tools or (), parameters, api)


def output_record(
    reply: Reply, *, case: str, model: str, run: str, provider: str, prices: Prices | None
) -> dict[str, Any]:
    """Write a reply as the record of an output, a call of tools as a step."""
    usage = reply.usage
    cost, cost_from = reply_cost(usage, prices)
    step = {"role": "assistant", "content": reply.text or None, "tool_calls": reply.tool_calls}
    metadata = {
        "cached_tokens": usage.cached,
        "cost_from": cost_from,
        CUT_COST: lost_cost(reply, prices) or None,
        "refusal": True if reply.is_refusal else None,
        "requests": reply.n_sent if reply.n_sent > 1 else None,
        "served_model": reply.served_model if reply.served_model != model else None,
    }
    fields = {
        "type": "output",
        "case": case,
        "model": model,
        "run": run,
        "provider": provider,
        "content": [step] if reply.tool_calls else reply.text,
        "reasoning": reply.reasoning or None,
        "latency_ms": reply.latency_ms,
        "time_to_first_token_ms": reply.time_to_first_token_ms,
        "input_tokens": usage.input,
        "output_tokens": usage.output,
        "reasoning_tokens": usage.reasoning,
        "cost_usd": cost,
        "finish_reason": reply.finish_reason,
        "error": reply.error,
        "metadata": {key: value for key, value in metadata.items() if value is not None} or None,
    }
    return _sound({key: storable(value) for key, value in fields.items() if value is not None})


def reply_cost(usage: TokenUsage, prices: Prices | None) -> tuple[float | None, str | None]:
    """Return what a reply cost and who says so: the prices in use, else the endpoint."""
    cost = prices.cost(usage) if prices is not None else None
    if cost is not None and prices is not None:
        return cost, prices.source
    return usage.cost_usd, None if usage.cost_usd is None else "endpoint"


def lost_cost(reply: Reply, prices: Prices | None) -> float:
    """Return what tries cost that came to nothing, as far as that can be reckoned."""
    return (prices.cost(reply.lost) if prices is not None else None) or 0.0


def _sound(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out what no record may hold (a server may count −1 tokens), but no text."""
    for field, fault in list(faults(record)):
        name = field.split(".")[0].split("[")[0]
        if name in ("case", "model", "run", "content"):
            raise RefusedError(f"The output's {field} is {fault.found}; {fault.expected}.")
        record.pop(name, None)
    return record


def storable(value: Any) -> Any:
    """Replace in texts what no database holds: NUL, and halves of characters."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [storable(inner) for inner in value]
    return value


def _put_before_last_question(messages: list[dict[str, Any]], words: str) -> None:
    for message in reversed(messages):
        if message["role"] == "user":
            content = message.get("content") or ""
            is_text = isinstance(content, str)
            message["content"] = (
                words + content if is_text else [{"type": "text", "text": words}, *content]
            )
            return
    messages.append({"role": "user", "content": words.rstrip()})
