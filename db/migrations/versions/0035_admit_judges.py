"""Keep what a judge must reach in a study, each opening of its test, and how it stood there."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_STANDING = "standing IN ('admitted', 'not admitted', 'not enough labels')"


def upgrade() -> None:
    op.create_table(
        "judge_bar",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("ratio", sa.Float(), nullable=False),
        sa.Column("sensitivity", sa.Float(), nullable=False),
        sa.Column("specificity", sa.Float(), nullable=False),
        sa.Column("bias", sa.Float(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_references("judge_bar", study_id="study", created_by="annotator"),
        sa.PrimaryKeyConstraint("study_id", name=op.f("pk_judge_bar")),
    )
    op.create_table(
        "judge_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("n_cases", sa.Integer(), nullable=False),
        sa.Column("labels_hash", sa.String(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        *_references(
            "judge_opening", study_id="study", annotator_id="annotator", opened_by="annotator"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_opening")),
        sqlite_autoincrement=True,
    )
    for column in ("study_id", "annotator_id"):
        op.create_index(op.f(f"ix_judge_opening_{column}"), "judge_opening", [column])
    op.create_table(
        "judge_admission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opening_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(_STANDING, name=op.f("ck_judge_admission_standing")),
        *_references("judge_admission", opening_id="judge_opening"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_admission")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_judge_admission_opening_id"), "judge_admission", ["opening_id"])


def downgrade() -> None:
    op.drop_table("judge_admission")
    op.drop_table("judge_opening")
    op.drop_table("judge_bar")


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
