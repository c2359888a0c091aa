"""Keep how probable a judge held what it said to be."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("annotation", "score"):
        op.add_column(table, sa.Column("probability", sa.Float(), nullable=True))


def downgrade() -> None:
    for table in ("annotation", "score"):
        op.drop_column(table, "probability")
