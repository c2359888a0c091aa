"""Store the images that records from before hold themselves; the records stay as they are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from evalkit.errors import RefusedError
from evalkit.images.files import image_file
from evalkit.images.references import references

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_IMAGE = sa.table(
    "image",
    sa.column("content_hash", sa.String()),
    sa.column("media_type", sa.String()),
    sa.column("width", sa.Integer()),
    sa.column("height", sa.Integer()),
    sa.column("content", sa.LargeBinary()),
    sa.column("created_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    connection = op.get_bind()
    stored = set(connection.scalars(sa.select(_IMAGE.c.content_hash)))
    for messages in _messages(connection):
        for reference in references(messages):
            try:
                image = image_file(reference.data or b"", name="an image")
            except RefusedError:
                continue  # it is shown as not available, as before
            if image.content_hash in stored:
                continue
            stored.add(image.content_hash)
            values = {name: getattr(image, name) for name in ("media_type", "width", "height")}
            values |= {"content_hash": image.content_hash, "content": image.content}
            connection.execute(sa.insert(_IMAGE).values(**values, created_at=datetime.now(UTC)))


def downgrade() -> None:
    """Leave the images: others may refer to them by now."""


def _messages(connection: sa.Connection) -> Iterator[Any]:
    """Give the messages that may hold an image, one after the other."""
    for name, field in (("case", "input"), ("output", "steps")):
        table = sa.table(name, sa.column("id", sa.Integer()), sa.column(field, sa.JSON()))
        text = sa.cast(table.c[field], sa.Text())
        holds_data = text.ilike('%"data:%') | text.ilike('%"data"%')
        for row_id in connection.scalars(sa.select(table.c.id).where(holds_data)).all():
            yield connection.scalar(sa.select(table.c[field]).where(table.c.id == row_id))
