"""How long evalkit takes to start, and what memory it holds, beside an app of one line.

    python -m benchmarks.startup [--rounds 5]

Starts the app as documented on a demo database of its own, and an empty Streamlit app of one line
with the same Python, in turn. Times count from the start of the process: to the whole sign-in
page, and, in a start of its own, to the last message of the annotation page of somebody who is
signed in, over the app's own WebSocket. For the app of one line, to the page around every
Streamlit app, and to the last message of its script.

Beside each time stands what the processor worked for it, which other work on the machine moves
less. Memory is what is resident (VmRSS of Linux) once nothing has been asked for five seconds:
after the sign-in page, after the first annotation page, after the first results page. Commands of
the command line are timed whole, beside one of Typer that does nothing. All are medians.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.pages import ask, open_session
from benchmarks.report import duration
from benchmarks.timing import machine
from benchmarks.uploads import memory_mib
from db import schema
from db.commands.demo import load_demo
from db.commands.people import sign_in
from evalkit.demo.simulate import DEMO_STUDY
from pages.routes.session import COOKIE, cookie_value

ROOT = Path(__file__).resolve().parents[1]
BAR_SECONDS, BAR_MIB = 2.5, 200
_PORT = 8596
_ADDRESS = f"http://127.0.0.1:{_PORT}"
_QUIET_SECONDS = 5
_PASSWORD = "evalkit-demo"
_STREAMLIT = "import streamlit as st; st.text('Nothing')"
_TYPER = "import typer; app = typer.Typer(); app.command()(lambda: None); app()"


@dataclass(slots=True)
class Row:
    """What was measured of evalkit and of the floor, in seconds or MiB, and the bar for evalkit."""

    what: str
    bar: float | None = None
    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)


SIGN_IN = "start to the sign-in page"
ANNOTATION = "start to the annotation page"
WORKED = "{}, processor"
IDLE = "idle after the sign-in page"
ANNOTATED = "idle after the first annotation page"
READ = "idle after the first results page"
RESULTS = "the first results page, when asked for at last"
COMMANDS = {
    "--help": ["--help"],
    "import --dry-run": ["import", "{records}", "--dry-run"],
    "report ranking": ["report", "ranking", "--study", DEMO_STUDY],
}


@contextmanager
def started(app: Path, url: str) -> Iterator[tuple[int, float]]:
    """Start an app; give its process's id and when that was."""
    command = [sys.executable, "-m", "streamlit", "run", app.name, f"--server.port={_PORT}"]
    quiet = [*command, "--server.headless=true", "--browser.gatherUsageStats=false"]
    begun = time.perf_counter()
    with subprocess.Popen(
        quiet,
        cwd=app.parent,
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process.pid, begun
        finally:
            process.terminate()
            process.wait(timeout=30)


def answered(path: str) -> None:
    """Ask until there is a whole answer."""
    while True:
        try:
            with urllib.request.urlopen(f"{_ADDRESS}/{path}", timeout=60) as answer:
                answer.read()
                return
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.005)


def page(cookie: str, name: str) -> None:
    """Ask for a page of the first study over a socket of its own, to its last message."""
    with open_session(_ADDRESS, cookie) as session:
        ask(session, name, study=1)


