"""Keep the judgings that evalkit makes itself, with how far each pair is."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_JUDGING = "state IN ('open', 'stopped', 'done')"
_ASKED = "state IN ('waiting', 'asked', 'answered', 'failed')"


def upgrade() -> None:
    op.create_table(
        "judging",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("identity_hash", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("key_name", sa.String(), nullable=True),
        sa.Column("api", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
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
        sa.CheckConstraint(_JUDGING, name=op.f("ck_judging_state")),
        sa.CheckConstraint("api IN ('chat', 'responses')", name=op.f("ck_judging_api")),
        sa.CheckConstraint("form IN ('schema', 'json', 'words')", name=op.f("ck_judging_form")),
        sa.CheckConstraint(
            "budget_usd IS NULL OR budget_usd >= 0", name=op.f("ck_judging_budget_usd")
        ),
        *_references("judging", study_id="study", annotator_id="annotator", created_by="annotator"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judging")),
        sa.UniqueConstraint(
            "study_id", "identity_hash", name=op.f("uq_judging_study_id_identity_hash")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_judging_annotator_id"), "judging", ["annotator_id"])
    op.create_index(op.f("ix_judging_state"), "judging", ["state"])
    op.create_table(
        "asked_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("judging_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("left_output_id", sa.Integer(), nullable=False),
        sa.Column("right_output_id", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("n_asked", sa.Integer(), nullable=False),
        sa.Column("cost_usd", sa.Float(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(_ASKED, name=op.f("ck_asked_pair_state")),
        sa.CheckConstraint(
            "cost_usd IS NULL OR cost_usd >= 0", name=op.f("ck_asked_pair_cost_usd")
        ),
        *_references(
            "asked_pair",
            judging_id="judging",
            case_id="case",
            left_output_id="output",
            right_output_id="output",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_pair")),
        sa.UniqueConstraint(
            "judging_id",
            "left_output_id",
            "right_output_id",
            "repeat",
            name=op.f("uq_asked_pair_judging_id_left_output_id_right_output_id_repeat"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_asked_pair_judging_id_state_id", "asked_pair", ["judging_id", "state", "id"]
    )
    for column in ("case_id", "left_output_id", "right_output_id"):
        op.create_index(op.f(f"ix_asked_pair_{column}"), "asked_pair", [column])


def downgrade() -> None:
    op.drop_table("asked_pair")
    op.drop_table("judging")


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
