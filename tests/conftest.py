"""What every test may ask for: a database of its own, on SQLite and on PostgreSQL."""

import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from db import schema
from db.engine import engine

REQUIRED = set(filter(None, os.environ.get("EVALKIT_REQUIRE", "").split(",")))


def skip_or_fail(what: str, reason: str) -> None:
    """Skip a test whose tool is missing, unless EVALKIT_REQUIRE says it must be there."""
    if what in REQUIRED:
        pytest.fail(f"EVALKIT_REQUIRE asks for {what}, but {reason}", pytrace=False)
    pytest.skip(f"{what}: {reason}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a PostgreSQL of our own in a temporary folder and give the URL of its server."""
    binaries = _postgres_binaries()
    if binaries is None:
        skip_or_fail("postgres", "initdb was not found (install PostgreSQL)")
    folder = Path(tempfile.mkdtemp(prefix="evalkit-pg-", dir="/tmp"))
    run = _as_postgres_user(folder)
    port = _free_port()
    log = folder / "log"
    subprocess.run(
        [*run, binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-N"],
        check=True,
        capture_output=True,
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    control = [*run, binaries / "pg_ctl", "-D", folder / "data", "-w", "-l", log]
    subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgres"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Give an empty database of the present schema, in use by ``DATABASE_URL``: its URL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'evalkit.db'}"
        monkeypatch.setenv("DATABASE_URL", url)
        schema.upgrade()
        yield url
        engine(url).dispose()
        return
    yield from _postgres_database(request.getfixturevalue("postgres_server"), monkeypatch)


@pytest.fixture
def sqlite_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give an empty SQLite database of the present schema, for what does not depend on which."""
    url = f"sqlite:///{tmp_path / 'evalkit.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    schema.upgrade()
    yield url
    engine(url).dispose()


def _postgres_database(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = f"{server}/{name}"
    monkeypatch.setenv("DATABASE_URL", url)
    schema.upgrade()
    yield url
    engine(url).dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def _postgres_binaries() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


def _as_postgres_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root, so root hands it to the user its package made."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
