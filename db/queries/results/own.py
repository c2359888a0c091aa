"""What somebody judged beside what others chose of the same: no more is read than they did."""

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.columns import now
from db.models import AgreementTold, Annotator, Assignment
from db.queries.results.preferences import preferences_given
from db.queries.results.studies import COUNTED_KINDS
from evalkit.reports.annotators.own import OwnAgreement, OwnReading, own_agreement
from evalkit.stats.counts import preference_codings
from evalkit.stats.intervals import Estimate
from evalkit.vocabulary import PREFERENCE_CODES, AnnotatorKind, AssignmentState


def own_agreement_in(session: Session, study_id: int, *, annotator_id: int) -> OwnAgreement:
    """Say how often somebody chose as the people did who judged the same pairs, as of now.

    For their own eyes it is `db.commands.agreement.tell_agreement`, which says it once.
    """
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
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 8)
    table = table[table[:, 3] < len(PREFERENCE_CODES)]  # the others cannot be read
    annotators, annotator = np.unique(np.r_[table[:, 2], annotator_id], return_inverse=True)
    codings = preference_codings(
        case=table[:, 7],
        left=table[:, 0],
        right=table[:, 1],
        preference=table[:, 3],
        annotator=annotator[:-1],
        annotators=tuple(map(str, annotators)),
    )
    return own_agreement(codings, int(annotator[-1]), as_of=now())


def agreement_told(session: Session, study_id: int, *, annotator_id: int) -> OwnAgreement | None:
    """Return what somebody was told of this before; None where they were told nothing yet."""
    told = session.get(AgreementTold, (study_id, annotator_id))
    if told is None:
        return None
    if told.share is None:
        return OwnAgreement(OwnReading.WITHHELD, told.n, told.told_at)
    share = Estimate(told.share, told.low, told.high, told.n)
    return OwnAgreement(OwnReading.SHARE, told.n, told.told_at, share)
