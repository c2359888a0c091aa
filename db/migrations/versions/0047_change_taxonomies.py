"""Change taxonomies: what was done to them and why, and marks that were coded anew."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "taxonomy_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taxonomy", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('rename', 'merge', 'split', 'nest', 'freeze')",
            name=op.f("ck_taxonomy_event_kind"),
        ),
        *_references("taxonomy_event", actor_id="annotator"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taxonomy_event")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_taxonomy_event_taxonomy_version", "taxonomy_event", ["taxonomy", "version"])
    op.create_table(
        "recoded_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_references("recoded_mark", mark_id="error_mark", tag_id="tag", actor_id="annotator"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoded_mark")),
        sqlite_autoincrement=True,
    )
    for column in ("mark_id", "tag_id"):
        op.create_index(op.f(f"ix_recoded_mark_{column}"), "recoded_mark", [column])


def downgrade() -> None:
    for table in ("recoded_mark", "taxonomy_event"):
        op.drop_table(table)


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
