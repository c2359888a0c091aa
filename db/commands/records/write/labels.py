"""Assignments, annotations, scores and error marks of an import."""

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import bindparam, update
from sqlmodel import SQLModel

from db.columns import new_token, now
from db.commands.records.staging import CHECK, COMPARISON, ERROR, SCORE
from db.commands.records.write.batches import BATCH, Writing, table_of
from db.commands.records.write.rankings import more_outputs, ranked_rows
from db.models import (
    Annotation,
    Assignment,
    CheckAnswer,
    CriterionPreference,
    ErrorMark,
    RankedOutput,
    Score,
)
from db.queries.records.annotated import (
    LOOK,
    PERSON,
    SIDES_POLICIES,
    inherited_extras,
    pair_presentation,
    single_presentation,
)
from db.queries.records.rows import batched
from evalkit.records.checks import as_moment
from evalkit.records.problems import LINES_OF_A_FILE
from evalkit.records.schema import OF_JUDGES
from evalkit.vocabulary import AssignmentKind, AssignmentState

#: What an annotation keeps of its first label outside columns of its own.
_IN_DETAILS = ("rubric_version", "seen_suggestion", "metadata", *OF_JUDGES)
_OF_ASSIGNMENT = ("inclusion_probability", "sampling")


class _LabelRow(NamedTuple):
    """One new label with its annotation and its presentation."""

    line: int
    annotation: int
    annotation_db_id: int | None
    annotation_place: int | None
    revision: int
    is_superseded: int
    presentation_db_id: int | None
    presentation_place: int | None
    key: str | None
    look: int
    is_unidentified: int
    annotator: int
    case_id: int
    left_id: int
    right_id: int | None
    type: int
    part: Any
    output_id: int
    is_current: int
    body: str
    extras: str | None
    ranked: str


def write_labels(writing: Writing, *, study_id: int, sides: Sequence[str | None]) -> None:
    """Write every new label with the assignment and the annotation it belongs to.

    ``sides`` are what the headers of the files say of them, in the order of the files.
    """
    if not writing.staging.count("SELECT EXISTS (SELECT 1 FROM judged WHERE line > 0)"):
        return
    _supersede(writing)
    writer = _LabelWriter(writing, study_id, [SIDES_POLICIES[of_file] for of_file in sides])
    rows = (_LabelRow(*row) for row in writing.new_rows(_rows_statement(writing)))
    annotations = (list(labels) for _, labels in groupby(rows, key=lambda row: row.annotation))
    for batch in batched(annotations, BATCH):
        writer.write(batch)


