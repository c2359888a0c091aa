"""Keep what annotators were told of their agreement, which is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _reference(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_agreement_told_{table}_id_{table}")
    return sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "agreement_told",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        _reference("study"),
        _reference("annotator"),
        sa.PrimaryKeyConstraint("study_id", "annotator_id", name=op.f("pk_agreement_told")),
    )
    op.create_index(op.f("ix_agreement_told_annotator_id"), "agreement_told", ["annotator_id"])


def downgrade() -> None:
    op.drop_table("agreement_told")
