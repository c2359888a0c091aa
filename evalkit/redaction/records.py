"""Records with everything personal in their texts replaced."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from evalkit.redaction.finders.keys import is_secret_of
from evalkit.redaction.kinds import PLACEHOLDER, FindingKind
from evalkit.redaction.moves import TextMove
from evalkit.redaction.redaction import Redaction
from evalkit.vocabulary import FailureEventKind

#: The texts of each type of record. What is not here is matched exactly (ids, names of models and
#: annotators, keys), or is a lead's own (criteria, tags), and stays. Categories have a way of their
#: own, see `category_name`.
_OF_LABELS = ("comment", "assertion", "texts", "rationale", "quote", "note", "metadata")
_TEXTS = {
    "case": ("input", "context", "tools", "reference", "checklist", "note", "tags", "metadata"),
    "output": ("content", "retrieved", "reasoning", "error", "metadata"),
    "gold": ("note", "metadata"),
    "taxonomy_change": ("note",),
    "recoding": (),
    "reading": (),
    "open_note": ("words",),
    "coded_note": (),
    "failure": ("title",),
    "finding": ("detail",),
    "automated_check": ("settings",),
}
_MESSAGES = frozenset({"input", "content"})

#: What names a thing of a message, a call, a passage or an item of a checklist. In metadata, and
#: in what a tool is given or gives back, the same words may stand before anything.
_NAMES = frozenset({"role", "type", "id", "key", "tool_call_id", "model", "finish_reason"})
_NAMED_THINGS = frozenset({"input", "content", "context", "retrieved", "tools", "checklist"})
#: The fields of such a thing that hold more such things.
_PARTS = frozenset({"content", "tool_calls", "function_call", "function"})
#: Where a part of a message that is an image or sound holds it, or what it is looked up by.
_MEDIA = frozenset({"image", "image_url", "source", "input_image", "input_audio"})
_DESCRIPTIONS = frozenset({"alt", "caption", "title"})
#: Bytes written as text: they say nothing that could be read, and no placeholder would be bytes.
_BYTES = re.compile(r"data:[\w/+.-]*(?:;[\w=-]+)*;base64,[A-Za-z0-9+/=\s]*")

#: What of a name of an annotator is replaced: the rest of it is how a team calls its people.
_OF_PEOPLE = frozenset({FindingKind.TERM, FindingKind.EMAIL, FindingKind.PHONE})

#: Smaller numbers are nobody's.
_SMALLEST = 10**8


class RedactedRecord(NamedTuple):
    """The fields of a record, and what moved in the texts that offsets count into.

    ``moves`` are by step where the text is a conversation; those of the last step, or of the only
    text, are also under ``None``.
    """

    fields: dict[str, Any]
    moves: dict[int | None, tuple[TextMove, ...]]


def redacted_record(kind: str, fields: Mapping[str, Any], redaction: Redaction) -> RedactedRecord:
    """Return a record with placeholders in all its texts.

    Parameters
    ----------
    kind : str
        The type of the record.
    fields : mapping
        Its fields, sound by themselves.
    redaction : Redaction
        That of the import.
    """
    changed = dict(fields)
    moves: dict[int | None, tuple[TextMove, ...]] = {}
    for name in _TEXTS.get(kind, _OF_LABELS):
        value = fields.get(name)
        if value is None:
            continue
        if name in _MESSAGES and isinstance(value, list):
            changed[name], moves = _messages(value, redaction)
        elif isinstance(value, str):
            whole = redaction.redacted(value)
            changed[name] = whole.text
            if name == "content" and whole.moves:
                moves[None] = whole.moves
        else:
            changed[name] = _value(value, redaction, is_named=name in _NAMED_THINGS)
    if kind in ("case", "failure") and changed.get("category"):
        changed["category"] = category_name(changed["category"], redaction)
    if kind == "taxonomy_change" and changed.get("details"):
        changed["details"] = _change(changed, redaction)
    if kind == "failure" and changed.get("events"):
        changed["events"] = [_event(event, redaction) for event in changed["events"]]
    return RedactedRecord(changed, moves)


def _event(event: Mapping[str, Any], redaction: Redaction) -> dict[str, Any]:
    """Return what became of a failure with its words replaced; people have a way of their own."""
    words = (
        ("reason",) if event["kind"] == FailureEventKind.OWNER else ("reason", "before", "after")
    )
    return {**event, **{name: redaction.text(event[name]) for name in words if event.get(name)}}


def _change(record: Mapping[str, Any], redaction: Redaction) -> dict[str, Any]:
    """Return what was done to a taxonomy with its words replaced, and keys of tags as they are."""
    details: dict[str, Any] = record["details"]
    if record["kind"] == "freeze":
        return dict(_fields(details, redaction, is_named=False))
    parts = [
        {**part, **{name: category_name(part[name], redaction) for name in ("name", "definition")}}
        for part in details["parts"]
    ]
    return {**details, "name": category_name(details["name"], redaction), "parts": parts}


def category_name(name: str, redaction: Redaction) -> str:
    """Return the name of a category with what is personal in it replaced, without its number.

    Categories are matched by their names, also between imports, and numbers are of one import.
    """
    return PLACEHOLDER.sub(r"[\1]", redaction.text(name))


def check_name(name: str, redaction: Redaction, key: Callable[[], bytes]) -> str:
    """Return the name of an automated check, or a criterion, with what is personal replaced.

    Files of other tools name them by what they look for. Two that look for two addresses stay
    two, and each is the same one in every import with the same key.
    """
    masked = category_name(name, redaction)
    if masked == name:
        return name
    return f"{masked} {hmac.new(key(), name.encode(), hashlib.sha256).hexdigest()[:6]}"


def person_name(name: str, redaction: Redaction, key: Callable[[], bytes]) -> str:
    """Return the name of an annotator, or what stands for it where it is personal.

    What stands for a person is the same in every import with the same key, however their address
    is written: labels of one person are matched by it. Without the key nobody can tell which it
    would be, not even for an address they guess.
    """
    spans = [span for span in redaction.replaced_in(name) if span.kind in _OF_PEOPLE]
    if not spans:
        return name
    address = min(spans, key=lambda span: (span.kind != FindingKind.EMAIL, span.start)).value
    digest = hmac.new(key(), address.casefold().encode(), hashlib.sha256).hexdigest()
    return f"person {digest[:10]}"


def _messages(
    messages: list[Any], redaction: Redaction
) -> tuple[list[Any], dict[int | None, tuple[TextMove, ...]]]:
    changed, moves = [], dict[int | None, tuple[TextMove, ...]]()
    for step, message in enumerate(messages):
        others = {key: value for key, value in message.items() if key != "content"}
        whole = _value(others, redaction, is_named=True)
        if "content" in message:
            content, of_step = _content(message["content"], redaction)
            whole = {key: content if key == "content" else whole[key] for key in message}
            if of_step:
                moves[step] = of_step
        changed.append(whole)
    if len(messages) - 1 in moves:
        moves[None] = moves[len(messages) - 1]
    return changed, moves


def _content(content: Any, redaction: Redaction) -> tuple[Any, tuple[TextMove, ...]]:
    """Return the content of a message, and what moved in the text of it as a whole."""
    if isinstance(content, str):
        whole = redaction.redacted(content)
        return whole.text, whole.moves
    if not isinstance(content, list):
        return content, ()
    parts, moves, length = [], list[TextMove](), 0
    for part in content:
        text = part if isinstance(part, str) else part.get("text")
        if not isinstance(text, str):
            parts.append(_value(part, redaction, is_named=True))
            continue
        whole = redaction.redacted(text)
        moves += [
            TextMove(move.start + length, move.end + length, move.label) for move in whole.moves
        ]
        length += len(text)
        if isinstance(part, str):
            parts.append(whole.text)
        else:
            beside = {key: part[key] for key in part if key != "text"}
            others = _value(beside, redaction, is_named=True)
            parts.append({key: whole.text if key == "text" else others[key] for key in part})
    return parts, tuple(moves)


def _value(value: Any, redaction: Redaction, field: str = "", *, is_named: bool = False) -> Any:
    """Return a JSON value with placeholders in its texts and the names of its fields.

    ``is_named`` says that it is a message, call, passage or item, or a list of such, whose ids are
    matched exactly.
    """
    if isinstance(value, str):
        return _text(value, redaction, field)
    if isinstance(value, list):
        return [_value(inner, redaction, field, is_named=is_named) for inner in value]
    if isinstance(value, dict):
        return dict(_fields(value, redaction, is_named=is_named))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _SMALLEST:
        written = str(value)
        changed = redaction.text(written, field=_simple(field))
        return value if changed == written else changed
    return value


def _fields(
    value: dict[str, Any], redaction: Redaction, *, is_named: bool
) -> Iterator[tuple[str, Any]]:
    kind = str(value.get("type")) if is_named else ""
    is_medium = "image" in kind or "audio" in kind
    names: set[str] = set()
    for field, inner in value.items():
        name = redaction.name(field)
        while name in names:  # two ways to write one address are one placeholder, and two fields
            name += "'"
        names.add(name)
        if is_named and field in _NAMES:
            yield name, inner
        elif is_medium and field in _MEDIA:
            yield name, _medium(inner, redaction)
        else:
            yield name, _value(inner, redaction, field, is_named=is_named and field in _PARTS)


def _medium(value: Any, redaction: Redaction) -> Any:
    """Return an image or sound as it is, but for how it is described."""
    if not isinstance(value, dict):
        return value
    return {
        field: _value(inner, redaction, field) if field in _DESCRIPTIONS else inner
        for field, inner in value.items()
    }


def _text(text: str, redaction: Redaction, field: str) -> str:
    if text.startswith("data:") and _BYTES.fullmatch(text):
        return text
    if field and is_secret_of(field, text):
        return redaction.secret(text)
    if field == "arguments" and text[:1] in ("{", "["):
        return _arguments(text, redaction)
    return redaction.text(text, field=_simple(field))


def _arguments(text: str, redaction: Redaction) -> str:
    """Return the arguments of a call, which are JSON in a text, and stay JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return redaction.text(text)
    changed = _value(value, redaction)
    return text if changed == value else json.dumps(changed, ensure_ascii=False)


def _simple(field: str) -> str:
    return field.replace("_", " ") if len(field) <= 40 and field.isascii() else ""
