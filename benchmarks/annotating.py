"""The annotation screen beside Potato 2.12: what a person waits for, and what a server carries.

    python -m benchmarks.annotating [--json] [--quick] [--no-peers] [--keep DIR]

Everything on 127.0.0.1, on databases made here. Both tools get the same made-up cases with two
answers of some 450 words, and about the same form; both are driven by the same code
(``benchmarks.screen``). Potato is installed in an environment of its own (``benchmarks.peers``).

- *painted*: real Chromium, everything by keys: from the key that submits to the first frame after
  the next case is laid out. The two tools in turn, twice, and between them a study of evalkit that
  asks for all that can be asked. *first page*: the page asked for again
  with a warm cache, to the same frame; beside it the same of a Streamlit app of one line, below
  which no page of Streamlit's comes.
- *hammering*: 50 people without pauses; one annotation is the submission with the next case in the
  answer (Potato: its save, its move, and the page it loads then). *with pauses*: 200 people who
  read for 2.5 to 7.5 seconds; the same once more with a draft saved meanwhile.
- *server*: processor time of the server's process for one annotation, of the hammering and of the
  people with pauses, user and system together.
- *next task*: ``GET /annotate/task`` after a submission, nothing held, in a study that has 10,000
  and 1,000,000 annotations (see ``benchmarks.fill``; ``--keep`` leaves the filled files in a
  folder and takes them from there next time; to make the large one takes some ten minutes).
- *start*: from the start of the process to a whole sign-in page; *idle*: memory ten seconds after.

Percentiles are nearest ranks. ``--quick`` takes a tenth of the time and proves nothing. Exits with
1 where a bar is missed.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import peers
from benchmarks.fill import filled_sqlite
from benchmarks.screen import evalkit, floor, painted, potato
from benchmarks.screen.load import Load, at_work, percentile
from benchmarks.screen.painted import Painted, Screen
from benchmarks.screen.processes import resident_mb, served
from benchmarks.timing import machine
from db import schema
from db.commands.units import count_units
from db.engine import engine, write_session
from db.models import Study
from pages.routes.session import COOKIE
from tests.annotating import Person, page_connection

SIZES = (10_000, 1_000_000)
_PORT, _POTATO_PORT, _FLOOR_PORT = 8594, 8593, 8592
_N_CASES, _OVERLAP = 2000, 20
_N_HAMMERING, _N_PAUSING, _PAUSE_SECONDS = 50, 200, 5.0
#: Among the annotators that are made, the one with the browser.
_N_PEOPLE = 1 + _N_HAMMERING + 2 * _N_PAUSING
_IDLE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A number with its bar (``≤`` or ``≥``), and the same of Potato where that was measured."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    is_at_least: bool = False
    potato: float | None = None

    @property
    def verdict(self) -> str:
        """Say whether the bar holds."""
        if self.bar is None:
            return ""
        holds = self.value >= self.bar if self.is_at_least else self.value <= self.bar
        return "ok" if holds else "not ok"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    n_painted: int
    seconds: float
    n_next: int
    annotations: tuple[int, ...]


WHOLE = Sizes(n_painted=25, seconds=20.0, n_next=40, annotations=SIZES)
QUICK = Sizes(n_painted=3, seconds=4.0, n_next=10, annotations=SIZES[:1])


@dataclass
class Measured:
    """What one tool did."""

    painted: Painted
    asked_all: Painted = field(default_factory=Painted)  # of a study that asks for everything
    floor: Painted = field(default_factory=Painted)  # only its first page
    hammering: Load | None = None
    pausing: Load | None = None
    drafting: Load | None = None


@contextmanager
def _evalkit_served(url: str) -> Iterator[int]:
    command, root = evalkit.command(_PORT), evalkit.ROOT
    with served(command, port=_PORT, path="/sign-in", folder=root, DATABASE_URL=url) as pid:
        yield pid


def measure_screens(sizes: Sizes, peers_folder: Path | None) -> tuple[Measured, Measured | None]:
    """Measure evalkit, and Potato where its folder is named, in turn on the same cases."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        asking_all = os.environ["DATABASE_URL"] = f"sqlite:///{folder}/all.db"
        all_id = evalkit.made_study(n_cases=_N_CASES, overlap=_OVERLAP, asks_all=True)
        (all_cookie,) = evalkit.invited(1)
        url = os.environ["DATABASE_URL"] = f"sqlite:///{folder}/evalkit.db"
        study_id = evalkit.made_study(n_cases=_N_CASES, overlap=_OVERLAP)
        cookies = evalkit.invited(_N_PEOPLE)
        ours, theirs = Measured(Painted()), None
        if peers_folder is not None:
            theirs = Measured(Painted())
            potato.made_task(folder / "potato", n_cases=_N_CASES, overlap=_OVERLAP)
        floor.made_app(folder)
        for is_last in (False, True):
            command = floor.command(_FLOOR_PORT)
            with served(command, port=_FLOOR_PORT, path=floor.SCREEN.light, folder=folder):
                _paint(ours.floor, _FLOOR_PORT, floor.SCREEN, 0)
            _say("the screen of evalkit where all that can be asked is asked")
            with _evalkit_served(asking_all):
                asyncio.run(_read_guidelines(all_id, all_cookie))
                screen = _our_screen(all_id, all_cookie, painted.EVALKIT_ALL)
                _paint(ours.asked_all, _PORT, screen, sizes.n_painted)
            _say("the screen of evalkit")
            with _evalkit_served(url) as pid:
                asyncio.run(_read_guidelines(study_id, cookies[0]))
                screen = _our_screen(study_id, cookies[0], painted.EVALKIT)
                _paint(ours.painted, _PORT, screen, sizes.n_painted)
                if is_last:
                    _load_ours(ours, sizes, pid, study_id, cookies[1:])
            if theirs is not None and peers_folder is not None:
                _say("the screen of Potato")
                command = potato.command(peers_folder, _POTATO_PORT)
                with served(command, port=_POTATO_PORT, path="/", folder=folder / "potato") as pid:
                    screen = Screen(
                        "/annotate", *painted.POTATO, "/nothing", sign_in=f"browser {is_last}"
                    )
                    _paint(theirs.painted, _POTATO_PORT, screen, sizes.n_painted)
                    if is_last:
                        _load_theirs(theirs, sizes, pid)
        engine(url).dispose()
        engine(asking_all).dispose()
    return ours, theirs


