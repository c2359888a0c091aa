"""Read a study in the order of its table."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_assignment_study_id", "assignment", ["study_id"])


def downgrade() -> None:
    op.drop_index("ix_assignment_study_id", "assignment")
