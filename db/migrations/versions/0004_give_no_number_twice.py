"""Give no number twice, a token to each assignment, and an order to its drafts."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: A key that stands on its own, as SQLAlchemy writes it, and the same where none is given twice.
_KEY = re.compile(r"\bid INTEGER NOT NULL(?=,)")
_COUNTED_KEY = "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"
_CONSTRAINT = re.compile(r",\s*CONSTRAINT \w+ PRIMARY KEY \(id\)")

_HEX = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "md5(gen_random_uuid()::text)"}


def upgrade() -> None:
    connection = op.get_bind()
    for column in (
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("draft_session", sa.String(), nullable=True),
        sa.Column("draft_number", sa.Integer(), nullable=True),
    ):
        op.add_column("assignment", column)
    op.execute(f"UPDATE assignment SET token = {_HEX[connection.dialect.name]}")
    if connection.dialect.name == "postgresql":
        op.alter_column("assignment", "token", nullable=False)
        return
    tables = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY rowid"
    )
    for name, definition in tables.all():
        if _KEY.search(definition) and _CONSTRAINT.search(definition):
            _rebuild(connection, name, definition)


def _rebuild(connection: sa.Connection, name: str, definition: str) -> None:
    """Make a table anew with the same rows, as SQLite wants it: foreign keys are off meanwhile.

    Its own text is changed, so that every constraint stays what it is.
    """
    definition = _CONSTRAINT.sub("", _KEY.sub(_COUNTED_KEY, definition, count=1), count=1)
    if name == "assignment":
        definition = re.sub(r"\btoken VARCHAR(?=[,\s)])", "token VARCHAR NOT NULL", definition)
    indexes = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
        (name,),
    )
    statements = list(indexes.scalars())
    found = connection.exec_driver_sql("SELECT name FROM pragma_table_info(?)", (name,))
    columns = ", ".join(f'"{column}"' for column in found.scalars())
    body = definition[definition.index("(") :]
    for statement in (
        f'CREATE TABLE "new {name}" {body}',
        f'INSERT INTO "new {name}" ({columns}) SELECT {columns} FROM "{name}"',
        f'DROP TABLE "{name}"',
        f'ALTER TABLE "new {name}" RENAME TO "{name}"',
        *statements,
    ):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    for column in ("draft_number", "draft_session", "token"):
        op.drop_column("assignment", column)
