"""What production is asked of each category, and with which chance cases were sampled from it."""

from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import EvalSetVersion, TrafficShare, VersionCase
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.study.traffic import Traffic


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
