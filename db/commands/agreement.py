"""Tell somebody once how often they chose as others did."""

from contextlib import suppress

from sqlalchemy.exc import IntegrityError

from db.engine import read_session, write_session
from db.models import AgreementTold
from db.queries.results.own import agreement_told, own_agreement_in
from evalkit.reports.annotators.own import OwnAgreement, OwnReading


def tell_agreement(study_id: int, *, annotator_id: int) -> OwnAgreement:
    """Say how often somebody chose as others did: what they were told first, for good.

    A number made anew would differ from the one before by what others chose of the case that came
    between. That there is too little to tell depends on nobody's choice, and is not for good.
    """
    with read_session() as session:
        told = agreement_told(session, study_id, annotator_id=annotator_id)
        agreement = told or own_agreement_in(session, study_id, annotator_id=annotator_id)
    if told is not None or agreement.reading is OwnReading.TOO_LITTLE:
        return agreement
    share = agreement.share
    with suppress(IntegrityError), write_session() as session:  # by another window, just now
        session.add(
            AgreementTold(
                study_id=study_id,
                annotator_id=annotator_id,
                n=agreement.n,
                share=share.value if share else None,
                low=share.low if share else None,
                high=share.high if share else None,
                told_at=agreement.as_of,
            )
        )
    with read_session() as session:
        return agreement_told(session, study_id, annotator_id=annotator_id) or agreement
