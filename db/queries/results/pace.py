"""How long annotators took, one entry per annotation that recorded it."""

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Assignment
from db.queries.results.filtering import counted
from db.queries.results.studies import ResultFilters, ResultStudy
from evalkit.reports.annotators.report import Pace


def pace(session: Session, study: ResultStudy, *, filters: ResultFilters | None = None) -> Pace:
    """Return the active seconds of the latest revision of every annotation that counts."""
    filters = filters or ResultFilters()
    statement = (
        sa.select(
            col(Annotation.id),
            col(Assignment.annotator_id),
            col(Assignment.left_output_id),
            col(Annotation.active_seconds),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .where(
            *counted(study, filters),
            ~col(Annotation.is_superseded),
            col(Annotation.active_seconds).is_not(None),
        )
        .order_by(col(Annotation.id))
    )
    place = {
        annotator.annotator_id: code
        for code, annotator in enumerate(study.counted_annotators(filters))
    }
    rows = [row for row in session.connection().execute(statement) if row[1] in place]
    return Pace(
        annotation=np.fromiter((row[0] for row in rows), np.int64, len(rows)),
        annotator=np.fromiter((place[row[1]] for row in rows), np.int64, len(rows)),
        output_id=np.fromiter((row[2] for row in rows), np.int64, len(rows)),
        seconds=np.fromiter((row[3] for row in rows), np.float64, len(rows)),
    )
