"""Cases of a log as sampling sees them: from rows of the database, or from records of a file."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evalkit.evalset.hashing import canonical_json, case_hash
from evalkit.records.reader import Record
from evalkit.sampling.candidates import LoggedCase

#: Of a long message its beginning and its end are compared, so many characters of each.
_END = 1_000
#: So many messages and passages, from the last back.
_PARTS = 6
#: Where logs keep what a user thought of an answer, in metadata.
_FEEDBACK = ("feedback", "user_feedback", "rating", "user_rating", "thumbs")
_FAILED = "failed"


def logged_case(
    case_id: int,
    key: str,
    content_hash: str,
    messages: Sequence[Mapping[str, Any]],
    *,
    context: Sequence[Mapping[str, Any]] = (),
    tools: Any = None,
    category: str | None = None,
    details: Mapping[str, Any] | None = None,
    models: Collection[str] = (),
    has_failed: bool = False,
) -> LoggedCase:
    """Return a case as sampling sees it; ``details`` is what evalkit does not interpret."""
    texts = [_text_of(part) for part in (*context, *messages)]
    asked_of = _asked(messages)
    asked = [_text_of(part) for part in (*context, *asked_of)]
    system = [part for part in messages if part not in asked_of]
    apart = canonical_json([system, tools or None]) if system or tools else ""
    return LoggedCase(
        case_id=case_id,
        key=key,
        content_hash=content_hash,
        text="\n".join(_ends(text) for text in (asked or texts)[-_PARTS:]),
        apart=hashlib.sha256(apart.encode()).hexdigest() if apart else "",
        length=sum(map(len, texts)),
        category=category or "",
        feedback=_feedback(details or {}),
        error=_FAILED if has_failed else "",
        model=_model_of(models),
    )


def logged_records(records: Iterable[Record]) -> list[LoggedCase]:
    """Return the cases of records that have a text, in their order; ids are their numbers.

    Outputs say which model answered and whether that failed, wherever they stand.
    """
    cases: dict[str, LoggedCase] = {}
    models: dict[str, set[str]] = {}
    failed: set[str] = set()
    names: dict[str, str] = {}
    for record in records:
        fields = record.fields
        if record.type == "output" and record.is_sound:
            # Thousands of lines name the same few models: each name is held once.
            model = names.setdefault(fields["model"], fields["model"])
            models.setdefault(fields["case"], set()).add(model)
            if fields.get("error"):
                failed.add(fields["case"])
        elif record.type == "case" and record.is_sound and fields.get("input"):
            context, tools = fields.get("context") or (), fields.get("tools")
            hashed = case_hash(messages=fields["input"], context=context, tools=tools)
            category = fields.get("category")
            cases[fields["id"]] = logged_case(
                len(cases) + 1,
                fields["id"],
                hashed,
                fields["input"],
                context=context,
                tools=tools,
                category=category and names.setdefault(category, category),
                details=fields.get("metadata"),
            )
    return [
        replace(case, model=_model_of(models.get(key, ())), error=_FAILED if key in failed else "")
        for key, case in cases.items()
    ]


def _model_of(models: Collection[str]) -> str:
    return next(iter(models)) if len(models) == 1 else "several models" if models else ""


def _asked(messages: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [message for message in messages if message.get("role") not in ("system", "developer")]


def _text_of(part: Mapping[str, Any]) -> str:
    """Return what a message or passage says; of one in parts, their texts."""
    content = part.get("content", part.get("text"))
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(
            inner["text"] if isinstance(inner.get("text"), str) else json.dumps(inner)
            for inner in content
            if isinstance(inner, dict)
        )
    return json.dumps(part, ensure_ascii=False, sort_keys=True)


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"


def _feedback(details: Mapping[str, Any]) -> str:
    inner = details.get("metadata")
    for place in (details, inner if isinstance(inner, dict) else {}):
        for name in _FEEDBACK:
            value = place.get(name)
            if isinstance(value, str | int | float):
                return f"feedback {value}"
    return ""
