"""What a run will take, and the work on it: its cases as what is asked of the endpoint."""

from dataclasses import replace
from functools import partial
from typing import Any, Unpack

from sqlmodel import col

from db.columns import number_of
from db.commands import askings as commands
from db.commands.errands import RUN
from db.engine import read_session
from db.models import Asking, Case, EvalSetVersion
from db.queries import askings as queries
from db.queries.cases_to_ask import NO_CASE, cases_to_ask, usual_output_tokens, version_called
from db.queries.images import sent_images
from db.working import Manner, expected_output, work_on as work_on_errand
from evalkit.errors import RefusedError
from evalkit.running.case_request import case_request, output_record
from evalkit.running.endpoint import Endpoint
from evalkit.running.estimate import RunEstimate, estimated, input_tokens
from evalkit.running.plan import RunPlan
from evalkit.running.prices import Prices
from evalkit.running.request import MAX_TOKENS, Reply, Request
from evalkit.running.working import Task
from evalkit.vocabulary import Api


def estimate_run(plan: RunPlan) -> RunEstimate:
    """Reckon what a run will take, and ask nothing. Raises as `begin_run` for unknown cases."""
    with read_session() as session:
        version = version_called(session, plan.eval_set, plan.version)
        columns = col(Case.input), col(Case.context), col(Case.tools)
        cases = session.execute(cases_to_ask(number_of(version), *columns)).all()
        usual = usual_output_tokens(session, version.eval_set_id)
    if not cases:
        raise RefusedError(NO_CASE)
    sizes = [input_tokens(_request(plan.model, case, plan.parameters, plan.api)) for case in cases]
    output = expected_output(usual, plan.max_tokens)
    return estimated(sizes, output_per_case=output, prices=plan.prices)


def work_on(run_id: int, token: str | None = None, **how: Unpack[Manner]) -> bool:
    """Ask what is left of a run, as `db.working.work_on` does."""
    return work_on_errand(RUN, run_id, partial(RunWork, run_id), token, **how)


class RunWork:
    """The cases of a run as `Work`."""

    part_noun = "case"

    def __init__(self, run_id: int) -> None:
        with read_session() as session:
            self.row = session.get_one(Asking, run_id)
            (progress,) = queries.askings(session, run_id=run_id)
            version = session.get_one(EvalSetVersion, self.row.eval_set_version_id)
            usual = usual_output_tokens(session, version.eval_set_id)
        self._names = {"model": progress.model, "run": progress.run}
        self._host = Endpoint(self.row.base_url).host
        self.spent_usd = progress.cost_usd or 0.0
        self.output_tokens = self.row.parameters.get(MAX_TOKENS) or expected_output(usual, None)

    def take(self, token: str) -> Task | None:
        """Take the next case whose images are there; one whose images are not has failed."""
        row = self.row
        while case := commands.take_case(row.run_id, token):
            request = _request(row.model, case, row.parameters, Api(row.api))
            task = Task((number_of(case), case.key), request)
            try:
                with read_session() as session:
                    messages = sent_images(session, case.eval_set_id, request.messages)
            except RefusedError as error:
                self.store(task, Reply(error=str(error)), None)
                continue
            return replace(task, request=replace(request, messages=messages))
        return None

    def store(self, task: Task, reply: Reply, prices: Prices | None) -> float | None:
        """Store the output."""
        case_id, key = task.key
        record = output_record(reply, case=key, provider=self._host, prices=prices, **self._names)
        commands.store_output(self.row.run_id, case_id, record)
        return record.get("cost_usd")


def _request(model: str, case: Any, parameters: Any, api: Api) -> Request:
    return case_request(
        model, case.input, context=case.context, tools=case.tools, parameters=parameters, api=api
    )
