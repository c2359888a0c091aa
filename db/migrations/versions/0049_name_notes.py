"""Keep which tags people gave to notes: what became of a group of notes that was named."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_TARGETS = {
    "study_id": "study",
    "output_id": "output",
    "tag_id": "tag",
    "created_by_id": "annotator",
}


def upgrade() -> None:
    op.create_table(
        "coded_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("output_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('comment', 'note', 'words', 'rationale', 'open')",
            name=op.f("ck_coded_note_source"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_coded_note_{column}_{target}")
            )
            for column, target in _TARGETS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coded_note")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_coded_note_study_id_source_note_id", "coded_note", ["study_id", "source", "note_id"]
    )
    op.create_index(op.f("ix_coded_note_output_id"), "coded_note", ["output_id"])
    op.create_index(op.f("ix_coded_note_tag_id"), "coded_note", ["tag_id"])


def downgrade() -> None:
    op.drop_table("coded_note")
