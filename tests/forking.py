"""Processes that start in milliseconds: forked from one that has imported all there is to import.

``python -m streamlit run app.py`` takes seconds of computing, nearly all of it for imports, and
tests start it dozens of times. What is forked runs what ``python -m`` would, in an environment,
with files and with an ending of its own: it may be killed like any other.

What a test wants to know of the start itself it has to ask of a real one.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("evalkit", "db", "pages.routes", "pages.shared")
NOT_ROOMS = ("evalkit.__main__", "db.migrations")


class Forked:
    """A process that was forked, with what a test asks of a ``subprocess.Popen``."""

    def __init__(self, pid: int, source: "Source") -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._source = source

    def poll(self) -> int | None:
        """Return how it ended, or nothing as long as it runs."""
        if self.returncode is None:
            self.returncode = self._source.ask(poll=self.pid)
        return self.returncode

    def wait(self, timeout: float = 60) -> int:
        """Wait until it ends, and return how it did."""
        deadline = time.monotonic() + timeout
        while (ended := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.01)
        return ended

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        # As long as nobody asked how it ended, its number is nobody else's.
        if self.returncode is None:
            os.kill(self.pid, number)


class Source:
    """The process that others are forked from."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **what: Any) -> Any:
        """Let it do one thing, and return what came of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        """End it."""
        self._process.communicate()


def start(*command: str, printed: str = os.devnull, **environment: str) -> Forked:
    """Run ``python -m`` with these words, and let what it prints go into a file."""
    what = {"command": command, "printed": printed, "environment": os.environ | environment}
    return Forked(_source().ask(**what), _source())


@cache
def _source() -> Source:
    """Start it when the first process is wanted; it lasts as long as this process."""
    source = Source()
    atexit.register(source.end)
    return source


def import_everything() -> None:
    """Import every module of ours, and with them nearly all that they use of others."""
    importlib.import_module("streamlit.web.cli")
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.startswith(NOT_ROOMS):
                importlib.import_module(module.name)


def answer_until_nobody_asks() -> None:
    """Fork, and tell how what was forked ended, line by line."""
    for line in sys.stdin:
        what = json.loads(line)
        if "poll" in what:
            print(json.dumps(_ended(what["poll"])), flush=True)
        elif pid := os.fork():
            print(json.dumps(pid), flush=True)
        else:
            _become(**what)


def _ended(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(command: list[str], printed: str, environment: dict[str, str]) -> NoReturn:
    """Run a module as the main one, in the environment and with the files that it is to have."""
    os.environ.clear()
    os.environ.update(environment)
    with open(os.devnull, "rb") as nothing, open(printed, "ab") as file:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    gc.unfreeze = lambda: None  # to look through all that is imported would be to copy it
    module, *sys.argv[1:] = command
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    gc.disable()
    import_everything()
    gc.freeze()
    gc.enable()
    answer_until_nobody_asks()
