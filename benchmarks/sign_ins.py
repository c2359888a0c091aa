"""What a crowd of wrong passwords costs somebody who annotates: the time of a draft's save.

    python -m benchmarks.sign_ins [--crowd 60] [--seconds 8]

Starts the app itself on a fresh database with one study, and saves the draft of one annotator over
HTTP again and again: first alone (*quiet*), then while as many threads as the crowd has members
send wrong passwords without a pause, each for a name of its own, all from one address (*one
address*), and each from an address of its own (*many addresses*, as a proxy would forward them).
The crowd is one process beside the server's: what it takes of the cores is in the numbers, too.
Everything stays on 127.0.0.1. Rows are milliseconds.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import re
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from statistics import quantiles
from time import perf_counter, sleep
from urllib.parse import urlencode

from db import schema
from db.commands.assignments import next_task_id
from db.commands.people import accept_invitation, add_account, make_first_admin
from db.commands.studies import StudyPlan, create_study
from db.queries.people import User
from evalkit.vocabulary import Role
from pages.routes.session import COOKIE, cookie_value
from tests.browser.serving import app_server
from tests.factories import make_eval_set, opened

_HOST, _PORT = "127.0.0.1", 8598
_ORIGIN = f"http://{_HOST}:{_PORT}"
_PAUSE_SECONDS = 0.02


def measure(crowd: int, seconds: float) -> None:
    """Print the table: saves alone, and beside a crowd from one address and from many."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/evalkit.db"
        os.environ["DATABASE_URL"] = url
        schema.upgrade(url)
        user, assignment_id = _annotator_at_work()
        with app_server(url, port=_PORT):
            print("| beside | saves | median | 95 % | longest | answers to the crowd |")
            print("|---|---:|---:|---:|---:|---|")
            _print_row("quiet", _saves(user, assignment_id, seconds), {})
            for name, has_own in (("one address", False), ("many addresses", True)):
                with _crowd_of(crowd, has_own=has_own) as answers:
                    sleep(3)  # the crowd has come by then
                    saves = _saves(user, assignment_id, seconds)
                _print_row(f"{crowd} from {name}", saves, answers)


def _annotator_at_work() -> tuple[User, int]:
    make_first_admin(name="Grace", password="a password of the benchmark")
    make_eval_set()
    plan = StudyPlan(
        name="Benchmark", eval_set="Support questions", models=("Model one", "Model two")
    )
    study_id = create_study(plan)
    token = add_account(name="Ann", role=Role.ANNOTATOR)
    user = accept_invitation(token=token, password="another of the benchmark")
    assignment_id = next_task_id(study_id=study_id, annotator_id=user.id)
    assert assignment_id is not None  # the study has just begun
    return user, assignment_id


def _saves(user: User, assignment_id: int, seconds: float) -> list[float]:
    """Save a draft until the time is over; give how long each save took, in milliseconds."""
    headers = {"Cookie": f"{COOKIE}={cookie_value(user)}", "X-Evalkit": "1", "Origin": _ORIGIN}
    took = []
    end = perf_counter() + seconds
    while perf_counter() < end:
        draft = {"preference": "left", "scores": {}, "tags": {}, "comment": f"{len(took)}"}
        body = asdict(opened(assignment_id)) | {
            "assignment_id": assignment_id,
            "draft": draft,
            "active_seconds": 0,
        }
        started = perf_counter()
        status, _ = _ask("PUT", "/annotate/draft", json.dumps(body), headers)
        took.append((perf_counter() - started) * 1000)
        if status != 200:
            raise RuntimeError(f"A draft was answered with {status}.")
        sleep(_PAUSE_SECONDS)
    return took


@contextmanager
def _crowd_of(n_members: int, *, has_own: bool) -> Iterator[dict[int, int]]:
    """Let a process send wrong passwords while the block runs; give how they were answered."""
    of_its_own = multiprocessing.get_context("spawn")
    is_over, results = of_its_own.Event(), of_its_own.Queue()
    process = of_its_own.Process(target=_be_a_crowd, args=(n_members, has_own, is_over, results))
    process.start()
    answers: dict[int, int] = {}
    try:
        yield answers
    finally:
        is_over.set()
        answers.update(results.get(timeout=300))
        process.join()


def _be_a_crowd(
    n_members: int, has_own: bool, is_over: Event, results: "Queue[Counter[int]]"
) -> None:
    """Send wrong passwords with as many threads as the crowd has members."""
    status, page = _ask("GET", "/sign-in", None, {"Cookie": "evalkit_form=benchmark"})
    token = re.search(r'name="token" value="([^"]*)"', page)
    if token is None:
        raise RuntimeError(f"The sign-in page was answered with {status}, without its form.")
    answers: Counter[int] = Counter()

    def member(number: int) -> None:
        headers = {
            "Cookie": "evalkit_form=benchmark",
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": _ORIGIN,
        }
        turn = 0
        while not is_over.is_set():
            turn += 1
            name = f"nobody {number} {turn}"
            form = {"token": token[1], "name": name, "password": "a wrong password"}
            if has_own:
                headers["X-Forwarded-For"] = f"10.{number}.{turn // 250}.{turn % 250}"
            status, _ = _ask("POST", "/sign-in", urlencode(form), headers)
            answers[status] += 1
            if status in {429, 503}:
                sleep(0.5)  # whoever is told to come back in a moment does

    threads = [threading.Thread(target=member, args=(number,)) for number in range(n_members)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(answers)


def _ask(method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection(_HOST, _PORT, timeout=120)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def _print_row(name: str, took: list[float], answers: dict[int, int]) -> None:
    twentieths = quantiles(took, n=20) if len(took) > 1 else took * 20
    counted = ", ".join(f"{n} × {status}" for status, n in sorted(answers.items()))
    print(
        f"| {name} | {len(took)} | {twentieths[9]:.1f} | {twentieths[18]:.1f} | {max(took):.1f} "
        f"| {counted} |",
        flush=True,
    )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--crowd", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=8)
    arguments = parser.parse_args()
    measure(arguments.crowd, arguments.seconds)


if __name__ == "__main__":
    main()
