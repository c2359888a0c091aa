"""Keep what a lead has written of a rubric or a taxonomy, until it is saved or discarded."""

from typing import Any

from sqlmodel import Session, col, select

from db.columns import now
from db.engine import write_session
from db.models import Annotator, DefinitionDraft
from evalkit.errors import RefusedError


class OvertakenDraftError(RefusedError):
    """Another tab or browser of the same person has written since; its draft is as it was."""


def keep_definition_draft(
    author_id: int, noun: str, name: str, content: dict[str, Any], *, opened: int = 0
) -> int:
    """Store what is written in the place of what was stored before; return its number.

    Each draft is a row of its own, so that its id, which is given once, is a number that only
    grows: by it a tab knows whether it has seen what stands there.

    Parameters
    ----------
    author_id : int
        Whose draft it is: everybody has their own.
    noun : str
        What it is a draft of: ``rubric`` or ``taxonomy``.
    name : str
        Of what was opened; empty for a new one.
    content : dict
        What the form holds, as JSON.
    opened : int
        The number of the draft that was seen last; 0 where none was.

    Raises
    ------
    OvertakenDraftError
        If a newer draft is stored than the one that was seen.
    """
    with write_session() as session:
        draft = _stored(session, author_id, noun, name)
        if draft is not None:
            _check_seen(draft, opened)
            session.delete(draft)
            session.flush()
        written = DefinitionDraft(
            author_id=author_id, noun=noun, name=name, content=content, written_at=now()
        )
        session.add(written)
        session.flush()
        assert written.id is not None  # flushed
        return written.id


def drop_definition_draft(author_id: int, noun: str, name: str, *, opened: int) -> None:
    """Forget what is written, if anything is; raise OvertakenDraftError where it is newer."""
    with write_session() as session:
        draft = _stored(session, author_id, noun, name)
        if draft is not None:
            _check_seen(draft, opened)
            session.delete(draft)


def _check_seen(draft: DefinitionDraft, opened: int) -> None:
    if draft.id != opened:
        raise OvertakenDraftError(
            f"You have written on this {draft.noun} in another tab or browser since."
        )


def _stored(session: Session, author_id: int, noun: str, name: str) -> DefinitionDraft | None:
    # Two tabs that write at once come one after the other.
    author = select(Annotator.id).where(col(Annotator.id) == author_id)
    session.exec(author.with_for_update(key_share=True))
    return session.exec(
        select(DefinitionDraft).where(
            col(DefinitionDraft.author_id) == author_id,
            col(DefinitionDraft.noun) == noun,
            col(DefinitionDraft.name) == name,
        )
    ).one_or_none()
