"""Scores as Langfuse takes them: one per response, name and value, on its trace."""

import hashlib
from collections.abc import Iterator
from typing import Any

from evalkit.formats.answers import compared, side_name
from evalkit.formats.material import ExportFormat, FileFormat, JudgedCase, Side, Source
from evalkit.formats.writing import json_lines
from evalkit.records.names import DEFAULT_RUN, judged_by
from evalkit.vocabulary import Preference

#: Under these names the metadata of outputs may say which trace they came from.
TRACE_KEYS = ("traceId", "trace_id", "langfuse_trace_id")
_WON, _LOST = "won", "lost"


def trace_of(judged: JudgedCase, side: Side) -> str:
    """Return the trace of a response: as its metadata says, else made of its names.

    The latter is what ``Langfuse.create_trace_id(seed="CASE/MODEL/RUN")`` gives: the first 32
    hexadecimal digits of the seed's SHA-256.
    """
    metadata = (judged.outputs.get(side) or {}).get("metadata") or {}
    told = next((str(metadata[key]) for key in TRACE_KEYS if metadata.get(key)), None)
    return told or _digest("/".join((judged.record["id"], *side)))


def scores(judged: JudgedCase) -> Iterator[dict[str, Any]]:
    """Yield the scores of a case; a comparison scores both of its responses."""
    for pair in compared(judged):
        for side, other, won in (
            (pair.left, pair.right, Preference.LEFT),
            (pair.right, pair.left, Preference.RIGHT),
        ):
            if pair.preference is not None:
                is_decided = pair.preference in (Preference.LEFT, Preference.RIGHT)
                of_side = _WON if pair.preference == won else _LOST
                value = of_side if is_decided else pair.preference
                against = {"against": side_name(other)}
                yield _score(judged, side, pair.record, "preference", value, against)
    for record in judged.labels:
        side = (record.get("model", ""), record.get("run", DEFAULT_RUN))
        if record["type"] in ("score", "check"):
            name = record.get("criterion") or record["item"]
            yield _score(judged, side, record, name, record["value"], {})
        elif record["type"] == "error":
            severity = {"severity": record["severity"]} if record.get("severity") else {}
            yield _score(judged, side, record, "error", record["tag"] or "none", severity)


def _score(
    judged: JudgedCase, side: Side, record: Any, name: str, value: Any, more: dict[str, Any]
) -> dict[str, Any]:
    kind, who = judged_by(record)
    words = record.get("comment") or record.get("note") or record.get("rationale")
    trace = trace_of(judged, side)
    # The same label has the same id in every file, so that Langfuse updates and doubles nothing.
    parts = (trace, name, kind, who, record.get("assignment"), more.get("against"), value)
    return {
        "id": _digest("/".join(map(str, parts))),
        "traceId": trace,
        "name": name,
        "value": value,
        "dataType": "CATEGORICAL" if isinstance(value, str) else "NUMERIC",
        **({"comment": words} if words else {}),
        "metadata": {
            "annotator": who,
            "annotator_kind": kind,
            "case": judged.record["id"],
            "model": side_name(side),
            **more,
        },
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _write(source: Source) -> Iterator[str]:
    return json_lines(source, (row for judged in source.cases() for row in scores(judged)))


LANGFUSE = ExportFormat(
    FileFormat.LANGFUSE,
    "Langfuse scores",
    "Langfuse's score API: preferences, scores and errors, each on the trace of its response.",
    "-langfuse.jsonl",
    "score",
    _write,
)
