"""Let a study have up to five responses of a case ranked."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_MORE = ("third_output_id", "fourth_output_id", "fifth_output_id")


def upgrade() -> None:
    # In words of SQL: neither table is made anew for what stands with its column.
    for name in _MORE:
        op.execute(
            f"ALTER TABLE assignment ADD COLUMN {name} INTEGER "
            f"CONSTRAINT fk_assignment_{name}_output REFERENCES output (id)"
        )
        where = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_assignment_{name}",
            "assignment",
            [name],
            sqlite_where=where,
            postgresql_where=where,
        )
    op.add_column("unit", sa.Column("more_output_ids", sa.JSON(none_as_null=True)))
    _allow("pair", "single", "rank")


def downgrade() -> None:
    _allow("pair", "single")
    op.drop_column("unit", "more_output_ids")
    for name in _MORE:
        op.drop_index(f"ix_assignment_{name}", "assignment")
        op.execute(f"ALTER TABLE assignment DROP COLUMN {name}")


def _allow(*kinds: str) -> None:
    """Let a study be of these kinds. SQLite changes no constraint but with its column."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE study DROP CONSTRAINT ck_study_task_kind")
        op.execute(
            f"ALTER TABLE study ADD CONSTRAINT ck_study_task_kind CHECK (task_kind IN ({listed}))"
        )
        return
    op.execute(
        "ALTER TABLE study ADD COLUMN kind VARCHAR DEFAULT 'pair' NOT NULL "
        f"CONSTRAINT ck_study_task_kind CHECK (kind IN ({listed}))"
    )
    op.execute("UPDATE study SET kind = task_kind")
    op.execute("ALTER TABLE study DROP COLUMN task_kind")
    op.execute("ALTER TABLE study RENAME COLUMN kind TO task_kind")
