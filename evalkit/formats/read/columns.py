"""Tables and rows of any shape, read by a mapping of their columns."""

import json
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
from evalkit.formats.read.label_studio import preference_of
from evalkit.formats.read.mapping import ColumnMapping
from evalkit.formats.read.pieces import (
    Scales,
    amount,
    as_messages,
    as_text,
    case,
    content_of,
    digest,
    from_json,
    moment,
    name_of,
    number,
    rest,
    whole,
    without_nothing,
)
from evalkit.formats.read.sheets import UNDER_NO_HEADING
from evalkit.vocabulary import AnnotatorKind

#: What a case does not take from later rows that repeat it.
FURTHER_ROWS = "rows that repeat a case, with other values in columns that are not mapped"
_TAG = "marked"


def mapped_format(mapping: ColumnMapping) -> ReadFormat:
    """Return the format of files that are read by a mapping."""

    def read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
        return _MappedReading(mapping, notes).records(parts)

    def recognise(_: Beginning) -> Fit:
        return Fit(Sureness.CHOSEN, ", ".join(mapping.pairs))

    called = f"rows by the mapping “{mapping.name}”" if mapping.name else "rows by a mapping"
    return ReadFormat(
        "columns",
        called,
        "Tables and rows of any shape, by a mapping of their columns",
        ",".join(mapping.columns.values()),
        recognise,
        read,
        header={"sides": "unknown"},
        counts_runs=True,
    )


def value_at(row: Any, path: str) -> Any:
    """Return what a row has under a column, or under a path of names joined by dots."""
    if isinstance(row, Mapping) and path in row:
        return row[path]
    for name in path.split("."):
        row = from_json(row)
        if not isinstance(row, Mapping) or name not in row:
            return None
        row = row[name]
    return row


