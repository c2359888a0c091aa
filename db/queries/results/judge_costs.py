"""What judges' labels took: cost, tokens and time, as their records say."""

from collections import defaultdict
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment, CheckAnswer, ErrorMark, RankedOutput, Score
from db.queries.results.filtering import counted
from db.queries.results.studies import ResultFilters, ResultStudy
from evalkit.study.spent import MEASURES, Spent
from evalkit.vocabulary import AnnotatorKind


def judge_costs(
    session: Session, study: ResultStudy, *, filters: ResultFilters | None = None
) -> Spent:
    """Return what judges' annotations took, one entry each, of those that say anything of it."""
    filters = filters or ResultFilters(every_judge=True)
    rows = session.connection().execute(
        _ANNOTATIONS.where(*counted(study, filters), ~col(Annotation.is_superseded))
    )
    entries = {row.id: row for row in rows}
    details: dict[int, list[dict[str, Any]]] = defaultdict(list)
    n_labels: dict[int, int] = defaultdict(int)
    for row in entries.values():
        details[row.id].append(row.details or {})
        n_labels[row.id] += int(row.is_compared)
    for table in (Score, CheckAnswer, ErrorMark):
        for annotation_id, of_label in session.connection().execute(_labels(table, study)):
            details[annotation_id].append(of_label or {})
            n_labels[annotation_id] += 1
    spent = [
        (row, n_labels[row.id] or 1, _totals(details[row.id]))
        for row in entries.values()
        if any(field in told for told in details[row.id] for field in MEASURES)
    ]
    return Spent(
        judge=tuple(row.name for row, _, _ in spent),
        case=np.array([row.case_id for row, _, _ in spent], dtype=np.int64),
        n=np.array([n for _, n, _ in spent], dtype=np.int64),
        totals=np.array([totals for _, _, totals in spent]).reshape(-1, len(MEASURES)),
    )


def _totals(details: list[dict[str, Any]]) -> list[float]:
    """Return what an annotation's labels took together, ``NaN`` where none of them says."""
    told = [[told[field] for told in details if field in told] for field in MEASURES]
    return [float(sum(amounts)) if amounts else float("nan") for amounts in told]


def _labels(table: Any, study: ResultStudy) -> Any:
    return (
        sa.select(col(table.annotation_id), col(table.details))
        .join(Annotation, col(Annotation.id) == col(table.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            col(Assignment.study_id) == study.study_id,
            col(Annotator.kind) == AnnotatorKind.JUDGE,
            ~col(table.is_superseded),
        )
    )


_RANKED = sa.exists().where(col(RankedOutput.annotation_id) == col(Annotation.id))
_ANNOTATIONS: Any = (
    sa.select(
        col(Annotation.id),
        col(Annotation.details),
        col(Assignment.case_id),
        col(Annotator.name),
        sa.or_(
            col(Annotation.preference).is_not(None), col(Annotation.is_unreadable), _RANKED
        ).label("is_compared"),
    )
    .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
    .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
    .where(col(Annotator.kind) == AnnotatorKind.JUDGE)
    .order_by(col(Annotation.id))
)
