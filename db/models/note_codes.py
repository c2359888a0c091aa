"""Which notes a person gave which tag: what became of a group once somebody named it."""

from datetime import datetime

from sqlalchemy import Index

from db.columns import DatabaseTable, moment, one_of, reference, row_id
from evalkit.vocabulary import NoteSource


class CodedNote(DatabaseTable, table=True):
    """A tag that somebody gave to one note; rows are only ever added.

    ``source`` and ``note_id`` say which note: the row of an error mark, of a note of open coding,
    or of an annotation where it is a comment or a judge's reasons, as it stood when it was named;
    `db.queries.results.note_codes` follows it from there. ``tag_id`` is that of the version in
    which it was named.
    """

    __tablename__ = "coded_note"
    __table_args__ = (
        one_of("source", NoteSource),
        Index("ix_coded_note_study_id_source_note_id", "study_id", "source", "note_id"),
    )

    id: int | None = row_id()
    study_id: int = reference("study")
    source: str
    note_id: int
    output_id: int = reference("output", index=True)
    tag_id: int = reference("tag", index=True)
    created_by_id: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()
