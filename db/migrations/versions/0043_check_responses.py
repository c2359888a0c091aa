"""Check responses without people: checks, their revisions, and what they find."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_KIND = "ck_annotator_kind"
_BEFORE = "kind IN ('human', 'judge', 'unknown', 'merged')"
_SINCE = "kind IN ('human', 'judge', 'unknown', 'merged', 'check')"


def upgrade() -> None:
    _allow(_SINCE)
    op.create_table(
        "automated_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("eval_set_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("case_key", sa.String(), nullable=True),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        *_made_by("automated_check"),
        *_references("automated_check", eval_set_id="eval_set", annotator_id="annotator"),
        sa.UniqueConstraint(
            "eval_set_id", "name", name=op.f("uq_automated_check_eval_set_id_name")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "check_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        *_made_by("check_revision"),
        *_references("check_revision", check_id="automated_check"),
        sa.UniqueConstraint("check_id", "number", name=op.f("uq_check_revision_check_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "check_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("output_id", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("seen_hash", sa.String(), nullable=False),
        sa.Column("is_superseded", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_finding")),
        sa.CheckConstraint(
            "result IN ('pass', 'fail', 'undefined')", name=op.f("ck_check_finding_result")
        ),
        *_references("check_finding", revision_id="check_revision", output_id="output"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_automated_check_annotator_id"), "automated_check", ["annotator_id"])
    op.create_index(op.f("ix_check_finding_output_id"), "check_finding", ["output_id"])
    op.create_index(
        "uq_check_finding_current",
        "check_finding",
        ["revision_id", "output_id"],
        unique=True,
        sqlite_where=sa.text("is_superseded = 0"),
        postgresql_where=sa.text("NOT is_superseded"),
    )


def downgrade() -> None:
    for table in ("check_finding", "check_revision", "automated_check"):
        op.drop_table(table)
    op.execute("DELETE FROM annotator WHERE kind = 'check'")
    _allow(_BEFORE)


def _allow(condition: str) -> None:
    """Let annotators be of these kinds; their numbers stay what they are."""
    with op.batch_alter_table(
        "annotator", table_kwargs={"sqlite_autoincrement": True}
    ) as annotator:
        annotator.drop_constraint(op.f(_KIND), type_="check")
        annotator.create_check_constraint(op.f(_KIND), condition)


def _made_by(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *_references(table, created_by_id="annotator"),
    ]


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
