"""OpenAI Batch: requests, answers and errors in files of their own, joined by ``custom_id``."""

from collections.abc import Iterator, Sequence
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
from evalkit.formats.read.openai_chat import output_of, tools_of
from evalkit.formats.read.pieces import as_messages, case, name_of, rest
from evalkit.phrases import counted, some

_UNKNOWN = "unknown model"


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    """Read the requests of all files first: an answer may come before what was asked."""
    models: dict[str, str] = {}
    for part in parts:
        for row in part:
            if not _is_request(row):
                continue
            try:
                asked, body = str(row["custom_id"]), row["body"]
                models[asked] = name_of(body.get("model"), otherwise=_UNKNOWN)
                yield case(
                    as_messages(body),
                    id=asked,
                    tools=tools_of(body),
                    metadata=rest(body, "model", "messages", "input", "instructions", "tools"),
                )
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    orphans: list[str] = []
    answers: set[str] = set()
    for part in parts:
        for row in part:
            if _is_request(row):
                continue
            try:
                asked = str(row["custom_id"])
                output = _answer(row, models.get(asked))
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
                continue
            if asked not in models:
                orphans.append(asked)
                if not notes.keeps_orphans:
                    continue
                yield {"type": "case", "id": asked, "elsewhere": True}
            answers.add(asked)
            yield output
    _say(notes, orphans, [asked for asked in models if asked not in answers])


def _is_request(row: Any) -> bool:
    return isinstance(row, dict) and "body" in row


def _answer(row: Row, model: str | None) -> Row:
    response = row["response"] or {}
    body = response.get("body") or {}
    status = response.get("status_code", 200)
    error = row.get("error") or body.get("error") or (None if status < 400 else f"status {status}")
    output = output_of(row, {"model": model or body.get("model")}, body, error, _UNKNOWN)
    return output | {"case": str(row["custom_id"])}


def _say(notes: ReadingNotes, orphans: list[str], unanswered: list[str]) -> None:
    if orphans:
        count = counted(len(orphans), "answer")
        become = "kept" if notes.keeps_orphans else "left out; --elsewhere keep stores them"
        listed = ", ".join(orphans[:20]) + (", …" if len(orphans) > 20 else "")
        notes.say(f"{count} without a prompt in these files ({listed}): {become}.")
        if not notes.keeps_orphans:
            notes.drop("answers without a prompt", len(orphans))
    if unanswered:
        count = counted(len(unanswered), "request")
        notes.say(f"{count} without an answer in these files ({some(unanswered)}).")


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    if "custom_id" not in first:
        return None
    if {"method", "url", "body"} <= first.keys():
        return Fit(Sureness.SURE, "its rows have custom_id, method, url and body: requests")
    if "response" in first and "error" in first:
        return Fit(Sureness.SURE, "its rows have custom_id, response and error: answers")
    return None


OPENAI_BATCH = ReadFormat(
    "openai-batch",
    "OpenAI Batch",
    "Requests, answers and errors of the Batch API, in any order: give all files at once",
    '{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {…}}',
    _recognise,
    _read,
    files="input.jsonl output.jsonl errors.jsonl",
)
