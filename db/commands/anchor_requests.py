"""Wishes that a judge is asked about the anchors: made on a page, seen to by the worker."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now
from db.commands.errands import LEASE, changed
from db.commands.units import locked_study
from db.engine import write_session
from db.models import AnchorRequest, AuditEvent, Judging
from evalkit.errors import RefusedError


def wish_check(judging_id: int, *, actor_id: int | None = None) -> None:
    """Let the judge of a judging be asked about the anchors by whoever works next.

    Raises RefusedError where that is on its way already.
    """
    with write_session() as session:
        judging = session.get_one(Judging, judging_id)
        study = locked_study(session, judging.study_id)
        open_one = select(AnchorRequest.id).where(
            col(AnchorRequest.judging_id) == judging_id, col(AnchorRequest.ended_at).is_(None)
        )
        if session.exec(open_one.limit(1)).first() is not None:
            raise RefusedError("This judge is being asked about the anchors already.")
        session.add(AnchorRequest(judging_id=judging_id, created_by_id=actor_id))
        subject = f"study {study.name}" if study else f"judging:{judging_id}"
        action = "ask about anchors"
        session.add(AuditEvent(actor_id=actor_id, action=action, subject=subject))


def lease_request(number: int, token: str) -> bool:
    """Take a wish that is open and nobody's; tell whether it is this worker's now."""
    moment = now()
    is_free = col(AnchorRequest.lease).is_(None) | (col(AnchorRequest.leased_until) < moment)
    return _set(
        number,
        col(AnchorRequest.ended_at).is_(None) & is_free,
        lease=token,
        leased_until=moment + LEASE,
    )


def keep_request(number: int, token: str) -> bool:
    """Prolong a lease; tell whether there was still one to prolong."""
    return _set(number, col(AnchorRequest.lease) == token, leased_until=now() + LEASE)


def leave_request(number: int, token: str) -> None:
    """End a lease without an answer: whoever works next asks again."""
    _set(number, col(AnchorRequest.lease) == token, lease=None, leased_until=None)


def end_request(number: int, *, reason: str, token: str | None = None) -> None:
    """Keep why there is no check for a wish; with a token only where its lease still holds."""
    is_mine = sa.true() if token is None else col(AnchorRequest.lease) == token
    _set(number, col(AnchorRequest.ended_at).is_(None) & is_mine, **_ended(), reason=reason)


def end_with_check(
    session: Session, number: int, *, check_id: int, n_asked: int, n_failed: int
) -> None:
    """Keep the check that came of a wish, in the transaction that stores it.

    Whoever is first with all answers stores them, also where the lease was lost on the way: they
    are paid for, and the other is ended by its next beat. Raises RefusedError for the second.
    """
    came = {"check_id": check_id, "n_asked": n_asked, "n_failed": n_failed}
    statement = sa.update(AnchorRequest).where(
        col(AnchorRequest.id) == number, col(AnchorRequest.ended_at).is_(None)
    )
    if not changed(session, statement.values(**_ended(), **came)):
        raise RefusedError("Somebody else asked about the anchors meanwhile; this is not stored.")


def _ended() -> dict[str, Any]:
    return {"lease": None, "leased_until": None, "ended_at": now()}


def _set(number: int, where: Any, **values: Any) -> bool:
    statement = sa.update(AnchorRequest).where(col(AnchorRequest.id) == number, where)
    with write_session() as session:
        return changed(session, statement.values(**values))
