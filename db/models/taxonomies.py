"""What became of taxonomies: changes from version to version, and marks that were coded anew."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index

from db.columns import DatabaseTable, json_value, long_text, moment, reference, row_id


class TaxonomyEvent(DatabaseTable, table=True):
    """Something that was done to a taxonomy, and why; rows are only ever added.

    ``version`` is the one that a change made. Where ``kind`` is ``freeze`` it is the one that was
    frozen: made known as what is worked with.
    """

    __tablename__ = "taxonomy_event"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('rename', 'merge', 'split', 'nest', 'freeze')",
            name="kind",
        ),
        Index("ix_taxonomy_event_taxonomy_version", "taxonomy", "version"),
    )

    id: int | None = row_id()
    taxonomy: str
    version: int
    kind: str
    details: dict[str, Any] = json_value(nullable=False)
    reason: str = long_text()
    actor_id: int | None = reference("annotator", nullable=True)
    at: datetime = moment()


class RecodedMark(DatabaseTable, table=True):
    """Which part of a tag that was split an error mark is of; of several the last holds.

    Where a coding was taken back, that is the tag it was before. The mark itself stays as it was
    made.
    """

    __tablename__ = "recoded_mark"

    id: int | None = row_id()
    mark_id: int = reference("error_mark", index=True)
    tag_id: int = reference("tag", index=True)
    actor_id: int | None = reference("annotator", nullable=True)
    at: datetime = moment()
