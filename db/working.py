"""Work on what waits in the database to be asked: by a command, or in a thread of the app.

This is not a task queue: an errand and its parts are rows, one worker at a time holds the lease of
an errand, and whoever starts next goes on with what an earlier one left.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol, TypedDict, Unpack

from db.columns import new_token
from db.commands.errands import (
    Errand,
    give_back,
    keep_lease,
    lease_errand,
    leave_errand,
    stop_errand,
)
from db.engine import read_session
from db.models import Asking, Judging
from evalkit.errors import RefusedError
from evalkit.running.asking import TIMEOUT_S, connect
from evalkit.running.case_request import lost_cost
from evalkit.running.endpoint import Endpoint
from evalkit.running.estimate import USUAL_OUTPUT, cost_of, input_tokens
from evalkit.running.failures import EndpointError
from evalkit.running.plan import limit_of
from evalkit.running.prices import Prices
from evalkit.running.request import Reply, TokenUsage
from evalkit.running.working import Pause, Task, work
from evalkit.vocabulary import AskingState

INTERRUPTED = "It was interrupted on the command line."


@dataclass(frozen=True, slots=True)
class Stored:
    """What a worker tells of each reply it stored: how much was spent in all, and on what."""

    spent_usd: float
    error: str | None


class Manner(TypedDict, total=False):
    """How somebody works.

    ``on_begin`` is given a function that ends the work from another thread: parts under way are
    given back.
    """

    on_stored: Callable[[Stored], None] | None
    timeout_s: float
    on_begin: Callable[[Callable[[], None]], None] | None


class Work(Protocol):
    """The parts of an errand, as what is asked and what is kept of the replies.

    ``part_noun`` is what a part is called, ``output_tokens`` how long a reply is expected to be.
    The key of a task begins with that of its part.
    """

    part_noun: str
    spent_usd: float
    output_tokens: int

    @property
    def row(self) -> Asking | Judging:
        """Return the errand."""

    def take(self, token: str) -> Task | None:
        """Take the next part for who holds the lease, None where there is none."""

    def store(self, task: Task, reply: Reply, prices: Prices | None) -> float | None:
        """Keep a reply, and tell what it cost."""


def work_on(
    kind: Errand,
    number: int,
    load: Callable[[], Work],
    token: str | None = None,
    **how: Unpack[Manner],
) -> bool:
    """Ask what is left of an errand, until it is done or stopped; False where it is another's.

    ``token`` is that of a lease that was taken before. What stops the errand is kept as its
    reason, and not raised.
    """
    token = token or new_token()
    if not (keep_lease(kind, number, token) or lease_errand(kind, number, token)):
        return False
    try:
        tasks = ErrandTasks(kind, number, load(), token, how.get("on_stored"))
        asyncio.run(_work(tasks, how.get("timeout_s", TIMEOUT_S), how.get("on_begin")))
        if tasks.reason is not None:
            stop_errand(kind, number, tasks.reason)
    except (EndpointError, RefusedError) as error:
        stop_errand(kind, number, str(error))
    except KeyboardInterrupt:
        stop_errand(kind, number, INTERRUPTED)
    except asyncio.CancelledError:
        pass  # the app ends: whoever starts next goes on
    finally:
        leave_errand(kind, number, token)
    return True


class ErrandTasks:
    """The parts of an errand as tasks, within its budget; an implementation of `Tasks`."""

    def __init__(
        self,
        kind: Errand,
        number: int,
        parts: Work,
        token: str,
        on_stored: Callable[[Stored], None] | None = None,
    ) -> None:
        self.reason: str | None = None
        self.row = parts.row
        self.endpoint = Endpoint(parts.row.base_url, parts.row.key_name)
        self._kind, self._number, self._parts, self._token = kind, number, parts, token
        self._prices = Prices(**parts.row.prices) if parts.row.prices else None
        self._spent = parts.spent_usd
        self._on_stored = on_stored
        self._lock = Lock()
        self._reserved: dict[int, float] = {}
        self._longest = 0
        self._held: Task | None = None

    def take(self) -> Task | Pause | None:
        """Take the next part, unless it could cost more than is left."""
        if self.reason is not None:
            return None
        held, self._held = self._held, None
        task = held or self._parts.take(self._token)
        if task is None:
            return None
        if self.may_try_again(task, TokenUsage()):
            return task
        if self._reserved and self._is_open():
            self._held = task  # what is on its way may turn out cheaper
            return Pause.PAUSE
        give_back(self._kind, self._number, task.key[0], may_be_paid=False)
        if self._is_open():
            self.reason = (
                f"The budget of {self.row.budget_usd:g} US dollars does not carry another "
                f"{self._parts.part_noun}: {self._spent:.4f} are spent."
            )
        return None

    def store(self, task: Task, reply: Reply) -> None:
        """Store the reply, and note what it cost."""
        cost = self._parts.store(task, reply, self._prices)
        with self._lock:
            self._reserved.pop(task.key[0], None)
            self._spent += (cost or 0.0) + lost_cost(reply, self._prices)
            took = (reply.usage.output or 0, reply.lost.output or 0)
            self._longest = max(self._longest, *took)
            if self.row.budget_usd is not None and cost is None and reply.error is None:
                self.reason = (
                    "The endpoint does not say how many tokens a response took, so the budget "
                    "cannot be kept to. Resume without one."
                )
        if self._on_stored is not None:
            self._on_stored(Stored(self._spent, reply.error))

    def may_try_again(self, task: Task, lost: TokenUsage) -> bool:
        """Put aside what a try may cost; False where the budget does not carry it.

        Where no limit says how long a reply may be, one is asked for alone, and the others are
        then expected to be as long as the longest so far.
        """
        output = max(self._parts.output_tokens, self._longest)
        costs = (
            cost_of(input_tokens(task.request), output, self._prices),
            cost_of(lost.input or 0, lost.output or 0, self._prices),
        )
        budget, cost = self.row.budget_usd, sum(each or 0.0 for each in costs)
        is_unknown = limit_of(self.row.parameters) is None and not self._longest
        with self._lock:
            others = [each for key, each in self._reserved.items() if key != task.key[0]]
            bound = self._spent + sum(others) + cost
            if budget is not None and (bound > budget or (others and is_unknown)):
                return False
            self._reserved[task.key[0]] = cost
            return True

    def give_back(self, task: Task, *, may_be_paid: bool) -> None:
        """Let the part be asked again."""
        with self._lock:
            self._reserved.pop(task.key[0], None)
        give_back(self._kind, self._number, task.key[0], may_be_paid=may_be_paid)

    def beat(self) -> bool:
        """Prolong the lease; tell whether the errand is still this worker's."""
        return keep_lease(self._kind, self._number, self._token)

    def _is_open(self) -> bool:
        with read_session() as session:
            row = session.get(self._kind.table, self._number)
            return row is not None and row.state == AskingState.OPEN


def expected_output(usual: int | None, max_tokens: int | None) -> int:
    """Return how long a reply will be: as earlier ones, and within the limit."""
    expected = usual or max_tokens or USUAL_OUTPUT
    return expected if max_tokens is None else min(expected, max_tokens)


async def _work(
    tasks: ErrandTasks, timeout_s: float, on_begin: Callable[[Callable[[], None]], None] | None
) -> None:
    loop, working = asyncio.get_running_loop(), asyncio.current_task()
    if on_begin is not None and working is not None:
        on_begin(lambda: _end(loop, working))
    async with connect(tasks.endpoint, timeout_s=timeout_s) as connection:
        await work(connection, tasks, concurrency=tasks.row.concurrency)


def _end(loop: asyncio.AbstractEventLoop, working: asyncio.Task[Any]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(working.cancel)
