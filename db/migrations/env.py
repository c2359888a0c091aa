"""How Alembic reaches the database: through our engine, on the connection it is handed."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

import db.models  # noqa: F401  (fills the registry)
from db.columns import DatabaseTable, UtcDateTime


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as the plain ones they are stored as."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=DatabaseTable.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
