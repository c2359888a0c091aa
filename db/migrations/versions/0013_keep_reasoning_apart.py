"""Keep what a model thought aloud apart from what it answered."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("output", sa.Column("reasoning", sa.Text(), nullable=True))
    op.add_column("output", sa.Column("reasoning_tokens", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("output", "reasoning_tokens")
    op.drop_column("output", "reasoning")
