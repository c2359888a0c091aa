"""Run code that a model wrote, with little time and memory and, where it can be had, no network.

It is no safe place for code that means harm: it keeps mistakes, endless loops and greed from
hurting the machine, and nothing more. So it is off unless whoever runs evalkit turns it on.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from evalkit.errors import RefusedError

#: What turns it on, in the environment of the process that runs checks.
SWITCH = "EVALKIT_RUN_CODE"
#: Bytes that code may write to a file or print.
_MOST_BYTES = 1_000_000
_MOST_FILES, _MOST_PROCESSES = 64, 32
_TAIL = 200

# What the process does before the code and after it. With a network and processes of its own, the
# first process of the new space waits for the code, and all that the code began ends with it.
_BEGIN = """
import ctypes, os, resource, signal, sys, types
seconds, megabytes, is_alone = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "1"
libc = ctypes.CDLL(None, use_errno=True)
def end_as(number):
    status = os.waitpid(number, 0)[1]
    os._exit(TIMED if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status))
if is_alone:
    if libc.unshare(NEWUSER | NEWNET | NEWPID):
        os._exit(REFUSED)
    if number := os.fork():
        end_as(number)
    libc.prctl(1, signal.SIGKILL)
    if number := os.fork():
        end_as(number)
memory = megabytes * 1024 * 1024
for limit, most in (
    (resource.RLIMIT_CPU, seconds),
    (resource.RLIMIT_AS, memory),
    (resource.RLIMIT_FSIZE, BYTES),
    (resource.RLIMIT_NOFILE, FILES),
    (resource.RLIMIT_NPROC, PROCESSES),
    (resource.RLIMIT_CORE, 0),
):
    resource.setrlimit(limit, (most, most))
with open("checked.py", encoding="utf-8") as file:
    code = compile(file.read(), "checked.py", "exec")
sys.argv = ["checked.py"]
module = sys.modules["checked"] = types.ModuleType("checked")
exec(code, module.__dict__)
sys.stdout.flush()
os._exit(PASSED)
"""
#: How it says what became of it, in numbers that are drawn for each run: there is none with which
#: code could leave and pass, and 0 is never one of them.
_PASSED, _REFUSED, _TIMED = "PASSED", "REFUSED", "TIMED"
_ENDS = (_PASSED, _REFUSED, _TIMED)
_EXITS = range(100, 250)
_NUMBERS = {
    "NEWUSER": 0x10000000,
    "NEWNET": 0x40000000,
    "NEWPID": 0x20000000,
    "BYTES": _MOST_BYTES,
    "FILES": _MOST_FILES,
    "PROCESSES": _MOST_PROCESSES,
}
for _name, _number in _NUMBERS.items():
    _BEGIN = _BEGIN.replace(_name, str(_number))


class _Ended(NamedTuple):
    """How the process ended: its exit, what that says of it if anything, and what it said."""

    exit: int
    end: str | None
    stderr: bytes


class CodeEnd(StrEnum):
    """How running code came to its end."""

    DONE = "done"
    FAILED = "failed"
    TOOK_TOO_LONG = "took too long"


@dataclass(frozen=True, slots=True)
class CodeRun:
    """How code ended, and the last that it said."""

    end: CodeEnd
    last_words: str


def require_switched_on() -> None:
    """Refuse to run code unless whoever runs evalkit here allows it."""
    if os.environ.get(SWITCH) != "1" or not sys.platform.startswith("linux"):
        raise RefusedError(
            "Code of models is not run here. It could read files and harm this machine; limits of "
            "time and memory keep mistakes in bounds, not malice. Whoever runs evalkit may allow "
            f"it on Linux, in a container that holds nothing else, by setting {SWITCH}=1."
        )


def can_cut_network() -> bool:
    """Tell whether code can be run without a network here."""
    run = _run("pass", seconds=5, megabytes=512, is_offline=True)
    return run.end == _PASSED


def run_code(code: str, *, seconds: int, megabytes: int, is_offline: bool) -> CodeRun:
    """Run Python code in a process of its own, and end all that it began.

    It is run as if imported: what stands under ``if __name__ == "__main__"`` is not.

    Parameters
    ----------
    code : str
    seconds : int
        Of computing, and twice as many on the clock.
    megabytes : int
        Of memory of each process.
    is_offline : bool
        Whether to take the network from it, and to end with it all that it began, also what left
        its session; see :func:`can_cut_network`.
    """
    try:
        run = _run(code, seconds=seconds, megabytes=megabytes, is_offline=is_offline)
    except subprocess.TimeoutExpired:
        return CodeRun(CodeEnd.TOOK_TOO_LONG, "")
    last_words = run.stderr.decode("utf-8", "replace").strip()[-_TAIL:]
    if run.end == _TIMED or run.exit < 0:
        return CodeRun(CodeEnd.TOOK_TOO_LONG, last_words)
    if run.exit == 0:
        return CodeRun(CodeEnd.FAILED, "It ended itself before the tests were through.")
    is_done = run.end == _PASSED
    return CodeRun(CodeEnd.DONE if is_done else CodeEnd.FAILED, last_words)


def _run(code: str, *, seconds: int, megabytes: int, is_offline: bool) -> _Ended:
    exits = dict(zip(_ENDS, random.SystemRandom().sample(_EXITS, len(_ENDS)), strict=True))
    script = _BEGIN
    for name, number in exits.items():
        script = script.replace(name, str(number))
    with tempfile.TemporaryDirectory(prefix="evalkit-code-") as folder:
        (Path(folder) / "checked.py").write_text(code, encoding="utf-8", errors="replace")
        limits = (str(seconds), str(megabytes), str(int(is_offline)))
        with (
            (Path(folder) / "stderr").open("w+b") as errors,
            subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", script, *limits],
                cwd=folder,
                env={"PATH": "/usr/bin:/bin", "HOME": folder, "OPENBLAS_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            ) as process,
        ):
            try:
                process.wait(timeout=_on_the_clock(seconds))
            finally:
                # The session is its own: what the code began ends with it.
                _end_group(process.pid)
            errors.seek(0)
            said_last = errors.read(_MOST_BYTES)
        ends = {number: name for name, number in exits.items()}
        return _Ended(process.returncode, ends.get(process.returncode), said_last)


def _on_the_clock(seconds: int) -> float:
    return 2 * seconds + 1


def _end_group(number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(number, signal.SIGKILL)
