"""Code openly: readings of responses before there is a taxonomy, and what is noted of them."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_coding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("eval_set_version_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("is_by_category", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        *_references(
            "open_coding",
            reader_id="annotator",
            eval_set_version_id="eval_set_version",
            study_id="study",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_coding")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "open_coding_response",
        sa.Column("coding_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("output_id", sa.Integer(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=True),
        *_references("open_coding_response", coding_id="open_coding", output_id="output"),
        sa.PrimaryKeyConstraint("coding_id", "place", name=op.f("pk_open_coding_response")),
        sa.UniqueConstraint(
            "coding_id", "output_id", name=op.f("uq_open_coding_response_coding_id_output_id")
        ),
    )
    op.create_table(
        "open_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coding_id", sa.Integer(), nullable=False),
        sa.Column("output_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("is_nothing_wrong", sa.Boolean(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_open_note_revision")),
        sa.CheckConstraint(
            "NOT is_nothing_wrong OR words = ''", name=op.f("ck_open_note_nothing_or_words")
        ),
        *_references("open_note", coding_id="open_coding", output_id="output"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_note")),
        sa.UniqueConstraint(
            "coding_id",
            "output_id",
            "revision",
            name=op.f("uq_open_note_coding_id_output_id_revision"),
        ),
        sqlite_autoincrement=True,
    )
    for table, column in (
        ("open_coding", "reader_id"),
        ("open_coding", "study_id"),
        ("open_coding_response", "output_id"),
        ("open_note", "output_id"),
    ):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table in ("open_note", "open_coding_response", "open_coding"):
        op.drop_table(table)


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
