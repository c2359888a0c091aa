"""A server as a process: what it takes of processor and memory (Linux), and how soon it answers."""

import os
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SECONDS_TO_START = 60


@contextmanager
def served(command: list[str], *, port: int, path: str, folder: Path, **more: str) -> Iterator[int]:
    """Run a server until the block ends; give its process's id once a page of it is answered."""
    with (
        tempfile.TemporaryFile() as printed,
        subprocess.Popen(
            command, cwd=folder, env=os.environ | more, stdout=printed, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            answered(port, path, process)
            yield process.pid
        except TimeoutError:
            printed.seek(0)
            raise SystemExit(printed.read().decode()[-2000:]) from None
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def answered(port: int, path: str, process: "subprocess.Popen[bytes]") -> None:
    """Ask for a page until it comes."""
    end = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                answer.read()
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise TimeoutError


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process and its children took so far."""
    return sum(_cpu_seconds(member) for member in (pid, *_children(pid)))


def resident_mb(pid: int) -> float:
    """Return the memory that a process and its children hold, in MB."""
    return sum(_resident_mb(member) for member in (pid, *_children(pid)))


def _cpu_seconds(pid: int) -> float:
    # The name in parentheses may hold blanks; user and system time are fields 14 and 15.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(resident[1]) / 1024 if resident else 0.0


def _children(pid: int) -> list[int]:
    direct = [
        int(child)
        for listed in Path(f"/proc/{pid}/task").glob("*/children")
        for child in listed.read_text().split()
    ]
    return [*direct, *(below for child in direct for below in _children(child))]
