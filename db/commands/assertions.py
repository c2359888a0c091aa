"""Decide on assertions that annotators wrote on cases."""

from sqlmodel import Session, col, select

from db.engine import write_session
from db.models import Annotation, AssertionDecision
from db.queries.assertions import is_decided
from evalkit.errors import RefusedError

_DECIDED = "Somebody has decided on this assertion meanwhile. Load the page again."


def leave_assertion(annotation_id: int, *, actor_id: int | None = None) -> None:
    """Make no check of an assertion; it stays with its annotation, and is not asked of again.

    Raises RefusedError where it was decided on already.
    """
    with write_session() as session:
        decide(session, annotation_id, check_id=None, actor_id=actor_id)


def decide(
    session: Session, annotation_id: int, *, check_id: int | None, actor_id: int | None
) -> None:
    """Store in a transaction what becomes of an assertion: a check, or none."""
    statement = select(Annotation).where(col(Annotation.id) == annotation_id)
    annotation = session.exec(statement.with_for_update()).first()
    waits = statement.where(~is_decided())
    if annotation is None or not annotation.assertion or session.exec(waits).first() is None:
        raise RefusedError(_DECIDED)
    session.add(
        AssertionDecision(annotation_id=annotation_id, check_id=check_id, decided_by_id=actor_id)
    )
