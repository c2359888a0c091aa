"""Keep what is made of cases on which judges and people differ: examples, notes, decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_TASK = "task IN ('pair', 'scores', 'errors', 'response')"
_PREFERENCE = "preference IN ('left', 'right', 'tie', 'both_bad')"


def upgrade() -> None:
    op.create_table(
        "few_shot_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("left_output_id", sa.Integer(), nullable=False),
        sa.Column("right_output_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(_TASK, name=op.f("ck_few_shot_case_task")),
        *_references(
            "few_shot_case",
            study_id="study",
            case_id="case",
            left_output_id="output",
            right_output_id="output",
            created_by_id="annotator",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_few_shot_case")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "clarification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_references(
            "clarification",
            study_id="study",
            criterion_id="criterion",
            case_id="case",
            created_by_id="annotator",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "adjudication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("left_output_id", sa.Integer(), nullable=False),
        sa.Column("right_output_id", sa.Integer(), nullable=True),
        sa.Column("preference", sa.String(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_PREFERENCE, name=op.f("ck_adjudication_preference")),
        sa.CheckConstraint(
            "(preference IS NULL) <> (value IS NULL)", name=op.f("ck_adjudication_one_answer")
        ),
        sa.CheckConstraint(
            "(right_output_id IS NULL) = (preference IS NULL)",
            name=op.f("ck_adjudication_of_a_pair"),
        ),
        *_references(
            "adjudication",
            study_id="study",
            left_output_id="output",
            right_output_id="output",
            created_by_id="annotator",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjudication")),
        sqlite_autoincrement=True,
    )
    for table, *columns in (
        ("few_shot_case", "study_id"),
        ("clarification", "study_id", "criterion_id"),
        ("adjudication", "study_id", "left_output_id"),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table in ("adjudication", "clarification", "few_shot_case"):
        op.drop_table(table)


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
