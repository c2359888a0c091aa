"""Mark errors on steps, and what is missing."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("error_mark", sa.Column("step", sa.Integer(), nullable=True))
    op.add_column(
        "error_mark",
        sa.Column("is_omission", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("error_mark", "is_omission")
    op.drop_column("error_mark", "step")
