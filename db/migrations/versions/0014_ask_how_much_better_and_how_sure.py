"""Ask, where a study wants to know, how much better a response is and how sure one is of it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OPTIONS = ("collects_strength", "collects_certainty")

# Written out, for so no database copies the table of annotations: that can be large.
_ADDED = (
    "ALTER TABLE annotation ADD COLUMN strength VARCHAR "
    "CONSTRAINT ck_annotation_strength CHECK (strength IN ('slightly', 'much')) "
    "CONSTRAINT ck_annotation_strength_of_a_preference "
    "CHECK (strength IS NULL OR preference IN ('left', 'right'))",
    "ALTER TABLE annotation ADD COLUMN certainty VARCHAR "
    "CONSTRAINT ck_annotation_certainty CHECK (certainty IN ('sure', 'unsure'))",
)


def upgrade() -> None:
    for option in _OPTIONS:
        op.add_column(
            "study", sa.Column(option, sa.Boolean(), nullable=False, server_default=sa.false())
        )
    for statement in _ADDED:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table(
        "annotation", table_kwargs={"sqlite_autoincrement": True}
    ) as annotation:
        for name in ("strength_of_a_preference", "certainty", "strength"):
            annotation.drop_constraint(op.f(f"ck_annotation_{name}"), type_="check")
        annotation.drop_column("certainty")
        annotation.drop_column("strength")
    for option in _OPTIONS:
        op.drop_column("study", option)
