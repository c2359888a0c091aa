"""Let a study ask for several kinds of task, each counted apart."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('pair', 'single', 'rank')"
_COUNTED = ("work_count", "unit", "unit_pair")


def upgrade() -> None:
    op.add_column("study", sa.Column("tasks", sa.JSON(none_as_null=True)))
    _make_anew(of_kind=True)


def downgrade() -> None:
    _make_anew(of_kind=False)
    op.drop_column("study", "tasks")


def _make_anew(*, of_kind: bool) -> None:
    """Make the tables of what is counted anew: all in them is counted again from assignments."""
    for table in _COUNTED:
        op.drop_table(table)
    op.execute(sa.text("UPDATE study SET are_units_current = false"))
    _make_pairs(of_kind)
    _make_units(of_kind)
    _make_work(of_kind)


def _make_pairs(of_kind: bool) -> None:
    unique = ["study_id", *(["kind"] if of_kind else []), "first_run_id", "second_run_id"]
    op.create_table(
        "unit_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        *_numbers("study_id"),
        *_kind("unit_pair", of_kind),
        *_numbers("first_run_id", "second_run_id", "n_live", "lead", "n_open", "n_missing"),
        *_references("unit_pair", study_id="study", first_run_id="run", second_run_id="run"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_pair")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_unit_pair_{'_'.join(unique)}")),
        sqlite_autoincrement=True,
    )


def _make_units(of_kind: bool) -> None:
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        *_numbers("study_id"),
        *_kind("unit", of_kind),
        *_numbers("case_id", "pair_id", "first_output_id", "second_output_id"),
        sa.Column("more_output_ids", sa.JSON(none_as_null=True), nullable=True),
        *_numbers("place"),
        sa.Column("inclusion_probability", sa.Float(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        *_numbers("n_live", "lead"),
        *_references(
            "unit",
            study_id="study",
            case_id="case",
            pair_id="unit_pair",
            first_output_id="output",
            second_output_id="output",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint(
            "study_id", "case_id", "pair_id", name=op.f("uq_unit_study_id_case_id_pair_id")
        ),
        sqlite_autoincrement=True,
    )
    order = ["study_id", *(["kind"] if of_kind else []), "is_offered", "n_live", "place"]
    op.create_index("ix_unit_next", "unit", order)
    for column in ("case_id", "pair_id", "first_output_id", "second_output_id"):
        op.create_index(op.f(f"ix_unit_{column}"), "unit", [column])


def _make_work(of_kind: bool) -> None:
    key = ["study_id", "annotator_id", *(["kind"] if of_kind else [])]
    op.create_table(
        "work_count",
        *_numbers("study_id", "annotator_id"),
        *_kind("work_count", of_kind),
        *_numbers("n_submitted", "n_begun"),
        sa.Column("last_submitted_id", sa.Integer(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        *_numbers("n_open", "n_missing"),
        *_references("work_count", study_id="study", annotator_id="annotator"),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_work_count")),
    )
    op.create_index(op.f("ix_work_count_annotator_id"), "work_count", ["annotator_id"])


def _kind(table: str, of_kind: bool) -> list[sa.Column[str] | sa.CheckConstraint]:
    if not of_kind:
        return []
    return [
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f(f"ck_{table}_kind")),
    ]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
        )
        for column, target in targets.items()
    ]
