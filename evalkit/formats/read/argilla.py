"""Argilla: records with fields, people's responses and suggestions."""

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
from evalkit.formats.read.label_studio import preference_of
from evalkit.formats.read.pairs import PairTask, pair_task
from evalkit.formats.read.pieces import JUDGE, Scales, as_text, digest, name_of, whole

_TAXONOMY = "Argilla"


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    scales, tags = Scales("Argilla"), dict[str, None]()
    for part in parts:
        for row in part:
            try:
                yield from _record(row, scales, tags, notes)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    yield from scales.criteria()
    for tag in tags:
        yield {"type": "tag", "taxonomy": _TAXONOMY, "key": tag}


def _record(row: Row, scales: Scales, tags: dict[str, None], notes: ReadingNotes) -> Iterator[Row]:
    task = pair_task(row["fields"], named=row.get("id"), models=row.get("metadata") or {})
    yield from task.records()
    for question, answers in (row.get("responses") or {}).items():
        for answer in answers or ():
            who = str(answer.get("user_id") or "unknown")
            of = {"case": task.case_id, "annotator": who, "assignment": digest(task.case_id, who)}
            yield from _answer(question, answer["value"], task, of, scales, tags, notes)
    for question, suggestion in (row.get("suggestions") or {}).items():
        agent = name_of(suggestion.get("agent"), otherwise="Argilla suggestion")
        of = {
            "case": task.case_id,
            "annotator": agent,
            **JUDGE,
            "assignment": digest(task.case_id, agent, "suggestion"),
        }
        yield from _answer(question, suggestion.get("value"), task, of, scales, tags, notes)


def _answer(
    question: str,
    value: Any,
    task: PairTask,
    of: Row,
    scales: Scales,
    tags: dict[str, None],
    notes: ReadingNotes,
) -> Iterator[Row]:
    """Read an answer by what it is: of a pair, a ranking, marked words, labels, a number, text."""
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        yield from _spans(question, value, task, of, tags, notes)
    elif isinstance(value, list) and _is_ranking(value, task):
        models = [task.model_of(_field(each)) for each in value]
        yield {"type": "ranking", **of, "order": [[model] for model in models]}
    elif isinstance(value, list):
        for label in value:
            yield from _labelled(f"{question}/{as_text(label)}", task, of, tags, notes)
    elif task.is_pair and (preference := preference_of(value)) is not None:
        yield task.comparison(preference, of)
    elif isinstance(value, int | float) or (isinstance(value, str) and task.only):
        if task.only is None:
            notes.drop(f"answers to “{question}” that do not say of which response")
            return
        on_scale = scales.value(question, value)
        if on_scale is not None:
            yield {
                "type": "score",
                **of,
                "model": task.only,
                "criterion": question,
                "value": on_scale,
            }
    elif value is not None:
        notes.drop(f"answers to “{question}” that are texts")


def _field(value: Any) -> str:
    return as_text(value["value"] if isinstance(value, dict) else value)


def _is_ranking(value: list[Any], task: PairTask) -> bool:
    names = {name for name, _, _ in task.responses}
    return len(value) >= 2 and {as_text(each) for each in value} <= names


def _labelled(
    tag: str, task: PairTask, of: Row, tags: dict[str, None], notes: ReadingNotes
) -> Iterator[Row]:
    if task.only is None:
        notes.drop("labels that do not say of which response")
        return
    tags[tag] = None
    yield {"type": "error", **of, "model": task.only, "tag": tag}


def _spans(
    question: str,
    spans: list[Row],
    task: PairTask,
    of: Row,
    tags: dict[str, None],
    notes: ReadingNotes,
) -> Iterator[Row]:
    if task.only is None:
        notes.drop("marked words that do not say of which response", len(spans))
        return
    text = task.content_of(task.only)
    for span in spans:
        tag = f"{question}/{as_text(span.get('label'))}"
        tags[tag] = None
        start, end = whole(span.get("start")), whole(span.get("end"))
        is_place = start is not None and end is not None and isinstance(text, str)
        place = {"start": start, "end": end} if is_place else {}
        yield {"type": "error", **of, "model": task.only, "tag": tag, **place}


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    if isinstance(first.get("fields"), dict) and {"responses", "suggestions"} & first.keys():
        return Fit(Sureness.SURE, "its items have fields, responses and suggestions")
    return None


ARGILLA = ReadFormat(
    "argilla",
    "Argilla records",
    "What `Dataset.records.to_json()` writes: fields, people's responses, suggestions",
    '[{"id": "…", "fields": {"prompt": "…", "response1": "…"}, "responses": {…}}]',
    _recognise,
    _read,
)
