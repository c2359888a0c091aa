"""Score on a continuous scale: a criterion has levels or a range."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("criterion", sa.Column("range", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("criterion", "range")