def _say(what: str) -> None:
    """Tell who waits what is measured; it takes minutes."""
    print(f"measuring {what} …", file=sys.stderr, flush=True)


def _our_screen(study_id: int, cookie: str, keys: tuple[tuple[str, ...], str]) -> Screen:
    return Screen(f"/compare?study={study_id}", *keys, "/healthz", (COOKIE, cookie))


async def _read_guidelines(study_id: int, cookie: str) -> None:
    """Note as read what a study tells, which else lies over its first case."""
    page = page_connection(_PORT, cookie)
    told = (await page.ask("GET", f"/annotate/study?study={study_id}")).json()
    await page.ask("POST", "/annotate/read", {"study_id": study_id, "digest": told["digest"]})
    page.close()


def _paint(result: Painted, port: int, screen: Screen, n_cases: int) -> None:
    if painted.has_chromium():
        address = f"http://127.0.0.1:{port}"
        painted.measure(address, screen, n_cases=n_cases, painted=result)


def _load_ours(ours: Measured, sizes: Sizes, pid: int, study_id: int, cookies: list[str]) -> None:
    people = [
        Person(page_connection(_PORT, cookie), study_id, random.Random(number))
        for number, cookie in enumerate(cookies)
    ]
    crowd, readers = people[:_N_HAMMERING], people[_N_HAMMERING:]
    ours.hammering = at_work(crowd, seconds=sizes.seconds, pause=0, pid=pid)
    for name, part, drafts in (
        ("pausing", readers[:_N_PAUSING], False),
        ("drafting", readers[_N_PAUSING:], True),
    ):
        load = at_work(part, seconds=sizes.seconds, pause=_PAUSE_SECONDS, pid=pid, drafts=drafts)
        setattr(ours, name, load)


