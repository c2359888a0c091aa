"""Say whom a study is for: people and groups."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _name() -> sa.Column[str]:
    return sa.Column("name", sa.String(), nullable=False)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    op.create_table(
        "group_member",
        _number("annotator_id"),
        _name(),
        _reference("group_member", "annotator_id", "annotator"),
        _key("group_member", "annotator_id", "name"),
    )
    op.create_index(op.f("ix_group_member_name"), "group_member", ["name"])
    op.create_table(
        "study_person",
        _number("study_id"),
        _number("annotator_id"),
        _reference("study_person", "study_id", "study"),
        _reference("study_person", "annotator_id", "annotator"),
        _key("study_person", "study_id", "annotator_id"),
    )
    op.create_index(op.f("ix_study_person_annotator_id"), "study_person", ["annotator_id"])
    op.create_table(
        "study_group",
        _number("study_id"),
        _name(),
        _reference("study_group", "study_id", "study"),
        _key("study_group", "study_id", "name"),
    )


def downgrade() -> None:
    for table in ("study_group", "study_person", "group_member"):
        op.drop_table(table)
