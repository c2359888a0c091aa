"""Stop taking a judge's verdicts as soon as people who read them again break the promise."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.commands.changes import stop_acceptance
from db.engine import read_session, write_session
from db.models import VerdictAcceptance
from db.prepared import Prepared
from evalkit.vocabulary import AcceptanceState

# Asked with every submission, and hardly ever answered with anything.
_WATCHED = Prepared(
    sa.select(col(VerdictAcceptance.study_id)).where(
        col(VerdictAcceptance.audit_study_id) == sa.bindparam("study_id"),
        col(VerdictAcceptance.state) == AcceptanceState.OPEN.value,
    )
)


def watched_by(session: Session, audit_study_id: int) -> tuple[int, ...]:
    """Return the studies of accepted verdicts that a study reads again, and that still stand.

    Nothing but one look into an index where the study audits nothing.
    """
    watched = _WATCHED.all(session, {"study_id": audit_study_id})
    return tuple(sorted({row.study_id for row in watched}))


def stop_breached(study_id: int) -> int:
    """Stop every acceptance of a study that its audit speaks against; return how many."""
    # What only this needs: annotators' requests are served without statistics.
    from db.queries.results.acceptances import audits
    from evalkit.reports.acceptance.sentences import breach_reason

    with read_session() as session:
        reasons = {
            row.accepted.acceptance_id: breach_reason(row)
            for row in audits(session, study_id)
            if row.is_to_stop
        }
    if not reasons:
        return 0
    with write_session() as session:
        standing = session.exec(
            select(VerdictAcceptance)
            .where(
                col(VerdictAcceptance.id).in_(sorted(reasons)),
                col(VerdictAcceptance.state) == AcceptanceState.OPEN.value,
            )
            .with_for_update()
        ).all()
        for acceptance in standing:
            stop_acceptance(session, acceptance, reasons[acceptance.id or 0])
        return len(standing)
