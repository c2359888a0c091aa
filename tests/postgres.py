"""A PostgreSQL of the tests, which ends with the process that started it, even a killed one."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "evalkit-pg-"
#: Nothing of it has to outlive a power cut, and no statistics are gathered of tables so small.
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "full_page_writes=off",
    "autovacuum=off",
    # In its folder, to go with it: segments in the memory of the machine are left by whoever dies.
    "dynamic_shared_memory_type=mmap",
)


def binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs, where it is installed."""
    initdb = shutil.which("initdb")
    if initdb:
        return Path(initdb).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


def ends_with_its_process() -> bool:
    """Tell whether the kernel can be told to end a server with the process that started it."""
    return shutil.which("setpriv") is not None


@contextmanager
def running(programs: Path, *, parent: str) -> Iterator[str]:
    """Run a server in a new folder, and give the URL it is reached at."""
    remove_what_the_dead_left(Path(parent))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    with open(folder / "lock", "w") as lock:  # as long as this process lives
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with _started(programs, folder) as port:
                yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def remove_what_the_dead_left(parent: Path) -> None:
    """Remove the folders whose processes were killed: what lives holds a lock."""
    for path in parent.glob(f"{PREFIX}*/lock"):
        try:
            with open(path) as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path.parent, ignore_errors=True)
        except OSError:  # it is held, or gone by now
            continue


@contextmanager
def _started(programs: Path, folder: Path) -> Iterator[int]:
    user, port, data = _as_its_user(folder), _free_port(), folder / "data"
    create = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N"]
    subprocess.run([*user, *create], check=True, capture_output=True)
    serve = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder]
    serve += [word for setting in SETTINGS for word in ("-c", setting)]
    with open(folder / "log", "wb") as log:
        # After the change of user, at which the kernel would forget it.
        until_it_ends = ["setpriv", "--pdeathsig", "QUIT"] if ends_with_its_process() else []
        server = subprocess.Popen([*user, *until_it_ends, *serve], stdout=log, stderr=log)
    try:
        _wait_until_ready(server, programs, port)
        yield port
    finally:
        server.send_signal(signal.SIGQUIT)  # at once, with nothing to keep
        server.wait(timeout=60)


def _wait_until_ready(server: "subprocess.Popen[bytes]", programs: Path, port: int) -> None:
    deadline = time.monotonic() + 60
    ask = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ask, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("The PostgreSQL of the tests did not start.")
        time.sleep(0.05)


def _as_its_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root, so root hands it to the user its package made."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
