"""Check a response against the checklist of its case."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _reference(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_check_answer_{table}_id_{table}")
    return sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=name)


def upgrade() -> None:
    op.add_column("case", sa.Column("checklist", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "check_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("output_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("is_superseded", sa.Boolean(), nullable=False),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        _reference("annotation"),
        _reference("output"),
        sa.CheckConstraint("value IN ('yes', 'no', 'na')", name=op.f("ck_check_answer_value")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_answer")),
        sa.UniqueConstraint(
            "annotation_id",
            "output_id",
            "item",
            name=op.f("uq_check_answer_annotation_id_output_id_item"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_check_answer_output_id"), "check_answer", ["output_id"])


def downgrade() -> None:
    op.drop_table("check_answer")
    op.drop_column("case", "checklist")
