"""Tell annotators what a study is about and whom to ask, and answer what they ask."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    op.add_column("study", sa.Column("about", sa.Text(), nullable=False, server_default=""))
    op.add_column("study", sa.Column("contact", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "instructions_read",
        _number("study_id"),
        _number("annotator_id"),
        sa.Column("digest", sa.String(), nullable=False),
        _moment("read_at"),
        _reference("instructions_read", "study_id", "study"),
        _reference("instructions_read", "annotator_id", "annotator"),
        _key("instructions_read", "study_id", "annotator_id"),
    )
    op.create_index(
        op.f("ix_instructions_read_annotator_id"), "instructions_read", ["annotator_id"]
    )
    op.create_table(
        "question",
        _number("id"),
        _number("assignment_id"),
        sa.Column("words", sa.Text(), nullable=False),
        _moment("asked_at"),
        sa.Column("answer", sa.Text(), nullable=True),
        _number("answered_by_id", nullable=True),
        _moment("answered_at", nullable=True),
        _reference("question", "assignment_id", "assignment"),
        _reference("question", "answered_by_id", "annotator"),
        _key("question", "id"),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_question_answered")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_question_assignment_id"), "question", ["assignment_id"])
    is_open = sa.text("answer IS NULL")
    op.create_index(
        "ix_question_open", "question", ["id"], sqlite_where=is_open, postgresql_where=is_open
    )


def downgrade() -> None:
    op.drop_table("question")
    op.drop_table("instructions_read")
    op.drop_column("study", "contact")
    op.drop_column("study", "about")
