"""State what production is asked of each category of an eval set."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.commands.changes import results_changed
from db.engine import write_session
from db.models import AuditEvent, EvalSet, EvalSetVersion, Study, TrafficShare
from evalkit.errors import NotFoundError
from evalkit.phrases import quoted
from evalkit.study.traffic import Traffic, checked_traffic


def state_traffic(eval_set: str, traffic: Traffic, *, actor_id: int | None = None) -> None:
    """Store shares or counts in place of what was stated before; none to state nothing.

    Raises NotFoundError for an unknown eval set, RefusedError where no shares can be made of it.
    """
    checked_traffic(traffic)
    with write_session() as session:
        row = session.exec(
            select(EvalSet).where(col(EvalSet.name) == eval_set).with_for_update()
        ).first()
        if row is None or row.id is None:
            known = quoted(session.exec(select(EvalSet.name)), nothing="none yet")
            raise NotFoundError(f"There is no eval set “{eval_set}”. There are: {known}.")
        store_traffic(session, row.id, traffic)
        session.add(
            AuditEvent(
                actor_id=actor_id,
                action="state what production is asked",
                subject=f"eval set {eval_set}",
                details={"amounts": dict(traffic.amounts)},
            )
        )
        studies = (
            sa.select(col(Study.id))
            .join(EvalSetVersion, col(EvalSetVersion.id) == col(Study.eval_set_version_id))
            .where(col(EvalSetVersion.eval_set_id) == row.id)
        )
        results_changed(session, *session.connection().scalars(studies))


def store_traffic(session: Session, eval_set_id: int, traffic: Traffic) -> None:
    """Put shares in the place of those that are there, within a transaction of the caller."""
    session.connection().execute(
        sa.delete(TrafficShare).where(col(TrafficShare.eval_set_id) == eval_set_id)
    )
    session.add_all(
        TrafficShare(eval_set_id=eval_set_id, place=place, category=category, amount=amount)
        for place, (category, amount) in enumerate(traffic.amounts)
    )
    session.flush()
