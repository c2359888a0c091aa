"""What is left of acknowledged annotations when the server is killed again and again.

    python -m benchmarks.kills [--kills 10] [--annotators 4] [--seed 0]

Starts the app itself on a fresh SQLite database with one study. Annotators save a draft and submit
case after case over HTTP, each request repeated unchanged until it is answered, as the screen does.
Meanwhile the server is killed (SIGKILL) at random moments and started again. Then the database is
read: *acknowledged* are submissions answered with 200; *stored* those of them that are there with
the answers that were sent; *lost* those that are not; *doubled* are assignments with more than one
annotation. *repeated* counts requests that got no answer. Exits with 1 where anything was lost or
doubled, or nothing was submitted between two kills.
"""

import argparse
import http.client
import json
import os
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from time import sleep
from typing import Any
from uuid import uuid4

from sqlmodel import select

from db import schema
from db.commands.assignments import next_task_id
from db.commands.people import accept_invitation, add_account, make_first_admin
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session
from db.models import Annotation
from db.queries.people import User
from evalkit.vocabulary import Role
from pages.routes.session import COOKIE, cookie_value
from tests.browser.serving import app_process
from tests.factories import make_eval_set, opened

_HOST, _PORT = "127.0.0.1", 8596
_MODELS = ("Model one", "Model two")
_CASES_A_KILL = 100
_SECONDS_ALIVE = (1.0, 4.0)


@dataclass
class Load:
    """What the annotators did: by key of the submission, what was acknowledged."""

    is_over: threading.Event = field(default_factory=threading.Event)
    acknowledged: dict[str, str] = field(default_factory=dict)
    n_repeated: int = 0
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def measure(n_kills: int, n_annotators: int, seed: int) -> bool:
    """Kill the server under load, print what is left, and tell whether all of it is."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/evalkit.db"
        os.environ["DATABASE_URL"] = url
        schema.upgrade(url)
        study_id, users = _study(n_annotators, n_cases=_CASES_A_KILL * (n_kills + 1))
        per_life = []
        with _at_work(study_id, users, seed) as load:
            for number in range(n_kills):
                n_before = len(load.acknowledged)
                with app_process(url, port=_PORT) as process:
                    sleep(chance.uniform(*_SECONDS_ALIVE))
                    process.kill()
                    process.wait()
                per_life.append(len(load.acknowledged) - n_before)
                print(f"kill {number + 1}: {per_life[-1]} acknowledged before it", flush=True)
            with app_process(url, port=_PORT):
                load.is_over.set()  # what is under way is answered by the last server
                _wait_for_annotators()
        return _is_whole(load, per_life)


def _study(n_annotators: int, *, n_cases: int) -> tuple[int, list[User]]:
    make_first_admin(name="Grace", password="a password of the benchmark")
    make_eval_set(models=_MODELS, n_cases=n_cases)
    plan = StudyPlan(
        name="Benchmark",
        eval_set="Support questions",
        models=_MODELS,
        overlap=n_annotators,
        collects=frozenset({"preference", "comment"}),
    )
    study_id = create_study(plan)
    users = []
    for number in range(n_annotators):
        token = add_account(name=f"Annotator {number}", role=Role.ANNOTATOR)
        users.append(accept_invitation(token=token, password="another of the benchmark"))
    return study_id, users


@contextmanager
def _at_work(study_id: int, users: list[User], seed: int) -> Iterator[Load]:
    load = Load()
    threads = [
        threading.Thread(
            target=_annotate, args=(load, study_id, user, random.Random(f"{seed} {user.id}"))
        )
        for user in users
    ]
    for thread in threads:
        thread.name = f"annotator {thread.name}"
        thread.start()
    try:
        yield load
    finally:
        load.is_over.set()
        for thread in threads:
            thread.join(60)


def _wait_for_annotators() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("annotator "):
            thread.join(60)


def _annotate(load: Load, study_id: int, user: User, chance: random.Random) -> None:
    """Judge case after case until it is over; each request until it is answered."""
    headers = {
        "Cookie": f"{COOKIE}={cookie_value(user)}",
        "X-Evalkit": "1",
        "Origin": f"http://{_HOST}:{_PORT}",
    }
    while not load.is_over.is_set():
        assignment_id = next_task_id(study_id=study_id, annotator_id=user.id)
        if assignment_id is None:
            return
        key, preference = str(uuid4()), chance.choice(("left", "right", "tie", "both_bad"))
        opening = opened(assignment_id)
        body = {
            "assignment_id": assignment_id,
            "draft": {"preference": preference, "scores": {}, "tags": {}, "comment": key},
            "active_seconds": 1,
            "submission_key": key,
        }
        for method, name in (("PUT", "draft"), ("POST", "submit")):
            told = asdict(opening)
            opening = replace(opening, number=opening.number + 1)
            if not _ask(load, method, f"/annotate/{name}", body | told, headers):
                return
        with load.lock:
            load.acknowledged[key] = preference


def _ask(load: Load, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> bool:
    """Send until there is an answer; True for 200. After a minute of silence it is no use."""
    for _ in range(600):
        connection = http.client.HTTPConnection(_HOST, _PORT, timeout=30)
        try:
            connection.request(method, path, json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            with load.lock:
                load.n_repeated += 1
            sleep(0.1)
            continue
        finally:
            connection.close()
        if answer.status != 200:
            load.wrong.append(f"{path} was answered with {answer.status}: {text}")
        return answer.status == 200
    load.wrong.append(f"{path} was not answered.")
    return False


def _is_whole(load: Load, per_life: list[int]) -> bool:
    with read_session() as session:
        rows = session.exec(select(Annotation)).all()
        there = {row.submission_key: (row.preference, row.comment) for row in rows}
        per_assignment = Counter(row.assignment_id for row in rows)
    stored = [
        key for key, preference in load.acknowledged.items() if there.get(key) == (preference, key)
    ]
    n_lost = len(load.acknowledged) - len(stored)
    n_doubled = sum(n > 1 for n in per_assignment.values())
    print(f"{len(per_life)} kills, {load.n_repeated} requests repeated")
    print(f"acknowledged {len(load.acknowledged)}, stored {len(stored)}")
    print(f"lost {n_lost}, doubled {n_doubled}")
    for sentence in load.wrong:
        print(sentence)
    return not n_lost and not n_doubled and not load.wrong and all(per_life)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--annotators", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if not measure(arguments.kills, arguments.annotators, arguments.seed):
        sys.exit(1)


if __name__ == "__main__":
    main()
