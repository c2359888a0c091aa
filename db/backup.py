"""A copy of the database file, taken while people work."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from db.engine import database_url
from evalkit.errors import RefusedError


def back_up(target: Path) -> int:
    """Copy the SQLite database to ``target`` and return the size in bytes.

    The copy is one state of the database, checked before it takes its name; writers do not wait.
    """
    url = make_url(database_url())
    if url.get_backend_name() != "sqlite":
        raise RefusedError(
            f"The database is {url.get_backend_name()}, not SQLite: back it up with its own tool, "
            "pg_dump."
        )
    source = Path(url.database or "")
    if not source.is_file():
        raise RefusedError(f"There is no database at {source}, so there is nothing to back up.")
    try:
        if target.exists() and target.samefile(source):
            raise RefusedError(f"{target} is the database itself: name another file.")
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise RefusedError(f"{target} cannot be written: {error.strerror}.") from None
    os.close(handle)
    temporary = Path(name)
    try:
        _copy(source, temporary)
        temporary.chmod(0o600)  # it holds password hashes
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)  # all pages in one step: a state no writer changes in between
        new.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        damage = new.execute("PRAGMA integrity_check").fetchone()[0]
        if damage != "ok":
            raise RefusedError(f"The copy is damaged, and so perhaps is the database: {damage}")
    with target.open("rb") as file:
        os.fsync(file.fileno())
