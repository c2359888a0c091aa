"""The versions of the schema: which one a database has, and which ones this code knows.

Read without Alembic, which is needed only to change one: every start and every command ask.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from db.engine import engine
from evalkit.errors import RefusedError

MIGRATIONS = Path(__file__).parent / "migrations"


def require_current(url: str | None = None) -> None:
    """Raise a RefusedError unless the schema is exactly the one this code was written for."""
    with engine(url).connect().execution_options(write=False) as connection:
        refuse_newer(connection)
        if of(connection) != newest():
            raise RefusedError(
                "The database has not been brought up to date: "
                "run `python -m evalkit db upgrade`, then start again."
            )


def of_database(url: str | None = None) -> str | None:
    """Return the schema version of the database, or None where there is none yet."""
    with engine(url).connect().execution_options(write=False) as connection:
        return of(connection)


def of(connection: Connection) -> str | None:
    """Return the schema version behind a connection, or None where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar()
    return version


def newest() -> str:
    """Return the schema version this code was written for."""
    return known()[-1]


@cache
def known() -> list[str]:
    """Return every schema version, oldest first: a migration's file begins with its version."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return sorted(path.name.partition("_")[0] for path in files)


def refuse_newer(connection: Connection) -> None:
    """Raise a RefusedError where a database is not ours, or of a version not known here."""
    there = of(connection)
    if there is None:
        if inspect(connection).has_table("annotation"):
            raise RefusedError(
                "The database holds tables but no schema version, so it was not made by evalkit. "
                "Point DATABASE_URL at another one."
            )
        return
    if there not in known():
        raise RefusedError(
            f"The database was written by a newer evalkit (schema {there}; this one knows up to "
            f"{newest()}). Update evalkit, or point DATABASE_URL at another database."
        )
