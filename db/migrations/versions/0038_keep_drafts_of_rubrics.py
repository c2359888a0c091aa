"""Keep what leads have written of rubrics and taxonomies before they save it."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "definition_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("noun", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["annotator.id"],
            name=op.f("fk_definition_draft_author_id_annotator"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_draft")),
        sa.UniqueConstraint(
            "author_id", "noun", "name", name=op.f("uq_definition_draft_author_id_noun_name")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_definition_draft_author_id"), "definition_draft", ["author_id"])


def downgrade() -> None:
    op.drop_table("definition_draft")
