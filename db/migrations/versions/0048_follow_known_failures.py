"""Follow known failures: their scope, who sees to them, their cases and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_STATES = ("open", "explained", "fixed", "reopened")
_KINDS = ("started", "state", "owner", "cases", "title", "note")
_OF = "known_failure"


def upgrade() -> None:
    op.create_table(
        _OF,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("eval_set_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("taxonomy", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fixed_run_id", sa.Integer(), nullable=True),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(_among("state", _STATES), name=op.f("ck_known_failure_state")),
        sa.CheckConstraint(
            "(state = 'fixed') = (fixed_run_id IS NOT NULL)",
            name=op.f("ck_known_failure_fixed_in_a_run"),
        ),
        sa.CheckConstraint(
            "(fixed_run_id IS NULL) = (fixed_at IS NULL)",
            name=op.f("ck_known_failure_fixed_at_a_time"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{_OF}_{column}_{target}")
            )
            for column, target in (
                ("eval_set_id", "eval_set"),
                ("model_id", "model"),
                ("owner_id", "annotator"),
                ("fixed_run_id", "run"),
                ("created_by_id", "annotator"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_failure")),
        sa.UniqueConstraint(
            "eval_set_id", "title", name=op.f("uq_known_failure_eval_set_id_title")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_known_failure_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        f"{_OF}_case",
        sa.Column("failure_id", sa.Integer(), nullable=False),
        sa.Column("case_hash", sa.String(), nullable=False),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["failure_id"],
            ["known_failure.id"],
            name=op.f("fk_known_failure_case_failure_id_known_failure"),
        ),
        sa.PrimaryKeyConstraint("failure_id", "case_hash", name=op.f("pk_known_failure_case")),
    )
    op.create_table(
        f"{_OF}_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("failure_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(_among("kind", _KINDS), name=op.f("ck_known_failure_event_kind")),
        sa.ForeignKeyConstraint(
            ["failure_id"],
            ["known_failure.id"],
            name=op.f("fk_known_failure_event_failure_id_known_failure"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["annotator.id"], name=op.f("fk_known_failure_event_actor_id_annotator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_failure_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_known_failure_event_failure_id"), "known_failure_event", ["failure_id"]
    )


def downgrade() -> None:
    for table in (f"{_OF}_event", f"{_OF}_case", _OF):
        op.drop_table(table)


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
