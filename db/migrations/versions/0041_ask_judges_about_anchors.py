"""Keep frozen anchors, each time that a judge was asked about them, and what it said."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_TASK = "task IN ('pair', 'scores', 'errors', 'response')"


def upgrade() -> None:
    op.create_table(
        "judge_anchor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("left_output_id", sa.Integer(), nullable=False),
        sa.Column("right_output_id", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_TASK, name=op.f("ck_judge_anchor_task")),
        *_references(
            "judge_anchor",
            study_id="study",
            case_id="case",
            left_output_id="output",
            right_output_id="output",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_anchor")),
        sa.UniqueConstraint(
            "study_id",
            "task",
            "left_output_id",
            "right_output_id",
            name=op.f("uq_judge_anchor_shown"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "anchor_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("identity_hash", sa.String(), nullable=False),
        sa.Column("served_models", sa.JSON(), nullable=True),
        sa.Column("cost_usd", sa.Float(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_references(
            "anchor_check", study_id="study", annotator_id="annotator", created_by_id="annotator"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor_check")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "anchor_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("anchor_id", sa.Integer(), nullable=False),
        sa.Column("is_turned", sa.Boolean(), nullable=False),
        sa.Column("look", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        *_references("anchor_answer", check_id="anchor_check", anchor_id="judge_anchor"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor_answer")),
        sa.UniqueConstraint(
            "check_id", "anchor_id", "is_turned", "look", name=op.f("uq_anchor_answer")
        ),
        sqlite_autoincrement=True,
    )
    for table, column in (
        ("anchor_check", "study_id"),
        ("anchor_check", "annotator_id"),
        ("anchor_answer", "anchor_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table in ("anchor_answer", "anchor_check", "judge_anchor"):
        op.drop_table(table)


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
