"""The state of the schema: bring it up to date, and refuse a database newer than this code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from db.engine import engine, know_tables
from evalkit.errors import RefusedError

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str | None = None) -> None:
    """Bring the database to the schema of this code; several processes may try at once."""
    with engine(url).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(724531)")
        _refuse_newer(connection)
        if _revision(connection) != _head():
            command.upgrade(_config(connection), "head")
        know_tables(connection)


def require_current(url: str | None = None) -> None:
    """Raise a RefusedError unless the schema is exactly the one this code was written for."""
    with engine(url).connect().execution_options(write=False) as connection:
        _refuse_newer(connection)
        if _revision(connection) != _head():
            raise RefusedError(
                "The database has not been brought up to date: "
                "run `python -m evalkit db upgrade`, then start again."
            )


def revision(url: str | None = None) -> str | None:
    """Return the schema version of the database, or None where there is none yet."""
    with engine(url).connect().execution_options(write=False) as connection:
        return _revision(connection)


def _refuse_newer(connection: Connection) -> None:
    found = _revision(connection)
    if found is None:
        if inspect(connection).has_table("annotation"):
            raise RefusedError(
                "The database holds tables but no schema version, so it was not made by evalkit. "
                "Point DATABASE_URL at another one."
            )
        return
    if found not in {script.revision for script in _scripts().walk_revisions()}:
        raise RefusedError(
            f"The database was written by a newer evalkit (schema {found}; this one knows up to "
            f"{_head()}). Update evalkit, or point DATABASE_URL at another database."
        )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head() -> str:
    head = _scripts().get_current_head()
    assert head is not None  # the first migration is part of the code
    return head


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
