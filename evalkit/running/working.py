"""Many requests at once, a bounded number, as work that is kept somewhere else.

What is asked, what was answered and whether to go on is the business of `Tasks`: rows of a
database for runs, and for judges' verdicts. Nothing is remembered here.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, Protocol

from evalkit.running.asking import Connection, ask
from evalkit.running.failures import EndpointError
from evalkit.running.request import Reply, Request, TokenUsage

#: How often the tasks are told that they are still worked on, and asked whether to go on.
BEAT_S = 2.0
#: After so many failures without a single answer, nothing else is asked.
MOST_FAILURES = 5
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Task:
    """One request, and whatever its `Tasks` know it by."""

    key: Any
    request: Request


class Pause(Enum):
    """What is there instead of a task where one may be later."""

    PAUSE = "pause"


class Tasks(Protocol):
    """Where requests come from and replies go. Each method may take its time; none is awaited."""

    def take(self) -> Task | Pause | None:
        """Give a task that nobody else gets, or none: there is no more, or one is not to go on."""

    def store(self, task: Task, reply: Reply) -> None:
        """Keep a reply for good."""

    def give_back(self, task: Task, *, may_be_paid: bool) -> None:
        """Let somebody else have a task that got no reply; it may all the same be charged."""

    def may_try_again(self, task: Task, lost: TokenUsage) -> bool:
        """Tell at once whether a task may be asked again whose tries took so much for nothing."""

    def beat(self) -> bool:
        """Say that work goes on; tell whether these are still ours to work on."""


async def work(connection: Connection, tasks: Tasks, *, concurrency: int) -> None:
    """Ask until no task is left, with at most ``concurrency`` requests under way.

    Raises EndpointError for what stops all of them; requests under way are still answered and
    stored, and those that were not answered given back. So they are when this is cancelled.
    """
    shared = _Lanes(connection, tasks)
    lanes = [asyncio.create_task(shared.run()) for _ in range(concurrency)]
    beats = asyncio.create_task(_beats(tasks, shared, lanes))
    try:
        await asyncio.gather(*lanes)
    except asyncio.CancelledError:
        if not shared.is_lost:
            raise
    finally:
        for running in (*lanes, beats):
            running.cancel()
        await asyncio.gather(*lanes, beats, return_exceptions=True)
    if shared.stopped is not None:
        raise shared.stopped


class _Lanes:
    """Requests after one another, in several lanes that stop together."""

    def __init__(self, connection: Connection, tasks: Tasks) -> None:
        self.stopped: EndpointError | None = None
        self.is_lost = False
        self._connection = connection
        self._tasks = tasks
        self._turn = asyncio.Lock()
        self._n_under_way = 0
        self._n_answered = 0
        self._n_failed = 0

    async def run(self) -> None:
        """Take one task after another, until there is none or all stop."""
        while self.stopped is None:
            async with self._turn:
                task = await asyncio.to_thread(self._tasks.take)
                self._n_under_way += isinstance(task, Task)
            if isinstance(task, Task):
                try:
                    await self._answer(task)
                finally:
                    self._n_under_way -= 1
            elif task is None:
                return
            else:
                await asyncio.sleep(_PAUSE_S)

    async def _answer(self, task: Task) -> None:
        """Ask, and store the reply, or give the task back."""
        try:
            reply = await ask(
                self._connection, task.request, partial(self._tasks.may_try_again, task)
            )
        except EndpointError as error:
            self.stopped = self.stopped or error
            await asyncio.to_thread(self._tasks.give_back, task, may_be_paid=False)
            return
        except BaseException:
            self._tasks.give_back(task, may_be_paid=True)
            raise
        # What was paid for is stored, also where all is being cancelled meanwhile.
        await asyncio.shield(asyncio.to_thread(self._tasks.store, task, reply))
        self._n_answered += reply.error is None
        self._n_failed += reply.error is not None
        if self._n_failed >= MOST_FAILURES and not self._n_answered:
            self.stopped = self.stopped or EndpointError(
                f"The first {self._n_failed} requests all failed. The last: {reply.error}"
            )


async def _beats(tasks: Tasks, shared: _Lanes, lanes: list[asyncio.Task[None]]) -> None:
    while True:
        await asyncio.sleep(BEAT_S)
        with contextlib.suppress(Exception):  # a busy database is no reason to lose replies
            if not await asyncio.to_thread(tasks.beat):
                shared.is_lost = True
                for lane in lanes:
                    lane.cancel()
                return
