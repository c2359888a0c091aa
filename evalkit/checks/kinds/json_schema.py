"""JSON schema: the response is JSON that a schema allows."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from evalkit.checks.kind import (
    CheckedResponse,
    Checker,
    CheckKind,
    CheckOutcome,
    CheckSetting,
    SettingForm,
    TookTooLongError,
    told,
    untold,
)
from evalkit.checks.patterns import compiled, matched
from evalkit.errors import RefusedError

_FENCE = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n[ \t]*```", re.DOTALL | re.IGNORECASE)
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
#: A schema may refer within itself so often on one response: more is a schema that runs away.
_MOST_STEPS = 20_000
_WHERE = "“JSON schema”"
_RAN_AWAY = "The schema refers within itself too often. Let no part ask for itself."


def _read_schema(written: str) -> Any:
    """Read a schema and refuse what could load something, or is none."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        schema = json.loads(written)
        Draft202012Validator.check_schema(schema)
    except json.JSONDecodeError as fault:
        raise RefusedError(f"{_WHERE}: the schema is no JSON: {fault}.") from None
    except SchemaError as fault:
        place = "/".join(map(str, fault.absolute_path)) or "the top"
        raise RefusedError(f"{_WHERE}: at {place}, {fault.message[:300]}.") from None
    except (RecursionError, ValueError) as fault:
        raise RefusedError(
            f"{_WHERE}: the schema cannot be read ({type(fault).__name__})."
        ) from None
    for key, value in _members(schema):
        if key in _REFERENCES and not str(value).startswith("#"):
            raise RefusedError(
                f"{_WHERE}: {key} “{str(value)[:200]}” is outside the schema. Nothing is loaded "
                "from elsewhere: copy what it refers to into $defs, and refer to #/$defs/…"
            )
        if key == "pattern" and isinstance(value, str):
            compiled(value, where=_WHERE)
        if key == "patternProperties" and isinstance(value, dict):
            for pattern in value:
                compiled(pattern, where=_WHERE)
        if key == "unevaluatedProperties":
            raise RefusedError(f"{_WHERE}: write additionalProperties for unevaluatedProperties.")
    return schema


def _members(schema: Any) -> Iterator[tuple[str, Any]]:
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield from part.items()
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


@cache
def _matcher(pattern: str) -> Any:
    return compiled(pattern, where=_WHERE)


def _matches(pattern: str, text: str) -> bool:
    return matched(_matcher(pattern), text) is not None


def _pattern(validator: Any, pattern: str, instance: Any, _: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, _: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    for pattern, schema in patterns.items():
        for key, value in instance.items():
            if _matches(pattern, key):
                yield from validator.descend(value, schema, path=key, schema_path=pattern)


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Any) -> Any:
    from jsonschema import ValidationError

    if not isinstance(instance, dict):
        return
    patterns = schema.get("patternProperties", {})
    extras = [
        key
        for key in instance
        if key not in schema.get("properties", {})
        and not any(_matches(pattern, key) for pattern in patterns)
    ]
    if isinstance(allowed, dict):
        for key in extras:
            yield from validator.descend(instance[key], allowed, path=key)
    elif not allowed and extras:
        yield ValidationError(f"{', '.join(map(repr, extras[:5]))} may not be there")


def _unique_items(validator: Any, is_asked: bool, instance: Any, _: Any) -> Iterator[Any]:
    """Compare by hash: jsonschema compares every two."""
    from jsonschema import ValidationError

    if is_asked and isinstance(instance, list):
        texts = [json.dumps(_plain(item), sort_keys=True) for item in instance]
        if len(set(texts)) < len(texts):
            yield ValidationError("items are not unique")


def _plain(value: Any) -> Any:
    """Write 1.0 like 1, which JSON Schema holds equal."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _first_fault(schema: Any) -> Callable[[Any], str]:
    """Return what tells the first fault of an instance in words, nothing where there is none."""
    from jsonschema import Draft202012Validator, validators
    from referencing import Registry

    steps = 0
    follow = Draft202012Validator.VALIDATORS["$ref"]

    def counted(validator: Any, ref: Any, instance: Any, part: Any) -> Iterable[Any]:
        nonlocal steps
        steps += 1
        if steps > _MOST_STEPS:
            raise TookTooLongError(_RAN_AWAY)
        return follow(validator, ref, instance, part) or ()

    bounded = validators.extend(
        Draft202012Validator,
        {
            "$ref": counted,
            "$dynamicRef": counted,
            "pattern": _pattern,
            "patternProperties": _pattern_properties,
            "additionalProperties": _additional_properties,
            "uniqueItems": _unique_items,
        },
    )
    # A registry of its own has nothing but the schema, and no way to fetch more.
    registry: Any = Registry()
    validator = bounded(schema, registry=registry)

    def first(instance: Any) -> str:
        nonlocal steps
        steps = 0
        for error in validator.iter_errors(instance):
            place = "/".join(map(str, error.absolute_path))
            return f"At {place}: {error.message}" if place else error.message
        return ""

    return first


def _not_json(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _candidate(text: str, where: str) -> str:
    """Return what is read as JSON: all of the response, or its first fenced block."""
    if where == "whole":
        return text
    block = _FENCE.search(text)
    return block.group(1) if block else text


def _prepare(settings: Mapping[str, Any]) -> Checker:
    first_fault = _first_fault(_read_schema(settings["schema"]))

    def check(response: CheckedResponse) -> CheckOutcome:
        from referencing.exceptions import Unresolvable

        text = _candidate(response.content, settings["where"])
        try:
            instance = json.loads(text, parse_constant=_not_json)
        except RecursionError:
            return told(False, "It is nested too deep to be read.")
        except ValueError as fault:
            return told(False, f"It is not JSON: {fault}.")
        try:
            fault_in_words = first_fault(instance)
        except RecursionError:
            raise TookTooLongError(_RAN_AWAY) from None
        except Unresolvable:
            return untold("The schema refers to what is not in it.")
        except (OverflowError, ValueError):
            return untold("A number in it is too large to be compared.")
        return told(not fault_in_words, fault_in_words)

    return check


JSON_SCHEMA = CheckKind(
    key="json-schema",
    title="JSON schema",
    about="The response is JSON that a schema allows (JSON Schema 2020-12).",
    settings=(
        CheckSetting(
            "schema",
            "Schema",
            SettingForm.TEXT,
            None,
            'Like {"type": "object", "required": ["total"]}.',
            is_required=True,
        ),
        CheckSetting(
            "where",
            "JSON is",
            SettingForm.CHOICE,
            "block",
            choices={
                "block": "in the first fenced block, else all of the response",
                "whole": "all of the response",
            },
        ),
    ),
    prepare=_prepare,
    limits="Nothing outside the schema is loaded, and “format” is not looked at.",
)
