"""The chat API (``/chat/completions``), which every compatible server speaks."""

from collections.abc import Callable, Mapping
from typing import Any

from openai import AsyncOpenAI

from evalkit.images.references import address_of, with_images
from evalkit.records.normal import message_text
from evalkit.running.failures import CutError
from evalkit.running.request import MAX_TOKENS, Reply, Request, TokenChance, TokenUsage

#: What of a message is sent; the rest of it is ours or the record's.
_FIELDS = ("role", "content", "name", "tool_calls", "tool_call_id")
#: Fields in which servers stream reasoning, none of which is in OpenAI's own API.
_REASONING = ("reasoning_content", "reasoning")


async def hear(
    client: AsyncOpenAI, request: Request, reply: Reply, on_token: Callable[[], None]
) -> None:
    """Ask, and write into the reply what comes, as it comes; what came stays if it breaks off."""
    stream: Any = await client.chat.completions.create(**_body(request, client))
    calls: list[tuple[int | None, dict[str, Any]]] = []
    async with stream:
        async for chunk in stream:
            reply.served_model = chunk.model or reply.served_model
            if chunk.usage is not None:
                reply.usage = _usage(chunk.usage)
            for choice in chunk.choices or ():
                reply.tokens += token_chances(getattr(choice.logprobs, "content", None))
                if choice.delta is not None and _add(choice.delta, reply, calls):
                    on_token()
                    reply.tool_calls = [call for _, call in calls]
                reply.finish_reason = choice.finish_reason or reply.finish_reason
    if reply.finish_reason is None:
        raise CutError("The answer was cut off: its stream ended before the model had finished.")


def token_chances(tokens: Any) -> list[TokenChance]:
    """Read the tokens of a piece of an answer, as both APIs write them, where it has any."""
    return [TokenChance(token.token, float(token.logprob)) for token in tokens or ()]


def _body(request: Request, client: AsyncOpenAI) -> dict[str, Any]:
    parameters = dict(request.parameters)
    if MAX_TOKENS in parameters and client.base_url.host == "api.openai.com":
        # OpenAI's newer models refuse the old name; other servers know only that.
        parameters["max_completion_tokens"] = parameters.pop(MAX_TOKENS)
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [
            {field: _in_parts(message[field]) for field in _FIELDS if field in message}
            for message in with_images(request.messages, _image)
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        body["tools"] = [function_tool(tool) for tool in request.tools]
    # As they are, whatever the client knows of: servers have parameters of their own.
    return body | {"extra_body": parameters}


def _image(part: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": address_of(part)}}


def _in_parts(value: Any) -> Any:
    """Return texts in a list as the parts that this API expects there; all else as it is."""
    if not isinstance(value, list):
        return value
    return [{"type": "text", "text": each} if isinstance(each, str) else each for each in value]


def function_tool(tool: Any) -> Any:
    """Return a tool as the chat API writes it: cases may hold the function alone."""
    return (
        tool
        if "function" in tool or "name" not in tool
        else {
            "type": "function",
            "function": {key: value for key, value in tool.items() if key != "type"},
        }
    )


def _add(delta: Any, reply: Reply, calls: list[tuple[int | None, dict[str, Any]]]) -> bool:
    """Add a piece of an answer; tell whether there was anything in it."""
    extra = delta.model_extra or {}
    thought = next((extra[name] for name in _REASONING if isinstance(extra.get(name), str)), "")
    if isinstance(delta.content, list):
        thinking = [part["thinking"] for part in delta.content if "thinking" in part]
        thought += "".join(message_text(thoughts) for thoughts in thinking)
    words = message_text(delta.content) or delta.refusal or ""
    reply.text += words
    reply.reasoning += thought
    reply.is_refusal = reply.is_refusal or bool(delta.refusal)
    for part in delta.tool_calls or ():
        call = _call_of(part, calls)
        call["id"] = part.id or call["id"]
        if part.function is not None:
            call["function"]["name"] += part.function.name or ""
            call["function"]["arguments"] += part.function.arguments or ""
    return bool(words or thought or delta.tool_calls)


def _call_of(part: Any, calls: list[tuple[int | None, dict[str, Any]]]) -> dict[str, Any]:
    """Return the call that a piece goes on with, by its index; or a new one.

    Where a server gives no index a call goes on until there is another id, or a name without one.
    """
    call = next((call for index, call in reversed(calls) if index == part.index), None)
    is_new = call is None
    if call is not None and part.index is None:
        named = part.function is not None and part.function.name and call["function"]["name"]
        is_new = part.id != call["id"] if part.id else bool(named)
    if call is None or is_new:
        call = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
        calls.append((part.index, call))
    return call


def _usage(usage: Any) -> TokenUsage:
    cached = getattr(usage.prompt_tokens_details, "cached_tokens", None)
    reasoning = getattr(usage.completion_tokens_details, "reasoning_tokens", None)
    cost = (usage.model_extra or {}).get("cost")
    return TokenUsage(
        usage.prompt_tokens,
        usage.completion_tokens,
        cached,
        reasoning,
        float(cost) if isinstance(cost, int | float) else None,
    )
