"""An annotator says what a mark of theirs is, whose error was divided since."""

from sqlmodel import Session, col, select

from db.commands.taxonomies import recode_mark, take_back_recoding
from db.engine import read_session
from db.models import Annotation, Assignment, ErrorMark, RecodedMark
from evalkit.errors import NotFoundError

_NOT_OWN = "This mark is not one of yours."


def recode_own_mark(mark_id: int, key: str, *, annotator_id: int) -> int:
    """Say which part a mark of one's own is of; return the number of what was stored.

    Raises NotFoundError for a mark of somebody else, else what `recode_mark` raises.
    """
    with read_session() as session:
        _require_own(session, mark_id, annotator_id)
    recode_mark(mark_id, key, actor_id=annotator_id)
    with read_session() as session:
        return (
            session.exec(
                select(RecodedMark.id)
                .where(RecodedMark.mark_id == mark_id)
                .order_by(col(RecodedMark.id).desc())
            ).first()
            or 0
        )


def take_back_own_recoding(recoding_id: int, *, annotator_id: int) -> None:
    """Let a mark of one's own wait again, where one named it oneself."""
    with read_session() as session:
        recoding = session.get(RecodedMark, recoding_id)
        if recoding is None or recoding.actor_id != annotator_id:
            raise NotFoundError(_NOT_OWN)
        _require_own(session, recoding.mark_id, annotator_id)
    take_back_recoding(recoding_id, actor_id=annotator_id)


def _require_own(session: Session, mark_id: int, annotator_id: int) -> None:
    own = (
        select(ErrorMark.id)
        .join(Annotation, col(Annotation.id) == col(ErrorMark.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .where(ErrorMark.id == mark_id, Assignment.annotator_id == annotator_id)
    )
    if session.exec(own).first() is None:
        raise NotFoundError(_NOT_OWN)
