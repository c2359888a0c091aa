"""Let a study suggest tags for what is typed, and keep what became of each suggestion."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "study",
        sa.Column("suggests_tags", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("annotation", sa.Column("offers", sa.JSON(none_as_null=True), nullable=True))
    op.create_index(
        "ix_annotation_offers",
        "annotation",
        ["assignment_id"],
        sqlite_where=sa.text("offers IS NOT NULL"),
        postgresql_where=sa.text("offers IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_annotation_offers", table_name="annotation")
    op.drop_column("annotation", "offers")
    op.drop_column("study", "suggests_tags")
