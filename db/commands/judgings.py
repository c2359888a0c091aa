"""Judgings: begin or go on, take what is next, store the verdict as an imported one would be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now, number_of
from db.commands.changes import results_changed
from db.commands.errands import JUDGING, note, open_errand, take_part
from db.commands.storing import store_responses
from db.engine import wait_for_imports, write_session
from db.models import (
    Annotation,
    Annotator,
    AskedVerdict,
    Assignment,
    Judging,
    Output,
    Study,
)
from db.queries.judgings import judge_called, planned_identity, study_called
from db.queries.records.annotated import IMPORTED_POLICY
from db.queries.to_judge import all_to_judge, judged_before
from evalkit.annotation.draft import Draft
from evalkit.annotation.marks import only_place
from evalkit.judging.identity import JudgeIdentity
from evalkit.judging.plan import JudgePlan
from evalkit.judging.soft import PREFERENCE
from evalkit.judging.wording import JudgeVerdict
from evalkit.records.normal import normal
from evalkit.records.schema import EXTRAS
from evalkit.vocabulary import (
    AnnotatorKind,
    AskedState,
    AskingState,
    AssignmentState,
    Role,
)


@dataclass(frozen=True, slots=True)
class BegunJudging:
    """A judging that waits to be worked on; ``is_new`` unless it was begun before."""

    judging_id: int
    is_new: bool


def begin_judging(
    plan: JudgePlan, *, actor_id: int | None = None, lease: str | None = None
) -> BegunJudging:
    """Store what a judge is to judge, or go on with it where the very same one was begun before.

    With a ``lease`` it is taken at once, so that nobody else works on it. What the judge judged
    already is not asked again; what failed is, and what people judged since is added. Raises
    NotFoundError for an unknown study, RefusedError where there is nothing to judge.
    """
    with write_session() as session:
        wait_for_imports(session)
        study = study_called(session, plan.study)
        identity = planned_identity(session, study, plan)
        judging = session.exec(
            select(Judging)
            .where(Judging.study_id == study.id, Judging.identity_hash == identity.hash)
            .with_for_update()
        ).first()
        is_new = judging is None
        judging = judging or _new_judging(session, study, identity, actor_id)
        judging.state, judging.reason = AskingState.OPEN, None
        judging.base_url, judging.key_name = plan.endpoint.base_url, plan.endpoint.key_name
        judging.concurrency, judging.budget_usd = plan.concurrency, plan.budget_usd
        judging.prices = plan.prices.document() if plan.prices else None
        session.add(judging)
        session.flush()
        judging_id = number_of(judging)
        _add_verdicts(session, study, judging, plan)
        note(session, JUDGING, "begin" if is_new else "resume", judging_id, actor_id)
        open_errand(session, JUDGING, judging_id, lease)
        session.connection().execute(
            sa.update(AskedVerdict)
            .where(
                col(AskedVerdict.judging_id) == judging_id,
                col(AskedVerdict.state) == AskedState.FAILED,
            )
            .values(state=AskedState.WAITING, error=None)
        )
        return BegunJudging(judging_id, is_new)


def take_next(judging_id: int, token: str) -> AskedVerdict | None:
    """Give what a judge is asked next to who holds the lease; None where there is nothing."""
    with write_session() as session:
        asked: AskedVerdict | None = take_part(session, JUDGING, judging_id, token)
        return asked


def store_verdict(
    asked_id: int,
    verdict: JudgeVerdict,
    fields: Mapping[str, Any],
    cost: float | None,
    *,
    looked: bool = False,
) -> bool:
    """Store what a judge said, without content where nobody can read it.

    ``fields`` are those that a record has for it; what no record may hold is left out. ``looked``
    tells that it looked for errors, found or not. False where there is a verdict by now, asked for
    or imported. Whoever asked may store, also after losing the lease: what was paid for is not
    thrown away.
    """
    with write_session() as session:
        asked = _unjudged(session, asked_id, cost)
        if asked is None:
            return False
        asked.state, asked.error = AskedState.ANSWERED, None
        session.add(asked)
        judging = session.get_one(Judging, asked.judging_id)
        if _is_judged(session, judging, asked.presentation):
            return False
        store_judgement(session, judging, asked, verdict, fields, looked=looked)
        results_changed(session, judging.study_id)
    return True


def store_judgement(
    session: Session,
    judging: Judging,
    asked: AskedVerdict,
    verdict: JudgeVerdict,
    fields: Mapping[str, Any],
    *,
    looked: bool,
) -> None:
    """Store what a judge said of what it was asked as an annotation of its own."""
    assignment = Assignment(
        study_id=judging.study_id,
        annotator_id=judging.annotator_id,
        case_id=asked.case_id,
        left_output_id=asked.left_output_id,
        right_output_id=asked.right_output_id,
        presentation=asked.presentation,
        policy=IMPORTED_POLICY,
        state=AssignmentState.SUBMITTED,
    )
    session.add(assignment)
    session.flush()
    moment, content = now(), verdict.content
    annotation = Annotation(
        assignment_id=number_of(assignment),
        submitted_at=moment,
        preference=None if content is None else content.preference,
        probability=verdict.probabilities.get(PREFERENCE),
        is_unreadable=content is None and assignment.right_output_id is not None,
        created_at=moment.isoformat(),
        details=_details(fields),
    )
    session.add(annotation)
    session.flush()
    if content is not None and content.responses:
        study = session.get_one(Study, assignment.study_id)
        placed = _placed(session, assignment, content)
        store_responses(
            session,
            study,
            assignment,
            placed,
            number_of(annotation),
            looked=looked,
            probabilities=verdict.probabilities,
        )


def _placed(session: Session, assignment: Assignment, content: Draft) -> Draft:
    """Give marks their place where the response holds their words once, as an import does."""
    output = session.get_one(Output, assignment.left_output_id)
    if output.steps is not None or not output.content:
        return content
    responses = {}
    for side, response in content.responses.items():
        places = [(mark, only_place(mark.quote or "", output.content)) for mark in response.marks]
        marks = tuple(
            mark if place is None else replace(mark, start=place[0], end=place[1])
            for mark, place in places
        )
        responses[side] = replace(response, marks=marks)
    return replace(content, responses=responses)


def store_failure(asked_id: int, error: str, cost: float | None) -> bool:
    """Note why there was no answer: that is no verdict, and it is asked again on another day."""
    with write_session() as session:
        asked = _unjudged(session, asked_id, cost)
        if asked is not None:
            asked.state, asked.error = AskedState.FAILED, error
            session.add(asked)
        return asked is not None


def _unjudged(session: Session, asked_id: int, cost: float | None) -> AskedVerdict | None:
    """Return what has no verdict yet, with what was asked now added to its cost."""
    asked = session.get(AskedVerdict, asked_id, with_for_update=True)
    if asked is None or asked.state == AskedState.ANSWERED:
        return None
    if cost is not None:
        asked.cost_usd = (asked.cost_usd or 0.0) + cost
    return asked


def judge_named(session: Session, name: str) -> int:
    """Return the id of a judge, which is new where nobody is called so."""
    judge = judge_called(session, name)
    if judge is None:
        judge = Annotator(name=name, kind=AnnotatorKind.JUDGE, role=Role.ANNOTATOR)
        session.add(judge)
        session.flush()
    return number_of(judge)


def _new_judging(
    session: Session, study: Study, identity: JudgeIdentity, actor_id: int | None
) -> Judging:
    return Judging(
        study_id=number_of(study),
        annotator_id=judge_named(session, identity.name),
        identity=identity.document(),
        identity_hash=identity.hash,
        model=identity.model,
        base_url=identity.base_url,
        api=identity.api,
        form=identity.form,
        parameters=dict(identity.parameters),
        created_by=actor_id,
    )


def _add_verdicts(session: Session, study: Study, judging: Judging, plan: JudgePlan) -> None:
    """Add what is not there to be asked, with what the judge judged elsewhere as answered."""
    wanted = all_to_judge(session, study, plan)
    judged = judged_before(session, study, judging.annotator_id)
    there = set(
        session.exec(select(AskedVerdict.presentation).where(AskedVerdict.judging_id == judging.id))
    )
    rows = [
        {
            "judging_id": judging.id,
            "case_id": to_ask.case_id,
            "left_output_id": to_ask.left,
            "right_output_id": to_ask.right,
            "presentation": to_ask.presentation,
            "state": (AskedState.ANSWERED if to_ask.presentation in judged else AskedState.WAITING),
            "n_asked": 0,
        }
        for to_ask in wanted
        if to_ask.presentation not in there
    ]
    if rows:
        session.connection().execute(sa.insert(AskedVerdict), rows)


def _is_judged(session: Session, judging: Judging, presentation: str) -> bool:
    statement = select(Assignment.id).where(
        Assignment.study_id == judging.study_id,
        Assignment.annotator_id == judging.annotator_id,
        Assignment.presentation == presentation,
    )
    return session.exec(statement).first() is not None


def _details(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    sound = {
        field: value
        for field, value in fields.items()
        if value is not None and field in EXTRAS and EXTRAS[field](value) is None
    }
    record = normal("comparison", sound)
    return {field: record[field] for field in sound} or None
