"""Keep what somebody said once of columns or of names."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pairs", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["annotator.id"], name=op.f("fk_kept_mapping_created_by_annotator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_mapping")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_kept_mapping_kind_name")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("kept_mapping")
