"""What is left of acknowledged annotations when the server is killed again and again.

    python -m benchmarks.kills [--kills 50] [--annotators 6] [--url SERVER_URL] [--port 8596]

Starts the app itself on a fresh database with one study that asks for all that can be asked, errors
marked at words included, on SQLite or, with ``--url``
(``postgresql://user@host:port``), on a database of its own on that PostgreSQL. Annotators do what
the screen does, over HTTP: ask for a case and hold the next one, save a draft, submit with the
next one in the answer. Every request is repeated unchanged, a submission under its own key, until
it is answered. Meanwhile the server is killed (SIGKILL) and started again, each time at a random
moment after it has acknowledged something. Then the database is read:

- *acknowledged*: submissions that were answered with 200, whether at once or on repetition;
- *lost*: those of them that are not there with all the answers that were sent;
- *forgotten*: drafts that were answered with 200 and did not come back as they were sent, when the
  case was asked for anew, many of them from a server that was started since;
- *doubled*: assignments with more than one annotation, and pairs that somebody judged twice;
- *beyond*: pairs that more people judged than the study asks for;
- *unasked*: annotations that nobody sent;
- *repeated*: requests that got no answer.

Exits with 1 where anything was lost, forgotten, doubled, beyond or unasked, where a request was
refused, or where nothing was acknowledged between two kills.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import sleep
from typing import Any

import sqlalchemy as sa
from sqlmodel import select

from benchmarks.screen import evalkit
from db.engine import engine, read_session
from db.models import Annotation, Assignment
from db.queries.annotation.task import submitted_draft
from evalkit.annotation.draft import parse_draft
from tests import annotating
from tests.annotating import Answer, Connection, page_headers
from tests.browser.serving import app_process

_OVERLAP = 2
_CASES_A_KILL = 40
_SECONDS_AT_WORK = (0.1, 2.0)
_PATIENCE_SECONDS = 90
#: Between a draft and the look whether it is there: so that kills fall in between.
_READING_SECONDS = 0.3


@dataclass
class Load:
    """What the annotators did: by key of the submission, what was acknowledged."""

    is_over: threading.Event = field(default_factory=threading.Event)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    n_lives: int = 0
    n_drafts: int = 0
    n_drafts_outlived: int = 0
    n_forgotten: int = 0
    n_repeated: int = 0
    wrong: list[str] = field(default_factory=list)


class Insistent(Connection):
    """Asks the same again until there is an answer."""

    load: Load

    async def ask(self, method: str, path: str, body: Any = None, *, form: str = "") -> Answer:
        """Return the first answer there is."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                return await super().ask(method, path, body, form=form)
            except OSError:
                self.load.n_repeated += 1
                await asyncio.sleep(0.1)
        raise RuntimeError(f"{path} was not answered")


class Person(annotating.Person):
    """Somebody who notes what they send before they do."""

    load: Load

    def form(self, preference: str, *, comment: str = "") -> dict[str, Any]:
        """Enter something for all that is asked, and mark an error in each response."""
        assert self.task is not None  # a case is on the screen
        marks = annotating.first_word_marked(self.task, f"Said with {comment or 'a draft'}")
        return super().form(preference, comment=comment) | {"marks": marks}

    def judged(self) -> annotating.Submission:
        """Fill the form in."""
        submission = super().judged()
        self.load.sent[submission.key] = submission.body["draft"]
        return submission

    async def save_draft(self) -> None:
        """Save what is entered, and look whether it comes back, maybe from a later server."""
        load = self.load
        await super().save_draft()
        n_lives = load.n_lives
        await asyncio.sleep(_READING_SECONDS)
        assert self.task is not None  # a case is on the screen
        asked = f"study={self.study_id}&assignment={self.task['assignment_id']}"
        task: dict[str, Any] = (await self._ask("GET", f"/annotate/task?{asked}")).json()["task"]
        self.task = task
        load.n_drafts += 1
        load.n_drafts_outlived += load.n_lives > n_lives
        is_there = as_read(task["draft"]) == as_read(self.form("left"))
        load.n_forgotten += not is_there


