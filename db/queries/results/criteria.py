"""Which questions were, or can be, answered in a study."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Assignment, Criterion, CriterionPreference, Rubric, Score
from evalkit.scale import ScaleRange
from evalkit.vocabulary import CriterionLevel


@dataclass(frozen=True, slots=True)
class ResultCriterion:
    """One question that was, or can be, answered in the study.

    ``scale`` is lowest first: the levels with their labels, or the ends of a continuous scale.
    """

    criterion_id: int
    key: str
    question: str
    level: str
    scale: tuple[tuple[float, str], ...]
    is_continuous: bool = False


def criteria_of(
    session: Session, study_id: int, rubric_id: int | None
) -> tuple[ResultCriterion, ...]:
    """Return the criteria of the study's rubric, and any other that was answered in it."""
    scored, preferred = (
        sa.select(1)
        .select_from(answers)
        .join(Annotation, col(Annotation.id) == col(answers.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .where(col(answers.criterion_id) == col(Criterion.id), col(Assignment.study_id) == study_id)
        for answers in (Score, CriterionPreference)
    )
    of_study = col(Criterion.rubric_id) == rubric_id
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Criterion.id),
            col(Criterion.key),
            col(Criterion.question),
            col(Criterion.level),
            col(Criterion.scale),
            col(Criterion.range),
            col(Rubric.name).label("rubric"),
            col(Rubric.version),
        )
        .join(Rubric, col(Rubric.id) == col(Criterion.rubric_id))
        .where(
            sa.or_(of_study, scored.exists(), preferred.exists()),
            col(Criterion.level) != CriterionLevel.TEXT.value,
        )
        .order_by(sa.case((of_study, 0), else_=1), col(Rubric.id).desc(), col(Criterion.position))
    )
    seen: dict[str, ResultCriterion] = {}
    for row in session.connection().execute(statement):
        # The same question in two versions of a rubric is two questions: an anchor changed.
        key = row.key if row.key not in seen else f"{row.key} ({row.rubric} v{row.version})"
        is_continuous = row.range is not None
        seen[key] = ResultCriterion(
            row.id, key, row.question, row.level, _scale(row.scale, row.range), is_continuous
        )
    return tuple(seen.values())


def _scale(
    levels: list[dict[str, Any]], extent: dict[str, Any] | None
) -> tuple[tuple[float, str], ...]:
    if extent is not None:
        ends = ScaleRange(**extent)
        return (float(ends.min), ends.low), (float(ends.max), ends.high)
    return tuple((float(level["value"]), str(level.get("label") or "")) for level in levels)
