"""One engine per database URL, and the two kinds of session: to read, and to write."""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, OperationalError, TimeoutError as WaitedTooLongError
from sqlmodel import Session

from db.prepared import CONNECTION
from db.queue import Queue
from evalkit.errors import RefusedError

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_URL = f"sqlite:///{ROOT / 'data' / 'evalkit.db'}"

#: How long a writer waits for another before it gives up. An import holds the lock longest.
BUSY_TIMEOUT_MS = 30_000

#: What is raised where the database is busy, or away, and may be there again in a moment.
NOT_TO_BE_HAD = (OperationalError, WaitedTooLongError)

_BACKENDS = ("sqlite", "postgresql")
_EXPECTED = (
    "Expected is sqlite:////folder/evalkit.db or postgresql://user@host/name; without it, a file "
    "in the folder data is used."
)
_IMPORT_LOCK = 724532  # a number that means nothing but this
_WRITERS: dict[str, Queue] = {}
_WHOLE: ContextVar[Session | None] = ContextVar("whole", default=None)
_READ: dict[str, Any] = {"write": False}
#: What SQLite does in any transaction; PostgreSQL takes a new state at every statement unasked.
_ONE_STATE: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def database_url() -> str:
    """Return the URL of the database in use: ``DATABASE_URL``, or the file in ``data/``."""
    return os.environ.get("DATABASE_URL") or DEFAULT_URL


def engine(url: str | None = None) -> Engine:
    """Return the engine of a database, made once per process and URL."""
    return _engine(url or database_url())


@contextmanager
def read_session(url: str | None = None) -> Iterator[Session]:
    """Open a session that sees one state of the database and never takes the write lock."""
    made = engine(url)
    options = _READ if made.dialect.name == "sqlite" else _READ | _ONE_STATE
    with (
        made.connect().execution_options(**options) as connection,
        Session(connection, expire_on_commit=False) as session,
    ):
        session.info[CONNECTION] = session.connection()
        yield session


@contextmanager
def write_session(url: str | None = None) -> Iterator[Session]:
    """Open a session that holds the write lock from its first statement and commits at the end.

    On SQLite the transaction is ``BEGIN IMMEDIATE``: what is read inside is still true when it
    is written (a deferred transaction loses updates). Threads of this process then come in the
    order in which they asked; a session inside another would wait for itself, but for
    `one_transaction`. Any exception rolls everything back.
    """
    made = engine(url)
    whole = _WHOLE.get()
    if whole is not None and whole.get_bind() is made:
        try:
            yield whole
        except BaseException:
            whole.rollback()
            raise
        return
    is_queued = made.dialect.name == "sqlite"
    seconds = BUSY_TIMEOUT_MS / 1000
    turn = writers(url).turn(within_seconds=seconds) if is_queued else nullcontext()
    with turn, Session(made, expire_on_commit=False) as session, session.begin():
        session.info[CONNECTION] = session.connection()
        yield session


@contextmanager
def one_transaction() -> Iterator[None]:
    """Let the write sessions in the block be parts of one transaction, committed at its end.

    What fails in one of them rolls all of it back, and nothing can be written beside it.
    """
    with write_session() as session:
        before = _WHOLE.set(session)
        try:
            yield
        finally:
            _WHOLE.reset(before)


def wait_for_imports(session: Session) -> None:
    """Let what imports write, and what else makes rows of the same names, wait for each other.

    PostgreSQL has many writers at once; SQLite has one anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({_IMPORT_LOCK})")


def writers(url: str | None = None) -> Queue:
    """Return the queue of those in this process who write to a SQLite database."""
    return _WRITERS.setdefault(url or database_url(), Queue())


def know_tables(connection: Connection) -> None:
    """Let SQLite look at a sample of what its indexes hold, to choose well among them.

    It takes milliseconds. Not knowing, SQLite walks through a whole study to find the answers to
    one case. PostgreSQL looks by itself.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
        connection.exec_driver_sql("ANALYZE")


@functools.cache
def _engine(url: str) -> Engine:
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, pool_size=5, max_overflow=15)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    # No limit but the threads': writers who wait for the lock must not keep readers out.
    made = create_engine(parsed, pool_size=5, max_overflow=-1, connect_args={"timeout": 30})
    event.listen(made, "connect", _set_pragmas)
    event.listen(made, "begin", _begin)
    return made


def _parsed(url: str) -> URL:
    """Read a URL; refuse one that names no database evalkit can use, without its password."""
    try:
        parsed = _with_driver(make_url(url))
    except ArgumentError:
        raise RefusedError(f"DATABASE_URL is no address of a database. {_EXPECTED}") from None
    if parsed.get_backend_name() not in _BACKENDS:
        raise RefusedError(
            f"DATABASE_URL names {parsed.get_backend_name()}, which evalkit cannot use. {_EXPECTED}"
        )
    return parsed


def _with_driver(url: URL) -> URL:
    """Accept the common spellings of a PostgreSQL URL and use psycopg for them."""
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we emit BEGIN ourselves, see _begin
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged annotation survives a power cut
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    if connection.get_execution_options().get("write", True):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:  # this waits for nobody, so nothing can be the matter with it
        connection.connection.driver_connection.execute("BEGIN")
