"""The names that content gives itself: hashes of a case and of a version of an eval set."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any


def canonical_json(value: Any) -> str:
    """Write JSON in the one form that is hashed.

    Parameters
    ----------
    value : JSON value
        Anything JSON can hold.

    Returns
    -------
    str
        JSON with sorted keys, no spaces, and every text in Unicode normal form C, so that two
        spellings of the same characters count as the same text.
    """
    normal = _normal(value)
    return json.dumps(normal, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def case_hash(
    *,
    messages: Sequence[Any],
    context: Sequence[Any] | None = None,
    tools: Sequence[Any] | None = None,
) -> str:
    """Hash what a model is given: the same hash means the same task.

    Parameters
    ----------
    messages : sequence of message
        The input of the case.
    context, tools : sequence or None
        Retrieved passages and tool schemas; none and an empty list are the same.

    Returns
    -------
    str
        SHA-256 in hexadecimal of the canonical JSON of the three. Category, reference and note
        do not take part: they say how a case is judged, not what it is.
    """
    content = {"input": list(messages), "context": context or None, "tools": tools or None}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def version_hash(sorted_case_hashes: Iterable[str]) -> str:
    """Hash a version of an eval set.

    Parameters
    ----------
    sorted_case_hashes : iterable of str
        The hashes of all its cases in ascending order; read once, never held.

    Returns
    -------
    str
        SHA-256 in hexadecimal of the hashes, one a line.
    """
    digest = hashlib.sha256()
    for hashed in sorted_case_hashes:
        digest.update(hashed.encode() + b"\n")
    return digest.hexdigest()


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_normal(key): _normal(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(inner) for inner in value]
    return value
