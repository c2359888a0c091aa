"""Take assertions on cases from annotators, and keep what leads make of them."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_TARGETS = {
    "annotation_id": "annotation",
    "check_id": "automated_check",
    "decided_by_id": "annotator",
}


def upgrade() -> None:
    op.add_column("annotation", sa.Column("assertion", sa.Text(), nullable=True))
    op.add_column(
        "study",
        sa.Column("collects_assertion", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "assertion_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_assertion_decision_{column}_{target}")
            )
            for column, target in _TARGETS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assertion_decision")),
        sqlite_autoincrement=True,
    )
    for column in ("annotation_id", "check_id"):
        op.create_index(op.f(f"ix_assertion_decision_{column}"), "assertion_decision", [column])


def downgrade() -> None:
    op.drop_table("assertion_decision")
    op.drop_column("study", "collects_assertion")
    op.drop_column("annotation", "assertion")