def measure(url: str, options: argparse.Namespace) -> bool:
    """Kill the server under load, print what is left, and tell whether all of it is."""
    chance = random.Random(options.seed)
    os.environ["DATABASE_URL"] = url
    study_id = evalkit.made_study(
        n_cases=_CASES_A_KILL * (options.kills + 1), overlap=_OVERLAP, asks_all=True
    )
    cookies = evalkit.invited(options.annotators)
    load, per_life = Load(), []
    at_work = threading.Thread(
        target=lambda: asyncio.run(_all_work(load, study_id, cookies, options.port))
    )
    at_work.start()
    try:
        for number in range(options.kills):
            n_before = len(load.acknowledged)
            with app_process(url, port=options.port) as process:
                end = time.monotonic() + _PATIENCE_SECONDS
                while len(load.acknowledged) == n_before and time.monotonic() < end:
                    sleep(0.01)
                sleep(chance.uniform(*_SECONDS_AT_WORK))
                process.kill()
                process.wait()
                load.n_lives += 1
            per_life.append(len(load.acknowledged) - n_before)
            print(f"kill {number + 1}: {per_life[-1]} acknowledged before it", flush=True)
    except KeyboardInterrupt:
        print("interrupted: what is left by now", flush=True)
    with app_process(url, port=options.port):
        load.is_over.set()  # what is under way is answered by the last server
        at_work.join(_PATIENCE_SECONDS)
    return _is_whole(load, per_life)


async def _all_work(load: Load, study_id: int, cookies: list[str], port: int) -> None:
    await asyncio.gather(*(_works(load, study_id, cookie, port) for cookie in cookies))


async def _works(load: Load, study_id: int, cookie: str, port: int) -> None:
    """Judge case after case until it is over."""
    connection = Insistent(port, page_headers(port, cookie))
    connection.load = load
    person = Person(connection, study_id, random.Random(cookie))
    person.load = load
    try:
        await person.open()
        while not load.is_over.is_set() and person.task is not None:
            await person.save_draft()
            submission = await person.submit()
            load.acknowledged.add(submission.key)
            if person.task is None:
                await person.open()
    except (RuntimeError, ValueError, KeyError) as error:
        load.wrong.append(f"{type(error).__name__}: {error}")
    finally:
        connection.close()


def as_read(form: dict[str, Any]) -> dict[str, Any]:
    """Return what was entered as the server reads it: in one form, however it was sent."""
    return parse_draft(form).as_json()


def _is_whole(load: Load, per_life: list[int]) -> bool:
    with read_session() as session:
        rows = session.exec(
            select(Annotation, Assignment).join(
                Assignment,
                Annotation.assignment_id == Assignment.id,  # type: ignore[arg-type]
            )
        ).all()
        there = {
            stored.submission_key: submitted_draft(session, stored, given).as_json()
            for stored, given in rows
        }
    per_assignment = Counter(stored.assignment_id for stored, _ in rows)
    per_person = Counter((given.presentation, given.annotator_id) for _, given in rows)
    per_pair = Counter(pair for pair, _ in per_person)
    wrong = {
        "lost": sum(
            key not in there or there[key] != as_read(load.sent[key]) for key in load.acknowledged
        ),
        "forgotten": load.n_forgotten,
        "doubled": sum(n > 1 for n in per_assignment.values())
        + sum(n > 1 for n in per_person.values()),
        "beyond": sum(n > _OVERLAP for n in per_pair.values()),
        "unasked": len(there.keys() - load.sent.keys()),
    }
    print(f"{len(per_life)} kills, {load.n_repeated} requests repeated")
    print(f"acknowledged {len(load.acknowledged)}, stored {len(rows)}")
    print(f"drafts {load.n_drafts}, asked for from a later server {load.n_drafts_outlived}")
    print(", ".join(f"{what} {n}" for what, n in wrong.items()))
    for sentence in load.wrong:
        print(sentence)
    return not any(wrong.values()) and not load.wrong and all(per_life)


@contextmanager
def _fresh_database(server: str | None) -> Iterator[str]:
    """Give the URL of an empty database, gone at the end: a SQLite file, or one on a server."""
    if server is None:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/evalkit.db"
        return
    name = "evalkit_benchmark_kills"
    address = sa.make_url(server).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    url = address.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        try:
            yield url
        finally:
            engine(url).dispose()
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
            admin.dispose()


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--annotators", type=int, default=6)
    parser.add_argument("--url", help="a PostgreSQL server instead of SQLite")
    parser.add_argument("--port", type=int, default=8596, help="where the app listens")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with _fresh_database(arguments.url) as url:
        is_whole = measure(url, arguments)
    if not is_whole:
        sys.exit(1)


if __name__ == "__main__":
    main()
