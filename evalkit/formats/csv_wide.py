"""Annotations as CSV, a column per annotator: what can be set side by side."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations, groupby
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
from evalkit.records.names import DEFAULT_RUN, judged_by, side_of
from evalkit.vocabulary import AnnotatorKind

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


#: The words of the case and of the responses, where they are asked for.
WIDE_TEXT_COLUMNS = ("prompt", "first_text", "second_text")


def _wide_rows(source: Source) -> Iterator[Iterable[Any]]:
    """Yield a row per thing judged; a second presentation to one annotator is another row."""
    annotators, has_texts = source.annotators(), source.options.texts
    yield [*WIDE_COLUMNS, *_headings(annotators), *(WIDE_TEXT_COLUMNS if has_texts else ())]
    counted = (label for label in source.labels(by_case=True) if label.counts)
    for (case, case_id), of_case in groupby(
        counted, key=lambda label: (label.record["case"], label.case_id)
    ):
        things = _Things(case)
        for label in of_case:
            things.add(label)
        judged = source.case_of(case_id) if has_texts else None
        for heading, cells in counting(source, things.rows()):
            texts = _texts(judged, heading) if judged else []
            yield [*heading, *(cells.get(annotator) for annotator in annotators), *texts]


def _texts(judged: JudgedCase, heading: list[Any]) -> list[str]:
    _, _, _, *sides = heading[:7]
    pairs = (tuple(sides[:2]), tuple(sides[2:]))
    texts = [response_text(judged.outputs.get(side)) for side in pairs]
    return [prompt_text(judged.record.get("input") or ()), *texts]


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


def _write(source: Source) -> Iterator[str]:
    return csv_lines(_wide_rows(source))


CSV_WIDE = ExportFormat(
    FileFormat.CSV_WIDE,
    "CSV, a column per annotator",
    "Spreadsheets: a row per thing judged, annotators side by side. No comments, no places.",
    "-wide.csv",
    "row",
    _write,
    frozenset({ExportOption.TEXTS}),
)
