"""Potato: what its people labelled, as a folder of each and as the states that newer versions keep.

An older Potato writes `annotated_instances.jsonl` twice: for each person in a folder of their name,
and once for all without a name. The state of a person (`user_state.json`) has labels and no texts.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

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
from evalkit.formats.read.pieces import (
    Scales,
    as_messages,
    as_text,
    case,
    name_of,
    number,
    whole,
)
from evalkit.vocabulary import ElsewhereRule

_OUTPUT_FOLDERS = ("annotation_output", "")
_TAXONOMY = "Potato"
_STATE = "instance_id_to_label_to_value"
_SPANS_OF_STATE = "instance_id_to_span_to_value"
_ASSIGNED = "assigned_user_data.json"


class _Labelled(NamedTuple):
    """What one person said of one instance, whichever file says it; texts where it has them."""

    id: str
    annotator: str | None
    texts: Sequence[Any]
    prompt: Any
    labels: Any
    spans: Any


class _Reading:
    """Files of one study on their way to records."""

    def __init__(self, parts: Sequence[Part], notes: ReadingNotes) -> None:
        depths = [_depth(part) for part in parts]
        self._top = min(depths, default=0) if len(set(depths)) > 1 else None
        self._parts, self._notes = parts, notes
        self._scales = Scales("Potato")
        self._tags: dict[str, None] = {}
        self._told: set[tuple[str, str | None]] = set()
        self._texts: dict[str, Any] = {}

    def records(self) -> Iterator[Row]:
        """Yield the records: of files with texts first, which states do not have.

        States are read in a second pass, so that none of them waits in memory.
        """
        for part in self._parts:
            for row in part:
                try:
                    if "label_annotations" in row:
                        yield from self._instance(part, row)
                    elif _STATE in row:
                        continue
                    elif "action_type" in row:
                        self._notes.drop("steps of annotating")
                    elif isinstance(row, Mapping):
                        self._texts |= row
                except ROW_FAULTS as error:
                    self._notes.fault(fault_in_words(error))
        for part in self._parts:
            for row in part:
                if "label_annotations" not in row and _STATE in row:
                    yield from self._state(row)
        yield from self._scales.criteria()
        for tag in self._tags:
            yield {"type": "tag", "taxonomy": _TAXONOMY, "key": tag}

    def _state(self, row: Row) -> Iterator[Row]:
        """Yield what one person said, where no file with texts has it."""
        try:
            for state in _of_state(row):
                if (state.id, state.annotator) not in self._told:
                    yield from self._labelled(state._replace(texts=self._shown(state.id)))
        except ROW_FAULTS as error:
            self._notes.fault(fault_in_words(error))

    def _shown(self, instance_id: str) -> Sequence[Any]:
        item = self._texts.get(instance_id)
        return _texts(item) if isinstance(item, Mapping) else ()

    def _instance(self, part: Part, row: Row) -> Iterator[Row]:
        folder = PurePosixPath(part.name).parent.name
        who = row.get("user_id") or row.get("annotator")
        if who is None and _depth(part) == self._top:
            self._notes.drop("labels of all together, which stand in the folders of people too")
            return
        if who is None and folder not in _OUTPUT_FOLDERS:
            who = folder
        texts = _texts(row)
        if not texts:
            raise KeyError("displayed_text")
        yield from self._labelled(
            _Labelled(
                name_of(row.get("instance_id", row.get("id")), otherwise="instance"),
                None if who is None else name_of(who, otherwise="unknown"),
                texts,
                row.get("prompt"),
                row.get("label_annotations") or {},
                row.get("span_annotations") or (),
            )
        )

    def _labelled(self, labelled: _Labelled) -> Iterator[Row]:
        """Read a text, or a list of two, of which Potato never says who was where."""
        self._told.add((labelled.id, labelled.annotator))
        models = [f"text {place}" for place in range(1, max(1, len(labelled.texts)) + 1)]
        of = {"case": labelled.id, "annotator": labelled.annotator or "unknown"}
        if labelled.texts:
            yield case(as_messages(as_text(labelled.prompt or "Judge the text.")), id=labelled.id)
            for model, text in zip(models, labelled.texts, strict=True):
                content = as_text(text)
                yield {"type": "output", "case": labelled.id, "model": model, "content": content}
        else:
            yield {"type": "case", "id": labelled.id, "elsewhere": True}
            yield {"type": "output", "case": labelled.id, "model": models[0], "elsewhere": True}
        for scheme, word, value in _pairs(labelled.labels):
            yield from self._label(models, of, scheme, word, value)
        for span in _spans(labelled.spans):
            yield from self._mark(models, of, labelled.texts, span)

    def _label(
        self, models: Sequence[str], of: Row, scheme: str, word: str, value: Any
    ) -> Iterator[Row]:
        preference = preference_of(word or value)
        if len(models) == 2 and preference is not None:
            left, right = models
            sides = {"left": left, "right": right}
            yield {"type": "comparison", **of, **sides, "preference": preference}
        elif len(models) == 1:
            told = number(value)
            is_scale = told is not None and (word.startswith("scale") or not word)
            on_scale = self._scales.value(scheme, told if is_scale else word or as_text(value))
            if on_scale is not None:
                score = {"model": models[0], "criterion": scheme, "value": on_scale}
                yield {"type": "score", **of, **score}
        else:
            self._notes.drop(f"labels of “{scheme}” that do not say of which text")

    def _mark(
        self, models: Sequence[str], of: Row, texts: Sequence[Any], span: Row
    ) -> Iterator[Row]:
        """Read marked words: with their place where the text holds them there."""
        if len(models) != 1:
            self._notes.drop("marked words that do not say in which text")
            return
        tag = name_of(span.get("annotation") or span.get("name") or span.get("label"),
                      otherwise="marked")  # fmt: skip
        start, end = whole(span.get("start")), whole(span.get("end"))
        words = as_text(span.get("span") or span.get("text"))
        text = as_text(texts[0]) if texts else ""
        place: Row = {}
        is_place = start is not None and end is not None and start < end
        if is_place and text[start:end] and words in ("", text[start:end]):
            place = {"start": start, "end": end, "quote": text[start:end]}
        elif words and words in text:
            place = {"quote": words}
        elif is_place:
            place = {"metadata": {"start": start, "end": end}}
        self._tags[tag] = None
        yield {"type": "error", **of, "model": models[0], "tag": tag, **place}


def _depth(part: Part) -> int:
    return len(PurePosixPath(part.name).parts)


def _texts(item: Mapping[str, Any]) -> list[Any]:
    shown_text = item.get("displayed_text", item.get("text"))
    texts = shown_text if isinstance(shown_text, list) else [shown_text]
    return texts if any(texts) else []


def _of_state(row: Row) -> Iterator[_Labelled]:
    who = name_of(row.get("user_id"), otherwise="unknown")
    spans = row.get(_SPANS_OF_STATE) or {}
    for instance_id, labels in row[_STATE].items():
        of_instance = spans.get(instance_id) or ()
        yield _Labelled(str(instance_id), who, (), None, labels, of_instance)


def _pairs(labels: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield scheme, label and value: by scheme as older files have them, in pairs as states do."""
    if isinstance(labels, Mapping):
        for scheme, of_scheme in labels.items():
            if isinstance(of_scheme, Mapping):
                yield from ((scheme, word, value) for word, value in of_scheme.items())
            else:
                yield scheme, "", of_scheme
        return
    for label, value in labels:
        yield str(label["schema"]), as_text(label.get("name")), value


