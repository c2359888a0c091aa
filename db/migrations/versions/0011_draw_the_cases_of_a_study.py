"""Let a study ask for a sample of its cases, drawn when it starts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("study", sa.Column("n_drawn", sa.Integer(), nullable=True))
    op.create_table(
        "study_case",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("inclusion_probability", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_study_case_study_id_study")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_study_case_case_id_case")),
        sa.PrimaryKeyConstraint("study_id", "case_id", name=op.f("pk_study_case")),
    )
    op.create_index(op.f("ix_study_case_case_id"), "study_case", ["case_id"])


def downgrade() -> None:
    op.drop_table("study_case")
    op.drop_column("study", "n_drawn")
