"""What is asked of an endpoint part by part: who works on it, which part is next, and its end.

A run with its cases is such an errand, and a judging with its verdicts.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now
from db.engine import write_session
from db.models import AskedCase, AskedVerdict, Asking, AuditEvent, Judging
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import AskedState, AskingState

#: How long who works on an errand may be silent before somebody else may go on with it.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Errand:
    """One kind of errand: its table with the key, and that of its parts, in the order of asking."""

    noun: str
    table: Any
    key: Any
    part: Any
    of: Any
    part_key: Any


RUN = Errand("run", Asking, Asking.run_id, AskedCase, AskedCase.run_id, AskedCase.case_id)
JUDGING = Errand(
    "judging", Judging, Judging.id, AskedVerdict, AskedVerdict.judging_id, AskedVerdict.id
)


def errand_row(session: Session, kind: Errand, number: int) -> Any:
    """Return an errand to change it. Raises NotFoundError where there is none."""
    row = session.get(kind.table, number, with_for_update=True)
    if row is None:
        raise NotFoundError(f"There is no such {kind.noun}, or evalkit did not make it.")
    return row


def open_errand(session: Session, kind: Errand, number: int, lease: str | None) -> None:
    """Take an errand that begins or goes on, where a lease is asked for; else leave it to others.

    Raises RefusedError where somebody else works on it.
    """
    session.flush()
    if lease is not None and not _lease(session, kind, number, lease):
        raise RefusedError(
            f"Somebody works on this {kind.noun} already: the app, or a command in another window. "
            f"If that was killed, try again in {LEASE.seconds} seconds."
        )


def lease_errand(kind: Errand, number: int, token: str) -> bool:
    """Take an errand that is open and nobody's; tell whether it is this worker's now."""
    with write_session() as session:
        return _lease(session, kind, number, token)


def keep_lease(kind: Errand, number: int, token: str) -> bool:
    """Prolong a lease; tell whether there was still one to prolong."""
    with write_session() as session:
        return changed(
            session,
            sa.update(kind.table)
            .where(col(kind.key) == number, col(kind.table.lease) == token)
            .values(leased_until=now() + LEASE),
        )


def leave_errand(kind: Errand, number: int, token: str) -> None:
    """End a lease; the errand is done where no part is left."""
    with write_session() as session:
        row = session.get(kind.table, number, with_for_update=True)
        if row is None or row.lease != token:
            return
        _wait_again(session, kind, number)
        left = select(kind.part_key).where(kind.of == number, _state(kind) == AskedState.WAITING)
        if session.exec(left.limit(1)).first() is None:
            row.state, row.reason = AskingState.DONE, None
        row.lease = row.leased_until = None
        session.add(row)


def take_part(session: Session, kind: Errand, number: int, token: str) -> Any:
    """Give the next part of an errand to who holds its lease; None where there is none to ask.

    It is written down that it is asked before it is: after a kill, who goes on knows which parts
    may have been paid for.
    """
    row = session.get(kind.table, number, with_for_update=True)
    if row is None or row.lease != token or row.state != AskingState.OPEN:
        return None
    part = session.exec(
        select(kind.part)
        .where(kind.of == number, _state(kind) == AskedState.WAITING)
        .order_by(col(kind.part_key))
        .limit(1)
    ).first()
    if part is not None:
        part.state, part.n_asked = AskedState.ASKED, part.n_asked + 1
        session.add(part)
    return part


def give_back(kind: Errand, number: int, part_key: int, *, may_be_paid: bool) -> None:
    """Let a part that got no reply be asked again; begun it was only if it may have been paid."""
    with write_session() as session:
        session.connection().execute(
            sa.update(kind.part)
            .where(
                col(kind.of) == number,
                col(kind.part_key) == part_key,
                _state(kind) == AskedState.ASKED,
            )
            .values(state=AskedState.WAITING, n_asked=col(kind.part.n_asked) - int(not may_be_paid))
        )


def stop_errand(kind: Errand, number: int, reason: str, *, actor_id: int | None = None) -> None:
    """Let no other part of an errand be asked; what is on its way is still stored."""
    with write_session() as session:
        row = errand_row(session, kind, number)
        if row.state == AskingState.OPEN:
            row.state, row.reason = AskingState.STOPPED, reason
            session.add(row)
            note(session, kind, "stop", number, actor_id)


def resume_errand(
    kind: Errand, number: int, *, budget_usd: float | None = None, actor_id: int | None = None
) -> None:
    """Let a stopped errand go on, within another budget if one is named."""
    with write_session() as session:
        row = errand_row(session, kind, number)
        if row.state == AskingState.STOPPED:
            row.state, row.reason = AskingState.OPEN, None
            row.budget_usd = row.budget_usd if budget_usd is None else budget_usd
            session.add(row)
            note(session, kind, "resume", number, actor_id)


def changed(session: Session, statement: Any) -> bool:
    """Say whether a statement changed any row."""
    counted = {"preserve_rowcount": True}  # of an INSERT, PostgreSQL's driver else tells nothing
    return bool(session.connection().execute(statement, execution_options=counted).rowcount)


def note(session: Session, kind: Errand, what: str, number: int, actor_id: int | None) -> None:
    """Note what was done with an errand, and by whom."""
    action, subject = f"{what} {kind.noun}", f"{kind.noun}:{number}"
    session.add(AuditEvent(actor_id=actor_id, action=action, subject=subject))


def _lease(session: Session, kind: Errand, number: int, token: str) -> bool:
    moment, table = now(), kind.table
    is_free = col(table.lease).is_(None) | (col(table.leased_until) < moment)
    taken = changed(
        session,
        sa.update(table)
        .where(col(kind.key) == number, col(table.state) == AskingState.OPEN, is_free)
        .values(lease=token, leased_until=moment + LEASE),
    )
    if taken:  # whoever asked these is gone, with their replies
        _wait_again(session, kind, number)
    return taken


def _wait_again(session: Session, kind: Errand, number: int) -> None:
    session.connection().execute(
        sa.update(kind.part)
        .where(col(kind.of) == number, _state(kind) == AskedState.ASKED)
        .values(state=AskedState.WAITING)
    )


def _state(kind: Errand) -> Any:
    return col(kind.part.state)
