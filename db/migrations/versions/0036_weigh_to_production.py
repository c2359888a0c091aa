"""Keep what production is asked of each category of an eval set."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "traffic_share",
        sa.Column("eval_set_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.CheckConstraint("amount IS NULL OR amount >= 0", name=op.f("ck_traffic_share_amount")),
        sa.ForeignKeyConstraint(
            ["eval_set_id"], ["eval_set.id"], name=op.f("fk_traffic_share_eval_set_id_eval_set")
        ),
        sa.PrimaryKeyConstraint("eval_set_id", "place", name=op.f("pk_traffic_share")),
        sa.UniqueConstraint(
            "eval_set_id", "category", name=op.f("uq_traffic_share_eval_set_id_category")
        ),
    )


def downgrade() -> None:
    op.drop_table("traffic_share")