class _MappedReading:
    """Rows on their way to records, by one mapping."""

    def __init__(self, mapping: ColumnMapping, notes: ReadingNotes) -> None:
        self._mapping = mapping
        self._notes = notes
        self._scales = Scales(mapping.name or "Imported")
        self._has_marks = False
        self._nths: dict[str, int] = {}
        self._cases: set[str] = set()
        for key, ends in mapping.ranges.items():
            for end in ends:
                self._scales.value(key, end)

    def records(self, parts: Sequence[Part]) -> Iterator[Row]:
        for part in parts:
            for row in part:
                try:
                    yield from self._row(row)
                except ROW_FAULTS as error:
                    self._notes.fault(fault_in_words(error))
        yield from self._scales.criteria()
        if self._has_marks:
            yield {"type": "tag", "taxonomy": self._mapping.name or "Imported", "key": _TAG}

    def _get(self, row: Any, role: str) -> Any:
        column = self._mapping.columns.get(role)
        return None if column is None else value_at(row, column)

    def _row(self, row: Row) -> Iterator[Row]:
        asked = self._get(row, "input")
        if asked is None or asked == "":
            raise KeyError(self._mapping.columns["input"])
        if isinstance(row, dict) and row.pop("", None) not in (None, ""):
            self._notes.drop(UNDER_NO_HEADING)
        messages = as_messages(asked)
        if system := self._get(row, "system"):
            messages = [{"role": "system", "content": as_text(system)}, *messages]
        of_case = case(
            messages,
            id=self._get(row, "id"),
            reference=as_text(self._get(row, "reference")),
            category=name_of(self._get(row, "category"), otherwise=""),
            metadata={} if self._is_of_output else self._unmapped(row),
        )
        # Rows that differ in nothing but unmapped columns may repeat a case: the first has them.
        is_first = self._is_new({**of_case, "metadata": None})
        says_more = self._is_new({"whole": of_case}) and bool(of_case.get("metadata"))
        if self._by_model or is_first:
            yield of_case
        elif says_more:
            self._notes.drop(FURTHER_ROWS)
        contents = self._contents(row)
        sides: dict[str, Row] = {}
        for model, content in contents.items():
            sides[model] = {"model": model, **self._run(of_case["id"], model, content)}
            output = {
                "type": "output",
                "case": of_case["id"],
                **sides[model],
                "content": content,
                **(self._took(row) if len(contents) == 1 else {}),
            }
            unmapped = self._unmapped(row) if self._is_of_output else {}
            yield {**output, "metadata": unmapped} if unmapped else output
        labels = self._get(row, "labels") if "labels" in self._mapping.columns else [row]
        for place, label in enumerate(from_json(labels) or ()):
            yield from self._label(label, place, of_case["id"], sides, digest(row))

    def _nth(self, of: str, what: str) -> int:
        """Return the how-manieth of its kind something is, from 1; the same again is the same."""
        this = digest(of, what)
        if this not in self._nths:
            self._nths[this] = self._nths[of] = self._nths.get(of, 0) + 1
        return self._nths[this]

    def _run(self, case_id: str, model: str, content: Any) -> Row:
        """Return the run of a response; one that a row repeats by its model is the same."""
        if not self._by_model:
            return self._notes.runs.named(case_id, model)
        n = self._nth(digest("run", case_id, model), digest(content))
        return {} if n == 1 else {"run": str(n)}

    def _is_new(self, case_as_read: Row) -> bool:
        """Tell whether a case has not been given before; one is remembered by its digest."""
        n = len(self._cases)
        self._cases.add(digest(case_as_read))
        return len(self._cases) > n

    @property
    def _is_of_output(self) -> bool:
        """Say whether what is not mapped belongs to the one response of a row."""
        return not self._by_model and "output" in self._mapping.columns

    @property
    def _by_model(self) -> bool:
        return bool(self._mapping.outputs) or "outputs" in self._mapping.columns

    def _contents(self, row: Row) -> dict[str, Any]:
        """Return the responses of a row by model."""
        if "outputs" in self._mapping.columns:
            listed = from_json(self._get(row, "outputs"))
            if not isinstance(listed, Mapping):
                raise TypeError(f"{self._mapping.columns['outputs']} is no object by model")
            return {name_of(model, otherwise="model"): _content(v) for model, v in listed.items()}
        contents = {
            model: _content(value)
            for model, column in self._mapping.outputs.items()
            if (value := value_at(row, column)) is not None
        }
        if "output" in self._mapping.columns:
            value = self._get(row, "output")
            if value is None:
                raise KeyError(self._mapping.columns["output"])
            model = name_of(self._get(row, "model"), otherwise=self._notes.nameless)
            contents[model] = _content(value)
        return contents

    def _took(self, row: Row) -> Row:
        return without_nothing(
            latency_ms=amount(self._get(row, "latency_ms")),
            cost_usd=amount(self._get(row, "cost_usd")),
            input_tokens=whole(self._get(row, "input_tokens")),
            output_tokens=whole(self._get(row, "output_tokens")),
            created_at=moment(self._get(row, "created_at")),
        )

    def _unmapped(self, row: Row) -> Row:
        mapping = self._mapping
        of = (*mapping.columns.values(), *mapping.outputs.values(), *mapping.scores.values())
        return rest(row, *of, *(column.split(".")[0] for column in of))

    def _label(
        self, label: Any, place: int, case_id: str, sides: dict[str, Row], row: str
    ) -> Iterator[Row]:
        who = self._get(label, "annotator")
        # The first look of a person at a case, the second, …; a row that is repeated is none.
        looked = (case_id, as_text(who), place)
        n = self._nth(digest("look", *looked), row)
        of: Row = {"case": case_id, "assignment": digest(*looked, *([n] if n > 1 else []))}
        if who in (None, ""):
            of["annotator_kind"] = AnnotatorKind.UNKNOWN.value
        else:
            of["annotator"] = name_of(who, otherwise="unknown")
        yield from self._preference(label, of, sides)
        for key, column in self._mapping.scores.items():
            told = from_json(value_at(label, column))
            by_model = told if isinstance(told, Mapping) else dict.fromkeys(sides, told)
            if len(sides) > 1 and not isinstance(told, Mapping) and told is not None:
                raise ValueError(f"{column} does not say of which of {len(sides)} responses")
            for model, raw in by_model.items():
                value = self._scales.value(key, raw)
                if value is not None and model in sides:
                    side = sides[model]
                    yield {"type": "score", **of, **side, "criterion": key, "value": value}
        yield from self._ranking(label, of, sides)
        yield from self._marks(label, of, sides)

    def _preference(self, label: Any, of: Row, sides: dict[str, Row]) -> Iterator[Row]:
        told = self._get(label, "preference")
        if told in (None, ""):
            return
        left, right = list(sides)[:2]
        columns = self._mapping.outputs
        named = {left: "left", right: "right"}
        named |= {columns[model]: side for model, side in named.items() if model in columns}
        preference = named.get(as_text(told).strip()) or preference_of(told)
        if preference is None:
            raise ValueError(f"{told!r} is neither of {left} and {right}, left, right, nor tie")
        first, second = _side(sides[left]), _side(sides[right])
        yield {
            "type": "comparison",
            **of,
            "left": first,
            "right": second,
            "preference": preference,
        }

    def _ranking(self, label: Any, of: Row, sides: dict[str, Row]) -> Iterator[Row]:
        places = from_json(self._get(label, "rank"))
        if not isinstance(places, Mapping):
            return
        by_place: dict[float, list[str | Row]] = {}
        for model, place in places.items():
            at = number(place)
            if at is None:
                raise ValueError(f"the place {place!r} of {model} is no number")
            by_place.setdefault(at, []).append(_side(sides.get(model, {"model": str(model)})))
        yield {"type": "ranking", **of, "order": [by_place[at] for at in sorted(by_place)]}

    def _marks(self, label: Any, of: Row, sides: dict[str, Row]) -> Iterator[Row]:
        for mark in from_json(self._get(label, "marks")) or ():
            model, quote = self._get(mark, "mark_model"), as_text(self._get(mark, "mark_text"))
            model = model if model is not None or len(sides) != 1 else next(iter(sides))
            if model not in sides:
                raise ValueError(f"a mark in a response of {model!r}, which is not in the row")
            self._has_marks = True
            quoted = {"quote": quote} if quote else {}
            yield {"type": "error", **of, **sides[model], "tag": _TAG, **quoted}


def _side(of_output: Row) -> str | Row:
    """Return what names an output beside others: its model, with its run where it has one."""
    return of_output if "run" in of_output else str(of_output["model"])


def _content(value: Any) -> str | list[Row]:
    told = from_json(value)
    are_messages = isinstance(told, list) and all(
        isinstance(message, Mapping) and "role" in message for message in told
    )
    if are_messages and told:
        return content_of(as_messages(told))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
