"""Let a taxonomy have severities of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_SEVERITY = "ck_error_mark_severity"
#: Their numbers stay what they are, and none is given twice.
_COUNTED = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.add_column("taxonomy", sa.Column("severities", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("error_mark", table_kwargs=_COUNTED) as marks:
        marks.drop_constraint(op.f(_SEVERITY), type_="check")


def downgrade() -> None:
    with op.batch_alter_table("error_mark", table_kwargs=_COUNTED) as marks:
        marks.create_check_constraint(op.f(_SEVERITY), "severity IN ('minor', 'major', 'critical')")
    op.drop_column("taxonomy", "severities")
