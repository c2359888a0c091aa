"""All that was annotated in a study as records, current or superseded."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, or_, select
from sqlmodel import Session, col

from db.models import (
    Annotation,
    Assignment,
    Case,
    CheckAnswer,
    Criterion,
    ErrorMark,
    Output,
    Rubric,
    Score,
    Study,
    Tag,
)
from db.queries.records.annotated import (
    annotation_extras,
    annotation_rows,
    assignment_name,
    label_extras,
)
from db.queries.records.by_criterion import criterion_preferences
from db.queries.records.mark_revisions import by_revision, mark_revisions, who_judged
from db.queries.records.rankings import IS_RANKED, Ranked, rankings
from db.queries.records.rows import BATCH, batched, run_names, stream
from evalkit.formats.material import Label
from evalkit.records.normal import normal
from evalkit.vocabulary import IDENTIFIED


def study_labels(session: Session, *, study_id: int, by_case: bool = False) -> Iterator[Label]:
    """Yield the labels of a study by annotation: its comparison, its scores, its error marks.

    Annotations come in the order in which they were stored, or first by case.
    """
    study = session.get_one(Study, study_id)
    eval_set_id = session.execute(
        select(col(Case.eval_set_id))
        .join(Assignment, col(Assignment.case_id) == col(Case.id))
        .where(col(Assignment.study_id) == study_id)
        .limit(1)
    ).scalar()
    if eval_set_id is None:
        return
    reader = _LabelReader(session, study, run_names(session, eval_set_id=eval_set_id))
    for rows in batched(stream(session, annotation_rows(study_id, by_case=by_case)), BATCH):
        yield from reader.labels(rows)


class _LabelReader:
    """Reads labels in batches of annotations, with what each batch needs to know."""

    def __init__(self, session: Session, study: Study, runs: dict[int, tuple[str, str]]) -> None:
        self._session = session
        self._study = study
        self._runs = runs
        # Few, so read once: joined to each batch of scores, a database may begin with them and
        # read all scores there are.
        criteria = select(
            col(Criterion.id), col(Criterion.key), col(Rubric.id), col(Rubric.version)
        )
        joined = criteria.join(Rubric, col(Criterion.rubric_id) == col(Rubric.id))
        self._criteria = {row[0]: tuple(row[1:]) for row in session.execute(joined)}

    def labels(self, rows: Sequence[Row[Any]]) -> Iterator[Label]:
        """Yield the labels of one batch of annotations."""
        ids = [row.id for row in rows]
        scores, marks, checks = self._scores(ids), self._marks(ids), self._checks(ids)
        preferences = criterion_preferences(self._session, ids)
        checked = self._checked(
            {
                row.assignment_id
                for row in rows
                if any(check.is_superseded for check in checks.get(row.id, ()))
            }
        )
        ranked = rankings(self._session, ids)
        compared = self._compared({row.assignment_id for row in rows if row.is_superseded})
        scored = self._scored(
            {
                row.assignment_id
                for row in rows
                if any(score.is_superseded for score in scores.get(row.id, ()))
            }
        )
        marked_outputs = {mark.output_id for row in rows for mark in marks.get(row.id, ())}
        revisions = mark_revisions(self._session, self._study.id or 0, marked_outputs)
        for row in rows:
            extras, is_first = annotation_extras(row), True
            if row.preference is not None or row.is_unreadable or row.id in ranked:
                is_first = False
                record = self._comparison(row, extras, preferences.get(row.id), ranked.get(row.id))
                has_successor = row.assignment_id in compared
                yield self._label(row, row.id, record, row.is_superseded, has_successor)
            for score in scores.get(row.id, ()):
                record = self._score(row, score, label_extras(score.details, extras, is_first))
                is_first = False
                slot = (row.assignment_id, score.output_id, score.criterion_id)
                yield self._label(row, score.id, record, score.is_superseded, slot in scored)
            for check in checks.get(row.id, ()):
                record = self._check(row, check, label_extras(check.details, extras, is_first))
                is_first = False
                has_successor = (row.assignment_id, check.output_id, check.item) in checked
                yield self._label(row, check.id, record, check.is_superseded, has_successor)
            marked, who = marks.get(row.id, ()), who_judged(row)
            current = {mark.output_id: revisions.get((who, mark.output_id)) for mark in marked}
            for revision, mark in by_revision(row.revision, marked, current):
                more = label_extras(mark.details, extras, is_first)
                record = self._mark(row, mark, more, revision)
                is_first = False
                has_successor = current[mark.output_id] is not None
                yield self._label(row, mark.id, record, mark.is_superseded, has_successor)
            if is_first:  # what was written or timed must not go missing with what was not judged
                yield self._label(row, row.id, self._answer(row, extras), row.is_superseded, True)

    def _label(
        self,
        row: Row[Any],
        label_id: int,
        record: dict[str, Any],
        is_superseded: bool,
        has_successor: bool,
    ) -> Label:
        return Label(
            id=label_id,
            annotation_id=row.id,
            assignment_id=row.assignment_id,
            case_id=row.case_id,
            record=record,
            category=row.category,
            is_superseded=is_superseded,
            has_successor=has_successor,
        )

    def _comparison(
        self,
        row: Row[Any],
        extras: dict[str, Any],
        preferences: Sequence[Row[Any]] | None,
        ranked: Ranked | None,
    ) -> dict[str, Any]:
        if ranked is not None:
            order = [list(map(self._side, place)) for place in ranked.order]
            sides = list(map(self._side, ranked.sides)) or None
            return normal("ranking", {**self._shared(row, extras), "order": order, "shown": sides})
        fields = {
            **self._shared(row, extras),
            "left": self._side(row.left_run_id),
            "right": self._side(row.right_run_id),
            "preference": row.preference,
            "strength": row.strength,
            "certainty": row.certainty,
            "probability": row.probability,
        }
        if preferences:
            fields["criteria"] = {chosen.key: chosen.preference for chosen in preferences}
            if preferences[0].rubric_id != self._study.rubric_id:
                fields.setdefault("rubric_version", preferences[0].version)
        return normal("comparison", fields)

    def _score(self, row: Row[Any], score: Row[Any], extras: dict[str, Any]) -> dict[str, Any]:
        criterion, rubric_id, version = self._criteria[score.criterion_id]
        fields = {
            **self._shared(row, extras),
            **self._side(score.run_id),
            "criterion": criterion,
            "value": score.value,
            "probability": score.probability,
        }
        if rubric_id != self._study.rubric_id:
            fields.setdefault("rubric_version", version)
        return normal("score", fields)

    def _check(self, row: Row[Any], check: Row[Any], extras: dict[str, Any]) -> dict[str, Any]:
        judged = {"item": check.item, "value": check.value}
        return normal("check", {**self._shared(row, extras), **self._side(check.run_id), **judged})

    def _mark(
        self, row: Row[Any], mark: Row[Any], extras: dict[str, Any], revision: int
    ) -> dict[str, Any]:
        fields = {
            **self._shared(row, extras),
            **self._side(mark.run_id),
            "revision": revision,
            "tag": mark.key,
            "severity": mark.severity,
            "start": mark.start,
            "end": mark.end,
            "quote": mark.quote,
            "note": mark.note,
            "step": mark.step,
            "omission": mark.is_omission,
        }
        return normal("error", fields)

    def _answer(self, row: Row[Any], extras: dict[str, Any]) -> dict[str, Any]:
        right = None if row.right_run_id is None else self._side(row.right_run_id)
        sides = {"left": self._side(row.left_run_id), "right": right}
        return normal("answer", {**self._shared(row, extras), **sides})

    def _shared(self, row: Row[Any], extras: dict[str, Any]) -> dict[str, Any]:
        fields = {
            "case": row.case_key,
            "annotator": row.annotator if row.annotator_kind in IDENTIFIED else None,
            "annotator_kind": row.annotator_kind,
            "n_annotators": row.n_people,
            "assignment": assignment_name(row.key, row.presentation),
            "revision": row.revision,
            **extras,
        }
        if row.is_simulated:
            fields["metadata"] = {**(fields.get("metadata") or {}), "simulated": True}
        return fields

    def _side(self, run_id: int) -> dict[str, str]:
        model, run = self._runs[run_id]
        return {"model": model, "run": run}

    def _scores(self, annotation_ids: list[int]) -> dict[int, list[Row[Any]]]:
        statement = (
            select(
                col(Score.id),
                col(Score.annotation_id),
                col(Score.output_id),
                col(Score.criterion_id),
                col(Score.value),
                col(Score.probability),
                col(Score.is_superseded),
                col(Score.details),
                col(Output.run_id),
            )
            .join(Output, col(Score.output_id) == col(Output.id))
            .where(col(Score.annotation_id).in_(annotation_ids))
            .order_by(col(Score.id))
        )
        return _by_annotation(self._session.execute(statement))

    def _checks(self, annotation_ids: list[int]) -> dict[int, list[Row[Any]]]:
        statement = (
            select(
                col(CheckAnswer.id),
                col(CheckAnswer.annotation_id),
                col(CheckAnswer.output_id),
                col(CheckAnswer.item),
                col(CheckAnswer.value),
                col(CheckAnswer.is_superseded),
                col(CheckAnswer.details),
                col(Output.run_id),
            )
            .join(Output, col(CheckAnswer.output_id) == col(Output.id))
            .where(col(CheckAnswer.annotation_id).in_(annotation_ids))
            .order_by(col(CheckAnswer.id))
        )
        return _by_annotation(self._session.execute(statement))

    def _checked(self, assignment_ids: set[int]) -> set[tuple[int, int, str]]:
        """Return assignment, output and item of the checks that count."""
        if not assignment_ids:
            return set()
        statement = (
            select(col(Annotation.assignment_id), col(CheckAnswer.output_id), col(CheckAnswer.item))
            .join(Annotation, col(CheckAnswer.annotation_id) == col(Annotation.id))
            .where(
                col(Annotation.assignment_id).in_(assignment_ids), ~col(CheckAnswer.is_superseded)
            )
        )
        return {(row[0], row[1], row[2]) for row in self._session.execute(statement)}

    def _marks(self, annotation_ids: list[int]) -> dict[int, list[Row[Any]]]:
        statement = (
            select(
                col(ErrorMark.id),
                col(ErrorMark.annotation_id),
                col(ErrorMark.output_id),
                col(ErrorMark.severity),
                col(ErrorMark.start),
                col(ErrorMark.end),
                col(ErrorMark.quote),
                col(ErrorMark.note),
                col(ErrorMark.step),
                col(ErrorMark.is_omission),
                col(ErrorMark.is_superseded),
                col(ErrorMark.details),
                col(Output.run_id),
                col(Tag.key),
            )
            .join(Output, col(ErrorMark.output_id) == col(Output.id))
            .outerjoin(Tag, col(ErrorMark.tag_id) == col(Tag.id))
            .where(col(ErrorMark.annotation_id).in_(annotation_ids))
            .order_by(col(ErrorMark.id))
        )
        return _by_annotation(self._session.execute(statement))

    def _compared(self, assignment_ids: set[int]) -> set[int]:
        """Return which of the assignments have a comparison that counts."""
        statement = select(col(Annotation.assignment_id)).where(
            col(Annotation.assignment_id).in_(assignment_ids),
            ~col(Annotation.is_superseded),
            or_(col(Annotation.preference).is_not(None), col(Annotation.is_unreadable), IS_RANKED),
        )
        return set(self._session.scalars(statement)) if assignment_ids else set()

    def _scored(self, assignment_ids: set[int]) -> set[tuple[int, int, int]]:
        """Return assignment, output and criterion of the scores that count."""
        if not assignment_ids:
            return set()
        statement = (
            select(col(Annotation.assignment_id), col(Score.output_id), col(Score.criterion_id))
            .join(Annotation, col(Score.annotation_id) == col(Annotation.id))
            .where(col(Annotation.assignment_id).in_(assignment_ids), ~col(Score.is_superseded))
        )
        return {(row[0], row[1], row[2]) for row in self._session.execute(statement)}


def _by_annotation(rows: Any) -> dict[int, list[Row[Any]]]:
    rows_of: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        rows_of[row.annotation_id].append(row)
    return rows_of
