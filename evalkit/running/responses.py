"""OpenAI's newer API (``/responses``), brought to the same request and reply."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from openai import AsyncOpenAI

from evalkit.images.references import address_of, is_image
from evalkit.records.normal import message_text
from evalkit.running.chat import function_tool, token_chances
from evalkit.running.failures import CutError, ReportedError
from evalkit.running.request import MAX_TOKENS, Reply, Request, TokenUsage

_PIECES = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "text",
    "response.reasoning_text.delta": "reasoning",
    "response.reasoning_summary_text.delta": "reasoning",
    "response.function_call_arguments.delta": None,
}
_ENDS = ("response.completed", "response.incomplete", "response.failed")


async def hear(
    client: AsyncOpenAI, request: Request, reply: Reply, on_token: Callable[[], None]
) -> None:
    """Ask, and write into the reply what comes, as it comes; what came stays if it breaks off."""
    stream: Any = await client.responses.create(**_body(request))
    whole = None
    async with stream:
        async for event in stream:
            if event.type in _PIECES:
                on_token()
                if (field := _PIECES[event.type]) is not None:
                    setattr(reply, field, getattr(reply, field) + event.delta)
                if event.type == "response.output_text.delta":
                    reply.tokens += token_chances(event.logprobs)
                reply.is_refusal = reply.is_refusal or event.type == "response.refusal.delta"
            elif event.type in _ENDS:
                whole = event.response
    if whole is None:
        raise CutError("The answer was cut off: its stream ended before the model had finished.")
    reply.served_model = whole.model
    reply.usage = _usage(whole.usage)
    reply.finish_reason = _finish_reason(whole)
    for item in whole.output:
        if item.type == "function_call":
            function = {"name": item.name, "arguments": item.arguments}
            reply.tool_calls.append({"id": item.call_id, "type": "function", "function": function})
    if whole.status == "failed":
        raise ReportedError(getattr(whole.error, "message", None) or "")


def _body(request: Request) -> dict[str, Any]:
    parameters = dict(request.parameters)
    if MAX_TOKENS in parameters:
        parameters["max_output_tokens"] = parameters.pop(MAX_TOKENS)
    body: dict[str, Any] = {
        "model": request.model,
        "input": [item for message in request.messages for item in _items(message)],
        "stream": True,
        "store": False,  # cases are nobody else's to keep
    }
    if request.tools:
        body["tools"] = [_flat(function_tool(tool)) for tool in request.tools]
    return body | {"extra_body": parameters}


def _flat(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write a function as this API does: without the chat API's layer around it."""
    return {"type": "function", "strict": False, **tool["function"]} if "function" in tool else tool


def _items(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Turn a message of a case into what this API calls items."""
    if message["role"] == "tool":
        yield {
            "type": "function_call_output",
            "call_id": message.get("tool_call_id") or "",
            "output": _content(message),
        }
        return
    if message.get("content"):
        yield {"role": message["role"], "content": _content(message)}
    for call in message.get("tool_calls") or ():
        yield {"type": "function_call", "call_id": call.get("id") or "", **call["function"]}


def _content(message: Mapping[str, Any]) -> str | list[dict[str, Any]]:
    """Return the text of a message; with images it is parts, as this API calls them."""
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    if not any(is_image(part) for part in parts):
        return message_text(content)
    kind = "output_text" if message["role"] == "assistant" else "input_text"
    return [
        {"type": "input_image", "image_url": address_of(part)}
        if is_image(part)
        else {"type": kind, "text": message_text([part])}
        for part in parts
    ]


def _finish_reason(whole: Any) -> str:
    """Return the chat API's word, where it has one, for how an answer ended."""
    if whole.status == "incomplete":
        reason = getattr(whole.incomplete_details, "reason", None)
        return "length" if reason == "max_output_tokens" else str(reason or "incomplete")
    if any(item.type == "function_call" for item in whole.output):
        return "tool_calls"
    return "stop" if whole.status == "completed" else str(whole.status)


def _usage(usage: Any) -> TokenUsage:
    if usage is None:
        return TokenUsage()
    cost = (usage.model_extra or {}).get("cost")
    return TokenUsage(
        usage.input_tokens,
        usage.output_tokens,
        getattr(usage.input_tokens_details, "cached_tokens", None),
        getattr(usage.output_tokens_details, "reasoning_tokens", None),
        float(cost) if isinstance(cost, int | float) else None,
    )
