"""The checks of a record as a whole: fields that only fit, or do not fit, with others."""

from collections.abc import Collection, Iterator
from typing import Any

from evalkit.records.checks import Fault
from evalkit.records.followed import FOLLOWED, followed_faults
from evalkit.records.lessons import LESSON_FIELDS, lesson_faults
from evalkit.records.names import is_identified, side_of
from evalkit.records.problems import shown
from evalkit.scale import is_on_step
from evalkit.severity import read_severities
from evalkit.vocabulary import (
    DECIDED,
    LEAST_RANKED,
    MOST_RANKED,
    AnnotatorKind,
    CriterionLevel,
    Level,
)

FORMAT = "evalkit"
VERSION = 2


def annotator_faults(
    record: dict[str, Any], of_judges: Collection[str]
) -> Iterator[tuple[str, Fault]]:
    """Check what a label says of who judged; ``of_judges`` are fields that only a judge's has."""
    kind = record.get("annotator_kind")
    for field in of_judges:
        if record.get(field) is not None and kind != AnnotatorKind.JUDGE:
            expected = f"annotator_kind {AnnotatorKind.JUDGE} beside it"
            yield field, Fault(shown(record[field]), expected)
    if not is_identified(record):
        if record.get("annotator") is not None:
            yield "annotator", Fault(shown(record["annotator"]), f"nobody, for they are {kind}")
        if (record.get("revision") or 1) > 1 and record.get("assignment") is None:
            expected = "an assignment, which alone says what is revised"
            yield "revision", Fault(shown(record["revision"]), expected)
    if record.get("n_annotators") is not None and kind != AnnotatorKind.MERGED:
        expected = f"annotator_kind {AnnotatorKind.MERGED} beside it"
        yield "n_annotators", Fault(shown(record["n_annotators"]), expected)


def _header_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    if record["format"] != FORMAT:
        yield "format", Fault(shown(record["format"]), shown(FORMAT))
    elif not 1 <= record["version"] <= VERSION:
        newer = "; a newer evalkit may read it" if record["version"] > VERSION else ""
        yield "version", Fault(shown(record["version"]), f"version 1 to {VERSION}{newer}")


def text_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    """Check that a case or an output has its text, or says that it is elsewhere."""
    field = {"case": "input", "output": "content"}.get(record["type"])
    if field is None:
        return
    if record.get(field) is None and not record.get("elsewhere"):
        found = "null" if field in record else "nothing"
        yield field, Fault(found, 'this field, or "elsewhere": true where another file has it')
    elif record.get(field) is not None and record.get("elsewhere"):
        yield "elsewhere", Fault("true", f"no {field}, or false: the text is here")


def _criterion_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    scale, extent = record.get("scale"), record.get("range")
    if record["level"] == CriterionLevel.TEXT:
        if scale is not None or extent is not None:
            field = "range" if scale is None else "scale"
            yield field, Fault(shown(record[field]), "none, for it is answered in words")
    elif (scale is None) == (extent is None):
        found = "nothing" if scale is None else "a scale and a range"
        yield "scale", Fault(found, "either a scale (levels) or a range (a continuous scale)")
    elif extent is not None:
        yield from _range_faults(record["level"], extent)
    else:
        yield from _scale_faults(record)


