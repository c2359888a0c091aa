"""Keep the life of a case: more states than two, what became of it, whether it is watched."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

#: Their numbers stay what they are, and none is given twice.
_COUNTED = {"sqlite_autoincrement": True}
_STATUS = "ck_case_status"
_BEFORE, _NOW = ("active", "retired"), ("active", "saturated", "retired", "quarantined")
_KINDS = ("added", "note", "status", "watched", "revised", "merged")


def upgrade() -> None:
    op.add_column("eval_set_version", sa.Column("author", sa.String(), nullable=True))
    _allow_statuses(_NOW)
    op.add_column(
        "case", sa.Column("is_watched", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(_among("kind", _KINDS), name=op.f("ck_case_event_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_event_case_id_case")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["annotator.id"], name=op.f("fk_case_event_actor_id_annotator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_case_event_case_id"), "case_event", ["case_id"])


def downgrade() -> None:
    op.drop_table("case_event")
    op.drop_column("case", "is_watched")
    # What the former schema does not know is asked of nobody there, either.
    op.execute(sa.text("""UPDATE "case" SET status = 'retired' WHERE status <> 'active'"""))
    _allow_statuses(_BEFORE)
    op.drop_column("eval_set_version", "author")


def _allow_statuses(statuses: tuple[str, ...]) -> None:
    with op.batch_alter_table("case", table_kwargs=_COUNTED) as cases:
        cases.drop_constraint(op.f(_STATUS), type_="check")
        cases.create_check_constraint(op.f(_STATUS), _among("status", statuses))


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
