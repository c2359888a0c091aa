"""Know the state of each study's results."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "results_state",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_results_state_study_id_study")
        ),
        sa.PrimaryKeyConstraint("study_id", name=op.f("pk_results_state")),
    )


def downgrade() -> None:
    op.drop_table("results_state")
