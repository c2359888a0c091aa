"""What somebody said once of columns or of names, and wants to use again."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint

from db.columns import DatabaseTable, json_value, moment, reference, row_id


class KeptMapping(DatabaseTable, table=True):
    """A mapping by its kind and name: of columns to what they are, or of names to models."""

    __tablename__ = "kept_mapping"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: int | None = row_id()
    kind: str
    name: str
    pairs: Any = json_value(nullable=False)
    created_by: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()
