"""What goes over the wire: an answer in the form of either API, whole and as events."""

import json
from collections.abc import Iterator
from typing import Any

from tests.endpoint.spoken import Spoken


def chat_whole(body: dict[str, Any], spoken: Spoken) -> dict[str, Any]:
    """Write an answer of the chat API."""
    message: dict[str, Any] = {"role": "assistant", "content": spoken.text or None}
    if spoken.reasoning:
        message["reasoning_content"] = spoken.reasoning
    if spoken.tool_calls:
        message["tool_calls"] = spoken.tool_calls
    if spoken.refusal:
        message["refusal"] = spoken.refusal
    choice = {"index": 0, "message": message, "finish_reason": spoken.finish_reason}
    return _chat(body, "chat.completion", [choice]) | {"usage": _chat_usage(spoken)}


def chat_chunks(body: dict[str, Any], spoken: Spoken) -> Iterator[str]:
    """Write the same as chunks, reasoning first."""
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}, *spoken.odd_deltas]
    deltas += [{"reasoning_content": piece} for piece in _pieces(spoken.reasoning)]
    n_before = len(deltas)
    deltas += [{"content": piece} for piece in spoken.pieces]
    deltas += [{"refusal": piece} for piece in _pieces(spoken.refusal)]
    for index, call in enumerate(spoken.tool_calls):
        function = call["function"]
        head = {"name": function["name"], "arguments": ""}
        deltas.append({"tool_calls": [{**call, "index": index, "function": head}]})
        deltas += [
            {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
            for piece in _pieces(function["arguments"])
        ]
    for place, delta in enumerate(deltas):
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        if spoken.logprobs and body.get("logprobs") and "content" in delta and place >= n_before:
            chances = [_chance(delta["content"], spoken.logprobs[place - n_before])]
            choice |= {"logprobs": {"content": chances, "refusal": None}}
        yield _data(_chunk(body, [choice]))
    ending = {"index": 0, "delta": {}, "finish_reason": spoken.finish_reason}
    yield _data(_chunk(body, [ending]))
    if (body.get("stream_options") or {}).get("include_usage"):
        yield _data(_chunk(body, []) | {"usage": _chat_usage(spoken)})
    yield "data: [DONE]\n\n"


def response_whole(body: dict[str, Any], spoken: Spoken) -> dict[str, Any]:
    """Write an answer of the Responses API."""
    items: list[dict[str, Any]] = []
    if spoken.reasoning:
        summary = [{"type": "summary_text", "text": spoken.reasoning}]
        items.append({"type": "reasoning", "id": "rs_1", "summary": summary})
    if spoken.text or spoken.refusal:
        content = (
            {"type": "refusal", "refusal": spoken.refusal}
            if spoken.refusal
            else {"type": "output_text", "text": spoken.text, "annotations": []}
        )
        message = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed"}
        items.append({**message, "content": [content]})
    for call in spoken.tool_calls:
        what = {"type": "function_call", "id": f"fc_{call['id']}", "call_id": call["id"]}
        items.append({**what, **call["function"], "status": "completed"})
    is_short = spoken.finish_reason == "length"
    usage: dict[str, Any] = {
        "input_tokens": spoken.input_tokens,
        "input_tokens_details": {"cached_tokens": spoken.cached_tokens},
        "output_tokens": spoken.output_tokens,
        "output_tokens_details": {"reasoning_tokens": spoken.reasoning_tokens},
        "total_tokens": spoken.input_tokens + spoken.output_tokens,
    }
    if spoken.cost is not None:
        usage["cost"] = spoken.cost
    status = "incomplete" if is_short else "completed"
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": body["model"],
        "status": "failed" if spoken.failure else status,
        "error": {"code": "server_error", "message": spoken.failure} if spoken.failure else None,
        "incomplete_details": {"reason": "max_output_tokens"} if is_short else None,
        "output": items,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage,
    }


def response_events(body: dict[str, Any], spoken: Spoken) -> Iterator[str]:
    """Write the same as events."""
    whole = response_whole(body, spoken)
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    yield _event("response.created", response=begun)
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    for piece in _pieces(spoken.reasoning):
        yield _event(
            "response.reasoning_summary_text.delta",
            item_id="rs_1",
            output_index=0,
            summary_index=0,
            delta=piece,
        )
    is_asked = "message.output_text.logprobs" in body.get("include", ())
    for place, piece in enumerate(spoken.pieces):
        chances = [_chance(piece, spoken.logprobs[place])] if is_asked and spoken.logprobs else []
        yield _event("response.output_text.delta", **where, delta=piece, logprobs=chances)
    for piece in _pieces(spoken.refusal):
        yield _event("response.refusal.delta", **where, delta=piece)
    for call in spoken.tool_calls:
        for piece in _pieces(call["function"]["arguments"]):
            yield _event(
                "response.function_call_arguments.delta",
                item_id=f"fc_{call['id']}",
                output_index=0,
                delta=piece,
            )
    yield _event(f"response.{whole['status']}", response=whole)


def _event(name: str, **fields: Any) -> str:
    data = {"type": name, "sequence_number": 0, **fields}
    return f"event: {name}\n{_data(data)}"


def _data(value: Any) -> str:
    return f"data: {json.dumps(value)}\n\n"


def _chance(token: str, logprob: float) -> dict[str, Any]:
    return {"token": token, "logprob": logprob, "bytes": None, "top_logprobs": []}


def _pieces(text: str, size: int = 7) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _chat(body: dict[str, Any], kind: str, choices: list[Any]) -> dict[str, Any]:
    fields = {"id": "chatcmpl-1", "created": 1, "model": body["model"]}
    return {**fields, "object": kind, "choices": choices}


def _chunk(body: dict[str, Any], choices: list[Any]) -> dict[str, Any]:
    return _chat(body, "chat.completion.chunk", choices)


def _chat_usage(spoken: Spoken) -> dict[str, Any]:
    usage: dict[str, Any] = {
        "prompt_tokens": spoken.input_tokens,
        "completion_tokens": spoken.output_tokens,
        "total_tokens": spoken.input_tokens + spoken.output_tokens,
        "prompt_tokens_details": {"cached_tokens": spoken.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": spoken.reasoning_tokens},
    }
    return usage if spoken.cost is None else {**usage, "cost": spoken.cost}
