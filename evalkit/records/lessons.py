"""What a lead made of single cases, as records: examples for judges, notes and decisions."""

from collections.abc import Iterator
from typing import Any

from evalkit.records import checks
from evalkit.records.checks import Check, Fault
from evalkit.records.names import side_of
from evalkit.records.problems import shown
from evalkit.vocabulary import JudgeTask, Preference

FEW_SHOT, CLARIFICATION, ADJUDICATION = "few_shot", "clarification", "adjudication"

#: Who made it, why, and when: of several decisions on the same the last holds.
_MADE: dict[str, Check] = {
    "note": checks.text,
    "author": checks.person,
    "created_at": checks.moment,
}
_MADE_REQUIRED = frozenset({"case", "note", "created_at"})

#: The fields of each type, and those that must be there.
LESSON_FIELDS: dict[str, tuple[dict[str, Check], frozenset[str]]] = {
    FEW_SHOT: (
        {
            "case": checks.name,
            "task": checks.one_of(JudgeTask),
            "left": checks.side,
            "right": checks.side,
            "model": checks.name,
            "run": checks.name,
            "answer": checks.any_object,
            **_MADE,
            "removed_at": checks.moment,
        },
        _MADE_REQUIRED | {"task", "answer"},
    ),
    CLARIFICATION: (
        {
            "case": checks.name,
            "subject": checks.name,
            "rubric_version": checks.whole_from(1),
            **_MADE,
        },
        _MADE_REQUIRED | {"subject"},
    ),
    ADJUDICATION: (
        {
            "case": checks.name,
            "subject": checks.name,
            "left": checks.side,
            "right": checks.side,
            "preference": checks.one_of(Preference),
            "model": checks.name,
            "run": checks.name,
            "value": checks.number,
            "rubric_version": checks.whole_from(1),
            **_MADE,
        },
        _MADE_REQUIRED | {"subject"},
    ),
}


def lesson_faults(record: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    """Check that a lesson says why, and is of two outputs or of one, as its kind is."""
    if not record["note"].strip():
        yield "note", Fault(shown(record["note"]), "a sentence that says why")
    if record["type"] == FEW_SHOT:
        yield from _outputs(record, is_pair=record["task"] == JudgeTask.PAIR, answer="answer")
    elif record["type"] == ADJUDICATION:
        # Annotators' pages read records' names from this package, and load nothing of results.
        from evalkit.study.subject_keys import SubjectKind, named_subject

        kind = named_subject(record["subject"]).kind
        is_pair = kind is SubjectKind.PREFERENCE
        yield from _outputs(record, is_pair=is_pair, answer="preference" if is_pair else "value")
        if kind in (SubjectKind.TAG, SubjectKind.ANY_ERROR) and record.get("value") not in (0, 1):
            expected = "1 where the error is there, or 0 where it is not"
            yield "value", Fault(shown(record.get("value")), expected)


_OF_PAIRS, _OF_ONE = ("left", "right", "preference"), ("model", "run", "value")


def _outputs(record: dict[str, Any], *, is_pair: bool, answer: str) -> Iterator[tuple[str, Fault]]:
    """Check which outputs are named, and that the answer is one about so many."""
    what = f"two outputs, left and right, with {answer}" if is_pair else f"a model with {answer}"
    needed = (*(("left", "right") if is_pair else ("model",)), answer)
    for field in needed:
        if record.get(field) is None:
            yield field, Fault("nothing", what)
    for field in _OF_ONE if is_pair else _OF_PAIRS:
        if record.get(field) is not None:
            yield field, Fault(shown(record[field]), what)
    sides = [record.get(side) for side in ("left", "right")]
    if is_pair and None not in sides and side_of(sides[0]) == side_of(sides[1]):
        yield "right", Fault(shown(sides[1]), "another output than on the left")
