"""What every test may ask for: a database of its own, on SQLite and on PostgreSQL."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
import typer.testing
from argon2 import PasswordHasher
from sqlalchemy import create_engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

from db import schema
from db.commands import people
from db.commands.demo import load_demo
from db.engine import engine
from tests import emptied, postgres
from tests.conftest import skip_or_fail
from tests.memory import folder_in_memory

T = TypeVar("T")


@pytest.fixture(scope="session", autouse=True)
def what_costs_the_same_in_every_test() -> Iterator[None]:
    """Do once, or cheaply, what takes longer than most tests; one fixture, for each takes time."""
    with pytest.MonkeyPatch.context() as patch:
        _hash_cheaply(patch)
        _compile_statements_once(patch)
        _build_the_command_line_once(patch)
        yield


def _hash_cheaply(patch: pytest.MonkeyPatch) -> None:
    """Hash with the least cost there is: a fifth of a second for each account of the demo else."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(people, "_HASHER", hasher)
    patch.setattr(people, "_NOBODY", hasher.hash("nobody"))


def _compile_statements_once(patch: pytest.MonkeyPatch) -> None:
    """Let the databases of all tests share what SQLAlchemy makes of statements.

    It is kept by dialect, which every engine has one of its own of, and is most of the work in a
    test that begins with an engine of its own.
    """
    shared = {"compiled_cache": LRUCache(10_000)}
    patch.setattr("db.engine.create_engine", partial(create_engine, execution_options=shared))
    patch.setattr(DefaultDialect, "__eq__", lambda dialect, other: type(dialect) is type(other))
    patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect)))


def _build_the_command_line_once(patch: pytest.MonkeyPatch) -> None:
    """Let all tests type to one command line: building it takes longer than most commands."""
    built = cache(typer.main.get_command)
    patch.setattr("typer.main.get_command", built)
    patch.setattr("typer.testing._get_command", built)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a PostgreSQL of our own in a temporary folder and give the URL of its server."""
    programs = postgres.binaries()
    if programs is None:
        skip_or_fail("postgres", "initdb was not found (install PostgreSQL)")
    with postgres.running(programs, parent=folder_in_memory() or "/tmp") as url:
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


def _rows(url: str) -> emptied.Content:
    with engine(url).begin() as connection:
        return emptied.rows(connection.connection.driver_connection.cursor())


def _put_rows(url: str, content: emptied.Content) -> None:
    with engine(url).begin() as connection:
        cursor = connection.connection.driver_connection.cursor()
        cursor.execute("SET LOCAL session_replication_role = replica")
        emptied.put_rows(cursor, content)


@contextmanager
def _copy_in_use(template: Path, folder: Path) -> Iterator[str]:
    shutil.copyfile(template, folder / "evalkit.db")
    url = f"sqlite:///{folder / 'evalkit.db'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        yield url
    engine(url).dispose()


@pytest.fixture(scope="module")
def postgres_of_file(
    postgres_server: str, postgres_admin: Callable[[str], object], postgres_template: str
) -> Iterator[emptied.EmptiedDatabase]:
    """Give the one PostgreSQL database of a file of tests."""
    database = emptied.EmptiedDatabase(postgres_server, postgres_admin, postgres_template)
    yield database
    database.drop()


@pytest.fixture
def postgres_database(
    postgres_of_file: emptied.EmptiedDatabase, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Give an empty PostgreSQL database of the present schema."""
    url = postgres_of_file.url()
    monkeypatch.setenv("DATABASE_URL", url)
    return url
