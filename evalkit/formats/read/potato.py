"""Potato: `annotated_instances` as JSON Lines, with the texts that were shown."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
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
from evalkit.formats.read.pieces import Scales, as_messages, as_text, case, name_of, number

_OUTPUT_FOLDERS = ("annotation_output", "")


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    scales = Scales("Potato")
    for part in parts:
        for row in part:
            try:
                yield from _instance(row, PurePosixPath(part.name).parent.name, scales, notes)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    yield from scales.criteria()


def _instance(row: Row, folder: str, scales: Scales, notes: ReadingNotes) -> Iterator[Row]:
    """Read an instance: a text, or a list of two, of which Potato never says who was where."""
    named = name_of(row.get("instance_id", row.get("id")), otherwise="instance")
    shown_text = row.get("displayed_text", row.get("text"))
    texts = shown_text if isinstance(shown_text, list) else [shown_text]
    if not any(texts):
        raise KeyError("displayed_text")
    who = (
        row.get("user_id")
        or row.get("annotator")
        or (folder if folder not in _OUTPUT_FOLDERS else "unknown")
    )
    of = {"case": named, "annotator": name_of(who, otherwise="unknown")}
    models = [f"text {place}" for place in range(1, len(texts) + 1)]
    yield case(as_messages(as_text(row.get("prompt") or "Judge the text.")), id=named)
    for model, text in zip(models, texts, strict=True):
        yield {"type": "output", "case": named, "model": model, "content": as_text(text)}
    for scheme, labels in (row.get("label_annotations") or {}).items():
        for word, value in labels.items() if isinstance(labels, dict) else [("", labels)]:
            preference = preference_of(word or value)
            if len(models) == 2 and preference is not None:
                left, right = models
                yield {
                    "type": "comparison",
                    **of,
                    "left": left,
                    "right": right,
                    "preference": preference,
                }
            elif len(models) == 1:
                told = number(value)
                is_scale = told is not None and (word.startswith("scale") or not word)
                on_scale = scales.value(scheme, told if is_scale else word or as_text(value))
                if on_scale is not None:
                    yield {
                        "type": "score",
                        **of,
                        "model": models[0],
                        "criterion": scheme,
                        "value": on_scale,
                    }
            else:
                notes.drop(f"labels of “{scheme}” that do not say of which text")
    if row.get("span_annotations"):
        notes.drop("marked spans", len(row["span_annotations"]))


def _recognise(start: Beginning) -> Fit | None:
    first: Any = start.first
    if "label_annotations" in first and ("displayed_text" in first or "instance_id" in first):
        return Fit(Sureness.SURE, "its rows have label_annotations")
    return None


POTATO = ReadFormat(
    "potato",
    "Potato output",
    "`annotated_instances.jsonl` with `displayed_text`; give the whole folder of annotation output",
    '{"id": "…", "displayed_text": "…", "label_annotations": {"scheme": {"label": "1"}}}',
    _recognise,
    _read,
    header={"sides": "unknown"},
    files="FOLDER",
)
