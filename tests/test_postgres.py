"""The PostgreSQL of the tests leaves nothing behind, however its process ends."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests import postgres
from tests.conftest import skip_or_fail

_RUN = """
import sys, time
from pathlib import Path
from tests import postgres
with postgres.running(Path(sys.argv[1]), parent=sys.argv[2]):
    print("runs", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def parent():
    """Give a folder of few letters: the path of a socket has at most 107."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)  # for the user that PostgreSQL runs as
        yield Path(folder)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(not postgres.ends_with_its_process(), reason="setpriv was not found")
def test_the_server_of_a_killed_run_ends_and_the_next_run_takes_its_folder_away(parent):
    programs = postgres.binaries()
    if programs is None:
        skip_or_fail("postgres", "initdb was not found (install PostgreSQL)")
    words = [sys.executable, "-c", _RUN, str(programs), str(parent)]
    run = subprocess.Popen(words, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE)
    with run:
        assert run.stdout.readline() == b"runs\n"
        (folder,) = parent.glob(f"{postgres.PREFIX}*")
        server = int((folder / "data" / "postmaster.pid").read_text().split("\n")[0])
        assert _is_alive(server)
        postgres.remove_what_the_dead_left(parent)
        assert (folder / "data" / "postmaster.pid").exists()  # it lives

        run.kill()

    deadline = time.monotonic() + 60
    while _is_alive(server):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    postgres.remove_what_the_dead_left(parent)
    assert list(parent.iterdir()) == []
