"""Evaluations of translation: Appraise's CSV (DA, ESA, MQM) and the table of the MQM viewer."""

import json
import re
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
    Shape,
    Sureness,
    fault_in_words,
)
from evalkit.formats.read.pieces import Scales, amount, as_text, name_of, number, without_nothing
from evalkit.vocabulary import ElsewhereRule

#: What every line of Appraise begins with, whose file has no header.
_COLUMNS = ("user", "system", "item", "kind", "source", "target", "score")
#: How it goes on: sentences; documents of older versions; documents of today, with spans.
_LAYOUTS = (
    ("start", "end"),
    ("document", "is_document", "start", "end"),
    ("document", "is_document", "spans", "start", "end"),
)
#: What stands behind that where it was asked for.
_BATCH = ("batch", "item_id")
_VIEWER = {"system", "rater", "source", "target", "category", "severity"}
_MARK = re.compile(r"</?v>")
_TAXONOMY = "MQM"
#: Severities of the MQM guidelines with the weights of Freitag et al. (2021).
_SEVERITIES = (("neutral", 0), ("minor", 1), ("major", 5), ("critical", 10))
_CONTROLS = ("BAD", "REF", "CHK", "BAD.REF")


def _columns_of(cells: Sequence[Any]) -> tuple[str, ...]:
    """Return the columns of a line of Appraise, none where it is no such line."""
    for layout in _LAYOUTS:
        columns = (*_COLUMNS, *layout)
        if len(cells) not in (len(columns), len(columns) + len(_BATCH)):
            continue
        row = dict(zip(columns, cells, strict=False))
        is_told = as_text(row.get("is_document", "true")).casefold() in ("true", "false")
        if is_told and all(number(row[name]) is not None for name in ("score", "start", "end")):
            return columns
    return ()


def _rows(part: Part, notes: ReadingNotes) -> Iterator[Row]:
    """Yield the rows of Appraise by name."""
    columns: tuple[str, ...] = ()
    for row in part:
        cells = list(row.values())
        columns = columns or _columns_of(cells)
        if not columns or len(cells) < len(columns):
            notes.fault(f"has {len(cells)} cells, which is no line of Appraise")
            continue
        yield dict(zip(columns, cells, strict=False))


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    scales, tags = Scales("Appraise"), dict[str, None]()
    for part in parts:
        first: Any = next(iter(part), {})
        is_viewer = isinstance(first, dict) and first.keys() >= _VIEWER
        for row in part if is_viewer else _rows(part, notes):
            try:
                if is_viewer:
                    yield from _viewed(row, tags)
                else:
                    yield from _appraised(row, scales, tags, notes)
            except ROW_FAULTS as error:
                notes.fault(fault_in_words(error))
    yield from scales.criteria()
    if tags:
        severities = [{"key": key, "weight": weight} for key, weight in _SEVERITIES]
        yield {"type": "taxonomy", "taxonomy": _TAXONOMY, "severities": severities}
    for tag in tags:
        of = [key for key, _ in _SEVERITIES]
        yield {"type": "tag", "taxonomy": _TAXONOMY, "key": tag, "severities": of}


def _appraised(
    row: Row, scales: Scales, tags: dict[str, None], notes: ReadingNotes
) -> Iterator[Row]:
    """Read a line of Appraise: a score from 0 to 100, and the spans of ESA and MQM."""
    if as_text(row["kind"]).strip() in _CONTROLS:
        notes.drop("quality controls (BAD, REF, CHK)")
        return
    document = as_text(row.get("document", f"{row['source']}-{row['target']}"))
    is_document = as_text(row.get("is_document")).strip().casefold() == "true"
    named = f"{document}/{'document' if is_document else row['item']}"
    model = name_of(row["system"], otherwise="system")
    yield {"type": "case", "id": named, "elsewhere": True,
           "category": f"{row['source']}-{row['target']}"}  # fmt: skip
    yield {"type": "output", "case": named, "model": model, "elsewhere": True}
    start, end = number(row.get("start")), number(row.get("end"))
    took = amount(end - start) if start is not None and end is not None else None
    of = {"case": named, "model": model, "annotator": name_of(row["user"], otherwise="unknown")}
    told = number(row["score"])
    if told is None:
        raise ValueError(f"the score {row['score']!r} is no number")
    if told >= 0:
        value = scales.value("quality", told, question="How good is the translation, 0 to 100?")
        scales.value("quality", 0)
        scales.value("quality", 100)
        yield {
            "type": "score",
            **of,
            "criterion": "quality",
            "value": value,
            **without_nothing(seconds=took),
        }
    spans = row.get("spans")
    for span in json.loads(spans) if isinstance(spans, str) and spans.strip() else ():
        yield _span(span, of, tags)


def _span(span: Row, of: Row, tags: dict[str, None]) -> Row:
    severity = as_text(span.get("severity")).casefold()
    severity = severity if severity in dict(_SEVERITIES) else "minor"
    tag = name_of(span.get("error_type") or span.get("category"), otherwise="error")
    tags[tag] = None
    at, to = span.get("start_i", span.get("start")), span.get("end_i", span.get("end"))
    is_place = isinstance(at, int) and isinstance(to, int) and 0 <= at < to
    place = {"metadata": {"start": at, "end": to}} if is_place else {}
    return {"type": "error", **of, "tag": tag, "severity": severity, **place}


def _viewed(row: Row, tags: dict[str, None]) -> Iterator[Row]:
    """Read a line of the MQM viewer: one error, its words between <v> and </v>."""
    segment = row.get("global_seg_id") or row.get("seg_id") or row.get("doc_seg_id")
    named = f"{row['doc']}/{segment}" if row.get("doc") else as_text(segment)
    model, marked = name_of(row["system"], otherwise="system"), as_text(row["target"])
    content, source = _MARK.sub("", marked), _MARK.sub("", as_text(row["source"]))
    asked = [{"role": "user", "content": source}]
    yield {"type": "case", "id": named, "input": asked}
    yield {"type": "output", "case": named, "model": model, "content": content}
    of = {"case": named, "model": model, "annotator": name_of(row["rater"], otherwise="unknown")}
    category = as_text(row["category"]).strip()
    severity = as_text(row["severity"]).strip().casefold()
    if category.casefold() in ("no-error", "no error", "") or severity in ("no-error", "no error"):
        yield {"type": "error", **of, "tag": None}
        return
    tags[category] = None
    start, end = marked.find("<v>"), marked.find("</v>") - len("<v>")
    place = {"start": start, "end": end, "quote": content[start:end]} if 0 <= start < end else {}
    known = severity in {key for key, _ in _SEVERITIES}
    yield {"type": "error", **of, "tag": category, "severity": severity if known else "minor",
           **place}  # fmt: skip


def _recognise(start: Beginning) -> Fit | None:
    if start.shape is not Shape.TABLE:
        return None
    if set(start.columns) >= _VIEWER:
        return Fit(Sureness.SURE, "its columns have system, rater, category and severity")
    if _is_appraise(start):
        return Fit(Sureness.SURE, "its lines are user, system, item, …, score, …, start, end")
    return None


def _is_appraise(start: Beginning) -> bool:
    return bool(_columns_of(start.columns))


WMT = ReadFormat(
    "wmt",
    "Appraise and MQM tables",
    "Appraise's CSV of DA, ESA and MQM, and the table of Google's MQM viewer",
    "engdeu01,Online-A,17,TGT,eng,deu,85,doc1,False,1700000000.0,1700000009.5",
    _recognise,
    _read,
    header={"elsewhere": ElsewhereRule.KEEP.value},
    is_headless=_is_appraise,
)