def _load_theirs(theirs: Measured, sizes: Sizes, pid: int) -> None:
    people = [
        potato.Person(_POTATO_PORT, f"annotator {number}", random.Random(number))
        for number in range(_N_HAMMERING + _N_PAUSING)
    ]
    crowd, readers = people[:_N_HAMMERING], people[_N_HAMMERING:]
    theirs.hammering = at_work(crowd, seconds=sizes.seconds, pause=0, pid=pid)
    theirs.pausing = at_work(readers, seconds=sizes.seconds, pause=_PAUSE_SECONDS, pid=pid)


def measure_next_task(size: int, kept: Path, n: int) -> float:
    """Return the median seconds of asking for the next case of a study with so many annotations."""
    _say(f"the next task at {size:,} annotations")
    original = _with_open_study(size, kept)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(original, f"{folder}/evalkit.db")
        url = os.environ["DATABASE_URL"] = f"sqlite:///{folder}/evalkit.db"
        schema.upgrade()
        (cookie,) = evalkit.invited(1)
        with _evalkit_served(url):
            took = asyncio.run(_next_tasks(cookie, n))
        engine(url).dispose()
    return median(took)


def _with_open_study(size: int, kept: Path) -> Path:
    """Return a filled file where there is something to annotate; to count it takes minutes."""
    path = kept / f"evalkit-{size}-open.db"
    if not path.exists():
        original = filled_sqlite(size, kept)
        engine(original).dispose()  # what lies beside the file is in it then
        unfinished = path.with_suffix(".part")
        shutil.copyfile(original.removeprefix("sqlite:///"), unfinished)
        url = os.environ["DATABASE_URL"] = f"sqlite:///{unfinished}"
        with write_session() as session:  # two annotated every pair: one is to be had still
            study = session.get_one(Study, 1)
            study.overlap, study.is_open = 3, True
            session.flush()
            count_units(session, study)
        engine(url).dispose()
        unfinished.rename(path)
    return path