class _LabelWriter:
    """Turns staged labels into rows, an annotation at a time."""

    def __init__(self, writing: Writing, study_id: int, policies: Sequence[str]) -> None:
        self._policies = policies
        self._writing = writing
        self._study_id = study_id
        self._now = now()
        self._n_assignments = 0
        # As references are checked: of the rubric version that is named, else of the study's.
        self._criteria = {
            (key, version): writing.criteria[part]
            for key, number, is_main, part in writing.staging.db.execute(
                "SELECT key, version, is_main, id FROM criterion ORDER BY is_main"
            )
            for version in ((number, None) if is_main else (number,))
            if part in writing.criteria
        }

    def write(self, batch: list[list[_LabelRow]]) -> None:
        """Write the labels of some annotations: assignments first, they are referred to."""
        rows: dict[type[SQLModel], list[dict[str, Any]]] = {
            Assignment: [],
            Annotation: [],
            CriterionPreference: [],
            RankedOutput: [],
            Score: [],
            CheckAnswer: [],
            ErrorMark: [],
        }
        for labels in batch:
            self._add(labels, rows)
        for model, made in rows.items():
            self._writing.insert(model, made)

    def _add(
        self, labels: list[_LabelRow], rows: dict[type[SQLModel], list[dict[str, Any]]]
    ) -> None:
        first = labels[0]
        shared = _load(first.extras)
        is_new = self._is_new_assignment(first)
        if is_new:
            rows[Assignment].append(self._assignment(first, shared))
        annotation_id = first.annotation_db_id
        if annotation_id is None:
            annotation_id = self._writing.first["annotation"] + (first.annotation_place or 0)
            annotation = self._annotation(annotation_id, first, shared)
            annotation["details"] = self._details(shared, is_first_of_assignment=is_new)
            rows[Annotation].append(_with_texts(annotation, labels))
            rows[CriterionPreference] += self._preferences(annotation_id, first, shared)
            first_details = None
        else:
            first_details = shared
            self._add_texts(annotation_id, labels)
        inherited = inherited_extras(shared)
        for label in labels:
            extras = _load(label.extras)
            if label is first:
                details = first_details
            elif first.annotation_db_id is None and extras == inherited:
                details = None
            else:
                details = extras
            if label.type == COMPARISON:
                rows[RankedOutput] += ranked_rows(annotation_id, label.ranked)
            elif label.type == SCORE:
                rows[Score].append(self._score(annotation_id, label, details))
            elif label.type == CHECK:
                rows[CheckAnswer].append(self._check(annotation_id, label, details))
            elif label.type == ERROR:
                rows[ErrorMark].append(self._mark(annotation_id, label, details))

    def _add_texts(self, annotation_id: int, labels: list[_LabelRow]) -> None:
        """Give an annotation that is stored the words of labels that are new to it."""
        if any("texts" in _load(label.extras) for label in labels):
            stored = self._writing.session.get_one(Annotation, annotation_id)
            held = {"texts": stored.texts, "details": stored.details}
            stored.sqlmodel_update(_with_texts(held, labels))
            self._writing.session.add(stored)

    def _is_new_assignment(self, row: _LabelRow) -> bool:
        """Tell if this is the first label of a new presentation; they come in their places."""
        if row.presentation_place is None or row.presentation_place < self._n_assignments:
            return False
        self._n_assignments = row.presentation_place + 1
        return True

    def _assignment_id(self, row: _LabelRow) -> int:
        if row.presentation_db_id is not None:
            return row.presentation_db_id
        return self._writing.first["presentation"] + (row.presentation_place or 0)

    def _assignment(self, row: _LabelRow, extras: dict[str, Any]) -> dict[str, Any]:
        if row.key is not None:
            presentation = f"key:{row.key}"
        elif row.right_id is not None:
            presentation = pair_presentation(row.left_id, row.right_id)
        else:
            presentation = single_presentation(row.left_id)
        if row.key is None and row.look > 1:
            presentation += f"{PERSON if row.is_unidentified else LOOK}{row.look}"
        return {
            "id": self._assignment_id(row),
            "study_id": self._study_id,
            "annotator_id": self._writing.annotators[row.annotator],
            "case_id": row.case_id,
            "left_output_id": row.left_id,
            "right_output_id": row.right_id,
            **more_outputs(row.ranked),
            "presentation": presentation,
            "key": row.key,
            "token": new_token(),
            "kind": AssignmentKind.WORK.value,
            "policy": self._policies[row.line // LINES_OF_A_FILE],
            **{field: extras.get(field) for field in _OF_ASSIGNMENT},
            "state": AssignmentState.SUBMITTED.value,
            "active_seconds": float(extras.get("seconds", 0)),
            "created_at": self._now,
        }

    def _annotation(
        self, annotation_id: int, row: _LabelRow, extras: dict[str, Any]
    ) -> dict[str, Any]:
        compared = json.loads(row.body) if row.type == COMPARISON else {}
        preference = compared.get("preference")
        written = extras.get("created_at")
        return {
            "id": annotation_id,
            "assignment_id": self._assignment_id(row),
            "revision": row.revision,
            "submitted_at": self._moment(written),
            "active_seconds": extras.get("seconds"),
            "preference": preference,
            "strength": compared.get("strength"),
            "certainty": compared.get("certainty"),
            "probability": compared.get("probability"),
            "is_unreadable": (
                row.type == COMPARISON and preference is None and "order" not in compared
            ),
            "comment": extras.get("comment"),
            "assertion": extras.get("assertion"),
            "texts": extras.get("texts"),
            "is_superseded": bool(row.is_superseded),
            "created_at": written,
        }

    def _preferences(
        self, annotation_id: int, row: _LabelRow, extras: dict[str, Any]
    ) -> list[dict[str, Any]]:
        preferred = json.loads(row.body).get("criteria", {}) if row.type == COMPARISON else {}
        version = extras.get("rubric_version")
        return [
            {
                "annotation_id": annotation_id,
                "criterion_id": self._criteria[key, version],
                "preference": preference,
            }
            for key, preference in preferred.items()
        ]

    def _details(
        self, extras: dict[str, Any], *, is_first_of_assignment: bool
    ) -> dict[str, Any] | None:
        """Return what has no column; those of the assignment say what its first annotation does."""
        details = {field: extras[field] for field in _IN_DETAILS if field in extras}
        if not is_first_of_assignment:
            details |= {field: extras.get(field) for field in _OF_ASSIGNMENT}
        return details or None

    def _score(
        self, annotation_id: int, row: _LabelRow, details: dict[str, Any] | None
    ) -> dict[str, Any]:
        body = json.loads(row.body)
        return {
            "annotation_id": annotation_id,
            "output_id": row.output_id,
            "criterion_id": self._writing.criteria[row.part or 0],
            "value": float(body["value"]),
            "probability": body.get("probability"),
            "is_superseded": not row.is_current,
            "details": details,
        }

    def _check(
        self, annotation_id: int, row: _LabelRow, details: dict[str, Any] | None
    ) -> dict[str, Any]:
        return {
            "annotation_id": annotation_id,
            "output_id": row.output_id,
            "item": row.part,
            "value": json.loads(row.body)["value"],
            "is_superseded": not row.is_current,
            "details": details,
        }

    def _mark(
        self, annotation_id: int, row: _LabelRow, details: dict[str, Any] | None
    ) -> dict[str, Any]:
        body = json.loads(row.body)
        return {
            "annotation_id": annotation_id,
            "output_id": row.output_id,
            "tag_id": None if row.part is None else self._writing.tags[row.part],
            "severity": body.get("severity"),
            "start": body.get("start"),
            "end": body.get("end"),
            "quote": body.get("quote"),
            "note": body.get("note"),
            "step": body.get("step"),
            "is_omission": body.get("omission") is True,
            "is_superseded": not row.is_current,
            "details": details,
        }

    def _moment(self, written: str | None) -> datetime:
        return (as_moment(written) if written else None) or self._now


def _supersede(writing: Writing) -> None:
    """Mark what the file's revisions replace, and what it fills in as done."""
    staging = writing.staging
    for model, statement in _REPLACED:
        table = table_of(model)
        change = update(table).where(table.c.id == bindparam("row_id")).values(is_superseded=True)
        for batch in batched(staging.db.cursor().execute(statement), BATCH):
            rows = [{"row_id": row_id} for (row_id,) in batch]
            writing.session.connection().execute(change, rows)
    table = table_of(Assignment)
    submitted = {"state": AssignmentState.SUBMITTED.value, "skip_reason": None, "draft": None}
    change = (
        update(table)
        .where(table.c.id == bindparam("row_id"), table.c.state != submitted["state"])
        .values(submitted)
    )
    for batch in batched(staging.db.cursor().execute(_FILLED), BATCH):
        writing.session.connection().execute(change, [{"row_id": row_id} for (row_id,) in batch])


def _rows_statement(writing: Writing) -> str:
    case, output = writing.first["case"], writing.first["output"]
    return f"""
    SELECT j.line, a.id, a.db_id, a.place, a.revision, a.is_superseded,
        p.db_id, p.place, p.key, p.look, j.is_unidentified, p.annotator,
        COALESCE(c.db_id, {case} + c.place),
        COALESCE(lefts.db_id, {output} + lefts.place),
        COALESCE(rights.db_id, {output} + rights.place),
        l.type, j.part, COALESCE(o.db_id, {output} + o.place), j.is_current, l.body, l.extras,
        CASE WHEN j.type = 0 AND j.name IS NOT NULL THEN (
            SELECT json_group_array(
                json_array(tier.key, COALESCE(ranked.db_id, {output} + ranked.place), (
                    SELECT shown.key FROM json_each(l.body, '$.shown') AS shown
                    WHERE shown.value = run.value
                ))
            )
            FROM json_each(l.body, '$.order') AS tier, json_each(tier.value) AS run
            JOIN output AS ranked ON ranked."case" = c.key AND ranked.run = run.value
        ) ELSE '[]' END
    FROM annotation AS a
    JOIN judged AS j ON j.annotation = a.id AND j.line > 0
    JOIN label AS l ON l.line = j.line
    JOIN presentation AS p ON p.id = a.presentation
    JOIN "case" AS c ON c.id = p."case"
    JOIN output AS lefts ON lefts.id = p.left
    LEFT JOIN output AS rights ON rights.id = p.right
    JOIN output AS o ON o.id = j.left
    ORDER BY a.id, j.type, l.type, j.line
    """


def _with_texts(annotation: dict[str, Any], labels: list[_LabelRow]) -> dict[str, Any]:
    """Give an annotation the words of all its labels; its details keep which its first label has.

    Of two answers to one question the first is kept there, both with their labels.
    """
    own, texts = annotation["texts"], dict(annotation["texts"] or {})
    for label in labels:
        for side, answers in (_load(label.extras).get("texts") or {}).items():
            texts[side] = {**answers, **texts.get(side, {})}
    if texts == (own or {}):
        return annotation
    details = {"texts": own, **(annotation["details"] or {})}
    return {**annotation, "texts": texts, "details": details}


def _load(extras: str | None) -> dict[str, Any]:
    return json.loads(extras) if extras else {}


_TOUCHED = "SELECT presentation FROM judged WHERE line > 0"

_REPLACED: tuple[tuple[type[SQLModel], str], ...] = (
    (
        Annotation,
        "SELECT db_id FROM annotation WHERE is_superseded AND NOT was_superseded "
        f"AND presentation IN ({_TOUCHED})",
    ),
    (
        Score,
        "SELECT db_id FROM judged WHERE line < 0 AND kind = 1 "
        "AND NOT is_current AND NOT was_superseded",
    ),
    (
        CheckAnswer,
        "SELECT db_id FROM judged WHERE line < 0 AND kind = 3 "
        "AND NOT is_current AND NOT was_superseded",
    ),
    (
        ErrorMark,
        "SELECT db_id FROM judged WHERE line < 0 AND type = 2 "
        "AND NOT is_current AND NOT was_superseded",
    ),
)

_FILLED = f"SELECT db_id FROM presentation WHERE db_id IS NOT NULL AND id IN ({_TOUCHED})"
