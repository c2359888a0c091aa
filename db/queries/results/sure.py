"""How probable judges held their verdicts and scores, where that was told."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment, Criterion, Score
from db.queries.results.filtering import counted
from db.queries.results.studies import ResultFilters, ResultStudy
from evalkit.study.sure import SureAnswers
from evalkit.vocabulary import PREFERENCE_CODES, AnnotatorKind, Preference


def sure_answers(
    session: Session, study: ResultStudy, *, filters: ResultFilters | None = None
) -> SureAnswers:
    """Return what judges said with a probability: preferences, then scores, oldest first."""
    within = counted(study, filters or ResultFilters(every_judge=True))
    pairs = session.connection().execute(_PREFERENCES.where(*within))
    scores = session.connection().execute(_SCORES.where(*within))
    rows = [
        *(
            (row.name, "", row.left, row.right, PREFERENCE_CODES[Preference(row.value)], row.sure)
            for row in pairs
        ),
        *((row.name, row.key, row.output, row.output, row.value, row.sure) for row in scores),
    ]
    return _columns(rows)


def _columns(rows: Iterable[tuple[Any, ...]]) -> SureAnswers:
    judge, criterion, left, right, value, sure = [*zip(*rows, strict=True)] or [()] * 6
    return SureAnswers(
        judge=tuple(judge),
        criterion=tuple(criterion),
        left=np.array(left, dtype=np.int64),
        right=np.array(right, dtype=np.int64),
        value=np.array(value, dtype=np.float64),
        probability=np.array(sure, dtype=np.float64),
    )


_PREFERENCES: Any = (
    sa.select(
        col(Annotator.name),
        col(Assignment.left_output_id).label("left"),
        col(Assignment.right_output_id).label("right"),
        col(Annotation.preference).label("value"),
        col(Annotation.probability).label("sure"),
    )
    .select_from(Annotation)
    .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
    .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
    .where(
        col(Annotator.kind) == AnnotatorKind.JUDGE,
        ~col(Annotation.is_superseded),
        col(Annotation.preference).is_not(None),
        col(Annotation.probability).is_not(None),
        col(Assignment.right_output_id).is_not(None),
    )
    .order_by(col(Annotation.id))
)
_SCORES: Any = (
    sa.select(
        col(Annotator.name),
        col(Criterion.key),
        col(Score.output_id).label("output"),
        col(Score.value),
        col(Score.probability).label("sure"),
    )
    .select_from(Score)
    .join(Annotation, col(Annotation.id) == col(Score.annotation_id))
    .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
    .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
    .join(Criterion, col(Criterion.id) == col(Score.criterion_id))
    .where(
        col(Annotator.kind) == AnnotatorKind.JUDGE,
        ~col(Score.is_superseded),
        col(Score.probability).is_not(None),
    )
    .order_by(col(Score.id))
)