async def _next_tasks(cookie: str, n: int) -> list[float]:
    person = Person(page_connection(_PORT, cookie), 1, random.Random(0), holds=False)
    took = []
    for _ in range(n):
        started = time.perf_counter()
        await person.open()
        took.append(time.perf_counter() - started)
        await person.submit()
    return took[n // 5 :]  # the first ones also read what stays in memory


def measure_start() -> tuple[float, float]:
    """Return the seconds to the first page, and the memory in MB that the server then idles on."""
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ["DATABASE_URL"] = f"sqlite:///{folder}/evalkit.db"
        evalkit.made_study(n_cases=10, overlap=2)
        engine(url).dispose()
        _say("the start")
        seconds, memory = [], []
        for _ in range(3):
            started = time.perf_counter()
            with _evalkit_served(url) as pid:
                seconds.append(time.perf_counter() - started)
                time.sleep(_IDLE_SECONDS)
                memory.append(resident_mb(pid))
    return median(seconds), median(memory)


def rows_of_screens(ours: Measured, theirs: Measured | None) -> Iterator[Row]:
    """Give what was measured of the screens, each with the bar."""
    next_case = _milliseconds(ours.painted.next_case)
    beside = None if theirs is None else _milliseconds(theirs.painted.next_case)
    if next_case is not None:
        for share, bar in ((0.5, 60), (0.95, 150)):
            name = f"submit to painted, p{share * 100:.0f}"
            value = percentile(next_case, share)
            yield Row(name, value, "ms", bar, potato=beside and percentile(beside, share))
        asked_all = percentile(_milliseconds(ours.asked_all.next_case) or [], 0.5)
        yield Row("submit to painted, p50, all that can be asked", asked_all, "ms")
        ratio = asked_all / percentile(next_case, 0.5)
        yield Row("submit to painted, p50, of that to the usual", ratio, "×", 1.3)
        if beside is not None:
            ratio = percentile(next_case, 0.5) / percentile(beside, 0.5)
            yield Row("submit to painted, p50 to Potato's", ratio, "×", 0.4)
        first = _milliseconds(ours.painted.warm_page) or []
        peer = theirs and _milliseconds(theirs.painted.warm_page)
        yield Row("first page, warm", median(first), "ms", 500, potato=peer and median(peer))
        of_one_line = median(_milliseconds(ours.floor.warm_page) or [])
        yield Row("first page, warm: of an app of one line", of_one_line, "ms")
        yield Row("first page, warm: to that", median(first) / of_one_line, "×")
    for name, load, peer_load in (
        ("hammering", ours.hammering, theirs and theirs.hammering),
        ("with pauses", ours.pausing, theirs and theirs.pausing),
        ("with pauses and drafts", ours.drafting, None),
    ):
        assert load is not None  # it was measured
        yield from _rows_of_load(name, load, peer_load)


def _rows_of_load(name: str, load: Load, peer: Load | None) -> Iterator[Row]:
    is_hammering = name == "hammering"
    at_least = {"bar": 50.0, "is_at_least": True} if is_hammering else {}
    yield Row(
        f"{name}: annotations", load.per_second, "/s", potato=peer and peer.per_second, **at_least
    )
    took, theirs = _milliseconds(load.took) or [], peer and _milliseconds(peer.took)
    p50, p95 = percentile(took, 0.5), percentile(took, 0.95)
    yield Row(f"{name}: p50", p50, "ms", potato=theirs and percentile(theirs, 0.5))
    bar = 1500 if is_hammering else 200
    yield Row(f"{name}: p95", p95, "ms", bar, potato=theirs and percentile(theirs, 0.95))
    if is_hammering:
        yield Row(f"{name}: p95 to p50", p95 / p50, "×", 3)
    server_bar = None if name.endswith("drafts") else 12.0
    cpu, peer_cpu = load.cpu_each * 1000, peer and peer.cpu_each * 1000
    yield Row(f"{name}: server, each", cpu, "ms", server_bar, potato=peer_cpu)
    if load.errors:
        yield Row(f"{name}: people who could not go on", len(load.errors), "", 0)


def _milliseconds(seconds: list[float]) -> list[float] | None:
    return [1000 * value for value in seconds] or None


def rows_of_sizes(sizes: Sizes, kept: Path) -> Iterator[Row]:
    """Give how long the next task takes in small and large studies."""
    took = {size: measure_next_task(size, kept, sizes.n_next) for size in sizes.annotations}
    for size, seconds in took.items():
        yield Row(f"next task at {size:,} annotations", seconds * 1000, "ms", 20)
    first, last = sizes.annotations[0], sizes.annotations[-1]
    if first != last:
        yield Row(f"next task at {last:,} to {first:,}", took[last] / took[first], "×", 1.5)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--quick", action="store_true", help="a tenth of the time")
    parser.add_argument("--keep", type=Path, help="leave the filled SQLite files here")
    peers.add_options(parser)
    options = parser.parse_args()
    sizes = QUICK if options.quick else WHOLE
    folder, version = None, ""
    if not options.no_peers:
        version = peers.install(options.peers, potato.PEER)
        folder = options.peers if peers.python_of(options.peers, potato.PEER).exists() else None
    where = machine()
    rows = list(rows_of_screens(*measure_screens(sizes, folder)))
    with tempfile.TemporaryDirectory() as temporary:
        rows += rows_of_sizes(sizes, options.keep or Path(temporary))
    seconds, memory = measure_start()
    rows += [Row("start to first page", seconds, "s", 2.5), Row("idle", memory, "MB", 200)]
    if options.json:
        shown = [asdict(row) | {"verdict": row.verdict} for row in rows]
        print(json.dumps({"machine": where, "potato": version, "rows": shown}, indent=1))
    else:
        _print(rows, where, version)
    if any(row.verdict == "not ok" for row in rows):
        sys.exit(1)


def _print(rows: list[Row], where: str, version: str) -> None:
    print(f"\nAnnotating ({where}; Potato {version})\n")
    print("| what | evalkit | bar | | Potato |\n|---|---:|---:|---|---:|")
    for row in rows:
        sign = "≥" if row.is_at_least else "≤"
        bar = "" if row.bar is None else f"{sign} {row.bar:g} {row.unit}"
        peer = "" if row.potato is None else f"{row.potato:.3g} {row.unit}"
        print(f"| {row.what} | {row.value:.3g} {row.unit} | {bar} | {row.verdict} | {peer} |")


if __name__ == "__main__":
    main()
