"""Assertions on cases that annotators wrote and no lead has decided on yet."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import Annotation, Annotator, AssertionDecision, Assignment, Case, Study
from db.queries.records.annotated import KINDS


@dataclass(frozen=True, slots=True)
class WaitingAssertion:
    """What an annotator wrote must hold in every response to a case, and where."""

    annotation_id: int
    case_key: str
    words: str
    study: str
    annotator: str


def waiting_assertions(session: Session, eval_set_id: int) -> list[WaitingAssertion]:
    """Return the assertions on cases of an eval set that wait for a lead, by case, oldest first.

    Those of what annotators submitted and did not take back or edit since. What was decided once
    is not asked again of a later revision that says the same.
    """
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Annotation.id),
            col(Case.key),
            col(Annotation.assertion),
            col(Study.name),
            col(Annotator.name).label("annotator"),
        )
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .join(Case, col(Case.id) == col(Assignment.case_id))
        .join(Study, col(Study.id) == col(Assignment.study_id))
        .where(
            col(Case.eval_set_id) == eval_set_id,
            col(Annotation.assertion).is_not(None),
            ~col(Annotation.is_superseded),
            col(Assignment.kind).in_(KINDS),
            ~is_decided(),
        )
        .order_by(col(Case.id), col(Annotation.id))
    )
    return [
        WaitingAssertion(row.id, row.key, row.assertion or "", row.name, row.annotator)
        for row in session.execute(statement)
    ]


def is_decided() -> sa.ColumnElement[bool]:
    """Say of annotations whether what they assert was decided on, of this or another revision."""
    same = aliased(Annotation)
    decided = (
        sa.select(col(AssertionDecision.id))
        .join(same, col(same.id) == col(AssertionDecision.annotation_id))
        .where(
            col(same.assignment_id) == col(Annotation.assignment_id),
            col(same.assertion) == col(Annotation.assertion),
        )
        .correlate(Annotation)
    )
    return sa.exists(decided)
