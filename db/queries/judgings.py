"""Judgings: what a judge is asked, and how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now
from db.models import (
    Annotation,
    Annotator,
    AskedVerdict,
    Assignment,
    CheckAnswer,
    ErrorMark,
    Judging,
    Score,
    Study,
)
from db.queries.annotation.form import definitions
from db.queries.few_shot import few_shot_of, task_for_judge
from db.queries.results.studies import result_study
from evalkit.annotation.task import TaskItem
from evalkit.errors import RefusedError
from evalkit.judging.identity import JudgeIdentity
from evalkit.judging.pair import QUESTION, PairQuestion
from evalkit.judging.plan import JudgePlan
from evalkit.judging.response import ResponseQuestion
from evalkit.running.request import Request
from evalkit.vocabulary import AnnotatorKind, AnswerForm, Api, AskingState, JudgeTask, SoftScore


@dataclass(frozen=True, slots=True)
class JudgingProgress:
    """How far a judging is; each response, or order of a pair, counts as often as it is asked.

    Of the ``n_answered`` so many are ``n_unreadable``; ``n_failed`` got no answer, for ``reasons``,
    the commonest first. ``n_again`` were begun more than once.
    """

    judging_id: int
    study: str
    judge: str
    task: JudgeTask
    budget_usd: float | None
    state: AskingState
    reason: str | None
    is_at_work: bool
    n_waiting: int
    n_asked: int
    n_answered: int
    n_failed: int
    n_again: int
    n_unreadable: int
    cost_usd: float | None
    reasons: tuple[tuple[str, int], ...]

    @property
    def n_verdicts(self) -> int:
        """Return how many there are to ask."""
        return self.n_waiting + self.n_asked + self.n_done

    @property
    def n_done(self) -> int:
        """Return how many were asked, be it in vain."""
        return self.n_answered + self.n_failed


def study_called(session: Session, name: str) -> Study:
    """Return a study by its name. Raises NotFoundError, naming those there are."""
    return session.get_one(Study, result_study(session, name=name).study_id)


def question_of(session: Session, study: Study, task: JudgeTask) -> PairQuestion | ResponseQuestion:
    """Return what a study asks of two responses, or of one.

    Raises RefusedError where it has no criterion with a scale, or no kinds of errors, and these
    are asked for.
    """
    asked = definitions(session, study)
    if task is JudgeTask.PAIR:
        return PairQuestion(QUESTION, study.guidelines, asked.criteria)
    criteria = tuple(criterion for criterion in asked.criteria if not criterion.is_text)
    if task is not JudgeTask.ERRORS and not criteria:
        raise RefusedError("This study has no criterion with a scale that a judge could score.")
    if task is not JudgeTask.SCORES and not asked.tags:
        raise RefusedError("This study has no kinds of errors that a judge could look for.")
    return ResponseQuestion(
        study.guidelines,
        criteria if task is not JudgeTask.ERRORS else (),
        asked.tags if task is not JudgeTask.SCORES else (),
    )


def task_of(judging: Judging) -> JudgeTask:
    """Return what a judging asks; those of pairs do not say it, for they were the first."""
    return JudgeTask(judging.identity.get("task", JudgeTask.PAIR))


def judge_called(session: Session, name: str) -> Annotator | None:
    """Return a judge by its name, None where it never judged."""
    return session.exec(
        select(Annotator).where(Annotator.kind == AnnotatorKind.JUDGE, Annotator.name == name)
    ).first()


@dataclass(frozen=True, slots=True)
class AskedJudge:
    """What a judge is asked, with the checklist that its answer is read by."""

    request: Request
    checklist: tuple[TaskItem, ...]


def asked_of(
    session: Session,
    study: Study,
    identity: JudgeIdentity,
    *,
    case_id: int,
    left: int,
    right: int | None,
) -> AskedJudge:
    """Make what a judge is asked about outputs: what annotators see, masked as for them."""
    task = task_for_judge(session, study, case_id=case_id, left=left, right=right)
    request = identity.request(
        messages=task.messages,
        context=task.context,
        responses=task.responses,
        checklist=task.checklist,
    )
    return AskedJudge(request, task.checklist)


def identity_of(session: Session, judging: Judging) -> JudgeIdentity:
    """Return who the judge of a judging is today, by what its study asks now."""
    study = session.get_one(Study, judging.study_id)
    task, hashes = task_of(judging), judging.identity.get("few_shot")
    return JudgeIdentity(
        judging.model,
        judging.base_url,
        Api(judging.api),
        AnswerForm(judging.form),
        judging.parameters,
        question_of(session, study, task),
        SoftScore(soft) if (soft := judging.identity.get("soft")) else None,
        few_shot_of(session, study, task, hashes=hashes) if hashes else (),
    )


def planned_identity(session: Session, study: Study, plan: JudgePlan) -> JudgeIdentity:
    """Return who the judge of a plan is. Raises as `question_of` does.

    RefusedError too where it is to be shown few-shot cases and there are none.
    """
    asked = question_of(session, study, plan.task)
    few_shot = few_shot_of(session, study, plan.task) if plan.has_few_shot else ()
    if plan.has_few_shot and not few_shot:
        raise RefusedError(
            f"“{study.name}” has no few-shot case for this yet. Add one on the page Differences."
        )
    return plan.identity(asked, few_shot)


def judging_progress(session: Session, judging_id: int) -> JudgingProgress:
    """Return how far a judging is."""
    judging = session.get_one(Judging, judging_id)
    return JudgingProgress(
        judging_id=judging_id,
        study=session.get_one(Study, judging.study_id).name,
        judge=session.get_one(Annotator, judging.annotator_id).name,
        task=task_of(judging),
        budget_usd=judging.budget_usd,
        state=AskingState(judging.state),
        reason=judging.reason,
        is_at_work=judging.leased_until is not None and judging.leased_until > now(),
        **_counts(session, judging),
        reasons=_reasons(session, judging_id),
    )


def judgings(session: Session, *, n_done: int | None = None) -> list[JudgingProgress]:
    """Return how far judgings that ask an endpoint are, newest first.

    Of those that are done only the newest ``n_done``, None for all: what each costs to count grows
    with its verdicts.
    """
    ids = select(Judging.id).where(_ASKS).order_by(*_NEWEST)
    is_done = col(Judging.state) == AskingState.DONE
    if n_done is not None:
        newest = session.exec(ids.where(is_done).limit(n_done)).all()
        ids = ids.where(sa.or_(~is_done, col(Judging.id).in_(newest)))
    return [judging_progress(session, number) for number in session.exec(ids) if number is not None]


def count_done_judgings(session: Session) -> int:
    """Return how many judgings that ask an endpoint are done."""
    done = sa.select(sa.func.count()).where(_ASKS, col(Judging.state) == AskingState.DONE)
    return session.scalar(done) or 0


def is_judging_open(session: Session) -> bool:
    """Say whether a judging that asks an endpoint goes on."""
    is_open = col(Judging.state) == AskingState.OPEN
    return session.exec(select(Judging.id).where(_ASKS, is_open).limit(1)).first() is not None


def _counts(session: Session, judging: Judging) -> Mapping[str, Any]:
    names = ("n_waiting", "n_asked", "n_answered", "n_failed", "n_again")
    counts: dict[str, Any] = dict.fromkeys(names, 0)
    costs = []
    again = sa.func.sum(sa.case((col(AskedVerdict.n_asked) > 1, 1), else_=0))
    rows = session.execute(
        sa.select(
            col(AskedVerdict.state), sa.func.count(), again, sa.func.sum(AskedVerdict.cost_usd)
        )
        .where(col(AskedVerdict.judging_id) == judging.id)
        .group_by(col(AskedVerdict.state))
    )
    for state, n, n_again, cost in rows:
        counts[f"n_{state}"] = n
        counts["n_again"] += int(n_again or 0)
        costs += [] if cost is None else [float(cost)]
    unreadable = (
        sa.select(sa.func.count())
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .where(
            col(Assignment.study_id) == judging.study_id,
            col(Assignment.annotator_id) == judging.annotator_id,
            sa.or_(col(Annotation.is_unreadable), _SAYS_NOTHING),
            ~col(Annotation.is_superseded),
        )
    )
    counts["n_unreadable"] = session.scalar(unreadable) or 0
    return counts | {"cost_usd": sum(costs) if costs else None}


def _reasons(session: Session, judging_id: int) -> tuple[tuple[str, int], ...]:
    n = sa.func.count()
    rows: Sequence[Any] = session.execute(
        sa.select(col(AskedVerdict.error), n)
        .where(col(AskedVerdict.judging_id) == judging_id, col(AskedVerdict.error).is_not(None))
        .group_by(col(AskedVerdict.error))
        .order_by(n.desc(), col(AskedVerdict.error))
        .limit(20)
    ).all()
    return tuple((error, count) for error, count in rows)


#: What was said of one response and could not be read: an annotation that judges nothing.
_SAYS_NOTHING = sa.and_(
    col(Assignment.right_output_id).is_(None),
    *(
        ~sa.exists().where(col(table.annotation_id) == col(Annotation.id))
        for table in (Score, CheckAnswer, ErrorMark)
    ),
)
#: The baseline and panels ask nobody.
_ASKS = col(Judging.base_url) != ""
_NEWEST = (col(Judging.created_at).desc(), col(Judging.id).desc())
