"""Say where the text of a case or an output is, if it did not come with the record."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("case", "output"):
        op.add_column(table, sa.Column("text_place", sa.String(), nullable=True))


def downgrade() -> None:
    for table in ("output", "case"):
        op.drop_column(table, "text_place")
