"""Which cases a study asks for: all of its version, or those that were drawn for it."""

import sqlalchemy as sa
from sqlmodel import col

from db.models import Study, StudyCase, VersionCase


def is_asked_for(study: Study) -> sa.ColumnElement[bool]:
    """Tell in SQL of a `VersionCase` whether a study asks for it."""
    is_of_version: sa.ColumnElement[bool] = col(VersionCase.version_id) == study.eval_set_version_id
    if study.n_drawn is None:
        return is_of_version
    drawn = sa.select(col(StudyCase.case_id)).where(col(StudyCase.study_id) == study.id)
    return is_of_version & col(VersionCase.case_id).in_(drawn)
