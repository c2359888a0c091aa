"""What production is asked of each category, and with which chance cases were sampled from it."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import AuditEvent, EvalSetVersion, TrafficShare, VersionCase
from db.queries.results.versions import eval_set_of
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


def chances_as_of(
    session: Session, study: str, version_id: int, as_of: int | None, case: IntArray
) -> FloatArray | None:
    """Return the chance of each case to be in the version asked for, else in the study's.

    None of a study of chosen cases, which speaks of these alone, and of two samples.
    """
    if is_of_chosen(session, study) or are_of_two_samples(session, study, version_id, as_of):
        return None
    if as_of is not None:
        asked = sa.select(col(EvalSetVersion.id)).where(
            col(EvalSetVersion.eval_set_id) == eval_set_of(version_id),
            col(EvalSetVersion.number) == as_of,
        )
        of_asked = chances_of_cases(session, session.connection().scalar(asked) or 0, case)
        if of_asked is not None:
            return of_asked
    return chances_of_cases(session, version_id, case)


def are_of_two_samples(session: Session, study: str, version_id: int, number: int | None) -> bool:
    """Tell whether a study's version and another one, by its number, were drawn apart.

    Not of a study of chosen cases. Versions made of a sample by leaving out, adding or editing
    carry its chances on; where these have no drawn ancestor in common, nobody knows how likely a
    case was to be in both.
    """
    if number is None or is_of_chosen(session, study):
        return False
    versions: Any = (
        sa.select(col(EvalSetVersion.id), col(EvalSetVersion.parent_id), col(EvalSetVersion.number))
        .where(col(EvalSetVersion.eval_set_id) == eval_set_of(version_id))
        .add_columns(
            sa.select(1)
            .where(
                col(VersionCase.version_id) == col(EvalSetVersion.id),
                col(VersionCase.inclusion_probability) > 0,
            )
            .exists()
        )
    )
    rows: Any = session.connection().execute(versions).all()
    parent_of = {each: parent for each, parent, _, _ in rows}
    drawn = {each for each, _, _, is_drawn in rows if is_drawn}
    other = next((each for each, _, at, _ in rows if at == number), None)
    draws = {_draw_of(each, parent_of, drawn) for each in (version_id, other)}
    return len(draws - {None}) > 1


def _draw_of(
    version: int | None, parent_of: Mapping[int, int | None], drawn: Collection[int]
) -> int | None:
    """Return the sample that a version's chances are from; None where it has none."""
    draw = None
    while version is not None and version in drawn:
        draw, version = version, parent_of[version]
    return draw


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