def worked(process_id: int) -> float:
    """Return how long the processor has worked for a process, in seconds."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settled(process_id: int) -> float:
    """Return what memory a process holds once it has been left alone."""
    time.sleep(_QUIET_SECONDS)
    return memory_mib(process_id, "VmRSS")


def measure_app(rows: dict[str, Row], url: str, cookies: dict[str, str]) -> None:
    """Start the app twice: for what a person waits for, and for what it holds."""
    app = ROOT / "app.py"
    with started(app, url) as (process_id, begun):
        answered("compare?study=1")
        page(cookies["ada"], "compare")
        rows[ANNOTATION].ours.append(time.perf_counter() - begun)
        rows[WORKED.format(ANNOTATION)].ours.append(worked(process_id))
    with started(app, url) as (process_id, begun):
        answered("sign-in")
        rows[SIGN_IN].ours.append(time.perf_counter() - begun)
        rows[WORKED.format(SIGN_IN)].ours.append(worked(process_id))
        rows[IDLE].ours.append(settled(process_id))
        page(cookies["ada"], "compare")
        rows[ANNOTATED].ours.append(settled(process_id))
        begun = time.perf_counter()
        page(cookies["leo"], "decision")
        rows[RESULTS].ours.append(time.perf_counter() - begun)
        rows[READ].ours.append(settled(process_id))


def measure_floor(rows: dict[str, Row], folder: Path) -> None:
    """Start the app of one line."""
    app = folder / "nothing.py"
    app.write_text(_STREAMLIT)
    with started(app, "") as (process_id, begun):
        answered("")
        rows[SIGN_IN].floor.append(time.perf_counter() - begun)
        rows[WORKED.format(SIGN_IN)].floor.append(worked(process_id))
        page("", "")
        rows[ANNOTATION].floor.append(time.perf_counter() - begun)
        rows[WORKED.format(ANNOTATION)].floor.append(worked(process_id))
        rows[ANNOTATED].floor.append(settled(process_id))
        rows[IDLE].floor.append(rows[ANNOTATED].floor[-1])


def measure_commands(rows: dict[str, Row], url: str, records: str) -> None:
    """Run every command once, each after one of Typer that does nothing."""
    for name, words in COMMANDS.items():
        ours = [sys.executable, "-m", "evalkit", *(w.format(records=records) for w in words)]
        rows[name].floor.append(_run([sys.executable, "-c", _TYPER], url))
        rows[name].ours.append(_run(ours, url))


def _run(command: list[str], url: str) -> float:
    begun = time.perf_counter()
    environment = os.environ | {"DATABASE_URL": url}
    subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - begun


def measure(n_rounds: int) -> tuple[list[Row], list[Row], list[Row]]:
    """Measure everything in turn; return times of the app, its memory, times of commands."""
    times = [
        Row(SIGN_IN, BAR_SECONDS),
        Row(WORKED.format(SIGN_IN)),
        Row(ANNOTATION, BAR_SECONDS),
        Row(WORKED.format(ANNOTATION)),
        Row(RESULTS),
    ]
    memory = [Row(IDLE, BAR_MIB), Row(ANNOTATED, BAR_MIB), Row(READ)]
    commands = [Row(name) for name in COMMANDS]
    rows = {row.what: row for row in (*times, *memory, *commands)}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        url = os.environ["DATABASE_URL"] = f"sqlite:///{folder}/evalkit.db"
        schema.upgrade()
        load_demo()
        cookies = {
            name: f"{COOKIE}={cookie_value(sign_in(name=name, password=_PASSWORD))}"
            for name in ("ada", "leo")
        }
        records = f"{folder}/demo.jsonl"
        _run([sys.executable, "-m", "evalkit", "export", records, "--study", DEMO_STUDY], url)
        for _ in range(n_rounds):
            measure_floor(rows, folder)
            measure_app(rows, url, cookies)
            measure_commands(rows, url, records)
    return times, memory, commands


def _print(title: str, rows: list[Row], written: Callable[[float], str]) -> None:
    print(f"\n{title} ({machine()})\n\n| what | evalkit | floor | ratio | bar |")
    print("| --- | ---: | ---: | ---: | --- |")
    for row in rows:
        ours, floor = median(row.ours), median(row.floor) if row.floor else None
        cells = [row.what, written(ours), "–", "–", "–"]
        if floor is not None:
            cells[2:4] = written(floor), f"{ours / floor:.2f}×"
        if row.bar is not None:
            verdict = "holds" if ours <= row.bar else "missed"
            cells[4] = f"≤ {written(row.bar)}: {verdict}"
        print(f"| {' | '.join(cells)} |")


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    times, memory, commands = measure(parser.parse_args().rounds)
    _print("Start, beside an empty app", times, duration)
    _print("Memory, beside an empty app", memory, "{:.0f} MiB".format)
    _print("Commands, beside an empty one", commands, duration)


if __name__ == "__main__":
    main()
