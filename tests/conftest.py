"""What every test may ask for: a database of its own, on SQLite and on PostgreSQL."""

import asyncio
import fcntl
import gc
import logging
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
import typer.testing
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import create_engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

# Before numpy is imported: beside other workers, more threads only wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from db import schema
from db.columns import DatabaseTable
from db.commands import people
from db.commands.demo import load_demo
from db.engine import engine
from tests import postgres

# A test that is slow on a busy machine is not wrong. Every run draws other examples, so that a
# few in each of many runs look at as much as many in one.
settings.register_profile("of these tests", deadline=None, max_examples=25)
settings.register_profile("of quick tests", deadline=None, max_examples=10)

T = TypeVar("T")
REQUIRED = set(filter(None, os.environ.get("EVALKIT_REQUIRE", "").split(",")))


def skip_or_fail(what: str, reason: str) -> None:
    """Skip a test whose tool is missing, unless EVALKIT_REQUIRE says it must be there."""
    if what in REQUIRED:
        pytest.fail(f"EVALKIT_REQUIRE asks for {what}, but {reason}", pytrace=False)
    pytest.skip(f"{what}: {reason}")


def pytest_configure(config: pytest.Config) -> None:
    """Draw fewer examples where what is slow is left out, and keep databases in memory.

    On a disk every commit of theirs waits for it.
    """
    is_quick = "not slow" in config.option.markexpr
    settings.load_profile("of quick tests" if is_quick else "of these tests")
    if memory := _folder_in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)


@contextmanager
def _no_loop(item: pytest.Item) -> Iterator[None]:
    """Let a test run coroutines in a process where browser tests left Playwright's loop running."""
    of_browsers = item.path.is_relative_to(Path(__file__).parent / "browser")
    left = None if of_browsers else asyncio._get_running_loop()
    if left:
        asyncio._set_running_loop(None)
    try:
        yield
    finally:
        if left:
            asyncio._set_running_loop(left)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Prepare a test as if it were the first of its process."""
    with _no_loop(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run a test as if it were the first of its process."""
    with _no_loop(item):
        return (yield)


def pytest_collection() -> None:
    """Spare the collector looking for garbage in what is imported, for all of it stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Let the collector work from here on, seldom, and pass over what was imported."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # 700 objects take it through the young ones else
    gc.enable()
    # Of what keeps its messages to itself, each of dozens is listened to by name in every test.
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.propagate = True


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash with the least cost there is: a fifth of a second for each account of the demo else."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "_HASHER", hasher)
        patch.setattr(people, "_NOBODY", hasher.hash("nobody"))
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Let the databases of all tests share what SQLAlchemy makes of statements.

    It is kept by dialect, which every engine has one of its own of, and is most of the work in a
    test that begins with an engine of its own.
    """
    shared = {"compiled_cache": LRUCache(10_000)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("db.engine.create_engine", partial(create_engine, execution_options=shared))
        patch.setattr(DefaultDialect, "__eq__", lambda dialect, other: type(dialect) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect)))
        yield


@pytest.fixture(scope="session", autouse=True)
def command_line_built_once() -> Iterator[None]:
    """Let all tests type to one command line: building it takes longer than most commands."""
    built = cache(typer.main.get_command)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.main.get_command", built)
        patch.setattr("typer.testing._get_command", built)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a PostgreSQL of our own in a temporary folder and give the URL of its server."""
    programs = postgres.binaries()
    if programs is None:
        skip_or_fail("postgres", "initdb was not found (install PostgreSQL)")
    with postgres.running(programs, parent=_folder_in_memory() or "/tmp") as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate one SQLite file for all workers; the tests copy it, which takes milliseconds."""
    return _made_once(
        tmp_path_factory, "template", lambda made: schema.upgrade(f"sqlite:///{made}")
    )


@pytest.fixture(scope="session")
def demo_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store the demo in one SQLite file for all workers, to copy as well."""

    def make(made: Path) -> None:
        shutil.copyfile(sqlite_template, made)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", f"sqlite:///{made}")
            load_demo()

    return _made_once(tmp_path_factory, "demo", make)


@pytest.fixture(scope="session")
def postgres_admin(postgres_server: str) -> Iterator[Callable[[str], object]]:
    """Run statements that make and drop databases, over one connection."""
    admin = create_engine(f"{postgres_server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        yield connection.exec_driver_sql
    admin.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, postgres_admin: Callable[[str], object]) -> str:
    """Migrate one PostgreSQL database, for the tests to copy: its name, and how to copy it."""
    postgres_admin("CREATE DATABASE template_of_tests")
    url = f"{postgres_server}/template_of_tests"
    schema.upgrade(url)
    with engine(url).connect() as connection:
        version = connection.dialect.server_version_info or (0,)
    engine(url).dispose()
    # Since version 15 a copy goes through the log, page by page, unless told.
    return "template_of_tests" + (" STRATEGY FILE_COPY" if version >= (15,) else "")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    """Give an empty database of the present schema, in use by ``DATABASE_URL``: its URL."""
    url: str = request.getfixturevalue(f"{request.param}_database")
    return url


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[str]:
    """Give an empty SQLite database of the present schema, for what does not depend on which."""
    with _copy_in_use(sqlite_template, tmp_path) as url:
        yield url


@pytest.fixture
def another_database(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Put another empty SQLite database into use, for what was exported from that of the test."""
    file = tmp_path / "another.db"

    def put_into_use() -> None:
        shutil.copyfile(sqlite_template, file)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")

    yield put_into_use
    engine(f"sqlite:///{file}").dispose()


