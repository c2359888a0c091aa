"""Keep what a lead has written of a rubric or a taxonomy, until it is saved or discarded."""

from typing import Any

from sqlmodel import Session, col, select

from db.columns import now
from db.engine import write_session
from db.models import DefinitionDraft


def keep_definition_draft(author_id: int, noun: str, name: str, content: dict[str, Any]) -> None:
    """Store what is written in the place of what was stored before.

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
    """
    with write_session() as session:
        draft = _stored(session, author_id, noun, name)
        if draft is None:
            draft = DefinitionDraft(author_id=author_id, noun=noun, name=name, content=content)
        draft.content, draft.written_at = content, now()
        session.add(draft)


def drop_definition_draft(author_id: int, noun: str, name: str) -> None:
    """Forget what is written, if anything is."""
    with write_session() as session:
        draft = _stored(session, author_id, noun, name)
        if draft is not None:
            session.delete(draft)


def _stored(session: Session, author_id: int, noun: str, name: str) -> DefinitionDraft | None:
    return session.exec(
        select(DefinitionDraft).where(
            col(DefinitionDraft.author_id) == author_id,
            col(DefinitionDraft.noun) == noun,
            col(DefinitionDraft.name) == name,
        )
    ).one_or_none()
