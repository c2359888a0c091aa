"""The version of an eval set that a study is of, the others there are, and how its cases stand."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Case, EvalSet, EvalSetVersion, VersionCase
from evalkit.study.collected import VersionMark
from evalkit.vocabulary import CaseStatus


def version_marks(session: Session, version_ids: Sequence[int]) -> tuple[VersionMark, ...]:
    """Return what names these versions of eval sets, in their order."""
    statement = (
        sa.select(
            col(EvalSetVersion.id),
            col(EvalSet.name),
            col(EvalSetVersion.number),
            col(EvalSetVersion.content_hash),
        )
        .join(EvalSet, col(EvalSet.id) == col(EvalSetVersion.eval_set_id))
        .where(col(EvalSetVersion.id).in_(version_ids))
    )
    marks = {row[0]: VersionMark(*row[1:]) for row in session.connection().execute(statement)}
    return tuple(marks[version_id] for version_id in version_ids)


def version_numbers(session: Session, version_id: int) -> tuple[int, ...]:
    """Return the numbers of all versions of the eval set of a version, newest first."""
    statement = (
        sa.select(col(EvalSetVersion.number))
        .where(col(EvalSetVersion.eval_set_id) == eval_set_of(version_id))
        .order_by(col(EvalSetVersion.number).desc())
    )
    return tuple(session.connection().scalars(statement))


def numbers_of_set(session: Session, name: str) -> tuple[int, ...]:
    """Return the numbers of all versions of the eval set of a name, newest first."""
    statement = (
        sa.select(col(EvalSetVersion.number))
        .join(EvalSet, col(EvalSet.id) == col(EvalSetVersion.eval_set_id))
        .where(col(EvalSet.name) == name)
        .order_by(col(EvalSetVersion.number).desc())
    )
    return tuple(session.connection().scalars(statement))


def eval_set_of(version_id: int) -> sa.ScalarSelect[int]:
    """Select the eval set of a version."""
    version = sa.alias(sa.inspect(EvalSetVersion).local_table)
    return sa.select(version.c.eval_set_id).where(version.c.id == version_id).scalar_subquery()


def n_of_status(session: Session, version_id: int) -> tuple[tuple[CaseStatus, int], ...]:
    """Return how many cases of a version have each status."""
    statement = (
        sa.select(col(Case.status), sa.func.count())
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(col(VersionCase.version_id) == version_id)
        .group_by(col(Case.status))
        .order_by(col(Case.status))
    )
    rows = session.connection().execute(statement).all()
    return tuple((CaseStatus(status), n) for status, n in rows)
