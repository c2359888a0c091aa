"""The state of the schema: bring it up to date, and say how tables differ from the code's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, Connection, column, inspect, select, table

from db import revisions
from db.differences import differences, mend
from db.engine import engine, know_tables
from evalkit.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What an upgrade did: the versions, what was missing and is made, and what is still wrong.

    ``renamed`` has people whose names are written in another way now, as they were and as they are.
    """

    before: str | None
    after: str
    mended: tuple[str, ...]
    wrong: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...] = ()


def upgrade(url: str | None = None) -> Upgrade:
    """Bring the database to the schema of this code; several processes may try at once.

    A database of the right version that lacks something gets it, where that loses nothing.
    """
    with _rebuilding(url) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(724531)")
        revisions.refuse_newer(connection)
        before = revisions.of(connection)
        known = _renamed(connection)
        if before != revisions.newest():
            _migrate(connection)
        renamed = _renamed(connection)[len(known) :]
        mended, wrong = mend(connection)
        know_tables(connection)
        return Upgrade(before, revisions.newest(), tuple(mended), tuple(wrong), tuple(renamed))


def schema_differences() -> list[str]:
    """Return how the tables in use differ from those of this code, in words."""
    with engine().connect().execution_options(write=False) as connection:
        return [difference.what for difference in differences(connection)]


@contextmanager
def _rebuilding(url: str | None) -> Iterator[Connection]:
    """Open a transaction in which tables can be made anew.

    SQLite deletes the rows of a table that is dropped, which its foreign keys forbid; they can be
    switched off only outside of a transaction.
    """
    made = engine(url)
    if made.dialect.name != "sqlite":
        with made.begin() as connection:
            yield connection
        return
    with made.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            raw.execute("PRAGMA foreign_keys = ON")


def _migrate(connection: Connection) -> None:
    """Bring the tables to the newest version; refuse to leave a reference to nothing behind."""
    broken = _broken_references(connection)
    command.upgrade(config(connection), "head")
    if _broken_references(connection) - broken:
        raise RefusedError(
            "The upgrade would have left references to rows that are not there, so it was given "
            "up and nothing was changed. Please report this."
        )


def _renamed(connection: Connection) -> list[tuple[str, str]]:
    """Return whom upgrades renamed, oldest first, as the audit log has it."""
    if not inspect(connection).has_table("audit_event"):
        return []
    events = table("audit_event", column("id"), column("action"), column("details", JSON()))
    of_renaming = select(events.c.details).where(events.c.action == "account.renamed")
    details = connection.execute(of_renaming.order_by(events.c.id)).scalars()
    return [(detail["was"], detail["name"]) for detail in details]


def _broken_references(connection: Connection) -> set[tuple[Any, ...]]:
    """Find what refers to nothing; PostgreSQL sees to that itself at every moment."""
    if connection.dialect.name != "sqlite":
        return set()
    return {tuple(row[:3]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}


def config(connection: Connection) -> Config:
    """Return what Alembic needs to know to work on a connection."""
    config = Config()
    config.set_main_option("script_location", str(revisions.MIGRATIONS))
    config.attributes["connection"] = connection
    return config
