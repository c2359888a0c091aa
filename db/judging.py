"""What a judging will take, and the work on it: its pairs as what is asked of the endpoint."""

from functools import partial
from typing import Any, Unpack

from db.columns import number_of
from db.commands import judgings as commands
from db.commands.errands import JUDGING
from db.engine import read_session
from db.models import Judging, Study
from db.queries import judgings as queries
from db.queries.records.annotated import pair_presentation
from db.working import Manner, expected_output, work_on
from evalkit.errors import RefusedError
from evalkit.judging.pair import read_verdict
from evalkit.judging.plan import JudgePlan
from evalkit.running.case_request import lost_cost, reply_cost, storable
from evalkit.running.estimate import RunEstimate, estimated, input_tokens
from evalkit.running.plan import limit_of
from evalkit.running.prices import Prices
from evalkit.running.request import Reply
from evalkit.running.working import Task

#: Of so many pairs at most the requests are put together to reckon what all will take.
_SAMPLE = 500
OTHER_JUDGE = (
    "The study asks something else by now, or asks it in other words: a judge of that is another "
    "judge. Begin it with the same command."
)


def estimate_judging(plan: JudgePlan) -> RunEstimate:
    """Reckon what is left to ask, and ask nothing. Raises as `begin_judging` does."""
    with read_session() as session:
        study = queries.study_called(session, plan.study)
        pairs = queries.pairs_to_judge(session, study, all_pairs=plan.all_pairs)
        if not pairs:
            raise RefusedError(commands.NO_PAIR_AT_ALL if plan.all_pairs else commands.NO_PAIR)
        identity = plan.identity(queries.pair_question(session, study))
        judge = queries.judge_called(session, identity.name)
        judged = queries.judged_before(session, study, judge.id if judge else None)
        left = [
            (pair, first, second)
            for pair, first, second, repeat in queries.orders_of(pairs, repeats=plan.repeats)
            if pair_presentation(first, second, repeat) not in judged
        ]
        step = max(1, len(left) // _SAMPLE)
        sizes = [
            input_tokens(
                queries.judge_request(
                    session, study, identity, case_id=pair.case_id, left=first, right=second
                )
            )
            for pair, first, second in left[::step]
        ]
    every = [sizes[place // step] for place in range(len(left))]
    output = expected_output(None, limit_of(plan.parameters))
    return estimated(every, output_per_case=output, prices=plan.prices)


def judge_on(judging_id: int, token: str | None = None, **how: Unpack[Manner]) -> bool:
    """Ask what is left of a judging, as `db.working.work_on` does."""
    return work_on(JUDGING, judging_id, partial(JudgingWork, judging_id), token, **how)


class JudgingWork:
    """The pairs of a judging as `Work`. Raises RefusedError where its judge became another."""

    part_noun = "pair"

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
        """Take the next pair, in the order in which it is to be shown."""
        pair = commands.take_pair(number_of(self.row), token)
        if pair is None:
            return None
        with read_session() as session:
            request = queries.judge_request(
                session,
                session.get_one(Study, self.row.study_id),
                self._identity,
                case_id=pair.case_id,
                left=pair.left_output_id,
                right=pair.right_output_id,
            )
        return Task((number_of(pair),), request)

    def store(self, task: Task, reply: Reply, prices: Prices | None) -> float | None:
        """Store the verdict, or why there is none."""
        (pair_id,) = task.key
        cost, _ = reply_cost(reply.usage, prices)
        lost = lost_cost(reply, prices)
        paid = cost + lost if cost is not None else lost or None
        if reply.error is not None:
            commands.store_failure(pair_id, storable(reply.error), paid)
            return cost
        verdict = read_verdict(reply.text, self._identity.asked)
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
        commands.store_verdict(pair_id, verdict.preference, storable(fields), paid)
        return cost
