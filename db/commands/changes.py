"""Say of a study that what its results rest on has changed."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from db.columns import new_token
from db.models import ResultsState, StudyRun, VerdictAcceptance
from db.prepared import Prepared


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


def audit_no_more(session: Session, study_id: int) -> None:
    """Let no acceptance point to a study that goes: what was accepted is read by nobody then."""
    audited = col(VerdictAcceptance.audit_study_id) == study_id
    session.connection().execute(
        sa.update(VerdictAcceptance).where(audited).values(audit_study_id=None)
    )
