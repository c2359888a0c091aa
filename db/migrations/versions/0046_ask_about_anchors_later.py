"""Keep wishes that judges are asked about the anchors, for the worker to see to."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_TARGETS = {"judging_id": "judging", "check_id": "anchor_check", "created_by_id": "annotator"}


def upgrade() -> None:
    op.create_table(
        "anchor_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judging_id", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_id", sa.Integer(), nullable=True),
        sa.Column("n_asked", sa.Integer(), nullable=False),
        sa.Column("n_failed", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_anchor_request_{column}_{target}")
            )
            for column, target in _TARGETS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor_request")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_anchor_request_judging_id"), "anchor_request", ["judging_id"])


def downgrade() -> None:
    op.drop_table("anchor_request")
