"""Ask a judge about the anchors of a study: each in both orders and twice, stored when all came."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from db.columns import new_token, number_of
from db.commands.anchor_requests import (
    end_request,
    end_with_check,
    keep_request,
    lease_request,
    leave_request,
    wish_check,
)
from db.commands.anchors import AnchorPlace, freeze_anchors, store_check
from db.commands.errands import LEASE
from db.engine import NOT_TO_BE_HAD, read_session, write_session
from db.models import AnchorRequest, Annotator, JudgeAnchor, Judging, Study
from db.queries.few_shot import task_for_judge
from db.queries.judgings import planned_identity, study_called, task_of
from evalkit.annotation.task import TaskItem
from evalkit.errors import RefusedError
from evalkit.judging.anchors import N_LOOKS, answers_by_field, content_hash
from evalkit.judging.identity import JudgeIdentity
from evalkit.judging.plan import JudgePlan
from evalkit.running.asking import TIMEOUT_S, Connection, ask, connect
from evalkit.running.case_request import lost_cost, reply_cost
from evalkit.running.endpoint import Endpoint
from evalkit.running.failures import EndpointError
from evalkit.running.prices import Prices
from evalkit.running.request import Reply, Request
from evalkit.vocabulary import AnswerForm, Api, SoftScore

#: Asks what stands between here and the endpoint for no reply that it kept.
_FRESH = {"Cache-Control": "no-cache"}

#: So often a lease is prolonged before it would end.
_BEATS = 3


@dataclass(frozen=True, slots=True)
class AnchorQuestion:
    """One request about an anchor, and by which checklist its answer is read."""

    place: AnchorPlace
    request: Request
    checklist: tuple[TaskItem, ...]

    @property
    def look(self) -> int:
        """Return which time it is that the same is asked."""
        return self.place[-1]


@dataclass(frozen=True, slots=True)
class LeasedAsking:
    """Who works on a wish: prolongs its lease while it asks, and can be ended from outside.

    ``beat`` says whether the lease still holds; ``on_begin`` is given what ends the work.
    ``on_stored`` ends the wish with the number of its check, how many questions there were, and
    how many of them failed, in one transaction with the check.
    """

    beat: Callable[[], bool]
    on_stored: Callable[[Session, int, int, int], None]
    on_begin: Callable[[Callable[[], None]], None] | None = None

    def ending(self, n_asked: int, n_failed: int) -> Callable[[Session, int], None]:
        """Return what ends the wish, given the number of its check."""
        return lambda session, check_id: self.on_stored(session, check_id, n_asked, n_failed)


@dataclass(frozen=True, slots=True)
class CheckedAnchors:
    """What came of asking: the study and the judge, the check, how many got no answer."""

    study_id: int
    judge: str
    check_id: int
    n_asked: int
    n_failed: int
    n_changed: int


def check_anchors(
    plan: JudgePlan,
    *,
    timeout_s: float = TIMEOUT_S,
    actor_id: int | None = None,
    leased: LeasedAsking | None = None,
) -> CheckedAnchors:
    """Ask a judge about the anchors of its study, and store what it says.

    The anchors are frozen at the first call. Raises RefusedError where there are none, or nothing
    was answered; what stops all requests is such a refusal, and stores nothing.
    """
    with write_session() as session:
        freeze_anchors(session, study_called(session, plan.study), plan.task)
    with read_session() as session:
        study = study_called(session, plan.study)
        identity = planned_identity(session, study, plan)
        anchors = freeze_anchors(session, study, plan.task)
        questions = [
            each for anchor in anchors for each in _questions(session, study, identity, anchor)
        ]
        questions.sort(key=lambda question: question.look)
        study_id = number_of(study)
    n_each = N_LOOKS * (2 if anchors[0].right_output_id is not None else 1)
    n_changed = len(anchors) - len(questions) // n_each
    try:
        replies = asyncio.run(_watched(_ask_all(plan, questions, timeout_s), leased))
    except EndpointError as error:
        raise RefusedError(str(error)) from None
    answers, served, costs = {}, [], []
    for question, reply in zip(questions, replies, strict=True):
        cost, _ = reply_cost(reply.usage, plan.prices)
        costs += [each for each in (cost, lost_cost(reply, plan.prices)) if each]
        if reply.error is None:
            verdict = identity.read(reply, question.checklist)
            answers[question.place] = answers_by_field(verdict, identity.asked)
            served += [reply.served_model] if reply.served_model else []
    if not answers:
        raise RefusedError("No anchor was answered, so nothing is stored.")
    n_failed = len(questions) - len(answers)
    check_id = store_check(
        study_id,
        identity.name,
        identity.hash,
        answers,
        served_models=served,
        cost_usd=sum(costs) if costs else None,
        actor_id=actor_id,
        on_stored=leased.ending(len(questions), n_failed) if leased else None,
    )
    return CheckedAnchors(study_id, identity.name, check_id, len(questions), n_failed, n_changed)


def judges_to_check(session: Session, study_id: int) -> dict[str, int]:
    """Return the judges of a study that an endpoint can be asked for, each with its judging."""
    rows = session.exec(
        select(Annotator.name, Judging.id)
        .join(Judging, col(Judging.annotator_id) == col(Annotator.id))
        .where(col(Judging.study_id) == study_id, col(Judging.base_url) != "")
        .order_by(col(Annotator.name), col(Judging.id))
    )
    return {name: number for name, number in rows if number is not None}


def check_again(
    judging_id: int, *, actor_id: int | None = None, leased: LeasedAsking | None = None
) -> CheckedAnchors:
    """Ask the judge of a judging about the anchors, as it was asked then.

    Raises as `check_anchors` does, and RefusedError where the study asks something else by now.
    """
    return check_anchors(_plan_again(judging_id), actor_id=actor_id, leased=leased)


def check_later(judging_id: int, *, actor_id: int | None = None) -> None:
    """Let the worker ask the judge of a judging about the anchors.

    Raises RefusedError where the study asks something else by now, or that is on its way already.
    """
    _plan_again(judging_id)
    wish_check(judging_id, actor_id=actor_id)


def see_to(
    request_id: int, *, on_begin: Callable[[Callable[[], None]], None] | None = None
) -> bool:
    """Ask what a wish asks for; False where somebody else does.

    What cannot be asked is kept as its reason, and not raised. Work that is ended before all was
    answered stores nothing: whoever starts next asks again.
    """
    token = new_token()
    if not lease_request(request_id, token):
        return False
    with read_session() as session:
        wish = session.get_one(AnchorRequest, request_id)
        judging_id, actor_id = wish.judging_id, wish.created_by_id

    def end(session: Session, check_id: int, n_asked: int, n_failed: int) -> None:
        end_with_check(session, request_id, check_id=check_id, n_asked=n_asked, n_failed=n_failed)

    leased = LeasedAsking(lambda: keep_request(request_id, token), end, on_begin)
    try:
        check_again(judging_id, actor_id=actor_id, leased=leased)
    except RefusedError as refused:
        end_request(request_id, reason=str(refused), token=token)
    except asyncio.CancelledError:
        leave_request(request_id, token)
    return True


def _plan_again(judging_id: int) -> JudgePlan:
    """Return how the judge of a judging was asked, where the study still asks the same."""
    with read_session() as session:
        judging = session.get_one(Judging, judging_id)
        study = session.get_one(Study, judging.study_id)
        plan = JudgePlan(
            study.name,
            judging.model,
            Endpoint(judging.base_url, judging.key_name),
            api=Api(judging.api),
            form=AnswerForm(judging.form),
            parameters=judging.parameters,
            prices=Prices(**judging.prices) if judging.prices else None,
            concurrency=judging.concurrency,
            task=task_of(judging),
            soft=SoftScore(soft) if (soft := judging.identity.get("soft")) else None,
            has_few_shot=bool(judging.identity.get("few_shot")),
        )
        if planned_identity(session, study, plan).hash != judging.identity_hash:
            raise RefusedError(
                "The study asks something else by now, in other words, or shows other few-shot "
                "cases: a judge of that is another judge. Let that one judge first."
            )
    return plan


def _questions(
    session: Session, study: Study, identity: JudgeIdentity, anchor: JudgeAnchor
) -> list[AnchorQuestion]:
    """Return all that is asked about an anchor: none where it is not what was frozen."""
    left, right = anchor.left_output_id, anchor.right_output_id
    made = []
    for is_turned in (False, True) if right is not None else (False,):
        first, second = (right, left) if is_turned and right is not None else (left, right)
        task = task_for_judge(
            session,
            study,
            case_id=anchor.case_id,
            left=first,
            right=second,
        )
        if not is_turned and content_hash(task) != anchor.content_hash:
            return []
        request = identity.request(
            messages=task.messages,
            context=task.context,
            responses=task.responses,
            checklist=task.checklist,
        )
        made += [
            AnchorQuestion((number_of(anchor), is_turned, look), request, task.checklist)
            for look in range(1, N_LOOKS + 1)
        ]
    return made


async def _ask_all(
    plan: JudgePlan, questions: list[AnchorQuestion], timeout_s: float
) -> list[Reply]:
    """Ask look by look: an answer may not hang on one to the same question under way."""
    room = asyncio.Semaphore(plan.concurrency)

    async def answered(connection: Connection, request: Request) -> Reply:
        async with room:
            return await ask(connection, request)

    replies: list[Reply] = []
    async with connect(plan.endpoint, timeout_s=timeout_s, headers=_FRESH) as connection:
        for look in range(1, N_LOOKS + 1):
            replies += await asyncio.gather(
                *(answered(connection, each.request) for each in questions if each.look == look)
            )
    return replies


async def _watched(
    asking: Coroutine[Any, Any, list[Reply]], leased: LeasedAsking | None
) -> list[Reply]:
    """Ask while a lease holds, which is prolonged; until it is lost or somebody ends it."""
    if leased is None:
        return await asking
    loop, work = asyncio.get_running_loop(), asyncio.create_task(asking)

    def end() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(work.cancel)

    async def beat() -> None:
        holds_until = loop.time() + LEASE.total_seconds()
        while loop.time() < holds_until:
            try:
                if not await asyncio.to_thread(leased.beat):
                    break
                holds_until = loop.time() + LEASE.total_seconds()
            except NOT_TO_BE_HAD:
                pass  # the lease holds for a while, and the database may be back before it ends
            await asyncio.sleep(LEASE.total_seconds() / _BEATS)
        work.cancel()

    if leased.on_begin is not None:
        leased.on_begin(end)
    beating = asyncio.create_task(beat())
    try:
        return await work
    finally:
        beating.cancel()
