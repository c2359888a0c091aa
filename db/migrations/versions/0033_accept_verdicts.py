"""Keep which verdicts were accepted without a person, and every look that came before."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_UNIT_RANGE = "{0} IS NULL OR ({0} > 0 AND {0} <= 1)"


def upgrade() -> None:
    op.create_table(
        "certification_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("inputs", sa.String(), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=True),
        sa.Column("looked_at", _MOMENT, nullable=False),
        sa.Column("looked_by_id", sa.Integer(), nullable=True),
        *_references(
            "certification_look",
            study_id="study",
            annotator_id="annotator",
            looked_by_id="annotator",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certification_look")),
        sa.UniqueConstraint(
            "study_id",
            "annotator_id",
            "subject",
            "inputs",
            name=op.f("uq_certification_look_study_id_annotator_id_subject_inputs"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "verdict_acceptance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("audit_share", sa.Float(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("audit_study_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("stopped_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'stopped')", name=op.f("ck_verdict_acceptance_state")
        ),
        sa.CheckConstraint(
            _UNIT_RANGE.format("audit_share"), name=op.f("ck_verdict_acceptance_audit_share")
        ),
        sa.CheckConstraint(
            "(state = 'stopped') = (reason IS NOT NULL)",
            name=op.f("ck_verdict_acceptance_stopped_has_reason"),
        ),
        *_references(
            "verdict_acceptance",
            study_id="study",
            annotator_id="annotator",
            audit_study_id="study",
            created_by_id="annotator",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict_acceptance")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "accepted_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("acceptance_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("first_output_id", sa.Integer(), nullable=False),
        sa.Column("second_output_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("certainty", sa.Float(), nullable=False),
        sa.Column("inclusion_probability", sa.Float(), nullable=True),
        sa.CheckConstraint(
            _UNIT_RANGE.format("inclusion_probability"),
            name=op.f("ck_accepted_verdict_inclusion_probability"),
        ),
        *_references(
            "accepted_verdict",
            acceptance_id="verdict_acceptance",
            case_id="case",
            first_output_id="output",
            second_output_id="output",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_verdict")),
        sa.UniqueConstraint(
            "acceptance_id",
            "first_output_id",
            "second_output_id",
            name=op.f("uq_accepted_verdict_unit"),
        ),
        sqlite_autoincrement=True,
    )
    for table, columns in _INDEXES.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


_INDEXES = {
    "certification_look": ("annotator_id",),
    "verdict_acceptance": ("study_id", "annotator_id", "audit_study_id"),
    "accepted_verdict": ("case_id", "first_output_id", "second_output_id"),
}


def downgrade() -> None:
    for table in ("accepted_verdict", "verdict_acceptance", "certification_look"):
        op.drop_table(table)


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
