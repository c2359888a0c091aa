"""Let a study tell annotators how often they agreed, and know which answers they have read."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "study",
        sa.Column("tells_agreement", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("question", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("question", "read_at")
    op.drop_column("study", "tells_agreement")
