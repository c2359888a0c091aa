"""What somebody noted of responses before there was a taxonomy: readings and their notes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from db.columns import DatabaseTable, long_text, moment, reference, row_id


class OpenCoding(DatabaseTable, table=True):
    """One person's reading of some responses, drawn with a ``seed`` from a version or a study.

    Until ``revealed_at`` its reader is not told which models wrote them. ``key`` is that of the
    form it was started by: the same again starts nothing.
    """

    __tablename__ = "open_coding"
    __table_args__ = (Index("ix_open_coding_key", "key", unique=True),)

    id: int | None = row_id()
    reader_id: int = reference("annotator", index=True)
    eval_set_version_id: int = reference("eval_set_version")
    study_id: int | None = reference("study", nullable=True, index=True)
    seed: int
    is_by_category: bool
    created_at: datetime = moment()
    revealed_at: datetime | None = moment(nullable=True)
    key: str | None = None


class OpenCodingResponse(DatabaseTable, table=True):
    """A response of a reading, at its place from 1; ``draft`` is written and not saved yet."""

    __tablename__ = "open_coding_response"
    __table_args__ = (UniqueConstraint("coding_id", "output_id"),)

    coding_id: int = Field(foreign_key="open_coding.id", primary_key=True)
    place: int = Field(primary_key=True)
    output_id: int = reference("output", index=True)
    draft: str | None = long_text(nullable=True)


class OpenNote(DatabaseTable, table=True):
    """What was noted of a response; a change is a new revision, and rows are only ever added.

    Empty words that do not say ``is_nothing_wrong`` take the note before them back.
    """

    __tablename__ = "open_note"
    __table_args__ = (
        UniqueConstraint("coding_id", "output_id", "revision"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("NOT is_nothing_wrong OR words = ''", name="nothing_or_words"),
    )

    id: int | None = row_id()
    coding_id: int = reference("open_coding")
    output_id: int = reference("output", index=True)
    revision: int = 1
    words: str = long_text()
    is_nothing_wrong: bool = False
    noted_at: datetime = moment()
