"""Run the real app on a port of its own, for tests that need the whole of it."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from tests import forking
from tests.forking import Forked

Process = Forked | subprocess.Popen[bytes]
#: How a process is started: words for ``python -m``, where what it prints goes, its environment.
Start = Callable[..., Process]


@contextmanager
def app_server(database_url: str, *, port: int, start: Start = forking.start) -> Iterator[str]:
    """Serve the app on a database; give its address once it answers."""
    with app_process(database_url, port=port, start=start):
        yield f"http://127.0.0.1:{port}"


def start_anew(*command: str, printed: str, **environment: str) -> "subprocess.Popen[bytes]":
    """Start a process as people do, for tests of what it loads, and when."""
    with open(printed, "ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=forking.ROOT,
            env=os.environ | environment | {"PYTHONUNBUFFERED": "1"},
            stdout=file,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def app_process(database_url: str, *, port: int, start: Start = forking.start) -> Iterator[Process]:
    """Run the app on a database; give its process once it answers."""
    command = ["streamlit", "run", "app.py", f"--server.port={port}"]
    # Into a file: a pipe nobody reads is full after a while and stops the app.
    with tempfile.NamedTemporaryFile() as printed:
        process = start(*command, printed=printed.name, DATABASE_URL=database_url)
        with ended(process):
            _wait_until_healthy(f"http://127.0.0.1:{port}", process, printed)
            yield process


@contextmanager
def ended(process: Process) -> Iterator[None]:
    """End a process with what needs it."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=15)


def _wait_until_healthy(address: str, process: Process, printed: IO[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            printed.seek(0)
            raise RuntimeError(f"The app stopped at its start:\n{printed.read().decode()}")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("The app did not answer within a minute.")
