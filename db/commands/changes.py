"""Say of a study that what its results rest on has changed."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from db.columns import new_token, now
from db.models import AuditEvent, ResultsState, Study, StudyRun, Taxonomy, VerdictAcceptance
from db.prepared import Prepared
from evalkit.vocabulary import AcceptanceState

#: Why an acceptance stops whose audit goes: without it no breach would ever be seen.
AUDIT_GONE = "The study that read its verdicts again was discarded."


def _new_state(insert: Any) -> Any:
    row = insert(ResultsState)
    return row.on_conflict_do_update(
        index_elements=["study_id"], set_={"token": row.excluded.token}
    )


_NEW_STATE = {
    "postgresql": Prepared(_new_state(postgresql.insert)),
    "sqlite": Prepared(_new_state(sqlite.insert)),
}


def results_changed(session: Session, *study_ids: int) -> None:
    """Give the results of these studies a new state.

    To be called last in the transaction of the change: then who reads the state has the change,
    and nobody waits for long for the row on PostgreSQL.
    """
    statement = _NEW_STATE[session.get_bind().dialect.name]
    for study_id in sorted(study_ids):  # in one order, so that no two wait for each other
        statement.run(session, {"study_id": study_id, "token": new_token()})


def studies_of_runs(session: Session, run_ids: Collection[int]) -> set[int]:
    """Return the studies that compare any of these runs."""
    statement = sa.select(col(StudyRun.study_id)).where(col(StudyRun.run_id).in_(run_ids))
    return set(session.connection().scalars(statement))


def studies_of_taxonomies(session: Session, names: Collection[str]) -> set[int]:
    """Return the studies with any version of these taxonomies."""
    statement = (
        sa.select(col(Study.id))
        .join(Taxonomy, col(Taxonomy.id) == col(Study.taxonomy_id))
        .where(col(Taxonomy.name).in_(names))
    )
    return set(session.connection().scalars(statement))


def audit_no_more(session: Session, study_id: int, *, actor_id: int | None = None) -> None:
    """Let no acceptance point to a study that goes, and stop those that it was to watch."""
    acceptances = session.exec(
        select(VerdictAcceptance)
        .where(col(VerdictAcceptance.audit_study_id) == study_id)
        .with_for_update()
    )
    for acceptance in acceptances.all():
        acceptance.audit_study_id = None
        session.add(acceptance)
        if acceptance.state == AcceptanceState.OPEN:
            stop_acceptance(session, acceptance, AUDIT_GONE, actor_id=actor_id)
    session.flush()


def stop_acceptance(
    session: Session, acceptance: VerdictAcceptance, reason: str, *, actor_id: int | None = None
) -> None:
    """Stop an acceptance within a transaction, with the reason."""
    acceptance.state, acceptance.reason = AcceptanceState.STOPPED, reason
    acceptance.stopped_at = now()
    session.add(acceptance)
    session.add(
        AuditEvent(
            actor_id=actor_id,
            action="stop accepting verdicts",
            subject=f"acceptance {acceptance.id}",
            details={"reason": reason},
        )
    )
