"""Annotations as CSV, a row per label: for spreadsheets, notebooks and judge calibration."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from evalkit.formats.answers import prompt_text, response_text
from evalkit.formats.material import (
    ExportFormat,
    ExportOption,
    FileFormat,
    JudgedCase,
    Label,
    Source,
)
from evalkit.formats.writing import counting
from evalkit.records.csv_lines import csv_lines
from evalkit.records.names import DEFAULT_RUN, side_of
from evalkit.records.schema import OF_JUDGES
from evalkit.vocabulary import AnnotatorKind

LONG_COLUMNS = (
    "type",
    "case",
    "category",
    "annotator",
    "annotator_kind",
    "n_annotators",
    "left_model",
    "left_run",
    "right_model",
    "right_run",
    "preference",
    "strength",
    "certainty",
    "probability",
    "order",
    "model",
    "run",
    "criterion",
    "item",
    "value",
    "tag",
    "severity",
    "start",
    "end",
    "quote",
    "note",
    "step",
    "omission",
    "comment",
    "texts",
    "seconds",
    "cost_usd",
    "input_tokens",
    "output_tokens",
    "latency_ms",
    "rationale",
    "created_at",
    "assignment",
    "revision",
    "superseded",
    "inclusion_probability",
    "sampling",
    "simulated",
)

#: Told once, with the overall preference.
_OF_OVERALL = frozenset(
    {"strength", "certainty", "probability", "comment", "texts", "seconds", *OF_JUDGES}
)

#: The words of the case and of the responses judged, where they are asked for.
TEXT_COLUMNS = ("prompt", "left_text", "right_text", "text")


def long_rows(source: Source) -> Iterator[dict[str, Any]]:
    """Yield the cells of each row by column: a row per label, and per preference on a criterion.

    With texts they come case by case, else in the order in which they were stored.
    """
    options = source.options
    for label in source.labels(by_case=options.texts):
        if not label.counts and not (options.include_superseded and label.has_successor):
            continue
        texts = _texts(label, source.case_of(label.case_id)) if options.texts else {}
        for cells in _rows_of(label):
            yield {**cells, **texts}


def columns_of(source: Source) -> tuple[str, ...]:
    """Return the columns in their order."""
    return LONG_COLUMNS + (TEXT_COLUMNS if source.options.texts else ())


def _rows_of(label: Label) -> Iterator[dict[str, Any]]:
    record = label.record
    cells = {
        **{key: value for key, value in record.items() if not isinstance(value, dict | list)},
        "texts": _dumped(record.get("texts")),
        "category": label.category,
        "annotator_kind": record.get("annotator_kind", AnnotatorKind.HUMAN.value),
        "revision": record.get("revision", 1),
        "superseded": int(label.is_superseded),
        "omission": int(record["omission"]) if "omission" in record else None,
        "simulated": int((record.get("metadata") or {}).get("simulated") is True),
    }
    if record["type"] == "comparison":
        cells["left_model"], cells["left_run"] = side_of(record["left"])
        cells["right_model"], cells["right_run"] = side_of(record["right"])
        cells["preference"] = record["preference"] or "unreadable"
    elif record["type"] == "ranking":
        cells["order"] = _dumped(record["order"])
    elif "right" in record:
        cells["left_model"], cells["left_run"] = side_of(record["left"])
        cells["right_model"], cells["right_run"] = side_of(record["right"])
    elif record["type"] == "answer":
        cells["model"], cells["run"] = side_of(record["left"])
    else:
        cells["run"] = record.get("run", DEFAULT_RUN)
    yield cells
    for criterion, preference in record.get("criteria", {}).items():
        finer = {"type": "criterion_comparison", "criterion": criterion, "preference": preference}
        yield {key: value for key, value in (cells | finer).items() if key not in _OF_OVERALL}


def _texts(label: Label, judged: JudgedCase) -> dict[str, str]:
    """Return the words a label is about; of a ranking those of the case alone."""
    record = label.record
    sides = {f"{name}_text": record[name] for name in ("left", "right") if record.get(name)}
    if "model" in record:
        sides["text"] = {"model": record["model"], "run": record.get("run")}
    return {
        "prompt": prompt_text(judged.record.get("input") or ()),
        **{key: response_text(judged.outputs.get(side_of(side))) for key, side in sides.items()},
    }


def _dumped(value: Any) -> str | None:
    """Return answers in words, or an order, as one cell: JSON."""
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _write(source: Source) -> Iterator[str]:
    columns = columns_of(source)

    def rows() -> Iterator[Iterable[Any]]:
        yield columns
        for cells in counting(source, long_rows(source)):
            yield [cells.get(column) for column in columns]

    return csv_lines(rows())


CSV_LONG = ExportFormat(
    FileFormat.CSV,
    "CSV, long",
    "Spreadsheets and notebooks: a row per comparison, ranking, score, check, error and answer.",
    "-long.csv",
    "row",
    _write,
    frozenset({ExportOption.SUPERSEDED, ExportOption.TEXTS}),
)
