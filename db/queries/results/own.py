"""What somebody judged beside what others chose of the same: no more is read than they did."""

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment
from db.queries.results.collected import preferences_given
from db.queries.results.studies import COUNTED_KINDS
from evalkit.reports.annotators.own import OwnAgreement, own_agreement
from evalkit.stats.counts import preference_codings
from evalkit.vocabulary import PREFERENCE_CODES, AnnotatorKind, AssignmentState


def own_agreement_in(session: Session, study_id: int, *, annotator_id: int) -> OwnAgreement:
    """Say how often somebody chose as the people did who judged the same pairs."""
    theirs = aliased(Assignment)
    own_cases = sa.select(col(theirs.case_id)).where(
        col(theirs.annotator_id) == annotator_id,
        col(theirs.study_id) == study_id,
        col(theirs.state) == AssignmentState.SUBMITTED,
    )
    people = sa.select(col(Annotator.id)).where(col(Annotator.kind) == AnnotatorKind.HUMAN)
    statement = preferences_given(
        col(Assignment.study_id) == study_id,
        col(Assignment.kind).in_(COUNTED_KINDS),
        col(Assignment.case_id).in_(own_cases),
        col(Assignment.annotator_id).in_(people),
    ).add_columns(col(Assignment.case_id))
    rows = [tuple(row) for row in session.connection().execute(statement)]
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 7)
    table = table[table[:, 3] < len(PREFERENCE_CODES)]  # the others cannot be read
    annotators, annotator = np.unique(np.r_[table[:, 2], annotator_id], return_inverse=True)
    codings = preference_codings(
        case=table[:, 6],
        left=table[:, 0],
        right=table[:, 1],
        preference=table[:, 3],
        annotator=annotator[:-1],
        annotators=tuple(map(str, annotators)),
    )
    has_changed = _changed_since_the_last(session, study_id, annotator_id=annotator_id)
    return own_agreement(codings, int(annotator[-1]), has_changed=has_changed)


def _changed_since_the_last(session: Session, study_id: int, *, annotator_id: int) -> bool:
    """Tell whether an answer was changed, or submitted again, after the last case was done."""
    submitted = (
        sa.select(sa.func.max(col(Annotation.submitted_at)))
        .join(Assignment, col(Assignment.id) == Annotation.assignment_id)
        .where(col(Assignment.annotator_id) == annotator_id, col(Assignment.study_id) == study_id)
    )
    connection = session.connection()
    first = connection.scalar(submitted.where(col(Annotation.revision) == 1))
    later = connection.scalar(submitted.where(col(Annotation.revision) > 1))
    return later is not None and (first is None or later > first)
