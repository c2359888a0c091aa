"""Which cases a study asks for: all of its version, or those that were drawn for it."""

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Case, Output, Study, StudyCase, VersionCase
from evalkit.vocabulary import TextPlace


def is_asked_for(study: Study) -> sa.ColumnElement[bool]:
    """Tell in SQL of a `VersionCase` whether a study asks for it."""
    is_of_version: sa.ColumnElement[bool] = col(VersionCase.version_id) == study.eval_set_version_id
    if study.n_drawn is None:
        return is_of_version
    drawn = sa.select(col(StudyCase.case_id)).where(col(StudyCase.study_id) == study.id)
    return is_of_version & col(VersionCase.case_id).in_(drawn)


def is_readable() -> sa.ColumnElement[bool]:
    """Tell in SQL of an output and its case whether the texts of both are here."""
    return sa.and_(
        col(Output.text_place).is_distinct_from(TextPlace.ELSEWHERE),
        col(Case.text_place).is_distinct_from(TextPlace.ELSEWHERE),
    )


def outputs_elsewhere(session: Session, study: Study) -> frozenset[int]:
    """Return the outputs of which nobody can read all: their text or their case's is elsewhere."""
    statement = (
        sa.select(col(Output.id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(is_asked_for(study), ~is_readable())
    )
    return frozenset(session.connection().scalars(statement))
