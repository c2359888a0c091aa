"""Tell tags of one key apart: which a failure is of; and start a reading once per form."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

#: The newest version that had the tag when the failure was started, else the newest that has it.
_VERSION = """
    SELECT max(taxonomy.version)
    FROM taxonomy JOIN tag ON tag.taxonomy_id = taxonomy.id
    WHERE taxonomy.name = known_failure.taxonomy AND tag.key = known_failure.tag
"""
_THEN = "AND taxonomy.created_at <= known_failure.created_at"


def upgrade() -> None:
    op.add_column("known_failure", sa.Column("tag_version", sa.Integer(), nullable=True))
    op.execute(
        f"UPDATE known_failure SET tag_version = coalesce(({_VERSION} {_THEN}), ({_VERSION}))"
    )
    op.add_column("open_coding", sa.Column("key", sa.String(), nullable=True))
    op.create_index(op.f("ix_open_coding_key"), "open_coding", ["key"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_open_coding_key"), "open_coding")
    op.drop_column("open_coding", "key")
    op.drop_column("known_failure", "tag_version")
