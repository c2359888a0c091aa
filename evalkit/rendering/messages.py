"""A case or a trajectory as HTML one can read: messages, tool calls, passages and tools."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalkit.images.references import is_image, with_images
from evalkit.rendering.markdown import clean, escape, raw_html, render_text
from evalkit.rendering.pictures import raw_image, render_image

#: Writes an amount of milliseconds.
Time = Callable[[float], str]

_ROLES = {
    "system": "System prompt",
    "developer": "Developer instructions",
    "user": "User",
    "assistant": "Assistant",
    "tool": "Tool result",
}
_INSTRUCTIONS = frozenset(("system", "developer"))
_FOLD_ABOVE = 320  # characters of instructions that are shown unfolded
_FOLD_PASSAGES_ABOVE = 1_200
_PREVIEW = 110
_MAX_DEPTH = 8
_MAX_JSON_CHARACTERS = 60_000


@dataclass(frozen=True, slots=True)
class StepPlace:
    """Where a turn stands in the raw text: all of it, and of it the text, in code points."""

    start: int
    end: int
    text_start: int
    text_end: int


class _Number(str):
    """A number of a JSON text as it was written: 1.10 stays 1.10."""

    __slots__ = ()


def render_messages(messages: Sequence[Mapping[str, Any]], *, time: Time | None = None) -> str:
    """Render the turns of a conversation or the steps of an agent.

    Parameters
    ----------
    messages : sequence of mapping
        Messages with ``role`` and ``content`` (text or a list of parts), ``tool_calls`` and
        ``tool_call_id``. Every other field is ignored: call ids and model names never appear.
    time : callable, optional
        How milliseconds are written; with it each turn says how long it took, where its
        ``latency_ms`` tells. Never for annotators.

    Returns
    -------
    str
        Safe HTML: a headed section per turn; long instructions, tool calls and tool results
        folded, arguments and results as tables; empty without messages.
    """
    return "".join(rendered_steps(messages, time=time))


def numbered_steps(rendered: str) -> str:
    """Put the rendered steps of a response into an element in which they are numbered."""
    return f'<div class="ek-steps">{rendered}</div>'


def is_of_model(step: Mapping[str, Any]) -> bool:
    """Tell whether errors can be marked in a step of a response: not in what the user wrote."""
    return step.get("role") != "user"


def rendered_steps(
    messages: Sequence[Mapping[str, Any]], *, time: Time | None = None
) -> Iterator[str]:
    """Yield the HTML of each turn, see `render_messages`."""
    names = _call_names(messages)
    for message in messages:
        yield _message(message, names) + (_time_taken(message, time) if time else "")


def raw_messages(messages: Sequence[Mapping[str, Any]]) -> str:
    """Return the same turns as plain text, for the raw view."""
    return clean("".join(map("".join, _raw_parts(messages))).strip())


def step_places(messages: Sequence[Mapping[str, Any]]) -> tuple[StepPlace, ...]:
    """Return where each turn stands in what `raw_messages` returns."""
    places = []
    parts = _raw_parts(messages)
    text = "".join(map("".join, parts))
    position = len(text.lstrip()) - len(text)  # what is left out before the first
    length = len(text.strip())
    for heading, words, calls, gap in parts:
        start = position + len(heading)
        stop = start + len(words)
        places.append(StepPlace(max(position, 0), min(stop + len(calls), length), start, stop))
        position = stop + len(calls) + len(gap)
    return tuple(places)


def step_parts(message: Mapping[str, Any]) -> list[str]:
    """Return the parts of a turn's own text, in which, a line each, marks are counted."""
    return list(_raw_content(message.get("content")))


def _raw_parts(messages: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str, str]]:
    """Return heading, text, calls and the gap behind them of every turn, one after the other."""
    names = _call_names(messages)
    parts = []
    for message in messages:
        role = str(message.get("role", ""))
        calls = [f"\nCalls {name}\n{_raw_value(arguments)}" for name, arguments in _calls(message)]
        heading = f"{_role_name(role, names.get(str(message.get('tool_call_id'))))}\n"
        parts.append((heading, "\n".join(step_parts(message)), "".join(calls), "\n\n"))
    return parts


def render_reasoning(reasoning: str) -> str:
    """Render what a model thought aloud before it answered, folded; empty without any."""
    if not reasoning.strip():
        return ""
    body, preview = render_text(reasoning), _shortened(reasoning)
    return _folded("ek-reasoning", "Reasoning", preview, body, is_open=False)


