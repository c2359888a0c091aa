"""Which response was preferred on single criteria, of some annotations."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session, col

from db.models import Criterion, CriterionPreference, Rubric


def criterion_preferences(session: Session, annotation_ids: list[int]) -> dict[int, list[Row[Any]]]:
    """Return key, preference and rubric by annotation, in the order of the rubric."""
    statement = (
        select(
            col(CriterionPreference.annotation_id),
            col(CriterionPreference.preference),
            col(Criterion.key),
            col(Criterion.rubric_id),
            col(Rubric.version),
        )
        .join(Criterion, col(CriterionPreference.criterion_id) == col(Criterion.id))
        .join(Rubric, col(Criterion.rubric_id) == col(Rubric.id))
        .where(col(CriterionPreference.annotation_id).in_(annotation_ids))
        .order_by(col(Criterion.position), col(Criterion.id))
    )
    preferences: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(statement):
        preferences[row.annotation_id].append(row)
    return preferences
