"""Ask, where a study wants to know, which of two responses is better on each criterion."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _reference(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_criterion_preference_{table}_id_{table}")
    return sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=name)


def upgrade() -> None:
    op.add_column(
        "study",
        sa.Column(
            "collects_criterion_preferences",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
        ),
    )
    op.create_table(
        "criterion_preference",
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("preference", sa.String(), nullable=False),
        sa.CheckConstraint(
            "preference IN ('left', 'right', 'tie', 'both_bad')",
            name=op.f("ck_criterion_preference_preference"),
        ),
        _reference("annotation"),
        _reference("criterion"),
        sa.PrimaryKeyConstraint(
            "annotation_id", "criterion_id", name=op.f("pk_criterion_preference")
        ),
    )
    op.create_index(
        op.f("ix_criterion_preference_criterion_id"), "criterion_preference", ["criterion_id"]
    )


def downgrade() -> None:
    op.drop_table("criterion_preference")
    op.drop_column("study", "collects_criterion_preferences")
