"""Keep the places of outputs that somebody ranked."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ranked_output",
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("output_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["annotation_id"],
            ["annotation.id"],
            name=op.f("fk_ranked_output_annotation_id_annotation"),
        ),
        sa.ForeignKeyConstraint(
            ["output_id"], ["output.id"], name=op.f("fk_ranked_output_output_id_output")
        ),
        sa.PrimaryKeyConstraint("annotation_id", "output_id", name=op.f("pk_ranked_output")),
    )
    op.create_index(op.f("ix_ranked_output_output_id"), "ranked_output", ["output_id"])


def downgrade() -> None:
    op.drop_table("ranked_output")
