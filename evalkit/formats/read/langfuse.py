"""Langfuse: observations, traces and scores, as its API and its exports give them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalkit.formats.read.interface import (
    ROW_FAULTS,
    Beginning,
    Fit,
    Part,
    ReadFormat,
    ReadingNotes,
    Row,
    Sureness,
    fault_in_words,
)
from evalkit.formats.read.openai_chat import answered as openai_answer
from evalkit.formats.read.pieces import (
    JUDGE,
    Scales,
    amount,
    as_message,
    as_messages,
    as_text,
    between_ms,
    case,
    content_of,
    from_json,
    moment,
    name_of,
    number,
    rest,
    tokens,
    without_nothing,
)
from evalkit.vocabulary import AnnotatorKind, ElsewhereRule

_GENERATION = "GENERATION"
_USED = (
    "id", "type", "name", "startTime", "endTime", "completionStartTime", "level", "input",
    "output", "model", "usageDetails", "usage", "costDetails", "totalCost", "calculatedTotalCost",
    "latency", "timeToFirstToken", "projectId", "createdAt", "updatedAt", "internalModelId",
    "isRootObservation", "parentObservationId", "observations", "scores", "tags", "public",
    "statusMessage", "timestamp", "metadata", "modelParameters", "promptTokens",
    "completionTokens", "totalTokens", "unit", "inputUsage", "outputUsage", "totalUsage",
)  # fmt: skip


def _items(parts: Sequence[Part]) -> Iterator[tuple[str, Row]]:
    """Yield observations, traces and scores, each with what it is, out of lists and pages."""
    for part in parts:
        for row in part:
            listed = row["data"] if isinstance(row, dict) and "data" in row else [row]
            for item in listed:
                yield _kind(item), item
                for inner in item.get("observations") or () if isinstance(item, dict) else ():
                    if isinstance(inner, Mapping):
                        yield "observation", {"traceId": item["id"], **inner}
                for inner in item.get("scores") or () if isinstance(item, dict) else ():
                    if isinstance(inner, Mapping):
                        yield "score", {"traceId": item["id"], **inner}


def _kind(item: Any) -> str:
    if not isinstance(item, dict):
        raise TypeError("not an object")
    if "dataType" in item or ("source" in item and "value" in item):
        return "score"
    return "observation" if "traceId" in item or "startTime" in item else "trace"


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    """Read what was answered, then the scores, which name a trace or an observation of it."""
    places: dict[str, tuple[str, Row]] = {}
    answered = set[str]()
    for kind, item in _guarded_items(parts, notes):
        if kind == "observation":
            try:
                yield from _observation(item, places, answered, notes)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    for kind, item in _items(parts):
        if kind == "trace" and str(item.get("id")) not in answered:
            yield from _trace(item, places, notes)
    scales = Scales("Langfuse")
    for kind, item in _items(parts):
        if kind == "score":
            try:
                yield from _score(item, places, scales, notes)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    yield from scales.criteria()


def _guarded_items(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[tuple[str, Row]]:
    try:
        yield from _items(parts)
    except ROW_FAULTS as error:
        notes.fault(fault_in_words(error))


def _observation(
    item: Row, places: dict[str, tuple[str, Row]], answered: set[str], notes: ReadingNotes
) -> Iterator[Row]:
    if item.get("type", _GENERATION) != _GENERATION:
        notes.drop("observations that are no call of a model")
        return
    if str(item["id"]) in places:  # in two of the files: a trace holds its observations, too
        return
    if item.get("input") is None:
        notes.drop("observations without their input (ask Langfuse for the fields too)")
        return
    asked = case(as_messages(item["input"]), source="production")
    model = name_of(item.get("model"), otherwise="unknown model")
    run = notes.runs.named(asked["id"], model)
    at = (asked["id"], {"model": model, **run})
    places[str(item["id"])] = at
    answered.add(str(item.get("traceId")))
    places.setdefault(str(item.get("traceId")), at)
    usage = item.get("usageDetails") or item.get("usage") or {}
    cost = item.get("totalCost", item.get("calculatedTotalCost"))
    if cost is None:
        cost = (item.get("costDetails") or {}).get("total")
    took = between_ms(item.get("startTime"), item.get("endTime"))
    first = between_ms(item.get("startTime"), item.get("completionStartTime"))
    failed = item.get("level") == "ERROR"
    yield asked
    yield {
        "type": "output",
        "case": asked["id"],
        **at[1],
        "content": answer_of(item.get("output")),
        **tokens(usage),
        **without_nothing(
            latency_ms=took or _ms(item, "latency"),
            time_to_first_token_ms=first or _ms(item, "timeToFirstToken"),
            cost_usd=amount(cost),
            error=as_text(item.get("statusMessage") or "error") if failed else None,
            created_at=moment(item.get("startTime")),
            metadata={
                "observation_id": item["id"],
                **rest(item, *_USED),
                **rest(item.get("modelParameters") or {}),
                **(item["metadata"] if isinstance(item.get("metadata"), dict) else {}),
            },
        ),
    }


def _ms(item: Row, name: str) -> float | None:
    seconds = amount(item.get(name))
    return None if seconds is None else 1000 * seconds


def answer_of(value: Any) -> str | list[Row]:
    """Return what was answered: a text, a message, messages, or anything else as JSON."""
    value = from_json(value)
    if isinstance(value, Mapping):
        if "choices" in value or value.get("object") == "response":
            return openai_answer(value)[0]
        if "role" in value or "content" in value:
            return content_of([as_message({"role": "assistant", **value})])
    are_messages = isinstance(value, list) and all(
        isinstance(message, Mapping) and "role" in message for message in value
    )
    if are_messages and value:
        return content_of([as_message(message) for message in value])
    return as_text(value)


def _trace(item: Row, places: dict[str, tuple[str, Row]], notes: ReadingNotes) -> Iterator[Row]:
    """Read a trace that holds no call of a model: what went in and came out of it."""
    if item.get("input") is None:
        notes.drop("traces without their input")
        return
    asked = case(as_messages(item["input"]), source="production", tags=item.get("tags"))
    model = name_of(item.get("name"), otherwise="unknown model")
    run = notes.runs.named(asked["id"], model)
    places[str(item["id"])] = (asked["id"], {"model": model, **run})
    yield asked
    yield {
        "type": "output",
        "case": asked["id"],
        "model": model,
        **run,
        "content": answer_of(item.get("output")),
        **without_nothing(
            latency_ms=_ms(item, "latency"),
            cost_usd=amount(item.get("totalCost")),
            created_at=moment(item.get("timestamp")),
            metadata={"trace_id": item["id"], **rest(item, *_USED)},
        ),
    }


def _score(
    item: Row, places: dict[str, tuple[str, Row]], scales: Scales, notes: ReadingNotes
) -> Iterator[Row]:
    at = places.get(str(item.get("observationId"))) or places.get(str(item.get("traceId")))
    if at is None:
        if not notes.keeps_orphans or not (item.get("observationId") or item.get("traceId")):
            notes.drop("scores of traces that are not in these files")
            return
        named = str(item.get("observationId") or item["traceId"])
        at = (named, {"model": "unknown model"})
    kind, value = item.get("dataType"), item.get("value")
    if kind == "CATEGORICAL":
        value = item.get("stringValue") or as_text(value)
    elif kind == "BOOLEAN":
        value = bool(number(value))
    key = name_of(item["name"], otherwise="score")
    of_scale = scales.value(key, value)
    if of_scale is None:
        return
    comment = item.get("comment")
    is_person = item.get("source") == "ANNOTATION"
    author = item.get("authorUserId")
    if is_person:
        who: Row = {"annotator": str(author)} if author else {}
        if not author:
            who = {"annotator_kind": AnnotatorKind.UNKNOWN.value}
        told = {"comment": comment} if comment else {}
    else:
        who = {"annotator": f"Langfuse {as_text(item.get('source') or 'EVAL')}", **JUDGE}
        told = {"rationale": comment} if comment else {}
    yield {
        "type": "score",
        "case": at[0],
        **at[1],
        **who,
        "assignment": str(item["id"]),
        "criterion": key,
        "value": of_scale,
        **told,
        **without_nothing(created_at=moment(item.get("timestamp") or item.get("createdAt"))),
    }


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    if isinstance(first.get("data"), list) and first["data"]:
        first = first["data"][0] if isinstance(first["data"][0], dict) else {}
    if {"traceId", "dataType", "source"} <= first.keys():
        return Fit(Sureness.SURE, "it has scores with traceId, dataType and source")
    if {"traceId", "type", "startTime"} <= first.keys():
        return Fit(Sureness.SURE, "it has observations with traceId, type and startTime")
    if {"id", "timestamp", "observations"} <= first.keys():
        return Fit(Sureness.SURE, "it is a trace with observations")
    return None


LANGFUSE = ReadFormat(
    "langfuse",
    "Langfuse",
    "Observations, traces and scores; give the files of scores together with what they are of",
    '{"data": [{"id": "…", "traceId": "…", "type": "GENERATION", "startTime": "…", …}]}',
    _recognise,
    _read,
    header={"elsewhere": ElsewhereRule.KEEP.value},
    files="observations.json scores.json",
    counts_runs=True,
)
