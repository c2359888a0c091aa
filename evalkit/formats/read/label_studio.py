"""Label Studio: exports as JSON, and as JSON_MIN: pairs, ratings, choices, marked words."""

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
from evalkit.formats.read.pairs import PairTask, pair_task
from evalkit.formats.read.pieces import Scales, amount, as_text, moment, name_of, without_nothing

#: What people call the sides of a pair, and neither of them.
_LEFT = ("left", "a", "a_winner", "model_a", "response_a", "1", "answer1", "response1")
_RIGHT = ("right", "b", "b_winner", "model_b", "response_b", "2", "answer2", "response2")
_TIES = ("tie", "same", "equal", "both", "draw", "both_good")
_BAD = ("both_bad", "bothbad", "tie (bothbad)", "neither", "none", "both bad")
_OF_ANNOTATIONS = {"annotator", "annotation_id", "lead_time"}


def preference_of(word: Any) -> str | None:
    """Return what a word says of a pair; None where it says nothing of it."""
    text = as_text(word).strip().casefold()
    words = {"left": _LEFT, "right": _RIGHT, "tie": _TIES, "both_bad": _BAD}
    return next((preference for preference, of in words.items() if text in of), None)


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    scales, tags = Scales("Label Studio"), dict[str, None]()
    for part in parts:
        for row in part:
            try:
                if "data" in row:
                    yield from _task(row, scales, tags, notes)
                else:
                    yield from _flat(row, scales, tags, notes)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    yield from scales.criteria()
    for tag in tags:
        yield {"type": "tag", "taxonomy": "Label Studio", "key": tag}


def _task(row: Row, scales: Scales, tags: dict[str, None], notes: ReadingNotes) -> Iterator[Row]:
    task = pair_task(row["data"], named=row["id"])
    yield from task.records()
    for annotation in row.get("annotations") or ():
        if annotation.get("was_cancelled"):
            notes.drop("annotations that were cancelled (skipped)")
            continue
        of = {
            "case": task.case_id,
            "annotator": _annotator(annotation.get("completed_by"), notes),
            "assignment": str(annotation["id"]),
            **without_nothing(
                seconds=amount(annotation.get("lead_time")),
                created_at=moment(annotation.get("created_at")),
            ),
        }
        texts = [
            as_text(text)
            for result in annotation.get("result") or ()
            for text in (result.get("value") or {}).get("text") or ()
            if result.get("type") == "textarea"
        ]
        if texts:
            of["comment"] = "\n".join(texts)
        for result in annotation.get("result") or ():
            yield from _result(result, task, of, scales, tags, notes)


def _annotator(who: Any, notes: ReadingNotes) -> str:
    """Name who annotated by their number: an e-mail address is nobody's business."""
    if isinstance(who, Mapping):
        if who.get("email"):
            notes.drop("e-mail addresses")
        who = who.get("id")
    return f"annotator {who if who is not None else 'unknown'}"


def _result(
    result: Row,
    task: PairTask,
    of: Row,
    scales: Scales,
    tags: dict[str, None],
    notes: ReadingNotes,
) -> Iterator[Row]:
    kind, value = result.get("type"), result.get("value") or {}
    name, model = (
        name_of(result.get("from_name"), otherwise="label"),
        task.model_of(result.get("to_name")),
    )
    if kind == "pairwise":
        yield task.comparison(preference_of(value.get("selected")), of)
    elif kind in ("rating", "number"):
        yield from _score(name, value.get(kind), task, model, of, scales, notes)
    elif kind in ("choices", "labels", "taxonomy", "hypertextlabels"):
        labels = value.get("choices") or value.get(str(kind)) or value.get("labels") or []
        words = ["/".join(each) if isinstance(each, list) else as_text(each) for each in labels]
        preference = preference_of(words[0]) if kind == "choices" and len(words) == 1 else None
        if preference and task.is_pair:
            yield task.comparison(preference, of)
            return
        for word in words:
            yield from _mark(f"{name}/{word}", value, task, model, of, tags, notes)
    elif kind != "textarea":
        notes.drop(f"results of type {kind}")


def _score(
    name: str,
    value: Any,
    task: PairTask,
    model: str | None,
    of: Row,
    scales: Scales,
    notes: ReadingNotes,
) -> Iterator[Row]:
    """Yield a rating of the response it is on; one of a pair as a whole has no place."""
    if model is None:
        notes.drop(f"ratings “{name}” that do not say of which response")
        return
    on_scale = scales.value(name, value)
    if on_scale is not None:
        yield {"type": "score", **of, "model": model, "criterion": name, "value": on_scale}


def _mark(
    tag: str,
    value: Row,
    task: PairTask,
    model: str | None,
    of: Row,
    tags: dict[str, None],
    notes: ReadingNotes,
) -> Iterator[Row]:
    if model is None:
        notes.drop("choices and marks that do not say of which response")
        return
    tags[tag] = None
    place: Row = {}
    start, end, text = value.get("start"), value.get("end"), task.content_of(model)
    if isinstance(start, int) and isinstance(end, int) and isinstance(text, str):
        quote = value.get("text")
        if 0 <= start <= end <= len(text) and quote in (None, "", text[start:end]):
            place = {"start": start, "end": end}
        elif quote:
            place = {"quote": as_text(quote)}
    yield {"type": "error", **of, "model": model, "tag": tag, **place}


def _flat(row: Row, scales: Scales, tags: dict[str, None], notes: ReadingNotes) -> Iterator[Row]:
    """Read a row of JSON_MIN: the data of the task and one annotation beside each other."""
    task = pair_task(row, named=row["id"])
    yield from task.records()
    of = {
        "case": task.case_id,
        "annotator": _annotator(row.get("annotator"), notes),
        "assignment": str(row["annotation_id"]),
        **without_nothing(
            seconds=amount(row.get("lead_time")), created_at=moment(row.get("created_at"))
        ),
    }
    for name, value in row.items():
        if name in task.fields or name in _OF_ANNOTATIONS or name in _TIMES:
            continue
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            for each in value:
                kind = next((k for k in ("rating", "number") if k in each), None)
                if kind:
                    yield from _score(name, each[kind], task, task.only, of, scales, notes)
        elif isinstance(value, Mapping) and value.get("choices"):
            for word in value["choices"]:
                yield from _mark(f"{name}/{word}", {}, task, task.only, of, tags, notes)
        elif (preference := preference_of(value)) is not None and task.is_pair:
            yield task.comparison(preference, of)
        elif preference is not None:
            notes.drop("preferences whose two responses are not in the file (export JSON instead)")


_TIMES = ("id", "created_at", "updated_at", "agreement")


def _recognise(start: Beginning) -> Fit | None:
    first = start.first
    if isinstance(first.get("data"), Mapping) and "annotations" in first:
        return Fit(Sureness.SURE, "its items have data and annotations: an export as JSON")
    if first.keys() >= _OF_ANNOTATIONS:
        return Fit(Sureness.SURE, "its items have annotator, annotation_id and lead_time: JSON_MIN")
    return None


LABEL_STUDIO = ReadFormat(
    "label-studio",
    "Label Studio export",
    "Exports as JSON (all there is) and JSON_MIN: pairs, ratings, choices, marked words",
    '[{"id": 1, "data": {"prompt": "…", "answer1": "…", "answer2": "…"}, "annotations": […]}]',
    _recognise,
    _read,
)
