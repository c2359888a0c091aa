"""Let a study show each response alone, as one of a single model must."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In words of SQL: the table is not made anew for a constraint that stands with its column.
    op.execute(
        "ALTER TABLE study ADD COLUMN task_kind VARCHAR DEFAULT 'pair' NOT NULL "
        "CONSTRAINT ck_study_task_kind CHECK (task_kind IN ('pair', 'single'))"
    )


def downgrade() -> None:
    op.drop_column("study", "task_kind")