def _range_faults(level: str, extent: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    low, high, step = extent["min"], extent["max"], extent.get("step")
    if level != Level.INTERVAL:
        yield "level", Fault(shown(level), f"{Level.INTERVAL}, as a range has")
    if low >= high:
        yield "range.max", Fault(shown(high), f"a number above {low:g} (min)")
    elif step is not None and not 0 < step <= high - low:
        yield "range.step", Fault(shown(step), f"a number above 0 and up to {high - low:g}")
    elif step is not None and not is_on_step(high, low, step):
        yield "range.step", Fault(shown(step), f"a step that leads from {low:g} to {high:g}")


def _scale_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    values = [level["value"] for level in record["scale"]]
    if len(set(values)) != len(values):
        yield "scale", Fault(shown(values), "every value once")
    elif record["level"] != Level.NOMINAL and values != sorted(values):
        yield "scale", Fault(shown(values), "the lowest value first")


def _taxonomy_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    """Check that what weighs something of its own is of a severity that there is."""
    keys = [severity.key for severity in read_severities(record.get("severities"))]
    for what in record.get("weights") or ():
        if what.partition(":")[0] not in keys:
            expected = f"severities, or severity:tag; there are {', '.join(keys)}"
            yield "weights", Fault(shown(what), expected)


def _side_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    right = record.get("right")
    if right is not None and side_of(record["left"]) == side_of(right):
        yield "right", Fault(shown(right), "another output than on the left")


def _comparison_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    yield from _side_faults(record)
    if record.get("strength") is not None and record["preference"] not in DECIDED:
        expected = "nothing, for only left or right can be better by much or slightly"
        yield "strength", Fault(shown(record["strength"]), expected)


def _ranking_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    ranked = [side_of(value) for place in record["order"] for value in place]
    if len(ranked) < 2:
        yield "order", Fault(shown(record["order"]), "at least two outputs")
    elif len(set(ranked)) < len(ranked):
        yield "order", Fault(shown(record["order"]), "every output once")
    elif (on_screen := record.get("shown")) is None:
        return
    elif sorted(map(side_of, on_screen)) != sorted(ranked):
        yield "shown", Fault(shown(on_screen), "the outputs of the order, each once")
    elif not LEAST_RANKED <= len(on_screen) <= MOST_RANKED:
        expected = f"{LEAST_RANKED} to {MOST_RANKED} outputs, as many as a screen shows"
        yield "shown", Fault(shown(on_screen), expected)


def _gold_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    """Check that it is one answer: who is better, a score, or an error that is there or not."""
    says = {field for field, value in record.items() if value is not None and value is not False}
    answers = [needed for needed in _GOLD if needed <= says]
    others = says & frozenset().union(*_GOLD)
    if len(answers) != 1 or others != answers[0]:
        found = ", ".join(sorted(others)) or "nothing"
        yield "type", Fault(f"gold with {found}", f"one right answer: {_GOLD_SHAPES}")
    elif "preference" in says:
        yield from _side_faults(record)


#: What each kind of right answer needs, and has alone.
_GOLD = (
    frozenset({"left", "right", "preference"}),
    frozenset({"model", "criterion", "value"}),
    frozenset({"model", "tag"}),
    frozenset({"model", "clean"}),
)
_GOLD_SHAPES = "left, right and preference; or model with criterion and value, with tag, or clean"


def _error_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    start, end, quote = record.get("start"), record.get("end"), record.get("quote")
    if record.get("omission") and (record["tag"] is None or start is not None):
        yield "omission", Fault("true", "a tag and no place: an omission is nowhere in the output")
    if (start is None) != (end is None):
        yield ("end" if end is None else "start"), Fault("nothing", "both start and end, or none")
    elif start is not None and end is not None and start > end:
        yield "end", Fault(shown(end), f"a number of {start} (start) or more")
    elif start is not None and end is not None and quote is not None and len(quote) != end - start:
        expected = f"the {end - start} characters from {start} to {end}"
        yield "quote", Fault(shown(quote), expected)


#: What is checked of a whole record of a type once its fields are sound.
WHOLE_RECORD_CHECKS = {
    "header": _header_faults,
    "criterion": _criterion_faults,
    "taxonomy": _taxonomy_faults,
    "comparison": _comparison_faults,
    "gold": _gold_faults,
    "ranking": _ranking_faults,
    "answer": _side_faults,
    "error": _error_faults,
    **dict.fromkeys(LESSON_FIELDS, lesson_faults),
    **dict.fromkeys(FOLLOWED, followed_faults),
}
