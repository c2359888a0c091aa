"""What production is asked of each category, and with which chance cases were sampled from it."""

from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import AuditEvent, EvalSetVersion, TrafficShare, VersionCase
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.study.traffic import Traffic

#: What is noted of a study where its cases are those of chosen responses.
STUDY_OF_CHOSEN = "study of chosen responses"
#: What else is noted of studies that says where their cases are from, or that they are gone.
_OF_STUDIES = ("create study", "ask for labels", "discard study")


def traffic_of(session: Session, eval_set_id: int) -> Traffic:
    """Return what was stated of an eval set, in that order; empty where nothing was."""
    statement = (
        sa.select(col(TrafficShare.category), col(TrafficShare.amount))
        .where(col(TrafficShare.eval_set_id) == eval_set_id)
        .order_by(col(TrafficShare.place))
    )
    rows = session.connection().execute(statement)
    return Traffic(tuple((row.category, row.amount) for row in rows))


def traffic_of_version(session: Session, version_id: int) -> Traffic:
    """Return what was stated of the eval set of a version."""
    statement = sa.select(col(EvalSetVersion.eval_set_id)).where(
        col(EvalSetVersion.id) == version_id
    )
    return traffic_of(session, session.connection().scalar(statement) or 0)


def is_of_chosen(session: Session, study: str) -> bool:
    """Tell whether a study, by its name, is of cases that somebody chose for their responses.

    Their chances to come into its version say nothing then of how they came into the study. So it
    is with a study that was drawn from the cases of such a one.
    """
    actions = col(AuditEvent.action).in_((STUDY_OF_CHOSEN, *_OF_STUDIES))
    events = sa.select(col(AuditEvent.id), col(AuditEvent.action), col(AuditEvent.details))
    name: str | None = study
    before: sa.ColumnElement[bool] = sa.true()
    while name:
        statement = events.where(actions, col(AuditEvent.subject) == f"study {name}", before)
        newest = (
            session.connection()
            .execute(statement.order_by(col(AuditEvent.id).desc()).limit(1))
            .one_or_none()
        )
        if newest is None or newest.action == STUDY_OF_CHOSEN:
            return newest is not None
        name, before = (newest.details or {}).get("like"), col(AuditEvent.id) < newest.id
    return False


def chances_of_cases(session: Session, version_id: int, case: IntArray) -> FloatArray | None:
    """Return the chance with which each case came into a version, ``NaN`` where not recorded.

    None where of no case.
    """
    statement = sa.select(col(VersionCase.case_id), col(VersionCase.inclusion_probability)).where(
        col(VersionCase.version_id) == version_id,
        col(VersionCase.inclusion_probability) > 0,
    )
    rows: Any = session.connection().execute(statement).all()
    if not rows:
        return None
    by_case = dict(rows)
    return np.array([by_case.get(each, np.nan) for each in case.tolist()], dtype=np.float64)
