"""OpenAI Batch: requests, answers and errors in files of their own, joined by ``custom_id``."""

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
from evalkit.formats.read.openai_chat import output_of, tools_of
from evalkit.formats.read.pieces import as_messages, as_text, case, digest, name_of, rest
from evalkit.phrases import counted, some

_UNKNOWN = "unknown model"


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    """Read the requests of all files first: an answer may come before what was asked."""
    models: dict[str, dict[str, str]] = {}
    for part in parts:
        for row in part:
            if not _is_request(row):
                continue
            try:
                asked, body = str(row["custom_id"]), row["body"]
                messages = as_messages(body)
                _note_request(models.setdefault(asked, {}), asked, body, digest(messages))
                yield case(
                    messages,
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
                output = _answer(row, models.get(asked, {}), notes)
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


def _note_request(asked_of: dict[str, str], asked: str, body: Row, messages: str) -> None:
    """Note which model was asked; of several, all were asked the same."""
    if any(before != messages for before in asked_of.values()):
        raise ValueError(
            f"another request of custom_id {asked!r} asks something else: "
            "import the batches one after the other, each into an eval set of its own"
        )
    asked_of[name_of(body.get("model"), otherwise=_UNKNOWN)] = messages


def _model(asked_of: Mapping[str, str], answering: str, notes: ReadingNotes) -> str | None:
    """Return the model that was asked: of several the one whose name the answer's begins with."""
    if not asked_of:
        return None
    fitting = [model for model in asked_of if answering.startswith(model)]
    if len(asked_of) == 1:
        (model,) = asked_of
        if answering and model not in (*fitting, _UNKNOWN):
            notes.say(f"What {answering} answered is stored as by {model}, which was asked.")
        return model
    if not fitting:
        raise ValueError(
            f"{', '.join(sorted(asked_of))} were asked with one custom_id, and the answer does not "
            "tell which of them it is by: import the batches one after the other"
        )
    return max(fitting, key=len)


def _answer(row: Row, asked_of: Mapping[str, str], notes: ReadingNotes) -> Row:
    response = row["response"] or {}
    body = response.get("body") or {}
    model = _model(asked_of, as_text(body.get("model")), notes)
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
    counts_runs=True,
)
