"""Run the real app on a port of its own, for tests that need the whole of it."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def app_server(database_url: str, *, port: int) -> Iterator[str]:
    """Serve the app on a database; give its address once it answers."""
    with app_process(database_url, port=port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def app_process(database_url: str, *, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the app on a database; give its process once it answers."""
    environment = os.environ | {"DATABASE_URL": database_url, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    # Into a file: a pipe nobody reads is full after a while and stops the app.
    with (
        tempfile.TemporaryFile() as printed,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=printed, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}", process, printed)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_healthy(
    address: str, process: "subprocess.Popen[bytes]", printed: IO[bytes]
) -> None:
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
            time.sleep(0.2)
    raise RuntimeError("The app did not answer within a minute.")
