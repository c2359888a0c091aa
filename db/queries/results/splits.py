"""Which part of the split the cases of a study fall into."""

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Assignment, Case, VersionCase
from db.queries.results.studies import ResultFilters, ResultStudy
from evalkit.judging.split import Split, split_of
from evalkit.study.admitted import said_of_outputs
from evalkit.study.collected import Collected
from evalkit.study.splits import Splits

_PARTS = tuple(Split)


def splits(session: Session, study: ResultStudy, *, filters: ResultFilters | None = None) -> Splits:
    """Return the part of every case of the study's version, or annotated in it.

    ``filters`` change nothing: what a case serves is the same whoever reads of it.
    """
    of_version = sa.select(col(VersionCase.case_id)).where(
        col(VersionCase.version_id) == study.version_id
    )
    annotated = sa.select(col(Assignment.case_id)).where(col(Assignment.study_id) == study.study_id)
    rows = session.connection().execute(
        sa.select(col(Case.id), col(Case.case_hash))
        .where(sa.or_(col(Case.id).in_(of_version), col(Case.id).in_(annotated)))
        .order_by(col(Case.id))
    )
    parts = [(row.id, _PARTS.index(split_of(row.case_hash))) for row in rows]
    case, part = np.array(parts, dtype=np.int64).reshape(-1, 2).T
    return Splits(case, part)


def of_split(
    session: Session, study: ResultStudy, filters: ResultFilters, collected: Collected
) -> Collected:
    """Leave out what is of another part of the split, where judges are measured by a bar."""
    if study.bar is None or not filters.every_judge:
        return collected
    is_test = splits(session, study).is_in(Split.TEST, collected.outputs.case)
    return said_of_outputs(collected, is_test == filters.is_test)
