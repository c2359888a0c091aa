"""Which tags people gave to the notes of a study."""

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import CodedNote, Tag
from evalkit.study.notes import NoteCode
from evalkit.vocabulary import NoteSource


def note_codes(session: Session, study_id: int) -> tuple[NoteCode, ...]:
    """Return every tag of every note, the oldest first; names are those they were given under."""
    statement = (
        sa.select(
            col(Tag.key),
            sa.func.coalesce(sa.func.nullif(col(Tag.name), ""), col(Tag.key)).label("name"),
            col(CodedNote.source),
            col(CodedNote.note_id),
        )
        .join(Tag, col(Tag.id) == col(CodedNote.tag_id))
        .where(col(CodedNote.study_id) == study_id)
        .order_by(col(CodedNote.id))
    )
    return tuple(
        NoteCode(row.key, row.name, NoteSource(row.source), row.note_id)
        for row in session.connection().execute(statement)
    )
