"""Work on the runs that wait in the database: by a command, or in a thread of the app.

This is not a task queue: a run and its cases are rows, one worker at a time holds the lease of a
run, and whoever starts next goes on with what an earlier one left.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from db.columns import new_token, number_of
from db.commands import askings as commands
from db.engine import read_session
from db.models import Asking, Case, EvalSetVersion
from db.queries import askings as queries
from db.queries.cases_to_ask import cases_to_ask, usual_output_tokens, version_called
from evalkit.errors import RefusedError
from evalkit.running.asking import TIMEOUT_S, connect
from evalkit.running.case_request import case_request, output_record
from evalkit.running.endpoint import Endpoint
from evalkit.running.estimate import USUAL_OUTPUT, RunEstimate, cost_of, estimated, input_tokens
from evalkit.running.failures import EndpointError
from evalkit.running.plan import RunPlan
from evalkit.running.prices import Prices
from evalkit.running.request import MAX_TOKENS, Reply, Request
from evalkit.running.working import Pause, Task, work
from evalkit.vocabulary import Api, AskingState

INTERRUPTED = "It was interrupted on the command line."


@dataclass(frozen=True, slots=True)
class Stored:
    """What a worker tells of each output it stored: how much was spent in all, and on what."""

    spent_usd: float
    error: str | None


def estimate_run(plan: RunPlan) -> RunEstimate:
    """Reckon what a run will take, and ask nothing. Raises as `begin_run` for unknown cases."""
    with read_session() as session:
        version = version_called(session, plan.eval_set, plan.version)
        cases = cases_to_ask(session, number_of(version))
        usual = usual_output_tokens(session, version.eval_set_id)
    if not cases:
        raise RefusedError("This version holds no active case, so there is nothing to ask.")
    sizes = [input_tokens(_request(plan.model, case, plan.parameters, plan.api)) for case in cases]
    output = _expected_output(usual, plan.max_tokens)
    return estimated(sizes, output_per_case=output, prices=plan.prices)


def work_on(
    run_id: int,
    token: str | None = None,
    *,
    on_stored: Callable[[Stored], None] | None = None,
    timeout_s: float = TIMEOUT_S,
    on_begin: Callable[[Callable[[], None]], None] | None = None,
) -> bool:
    """Ask what is left of a run, until it is done or stopped; False where it is somebody else's.

    ``token`` is that of a lease that was taken before. ``on_begin`` is given a function that ends
    the work from another thread: cases under way are given back. What stops the run is kept as
    its reason, and not raised.
    """
    token = token or new_token()
    if not (commands.keep_lease(run_id, token) or commands.lease_run(run_id, token)):
        return False
    tasks = RunTasks(run_id, token, on_stored)
    try:
        asyncio.run(_work(tasks, timeout_s, on_begin))
        if tasks.reason is not None:
            commands.stop_run(run_id, tasks.reason)
    except (EndpointError, RefusedError) as error:
        commands.stop_run(run_id, str(error))
    except KeyboardInterrupt:
        commands.stop_run(run_id, INTERRUPTED)
    except asyncio.CancelledError:
        pass  # the app ends: whoever starts next goes on
    finally:
        commands.leave_run(run_id, token)
    return True


class RunTasks:
    """The cases of a run as tasks, within its budget; an implementation of `Tasks`."""

    def __init__(
        self, run_id: int, token: str, on_stored: Callable[[Stored], None] | None = None
    ) -> None:
        self.reason: str | None = None
        self._token = token
        self._on_stored = on_stored
        self._lock = Lock()
        self._reserved: dict[int, float] = {}
        self._held: Case | None = None
        with read_session() as session:
            asking = session.get(Asking, run_id)
            assert asking is not None
            self.asking = asking
            (progress,) = queries.askings(session, run_id=run_id)
            version = session.get(EvalSetVersion, asking.eval_set_version_id)
            usual = usual_output_tokens(session, version.eval_set_id if version else 0)
        self._names = {"model": progress.model, "run": progress.run}
        self._spent = progress.cost_usd or 0.0
        self._output = asking.parameters.get(MAX_TOKENS) or _expected_output(usual, None)
        self.endpoint = Endpoint(asking.base_url, asking.key_name)
        self.prices = Prices(**asking.prices) if asking.prices else None

    def take(self) -> Task | Pause | None:
        """Take the next case, unless it could cost more than is left."""
        if self.reason is not None:
            return None
        held, self._held = self._held, None
        case = held or commands.take_case(self.asking.run_id, self._token)
        if case is None:
            return None
        asking = self.asking
        request = _request(asking.model, case, asking.parameters, Api(asking.api))
        cost = cost_of(input_tokens(request), self._output, self.prices)
        if self._reserve(number_of(case), cost):
            return Task((number_of(case), case.key), request)
        if self._reserved and self._is_open():
            self._held = case  # what is on its way may turn out cheaper
            return Pause.PAUSE
        commands.give_case_back(asking.run_id, number_of(case), may_be_paid=False)
        if self._is_open():
            self.reason = (
                f"The budget of {asking.budget_usd:g} US dollars does not carry another case: "
                f"{self._spent:.4f} are spent."
            )
        return None

    def store(self, task: Task, reply: Reply) -> None:
        """Store the output, and note what it cost."""
        case_id, key = task.key
        record = output_record(
            reply, case=key, provider=self.endpoint.host, prices=self.prices, **self._names
        )
        is_new = commands.store_output(self.asking.run_id, case_id, record)
        cost = record.get("cost_usd")
        with self._lock:
            self._reserved.pop(case_id, None)
            self._spent += cost or 0.0 if is_new else 0.0
            if self.asking.budget_usd is not None and cost is None and reply.error is None:
                self.reason = (
                    "The endpoint does not say how many tokens a response took, so the budget "
                    "cannot be kept to. Resume without one."
                )
        if self._on_stored is not None:
            self._on_stored(Stored(self._spent, reply.error))

    def give_back(self, task: Task, *, may_be_paid: bool) -> None:
        """Let the case be asked again."""
        with self._lock:
            self._reserved.pop(task.key[0], None)
        commands.give_case_back(self.asking.run_id, task.key[0], may_be_paid=may_be_paid)

    def beat(self) -> bool:
        """Prolong the lease; tell whether the run is still this worker's."""
        return commands.keep_lease(self.asking.run_id, self._token)

    def _is_open(self) -> bool:
        with read_session() as session:
            asking = session.get(Asking, self.asking.run_id)
            return asking is not None and asking.state == AskingState.OPEN

    def _reserve(self, case_id: int, cost: float | None) -> bool:
        """Put aside what a case is expected to cost; False where the budget does not carry it."""
        budget = self.asking.budget_usd
        with self._lock:
            bound = self._spent + sum(self._reserved.values()) + (cost or 0.0)
            if budget is not None and bound > budget:
                return False
            self._reserved[case_id] = cost or 0.0
            return True


async def _work(
    tasks: RunTasks, timeout_s: float, on_begin: Callable[[Callable[[], None]], None] | None
) -> None:
    loop, working = asyncio.get_running_loop(), asyncio.current_task()
    if on_begin is not None and working is not None:
        on_begin(lambda: _end(loop, working))
    async with connect(tasks.endpoint, timeout_s=timeout_s) as connection:
        await work(connection, tasks, concurrency=tasks.asking.concurrency)


def _end(loop: asyncio.AbstractEventLoop, working: asyncio.Task[Any]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(working.cancel)


def _expected_output(usual: int | None, max_tokens: int | None) -> int:
    """Return how long a response will be: as earlier ones, and within the limit."""
    expected = usual or max_tokens or USUAL_OUTPUT
    return expected if max_tokens is None else min(expected, max_tokens)


def _request(model: str, case: Any, parameters: Any, api: Api) -> Request:
    return case_request(
        model, case.input, context=case.context, tools=case.tools, parameters=parameters, api=api
    )
