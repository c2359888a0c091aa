"""Two servers on one PostgreSQL, behind a proxy that sends every request wherever it likes."""

import asyncio
import itertools
import random
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sqlmodel import select

from db.commands.people import accept_invitation, add_account
from db.commands.repair import miscounted_studies
from db.commands.studies import StudyPlan, create_study
from db.engine import read_session
from db.models import Annotation, Assignment
from evalkit.vocabulary import Role
from pages.routes.session import cookie_value
from tests.annotating import Answer, Connection, Person, page_headers
from tests.browser.serving import Process, app_process
from tests.factories import make_eval_set

MODELS = ("Model one", "Model two", "Model three")
N_PEOPLE, N_CASES, N_PAIRS, OVERLAP = 50, 40, 3, 2
N_BEFORE_THE_KILL = 80


class Proxy:
    """Sends each request to the next server, and again to the other where there is no answer."""

    def __init__(self, ports: list[int], cookie: str) -> None:
        self._all = [Connection(port, page_headers(port, cookie)) for port in ports]
        self._turns = itertools.cycle(self._all)

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        for connection in itertools.islice(self._turns, 60):
            try:
                return await connection.ask(method, path, body)
            except OSError:
                await asyncio.sleep(0.05)
        raise AssertionError(f"{path} was not answered")

    def close(self) -> None:
        for connection in self._all:
            connection.close()


def free_ports(n: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(n)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def annotators(n: int) -> Iterator[str]:
    for number in range(n):
        token = add_account(name=f"Annotator {number}", role=Role.ANNOTATOR)
        yield cookie_value(accept_invitation(token=token, password=None))


async def all_annotate(
    ports: list[int], study_id: int, cookies: list[str], killed: Process
) -> dict[str, str]:
    """Let everybody annotate until nothing is left; return what was acknowledged, by its key."""
    acknowledged: dict[str, str] = {}

    async def annotate(number: int, cookie: str) -> None:
        proxy = Proxy(ports if number % 2 else ports[::-1], cookie)
        person = Person(proxy, study_id, random.Random(number))
        await person.open()
        while person.task is not None:
            submission = await person.submit()
            acknowledged[submission.key] = submission.preference
            if len(acknowledged) == N_BEFORE_THE_KILL:
                killed.kill()
            if person.task is None:
                await person.open()
        proxy.close()

    await asyncio.gather(*(annotate(*entry) for entry in enumerate(cookies)))
    return acknowledged


@pytest.mark.slow
def test_two_servers_lose_and_double_nothing_when_one_of_them_is_killed(postgres_database):
    make_eval_set(models=MODELS, n_cases=N_CASES)
    plan = StudyPlan(
        name="Two servers",
        eval_set="Support questions",
        models=MODELS,
        overlap=OVERLAP,
        pairs_per_case=N_PAIRS,
    )
    study_id = create_study(plan)
    cookies = list(annotators(N_PEOPLE))
    ports = free_ports(2)
    with ExitStack() as stack:
        servers = [stack.enter_context(app_process(postgres_database, port=port)) for port in ports]
        acknowledged = asyncio.run(all_annotate(ports, study_id, cookies, servers[0]))
        assert servers[0].wait(10) == -9
        assert servers[1].poll() is None

    with read_session() as session:
        rows = session.exec(
            select(Annotation, Assignment).join(
                Assignment, Annotation.assignment_id == Assignment.id
            )
        ).all()
    stored = {annotation.submission_key: annotation.preference for annotation, _ in rows}
    people_of_pairs = Counter(assignment.presentation for _, assignment in rows)
    judged = Counter((assignment.presentation, assignment.annotator_id) for _, assignment in rows)
    assert stored == acknowledged
    assert len(rows) == len(acknowledged) == N_CASES * N_PAIRS * OVERLAP
    assert set(people_of_pairs.values()) == {OVERLAP}
    assert set(judged.values()) == {1}
    assert miscounted_studies() == []
