"""The annotations of a study as CSV: for spreadsheets, notebooks and judge calibration."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import combinations, groupby
from typing import Any

from sqlmodel import Session

from db.queries.records.annotated import study_annotators
from db.queries.records.labels import Label, study_labels
from evalkit.errors import RefusedError
from evalkit.records.csv_lines import csv_lines
from evalkit.records.names import DEFAULT_RUN, judged_by, side_of
from evalkit.records.schema import OF_JUDGES
from evalkit.vocabulary import AnnotatorKind


class CsvShape(StrEnum):
    """A row per annotation, or a column per annotator."""

    LONG = "long"
    WIDE = "wide"


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
_OF_OVERALL = frozenset({"strength", "certainty", "comment", "texts", "seconds", *OF_JUDGES})

WIDE_COLUMNS = (
    "type",
    "case",
    "category",
    "first_model",
    "first_run",
    "second_model",
    "second_run",
    "criterion",
    "tag",
    "repeat",
)


def study_csv(
    session: Session,
    study_id: int,
    *,
    shape: CsvShape | str = CsvShape.LONG,
    include_superseded: bool = False,
) -> Iterator[str]:
    """Yield a study's annotations as lines of CSV.

    Long: a row per label, and per preference on a criterion. Wide: a row per case and pair (or
    output and criterion, or output and tag) with a column per annotator.
    """
    if CsvShape(shape) is CsvShape.WIDE:
        if include_superseded:
            raise RefusedError("A wide table has room only for what counts: ask for the long one.")
        annotators = study_annotators(session, study_id=study_id)
        rows = _wide_rows(study_labels(session, study_id=study_id, by_case=True), annotators)
    else:
        labels = study_labels(session, study_id=study_id)
        rows = _long_rows(
            label
            for label in labels
            if label.counts or (include_superseded and label.has_successor)
        )
    return csv_lines(rows)


def _long_rows(labels: Iterable[Label]) -> Iterator[Iterable[Any]]:
    yield LONG_COLUMNS
    for label in labels:
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
        yield [cells.get(column) for column in LONG_COLUMNS]
        for criterion, preference in record.get("criteria", {}).items():
            finer = {"type": "criterion_comparison", "criterion": criterion}
            row = {**cells, **finer, "preference": preference}
            yield [None if column in _OF_OVERALL else row.get(column) for column in LONG_COLUMNS]


def _dumped(value: Any) -> str | None:
    """Return answers in words, or an order, as one cell: JSON."""
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _wide_rows(
    labels: Iterable[Label], annotators: list[tuple[str, str]]
) -> Iterator[Iterable[Any]]:
    """Yield a row per thing judged; a second presentation to one annotator is another row."""
    yield [*WIDE_COLUMNS, *_headings(annotators)]
    counted = (label for label in labels if label.counts)
    for case, of_case in groupby(counted, key=lambda label: label.record["case"]):
        things = _Things(case)
        for label in of_case:
            things.add(label)
        for heading, cells in things.rows():
            yield [*heading, *(cells.get(annotator) for annotator in annotators)]


def _headings(annotators: list[tuple[str, str]]) -> list[str]:
    """Name the columns of annotators; a name that another column has says whose it is."""
    headings = [
        f"{name} ({kind})" if kind == AnnotatorKind.JUDGE else name for kind, name in annotators
    ]
    counts = Counter([*WIDE_COLUMNS, *headings])
    unique: list[str] = []
    for (kind, _), heading in zip(annotators, headings, strict=True):
        if counts[heading] > 1 and kind == AnnotatorKind.HUMAN:
            heading = f"{heading} ({kind})"
        while heading in unique:
            heading = f"{heading} ({kind})"
        unique.append(heading)
    return unique


class _Things:
    """What was judged of one case, and what each annotator said of it."""

    def __init__(self, case: str) -> None:
        self._case = case
        self._category: str | None = None
        self._said: dict[tuple[Any, ...], dict[tuple[str, str], list[Any]]] = {}
        self._marked: dict[tuple[str, str], dict[tuple[str, str], list[str | None]]] = {}

    def add(self, label: Label) -> None:
        """Take one label."""
        record = label.record
        if record["type"] == "answer":
            return  # a wide table has what can be set side by side: no words
        self._category = label.category
        who = judged_by(record)
        if record["type"] == "comparison":
            left, right = side_of(record["left"]), side_of(record["right"])
            first, second = sorted((left, right))
            thing: tuple[str | None, ...] = ("comparison", *first, *second, None)
            answer: Any = _as_models(record["preference"], is_swapped=first != left)
            self._said.setdefault(thing, {}).setdefault(who, []).append(answer)
            for criterion, preference in record.get("criteria", {}).items():
                thing = ("criterion_comparison", *first, *second, criterion)
                answer = _as_models(preference, is_swapped=first != left)
                self._said.setdefault(thing, {}).setdefault(who, []).append(answer)
            return
        if record["type"] == "ranking":
            for first, second, answer in _implied(record["order"]):
                thing = ("comparison", *first, *second, None)
                self._said.setdefault(thing, {}).setdefault(who, []).append(answer)
            return
        output = (record["model"], record.get("run", DEFAULT_RUN))
        if record["type"] in ("score", "check"):
            part = record.get("criterion") or record["item"]
            scored = (record["type"], *output, None, None, part)
            self._said.setdefault(scored, {}).setdefault(who, []).append(record["value"])
        else:
            self._marked.setdefault(output, {}).setdefault(who, []).append(record["tag"])

    def rows(self) -> Iterator[tuple[list[Any], dict[tuple[str, str], Any]]]:
        """Yield the heading of each row and its cells: comparisons, scores, numbers of marks."""
        for thing, answers in sorted(self._said.items(), key=lambda item: tuple(map(str, item[0]))):
            kind, *outputs, criterion = thing
            for place in range(max(map(len, answers.values()))):
                heading = [kind, self._case, self._category, *outputs, criterion, None, place + 1]
                yield (
                    heading,
                    {who: all_[place] for who, all_ in answers.items() if place < len(all_)},
                )
        for output, marked in sorted(self._marked.items()):
            present = {tag for tags in marked.values() for tag in tags if tag is not None}
            ordered: list[str | None] = [*sorted(present)] or [None]
            for tag in ordered:
                heading = ["error", self._case, self._category, *output, None, None, None, tag, 1]
                yield (
                    heading,
                    {who: 0 if tag is None else tags.count(tag) for who, tags in marked.items()},
                )


def _implied(order: list[list[Any]]) -> Iterator[tuple[tuple[str, str], tuple[str, str], str]]:
    """Give the pairs of a ranking in the order of their names, and which of the two won."""
    ranked = sorted((side_of(side), place) for place, sides in enumerate(order) for side in sides)
    for (first, place), (second, other) in combinations(ranked, 2):
        yield first, second, "tie" if place == other else "first" if place < other else "second"


def _as_models(preference: str | None, *, is_swapped: bool) -> str:
    """Say who won by the order of the names, not of the sides."""
    if preference is None:
        return "unreadable"
    names = (
        {"left": "second", "right": "first"} if is_swapped else {"left": "first", "right": "second"}
    )
    return names.get(preference, preference)
