"""Keep the intervals of public scores, and tell models apart whose names differ by a plus sign."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_SCORES = sa.table("public_score", sa.column("id"), sa.column("model"), sa.column("model_key"))


def upgrade() -> None:
    for end in ("low", "high"):
        op.add_column("public_score", sa.Column(end, sa.Float(), nullable=True))
    _write_keys(_finer)


def downgrade() -> None:
    _write_keys(lambda name: re.sub(r"[\W_]+", "", name.casefold()))
    for end in ("low", "high"):
        op.drop_column("public_score", end)


def _write_keys(key_of: Callable[[str], str]) -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(_SCORES)).all():
        statement = sa.update(_SCORES).where(_SCORES.c.id == row.id)
        connection.execute(statement.values(model_key=key_of(row.model)))


def _finer(name: str) -> str:
    spaced = re.sub(r"[^\w+]|_", " ", name.casefold())
    return re.sub(r"(?<=\d) +(?=\d)", "-", spaced).replace(" ", "")
