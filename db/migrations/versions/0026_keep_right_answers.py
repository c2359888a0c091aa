"""Keep what is known to be right apart from what annotators said."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_REFERENCES = {
    "study_id": "study",
    "left_output_id": "output",
    "right_output_id": "output",
    "criterion_id": "criterion",
    "tag_id": "tag",
}


def upgrade() -> None:
    op.create_table(
        "gold_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("left_output_id", sa.Integer(), nullable=False),
        sa.Column("right_output_id", sa.Integer(), nullable=True),
        sa.Column("preference", sa.String(), nullable=True),
        sa.Column("criterion_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "preference IN ('left', 'right', 'tie', 'both_bad')",
            name=op.f("ck_gold_answer_preference"),
        ),
        sa.CheckConstraint(
            "(right_output_id IS NULL) = (preference IS NULL)",
            name=op.f("ck_gold_answer_of_a_pair"),
        ),
        sa.CheckConstraint(
            "(criterion_id IS NULL) = (value IS NULL)", name=op.f("ck_gold_answer_of_a_criterion")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{table}.id"],
                name=op.f(f"fk_gold_answer_{column}_{table}"),
            )
            for column, table in _REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gold_answer")),
        sqlite_autoincrement=True,
    )
    for column in ("study_id", "left_output_id", "right_output_id"):
        op.create_index(op.f(f"ix_gold_answer_{column}"), "gold_answer", [column])


def downgrade() -> None:
    op.drop_table("gold_answer")
