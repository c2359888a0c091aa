"""One way to write each record: defaults left out, numbers plain, fields in a fixed order."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from evalkit.names import normal_name
from evalkit.records.checks import milliseconds
from evalkit.records.names import DEFAULT_RUN, side_of
from evalkit.records.schema import TYPES
from evalkit.severity import DEFAULT_SEVERITIES
from evalkit.vocabulary import AnnotatorKind, CaseStatus, CriterionLevel

#: What a reader assumes, and a writer therefore leaves out.
_DEFAULTS: dict[str, Any] = {
    "run": DEFAULT_RUN,
    "annotator_kind": AnnotatorKind.HUMAN.value,
    "revision": 1,
    "status": CaseStatus.ACTIVE.value,
    "omission": False,
    "elsewhere": False,
    "watched": False,
    "clean": False,
    "retired": False,
    "nth": 1,
    "nothing_wrong": False,
    "by_category": False,
    "of_study": False,
}

_FLOATS = frozenset(
    {
        "cost_usd",
        "inclusion_probability",
        "latency_ms",
        "seconds",
        "time_to_first_token_ms",
        "value",
    }
)
_WHOLE = frozenset(
    {
        "end",
        "nth",
        "seed",
        "input_tokens",
        "n_annotators",
        "output_tokens",
        "reasoning_tokens",
        "revision",
        "rubric_version",
        "start",
        "step",
        "taxonomy_version",
        "version",
    }
)


def normal(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Bring a sound record into the form in which it is exported and compared.

    Parameters
    ----------
    kind : str
        The type of the record.
    fields : mapping
        Its fields; unknown ones, and null where it means nothing, are left out.

    Returns
    -------
    dict
        ``type`` and the fields in their fixed order; what equals its default is left out,
        whole numbers are integers, a side is a model's name where its run is the default.
    """
    spec = TYPES[kind]
    record: dict[str, Any] = {"type": kind}
    for field in spec.checks:
        value = fields.get(field)
        if value is None:
            if field in spec.nullable:
                record[field] = None
            continue
        plain = _plain_steps(value) if field == "content" else _plain(field, value)
        if plain != _default(field, fields):
            record[field] = plain
    return record


def _default(field: str, fields: Mapping[str, Any]) -> Any:
    """Return what a reader assumes: an answer is required, unless it is one in words."""
    if field == "required":
        return fields.get("level") != CriterionLevel.TEXT
    if field == "severities":
        return _USUAL_SEVERITIES
    return _DEFAULTS.get(field)


def fingerprint(record: Mapping[str, Any], *, without: frozenset[str] = frozenset()) -> bytes:
    """Hash a normal record: two records say the same if and only if their hashes are equal.

    Parameters
    ----------
    record : mapping
        As ``normal`` returns it.
    without : frozenset of str
        Fields that do not count.

    Returns
    -------
    bytes
        Sixteen bytes. The order of fields does not matter, nor does the mark
        ``metadata.simulated``, which belongs to the annotator.
    """
    compared = {field: value for field, value in record.items() if field not in without}
    metadata = compared.get("metadata")
    labels = ("comparison", "ranking", "score", "check", "answer", "error")
    if metadata is not None and record["type"] in labels:
        values = {key: value for key, value in metadata.items() if key != "simulated"}
        compared["metadata"] = values
        if not values:
            del compared["metadata"]
    text = json.dumps(compared, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def message_text(content: Any) -> str:
    """Return the text of a message's content: itself, or the texts of its parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part if isinstance(part, str) else part.get("text") for part in parts]
    return "".join(text for text in texts if isinstance(text, str))


def output_text(content: str | list[dict[str, Any]]) -> str:
    """Return the text of an output, into which offsets count: a trajectory's last message."""
    if isinstance(content, str):
        return content
    return message_text(content[-1].get("content")) if content else ""


def _plain(field: str, value: Any) -> Any:
    if field in _FLOATS and not isinstance(value, str):  # the value of a check is a word
        return plain_number(value)
    if field in _WHOLE:
        return int(value)
    if field in ("annotator", "author"):
        return normal_name(value)
    if field in ("left", "right"):
        return _plain_side(*side_of(value))
    if field == "order":
        return [[_plain_side(*side) for side in sorted(map(side_of, place))] for place in value]
    if field == "shown":
        return [_plain_side(*side_of(side)) for side in value]
    if field == "scale":
        return [_plain_level(level) for level in value]
    if field == "range":
        return _plain_range(value)
    if field == "severities":
        return [_plain_severity(each) for each in value]
    if field == "weights":
        return {what: plain_number(weight) for what, weight in value.items()}
    return value


def _plain_steps(content: Any) -> Any:
    """Leave out what steps of files of version 1 call ``latency_ms`` and is no time."""
    if isinstance(content, str):
        return content
    return [
        {
            key: value
            for key, value in step.items()
            if key != "latency_ms" or not milliseconds(value)
        }
        for step in content
    ]


def _plain_side(model: str, run: str) -> str | dict[str, str]:
    return model if run == DEFAULT_RUN else {"model": model, "run": run}


def _plain_level(level: Mapping[str, Any]) -> dict[str, Any]:
    value = plain_number(level["value"])
    plain = {"value": value, "label": level.get("label") or str(value)}
    if level.get("anchor"):
        plain["anchor"] = level["anchor"]
    return plain


def _plain_severity(severity: Any) -> Any:
    """Return a severity of a taxonomy with its name; of a tag, its key as it is."""
    if isinstance(severity, str):
        return severity
    name, weight = severity.get("name") or severity["key"], plain_number(severity["weight"])
    return {"key": severity["key"], "name": name, "weight": weight}


def _plain_range(extent: Mapping[str, Any]) -> dict[str, Any]:
    ends = {
        end: plain_number(extent[end])
        for end in ("min", "max", "step")
        if extent.get(end) is not None
    }
    return ends | {end: extent[end] for end in ("low", "high") if extent.get(end)}


def plain_number(value: float) -> float | int:
    """Return a number as the database gives it back, whole ones as integers: 7.0 is 7."""
    stored = float(value)
    return int(stored) if stored == int(stored) and abs(stored) < 2**53 else stored


_USUAL_SEVERITIES = [_plain_severity(asdict(severity)) for severity in DEFAULT_SEVERITIES]
