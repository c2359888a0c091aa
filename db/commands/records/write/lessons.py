"""The few-shot cases, clarifications and adjudications of an import."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from db.commands.records.lessons import LESSON_NUMBERS
from db.commands.records.write.batches import Writing
from db.models import Adjudication, Clarification, FewShotCase
from evalkit.annotation.draft import parse_draft
from evalkit.records.checks import as_moment
from evalkit.records.lessons import ADJUDICATION, CLARIFICATION, FEW_SHOT


class _Lesson(NamedTuple):
    """One new lesson: what the file says of it, and the rows that it is about."""

    fields: dict[str, Any]
    case_id: int
    left: int | None
    right: int | None
    criterion: int | None
    made: dict[str, Any]


def write_lessons(writing: Writing, *, study_id: int) -> None:
    """Write every lesson that is new to the study."""
    writing.insert(FewShotCase, map(_few_shot, _new(writing, study_id, FEW_SHOT)))
    writing.insert(
        Clarification,
        (_clarification(writing, each) for each in _new(writing, study_id, CLARIFICATION)),
    )
    writing.insert(Adjudication, map(_adjudication, _new(writing, study_id, ADJUDICATION)))


def _new(writing: Writing, study_id: int, kind: str) -> Iterator[_Lesson]:
    first_case, first = writing.first["case"], writing.first["output"]
    numbers = (*LESSON_NUMBERS[kind], -1)
    statement = f"""
    SELECT lesson.body, COALESCE(c.db_id, {first_case} + c.place),
        COALESCE(lefts.db_id, {first} + lefts.place),
        COALESCE(rights.db_id, {first} + rights.place), lesson.criterion, lesson.annotator
    FROM lesson JOIN "case" AS c ON c.id = lesson."case"
    LEFT JOIN output AS lefts ON lefts.id = lesson.left
    LEFT JOIN output AS rights ON rights.id = lesson.right
    WHERE lesson.line > 0 AND lesson.type IN {numbers} ORDER BY lesson.line
    """
    for text, case_id, left, right, criterion, author in writing.new_rows(statement):
        fields = json.loads(text)
        made = {
            "study_id": study_id,
            "created_by_id": None if author is None else writing.annotators[author],
            "created_at": as_moment(fields["created_at"]),
        }
        yield _Lesson(fields, case_id, left, right, criterion, made)


def _few_shot(lesson: _Lesson) -> dict[str, Any]:
    removed = lesson.fields.get("removed_at")
    return {
        **lesson.made,
        "task": lesson.fields["task"],
        "case_id": lesson.case_id,
        "left_output_id": lesson.left,
        "right_output_id": lesson.right,
        "answer": parse_draft(lesson.fields["answer"]).as_json(),
        "rationale": lesson.fields["note"],
        "removed_at": as_moment(removed) if removed else None,
    }


def _clarification(writing: Writing, lesson: _Lesson) -> dict[str, Any]:
    criterion = lesson.criterion
    return {
        **lesson.made,
        "criterion_id": None if criterion is None else writing.criteria[criterion],
        "subject": lesson.fields["subject"],
        "case_id": lesson.case_id,
        "words": lesson.fields["note"],
    }


def _adjudication(lesson: _Lesson) -> dict[str, Any]:
    return {
        **lesson.made,
        "subject": lesson.fields["subject"],
        "left_output_id": lesson.left,
        "right_output_id": lesson.right,
        "preference": lesson.fields.get("preference"),
        "value": lesson.fields.get("value"),
        "words": lesson.fields["note"],
    }
