"""Keep the runs that evalkit makes itself, with how far each case is."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ASKING = "state IN ('open', 'stopped', 'done')"
_ASKED = "state IN ('waiting', 'asked', 'answered', 'failed')"


def upgrade() -> None:
    op.create_table(
        "asking",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("eval_set_version_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("key_name", sa.String(), nullable=True),
        sa.Column("api", sa.String(), nullable=False),
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("prices", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("budget_usd", sa.Float(), nullable=True),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_ASKING, name=op.f("ck_asking_state")),
        sa.CheckConstraint("api IN ('chat', 'responses')", name=op.f("ck_asking_api")),
        sa.CheckConstraint(
            "budget_usd IS NULL OR budget_usd >= 0", name=op.f("ck_asking_budget_usd")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_asking_run_id_run")),
        sa.ForeignKeyConstraint(
            ["eval_set_version_id"],
            ["eval_set_version.id"],
            name=op.f("fk_asking_eval_set_version_id_eval_set_version"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["annotator.id"], name=op.f("fk_asking_created_by_annotator")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_asking")),
    )
    op.create_index(op.f("ix_asking_state"), "asking", ["state"])
    op.create_table(
        "asked_case",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("n_asked", sa.Integer(), nullable=False),
        sa.CheckConstraint(_ASKED, name=op.f("ck_asked_case_state")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["asking.run_id"], name=op.f("fk_asked_case_run_id_asking")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_asked_case_case_id_case")),
        sa.PrimaryKeyConstraint("run_id", "case_id", name=op.f("pk_asked_case")),
    )
    op.create_index(
        "ix_asked_case_run_id_state_case_id", "asked_case", ["run_id", "state", "case_id"]
    )
    op.create_index(op.f("ix_asked_case_case_id"), "asked_case", ["case_id"])


def downgrade() -> None:
    op.drop_table("asked_case")
    op.drop_table("asking")