def render_context(passages: Sequence[Mapping[str, Any]]) -> str:
    """Render retrieved passages ``{id, text}``, folded where together they are long."""
    is_open = sum(len(str(passage.get("text", ""))) for passage in passages) <= _FOLD_PASSAGES_ABOVE
    parts = []
    for number, passage in enumerate(passages, start=1):
        text = str(passage.get("text") or "")
        name = " · ".join(str(passage[key]) for key in ("id", "title") if passage.get(key))
        heading = f"{name}: {_shortened(text)}" if name else _shortened(text)
        body = render_text(text) or _nothing("Empty passage")
        parts.append(_folded("ek-passage", f"Passage {number}", heading, body, is_open=is_open))
    return "".join(parts)


def render_tools(tools: Sequence[Mapping[str, Any]]) -> str:
    """Render the tools a model could call: name, description and a table of parameters."""
    return "".join(_tool(tool) for tool in tools)


# Messages


def _message(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    role = str(message.get("role", ""))
    content = message.get("content")
    if role == "tool":
        return _tool_result(content, names.get(str(message.get("tool_call_id"))))
    body = "".join(_content(content))
    calls = "".join(_tool_call(name, arguments) for name, arguments in _calls(message))
    if not body and not calls:
        body = _nothing("Empty message")
    if role in _INSTRUCTIONS:
        text = "\n".join(_raw_content(content))
        is_open = len(text) <= _FOLD_ABOVE
        return _folded("ek-system", _role_name(role), _shortened(text), body, is_open=is_open)
    kind = role if role in _ROLES else "other"
    return (
        f'<section class="ek-message ek-{kind}"><h3 class="ek-role">{escape(_role_name(role))}</h3>'
        f'<div class="ek-content">{body}{calls}</div></section>'
    )


def _time_taken(message: Mapping[str, Any], time: Time) -> str:
    latency = message.get("latency_ms")
    if not isinstance(latency, int | float):  # files of version 1 may have anything there
        return ""
    return _nothing(f"Took {time(latency)}")


def _role_name(role: str, tool: str | None = None) -> str:
    if role == "tool" and tool:
        return f"Result of {tool}"
    return _ROLES.get(role) or role.capitalize() or "Message"


def _parts(content: Any) -> list[Any]:
    if content is None or content == "":
        return []
    return list(content) if isinstance(content, list | tuple) else [content]


def _content(content: Any) -> Iterable[str]:
    """Yield the HTML of each part of a message; tool calls among the parts are left to _calls."""
    for part in _parts(content):
        if not isinstance(part, Mapping):
            yield render_text(str(part))
        elif part.get("type") == "tool_use":
            continue
        elif part.get("type") == "tool_result":
            yield _tool_result(part.get("content"), None)
        elif isinstance(part.get("text"), str):
            yield render_text(part["text"])
        elif is_image(part):
            yield render_image(part)
        else:
            yield _value(part)


def _raw_content(content: Any) -> Iterable[str]:
    for part in _parts(content):
        if not isinstance(part, Mapping):
            yield str(part)
        elif part.get("type") != "tool_use":
            text = part.get("text")
            if is_image(part):
                yield raw_image(part)
            else:
                yield text if isinstance(text, str) else _raw_value(*with_images([part], raw_image))


# Tool calls and results


def _calls(message: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Yield name and arguments of every call, in whichever of the usual shapes it comes."""
    for call in _all_calls(message):
        function = call.get("function")
        described = function if isinstance(function, Mapping) else call
        arguments = described.get("arguments", described.get("input"))
        yield str(described.get("name") or "a tool"), arguments


def _all_calls(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    calls = list(_parts(message.get("tool_calls")))
    calls.append(message.get("function_call"))
    calls.extend(
        part
        for part in _parts(message.get("content"))
        if isinstance(part, Mapping) and part.get("type") == "tool_use"
    )
    return [call for call in calls if isinstance(call, Mapping)]


def _call_names(messages: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Map the id of each call to the name of its tool."""
    return {
        str(call["id"]): name
        for message in messages
        for call, (name, _) in zip(_all_calls(message), _calls(message), strict=True)
        if call.get("id") is not None
    }


def _tool_call(name: str, written: Any) -> str:
    arguments = _parsed(written)
    body = _value(arguments) if arguments not in (None, {}, "") else _nothing("No arguments")
    return _folded("ek-tool", "Calls", _one_line(arguments), body, is_open=False, code=name)


def _tool_result(content: Any, name: str | None) -> str:
    parts = _parts(content)
    text = "\n".join(_raw_content(content))
    value = _parsed(parts[0] if len(parts) == 1 and isinstance(parts[0], str) else None)
    if isinstance(value, Mapping | list):
        body, preview = _value(value), _one_line(value)
    else:
        body = "".join(_content(content)) or _nothing("Empty result")
        preview = _shortened(text)
    label = "Result of" if name else "Tool result"
    return _folded("ek-tool ek-result", label, preview, body, is_open=False, code=name)


def _tool(tool: Mapping[str, Any]) -> str:
    function = tool.get("function")
    described = function if isinstance(function, Mapping) else tool
    schema = described.get("parameters", described.get("input_schema"))
    description = str(described.get("description") or "")
    body = render_text(description)
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    if isinstance(properties, Mapping) and properties:
        required = schema.get("required") if isinstance(schema, Mapping) else ()
        body += _parameters(properties, set(map(str, _parts(required))))
    elif schema:
        body += _value(schema)
    name = str(described.get("name") or "unnamed")
    return _folded("ek-tool", "Tool", _shortened(description), body, is_open=False, code=name)


def _parameters(properties: Mapping[str, Any], required: set[str]) -> str:
    rows = []
    for name, schema in properties.items():
        known = schema if isinstance(schema, Mapping) else {}
        kind = " or ".join(map(str, _parts(known.get("type"))))
        needed = "required" if str(name) in required else "optional"
        rest = {key: value for key, value in known.items() if key not in ("type", "description")}
        rows.append(
            f'<tr><th scope="row"><code>{escape(str(name))}</code></th>'
            f"<td>{escape(kind)}</td><td>{needed}</td>"
            f"<td>{render_text(str(known.get('description') or ''))}"
            f"{_value(rest) if rest else ''}</td></tr>"
        )
    return f'<div class="ek-table"><table class="ek-pairs">{"".join(rows)}</table></div>'


# Values


def _parsed(value: Any) -> Any:
    """Return the JSON object or list that a text holds, or the value as it is."""
    if not isinstance(value, str) or len(value) > _MAX_JSON_CHARACTERS:
        return value
    if not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value, parse_float=_Number, parse_int=_Number)
    except (ValueError, RecursionError):
        return value


def _value(value: Any, depth: int = 0) -> str:
    """Render a JSON value: an object as a table of names and values, a list as a list."""
    if isinstance(value, Mapping | list | tuple) and not value:
        return _nothing("empty list" if isinstance(value, list | tuple) else "empty object")
    if isinstance(value, Mapping | list | tuple) and depth >= _MAX_DEPTH:
        return raw_html(_raw_value(value))
    if isinstance(value, Mapping):
        rows = "".join(
            f'<tr><th scope="row" dir="auto">{escape(str(key))}</th><td>{_value(item, depth + 1)}'
            "</td></tr>"
            for key, item in value.items()
        )
        return f'<table class="ek-pairs">{rows}</table>'
    if isinstance(value, list | tuple):
        items = "".join(f"<li>{_value(item, depth + 1)}</li>" for item in value)
        return f'<ul class="ek-values">{items}</ul>'
    if isinstance(value, str) and not isinstance(value, _Number):
        return raw_html(value) if value else _nothing("empty text")
    return f'<span class="ek-scalar">{escape(_scalar(value))}</span>'


def _scalar(value: Any) -> str:
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def _raw_value(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return "(nested too deeply to show)"


def _one_line(value: Any) -> str:
    """Return the first few names and values of an object on one line."""
    if isinstance(value, Mapping):
        pairs = (f"{key}: {_brief(item)}" for key, item in list(value.items())[:6])
        return _shortened(", ".join(pairs))
    if isinstance(value, list | tuple):
        return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
    return "" if value is None else _shortened(str(value))


def _brief(value: Any) -> str:
    if isinstance(value, Mapping | list | tuple):
        return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
    return _shortened(_scalar(value), 40)


def _shortened(text: str, length: int = _PREVIEW) -> str:
    words = " ".join(text[: 4 * length].split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def _folded(
    kind: str, label: str, preview: str, body: str, *, is_open: bool, code: str | None = None
) -> str:
    name = f" <code>{escape(code)}</code>" if code else ""
    return (
        f'<details class="ek-fold {kind}"{" open" if is_open else ""}>'
        f'<summary><span class="ek-role">{escape(label)}</span>{name} '
        f'<span class="ek-preview" dir="auto">{escape(preview)}</span></summary>'
        f'<div class="ek-content">{body}</div></details>'
    )


def _nothing(words: str) -> str:
    return f'<span class="ek-nothing">{words}</span>'
