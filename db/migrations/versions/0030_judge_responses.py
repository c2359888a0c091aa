"""Let judges judge single responses: what they are asked is one output, or two in an order."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_ASKED = "state IN ('waiting', 'asked', 'answered', 'failed')"
_COLUMNS = "judging_id, case_id, left_output_id, right_output_id, state, n_asked, cost_usd, error"


def upgrade() -> None:
    _create("asked_verdict", sa.Column("presentation", sa.String(), nullable=False), is_pair=False)
    presentation = (
        "'import:pair:' || left_output_id || '>' || right_output_id || "
        "CASE WHEN repeat > 1 THEN '~' || repeat ELSE '' END"
    )
    op.execute(
        f"INSERT INTO asked_verdict ({_COLUMNS}, presentation) "
        f"SELECT {_COLUMNS}, {presentation} FROM asked_pair ORDER BY id"
    )
    op.drop_table("asked_pair")


def downgrade() -> None:
    _create("asked_pair", sa.Column("repeat", sa.Integer(), nullable=False), is_pair=True)
    # Of repeats only the first is kept: their number stands in no column of its own.
    op.execute(
        f"INSERT INTO asked_pair ({_COLUMNS}, repeat) SELECT {_COLUMNS}, 1 FROM asked_verdict "
        "WHERE right_output_id IS NOT NULL AND presentation NOT LIKE '%~%' ORDER BY id"
    )
    op.drop_table("asked_verdict")


def _create(table: str, own: sa.Column[Any], *, is_pair: bool) -> None:
    unique = ["left_output_id", "right_output_id", "repeat"] if is_pair else ["presentation"]
    references = {
        "judging_id": "judging",
        "case_id": "case",
        "left_output_id": "output",
        "right_output_id": "output",
    }
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judging_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("left_output_id", sa.Integer(), nullable=False),
        sa.Column("right_output_id", sa.Integer(), nullable=not is_pair),
        own,
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("n_asked", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Float(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(_ASKED, name=op.f(f"ck_{table}_state")),
        sa.CheckConstraint("cost_usd IS NULL OR cost_usd >= 0", name=op.f(f"ck_{table}_cost_usd")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
            )
            for column, target in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "judging_id", *unique, name=op.f(f"uq_{table}_judging_id_{'_'.join(unique)}")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(f"ix_{table}_judging_id_state_id", table, ["judging_id", "state", "id"])
    for column in ("case_id", "left_output_id", "right_output_id"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
