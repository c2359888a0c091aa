"""Answer a question of a rubric in words."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_MEASURED = "level IN ('nominal', 'ordinal', 'interval')"
_MEASURED_OR_TEXT = "level IN ('nominal', 'ordinal', 'interval', 'text')"


def _allow(levels: str) -> None:
    with op.batch_alter_table(
        "criterion", table_kwargs={"sqlite_autoincrement": True}
    ) as criterion:
        criterion.drop_constraint(op.f("ck_criterion_level"), type_="check")
        criterion.create_check_constraint(op.f("ck_criterion_level"), levels)


def upgrade() -> None:
    _allow(_MEASURED_OR_TEXT)
    op.add_column("annotation", sa.Column("texts", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("annotation", "texts")
    op.execute("DELETE FROM criterion WHERE level = 'text'")
    _allow(_MEASURED)
