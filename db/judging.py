"""What a judging will take, and the work on it: what is left of it as asked of the endpoint."""

from functools import partial
from typing import Any, Unpack

from db.columns import number_of
from db.commands import judgings as commands
from db.commands.errands import JUDGING
from db.engine import read_session
from db.models import Judging, Study
from db.queries import judgings as queries
from db.queries.to_judge import all_to_judge, judged_before
from db.working import Manner, expected_output, work_on
from evalkit.errors import RefusedError
from evalkit.judging.plan import JudgePlan
from evalkit.running.case_request import lost_cost, reply_cost, storable
from evalkit.running.estimate import RunEstimate, estimated, input_tokens
from evalkit.running.plan import limit_of
from evalkit.running.prices import Prices
from evalkit.running.request import Reply
from evalkit.running.working import Task
from evalkit.vocabulary import JudgeTask

#: Of so many at most the requests are put together to reckon what all will take.
_SAMPLE = 500
OTHER_JUDGE = (
    "The study asks something else by now, or asks it in other words: a judge of that is another "
    "judge. Begin it with the same command."
)


def estimate_judging(plan: JudgePlan) -> RunEstimate:
    """Reckon what is left to ask, and ask nothing. Raises as `begin_judging` does."""
    with read_session() as session:
        study = queries.study_called(session, plan.study)
        identity = queries.planned_identity(session, study, plan)
        judge = queries.judge_called(session, identity.name)
        judged = judged_before(session, study, judge.id if judge else None)
        left = [
            to_ask
            for to_ask in all_to_judge(session, study, plan)
            if to_ask.presentation not in judged
        ]
        step = max(1, len(left) // _SAMPLE)
        asked = [
            queries.asked_of(
                session, study, identity, case_id=each.case_id, left=each.left, right=each.right
            )
            for each in left[::step]
        ]
    sizes = [input_tokens(each.request) for each in asked]
    every = [sizes[place // step] for place in range(len(left))]
    output = expected_output(None, limit_of(plan.parameters))
    return estimated(every, output_per_case=output, prices=plan.prices)


def judge_on(judging_id: int, token: str | None = None, **how: Unpack[Manner]) -> bool:
    """Ask what is left of a judging, as `db.working.work_on` does."""
    return work_on(JUDGING, judging_id, partial(JudgingWork, judging_id), token, **how)


class JudgingWork:
    """What is left of a judging as `Work`. Raises RefusedError where its judge became another."""

    part_noun = "verdict"

    def __init__(self, judging_id: int) -> None:
        with read_session() as session:
            self.row = session.get_one(Judging, judging_id)
            self._identity = queries.identity_of(session, self.row)
            progress = queries.judging_progress(session, judging_id)
        if self._identity.hash != self.row.identity_hash:
            raise RefusedError(OTHER_JUDGE)
        self.spent_usd = progress.cost_usd or 0.0
        self.output_tokens = expected_output(None, limit_of(self.row.parameters))

    def take(self, token: str) -> Task | None:
        """Take what is next, a pair in the order in which it is to be shown."""
        asked = commands.take_next(number_of(self.row), token)
        if asked is None:
            return None
        with read_session() as session:
            made = queries.asked_of(
                session,
                session.get_one(Study, self.row.study_id),
                self._identity,
                case_id=asked.case_id,
                left=asked.left_output_id,
                right=asked.right_output_id,
            )
        return Task((number_of(asked), made.checklist), made.request)

    def store(self, task: Task, reply: Reply, prices: Prices | None) -> float | None:
        """Store the verdict, or why there is none."""
        asked_id, checklist = task.key
        cost, _ = reply_cost(reply.usage, prices)
        lost = lost_cost(reply, prices)
        paid = cost + lost if cost is not None else lost or None
        if reply.error is not None:
            commands.store_failure(asked_id, storable(reply.error), paid)
            return cost
        verdict = self._identity.read(reply, checklist)
        other_model = reply.served_model if reply.served_model != self.row.model else None
        metadata: dict[str, Any] = {
            "raw": reply.text,
            "refusal": True if reply.is_refusal else None,
            "served_model": other_model,
        }
        fields = {
            "cost_usd": cost,
            "input_tokens": reply.usage.input,
            "output_tokens": reply.usage.output,
            "latency_ms": reply.latency_ms,
            "rationale": verdict.rationale or None,
            "metadata": {key: value for key, value in metadata.items() if value is not None},
        }
        looked = self._identity.asked.task in (JudgeTask.ERRORS, JudgeTask.RESPONSE)
        commands.store_verdict(asked_id, verdict, storable(fields), paid, looked=looked)
        return cost
