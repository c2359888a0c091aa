"""Many requests at once: bounded, each once, stopped together, nothing lost on the way out."""

import asyncio
import threading
from collections import Counter

import pytest

from evalkit.running import working
from evalkit.running.asking import connect
from evalkit.running.endpoint import Endpoint
from evalkit.running.failures import EndpointError
from evalkit.running.request import Request
from evalkit.running.working import Pause, Task, work
from tests.endpoint.server import Trouble, serving


class TasksInMemory:
    """Questions in a list, replies in a dictionary."""

    def __init__(self, n, *, pauses=0):
        self.waiting = list(range(n))
        self.replies = {}
        self.stored = Counter()
        self.returned = []
        self.is_ours = True
        self.pauses = pauses
        self.n_taken = 0
        self.lock = threading.Lock()

    def take(self):
        with self.lock:
            if self.pauses:
                self.pauses -= 1
                return Pause.PAUSE
            if not self.waiting:
                return None
            number = self.waiting.pop(0)
            self.n_taken += 1
            return Task(number, Request("m", [{"role": "user", "content": f"Number {number}"}]))

    def store(self, task, reply):
        self.stored[task.key] += 1
        self.replies[task.key] = reply

    def give_back(self, task, *, may_be_paid):
        self.returned.append(task.key)

    def may_try_again(self, task, lost):
        return True

    def beat(self):
        return self.is_ours


@pytest.fixture
def server():
    with serving(key=None) as running:
        yield running


def run(server, tasks, *, concurrency=4):
    async def worked():
        async with connect(Endpoint(server.base_url)) as connection:
            await work(connection, tasks, concurrency=concurrency)

    asyncio.run(worked())


def test_every_task_is_asked_once_and_never_more_at_a_time_than_allowed(server):
    server.pause = 0.02
    tasks = TasksInMemory(20, pauses=3)

    run(server, tasks, concurrency=3)

    assert tasks.stored == Counter(dict.fromkeys(range(20), 1))
    assert set(server.asked.values()) == {1}
    assert 1 < server.most_at_once <= 3


def test_the_same_question_gets_the_same_answer_from_the_same_seed(server):
    first, second = TasksInMemory(5), TasksInMemory(5)

    run(server, first)
    run(server, second)

    texts = [[tasks.replies[key].text for key in range(5)] for tasks in (first, second)]
    assert texts[0] == texts[1]
    assert len(set(texts[0])) == 5


def test_a_failure_of_one_request_stops_no_other(server):
    server.trouble(Trouble.TOO_LONG, fits=lambda body: "Number 3" in str(body))
    tasks = TasksInMemory(8)

    run(server, tasks)

    assert [key for key, reply in tasks.replies.items() if reply.error] == [3]
    assert len(tasks.replies) == 8


def test_what_stops_everything_stops_soon_and_gives_back_what_it_took(server):
    server.trouble(Trouble.USED_UP, times=99, fits=lambda body: "Number 6" in str(body))
    tasks = TasksInMemory(100)

    with pytest.raises(EndpointError, match="used up"):
        run(server, tasks, concurrency=2)

    assert 6 in tasks.returned
    assert sorted([*tasks.replies, *tasks.returned]) == list(range(tasks.n_taken))
    assert tasks.n_taken < 20


def test_failures_from_the_first_request_on_stop_everything(server):
    server.trouble(Trouble.TOO_LONG, times=1000)
    tasks = TasksInMemory(100)

    with pytest.raises(EndpointError, match=r"first 5 requests all failed.*maximum context"):
        run(server, tasks, concurrency=1)

    assert len(tasks.replies) == 5


def test_work_that_belongs_to_somebody_else_by_now_is_left_and_given_back(server, monkeypatch):
    monkeypatch.setattr(working, "BEAT_S", 0.05)
    server.trouble(Trouble.SLOW, times=99, seconds=10.0)
    tasks = TasksInMemory(10)
    tasks.is_ours = False

    run(server, tasks, concurrency=2)

    assert tasks.replies == {}
    assert sorted(tasks.returned) == [0, 1]
