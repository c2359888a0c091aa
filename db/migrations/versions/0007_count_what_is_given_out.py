"""Count what is given out as it is given out."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BY_PERSON = (
    ("ix_assignment_annotator_id_study_id_case_id", ["annotator_id", "study_id", "case_id"]),
    ("ix_assignment_annotator_id_study_id_id", ["annotator_id", "study_id", "id"]),
)
_FEW = (
    ("ix_assignment_entered", ["annotator_id", "study_id"], "draft IS NOT NULL"),
    ("ix_assignment_reserved", ["study_id", "reserved_until"], "reserved_until IS NOT NULL"),
)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _counts(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )


def upgrade() -> None:
    op.add_column(
        "study",
        sa.Column("are_units_current", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("study", sa.Column("names", sa.JSON(), nullable=True))
    op.create_table(
        "unit_pair",
        _id(),
        *_counts("study_id", "first_run_id", "second_run_id"),
        *_counts("n_live", "lead", "n_open", "n_missing"),
        _reference("unit_pair", "study_id", "study"),
        _reference("unit_pair", "first_run_id", "run"),
        _reference("unit_pair", "second_run_id", "run"),
        _key("unit_pair", "id"),
        sa.UniqueConstraint(
            "study_id",
            "first_run_id",
            "second_run_id",
            name=op.f("uq_unit_pair_study_id_first_run_id_second_run_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "unit",
        _id(),
        *_counts("study_id", "case_id", "pair_id", "first_output_id", "second_output_id"),
        *_counts("place"),
        sa.Column("inclusion_probability", sa.Float(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        *_counts("n_live", "lead"),
        _reference("unit", "study_id", "study"),
        _reference("unit", "case_id", "case"),
        _reference("unit", "pair_id", "unit_pair"),
        _reference("unit", "first_output_id", "output"),
        _reference("unit", "second_output_id", "output"),
        _key("unit", "id"),
        sa.UniqueConstraint(
            "study_id", "case_id", "pair_id", name=op.f("uq_unit_study_id_case_id_pair_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_unit_next", "unit", ["study_id", "is_offered", "n_live", "place"])
    for column in ("case_id", "pair_id", "first_output_id", "second_output_id"):
        op.create_index(op.f(f"ix_unit_{column}"), "unit", [column])
    op.create_table(
        "work_count",
        *_counts("study_id", "annotator_id", "n_submitted", "n_begun"),
        sa.Column("last_submitted_id", sa.Integer(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        *_counts("n_open", "n_missing"),
        _reference("work_count", "study_id", "study"),
        _reference("work_count", "annotator_id", "annotator"),
        _key("work_count", "study_id", "annotator_id"),
    )
    op.create_index(op.f("ix_work_count_annotator_id"), "work_count", ["annotator_id"])
    for name, columns in _BY_PERSON:
        op.create_index(name, "assignment", columns)
    for name, columns, where in _FEW:
        few = sa.text(where)
        op.create_index(name, "assignment", columns, sqlite_where=few, postgresql_where=few)


def downgrade() -> None:
    for name, _, _ in _FEW:
        op.drop_index(name, "assignment")
    for name, _ in _BY_PERSON:
        op.drop_index(name, "assignment")
    for table in ("work_count", "unit", "unit_pair"):
        op.drop_table(table)
    op.drop_column("study", "names")
    op.drop_column("study", "are_units_current")
