"""Images that cases and outputs refer to; nothing is ever loaded from elsewhere."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, Text
from sqlmodel import Field

from db.columns import DatabaseTable, moment, reference, row_id


class Image(DatabaseTable, table=True):
    """A picture without what stood beside it, named by the SHA-256 of its bytes."""

    __tablename__ = "image"

    id: int | None = row_id()
    content_hash: str = Field(unique=True)
    media_type: str
    width: int
    height: int
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = moment()


class NamedImage(DatabaseTable, table=True):
    """What an image is called in an eval set: as its records refer to it, or as it was uploaded."""

    __tablename__ = "named_image"

    eval_set_id: int = Field(foreign_key="eval_set.id", primary_key=True)
    name: str = Field(sa_column=Column(Text, primary_key=True))
    image_id: int = reference("image", index=True)