def _spans(spans: Any) -> Iterator[Row]:
    """Yield marked words, however they are listed: alone, by scheme, or in pairs with a value."""
    listed = spans.values() if isinstance(spans, Mapping) else spans
    for span in listed:
        if isinstance(span, Mapping):
            yield dict(span)
        elif isinstance(span, list):
            yield from (dict(each) for each in span if isinstance(each, Mapping))


def _recognise(start: Beginning) -> Fit | None:
    first: Any = start.first
    if "label_annotations" in first and ("displayed_text" in first or "instance_id" in first):
        return Fit(Sureness.SURE, "its rows have label_annotations")
    if _STATE in first:
        return Fit(Sureness.SURE, f"it has {_STATE}: the state of a person")
    if {"action_type", "instance_id", "user_id"} <= first.keys():
        return Fit(Sureness.SURE, "its rows have action_type: what a person did step by step")
    if PurePosixPath(start.name).name == _ASSIGNED:
        return Fit(Sureness.SURE, "it is what was assigned to a person")
    return None


POTATO = ReadFormat(
    "potato",
    "Potato output",
    "`annotated_instances.jsonl` and `user_state.json`; give the whole folder of annotation output",
    '{"id": "…", "displayed_text": "…", "label_annotations": {"scheme": {"label": "1"}}}',
    _recognise,
    lambda parts, notes: _Reading(parts, notes).records(),
    header={"sides": "unknown", "elsewhere": ElsewhereRule.KEEP.value},
    files="FOLDER",
)
