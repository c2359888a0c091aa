"""Know labels by people nobody names, and labels merged from several."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_KIND = "ck_annotator_kind"
_OF_ONE = "kind IN ('human', 'judge')"
_OF_ANY = "kind IN ('human', 'judge', 'unknown', 'merged')"


def upgrade() -> None:
    op.add_column("annotator", sa.Column("n_people", sa.Integer(), nullable=True))
    _allow(_OF_ANY)


def downgrade() -> None:
    _allow(_OF_ONE)
    op.drop_column("annotator", "n_people")


def _allow(condition: str) -> None:
    """Let annotators be of these kinds; their numbers stay what they are."""
    with op.batch_alter_table(
        "annotator", table_kwargs={"sqlite_autoincrement": True}
    ) as annotator:
        annotator.drop_constraint(op.f(_KIND), type_="check")
        annotator.create_check_constraint(op.f(_KIND), condition)