@pytest.fixture(scope="module")
def database_of_file(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Give one SQLite database to all tests of a file, which read what a fixture stored once."""
    with _copy_in_use(sqlite_template, tmp_path_factory.mktemp("file")) as url:
        yield url


@pytest.fixture
def store_once(
    request: pytest.FixtureRequest, stored_before: dict[str, tuple[Any, object]]
) -> Callable[..., Any]:
    """Store what a function stores in an empty database, which runs for the first test alone.

    Every test has a database of its own, as the function left it with these arguments, and what
    it returned. The database is SQLite's, unless the test asks for ``database``.
    """
    in_use = "database" if "database" in request.fixturenames else "sqlite_database"
    url: str = request.getfixturevalue(in_use)
    read, write = (_file, _put_file) if url.startswith("sqlite") else (_rows, _put_rows)

    def store_once(store: Callable[..., T], **how: object) -> T:
        key = f"{url.split(':')[0]} {store.__qualname__} {how}"
        if key not in stored_before:
            stored = store(**how)
            stored_before[key] = (read(url), deepcopy(stored))
            return stored
        content, stored = stored_before[key]
        write(url, content)
        return deepcopy(stored)

    return store_once


@pytest.fixture(scope="module")
def stored_before() -> dict[str, tuple[Any, object]]:
    """Give what the functions of a file of tests have stored."""
    return {}


def _made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]
) -> Path:
    """Make a SQLite file for all workers of a run, of whom the first makes it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which the workers have in common
    path, made = folder / f"{name}.db", folder / f"{name}-in-the-making.db"
    with open(folder / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            make(made)
            engine(f"sqlite:///{made}").dispose()  # what SQLite wrote beside the file goes into it
            made.rename(path)
    return path


def _file(url: str) -> bytes:
    engine(url).dispose()  # what SQLite wrote beside the file goes into it
    return Path(url.removeprefix("sqlite:///")).read_bytes()


def _put_file(url: str, content: bytes) -> None:
    engine(url).dispose()
    Path(url.removeprefix("sqlite:///")).write_bytes(content)


def _rows(url: str) -> tuple[dict[str, bytes], list[Any]]:
    """Read every table of a PostgreSQL database, and how far each sequence of ids is."""
    tables = {}
    with engine(url).begin() as connection:
        cursor = connection.connection.driver_connection.cursor()
        for table in DatabaseTable.metadata.tables:
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                tables[table] = b"".join(copy)
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value > 0")
        return tables, cursor.fetchall()


def _put_rows(url: str, content: tuple[dict[str, bytes], list[Any]]) -> None:
    tables, sequences = content
    with engine(url).begin() as connection:
        cursor = connection.connection.driver_connection.cursor()
        # The rows refer to one another as they did: nothing to look at again, in any order.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in tables))
        for table in filter(tables.get, tables):
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(tables[table])
        cursor.executemany("SELECT setval(%s::regclass, %s)", sequences)


@contextmanager
def _copy_in_use(template: Path, folder: Path) -> Iterator[str]:
    shutil.copyfile(template, folder / "evalkit.db")
    url = f"sqlite:///{folder / 'evalkit.db'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        yield url
    engine(url).dispose()


@pytest.fixture
def postgres_database(
    postgres_server: str,
    postgres_admin: Callable[[str], object],
    postgres_template: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """Give an empty PostgreSQL database of the present schema."""
    name = f"test_{uuid.uuid4().hex}"
    postgres_admin(f'CREATE DATABASE "{name}" TEMPLATE {postgres_template}')
    url = f"{postgres_server}/{name}"
    monkeypatch.setenv("DATABASE_URL", url)
    yield url
    engine(url).dispose()
    postgres_admin(f'DROP DATABASE "{name}" WITH (FORCE)')


def _folder_in_memory() -> str | None:
    """Give where a database is written without a disk, if there is the room for all of a run."""
    memory = "/dev/shm"
    has_room = os.path.isdir(memory) and shutil.disk_usage(memory).free > 2 * 1024**3
    return memory if has_room and os.access(memory, os.W_OK) else None
