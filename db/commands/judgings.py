"""Judgings: begin or go on, take a pair, and store the verdict as an imported one would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now, number_of
from db.commands.changes import results_changed
from db.commands.errands import JUDGING, note, open_errand, take_part
from db.engine import wait_for_imports, write_session
from db.models import Annotation, Annotator, AskedPair, Assignment, Judging, Study
from db.queries.judgings import (
    judge_called,
    judged_before,
    orders_of,
    pair_question,
    pairs_to_judge,
    study_called,
)
from db.queries.records.annotated import IMPORTED_POLICY, pair_presentation
from evalkit.errors import RefusedError
from evalkit.judging.identity import JudgeIdentity
from evalkit.judging.plan import JudgePlan
from evalkit.records.normal import normal
from evalkit.records.schema import EXTRAS
from evalkit.vocabulary import (
    AnnotatorKind,
    AskedState,
    AskingState,
    AssignmentState,
    Preference,
    Role,
)

NO_PAIR = (
    "No two responses of this study were compared by people, so no judge could be checked on them. "
    "Ask about all pairs with --all-pairs."
)
NO_PAIR_AT_ALL = "This study has no two responses to one case that a judge could compare."


@dataclass(frozen=True, slots=True)
class BegunJudging:
    """A judging that waits to be worked on; ``is_new`` unless it was begun before."""

    judging_id: int
    is_new: bool


def begin_judging(
    plan: JudgePlan, *, actor_id: int | None = None, lease: str | None = None
) -> BegunJudging:
    """Store what a judge is to compare, or go on with it where the very same one was begun before.

    With a ``lease`` it is taken at once, so that nobody else works on it. What the judge judged
    already is not asked again; what failed is, and what people compared since is added. Raises
    NotFoundError for an unknown study, RefusedError where there is no pair.
    """
    with write_session() as session:
        wait_for_imports(session)
        study = study_called(session, plan.study)
        identity = plan.identity(pair_question(session, study))
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
        _add_pairs(session, study, judging, plan)
        note(session, JUDGING, "begin" if is_new else "resume", judging_id, actor_id)
        open_errand(session, JUDGING, judging_id, lease)
        session.connection().execute(
            sa.update(AskedPair)
            .where(
                col(AskedPair.judging_id) == judging_id, col(AskedPair.state) == AskedState.FAILED
            )
            .values(state=AskedState.WAITING, error=None)
        )
        return BegunJudging(judging_id, is_new)


def take_pair(judging_id: int, token: str) -> AskedPair | None:
    """Give the next pair of a judging to who holds its lease; None where there is none to ask."""
    with write_session() as session:
        pair: AskedPair | None = take_part(session, JUDGING, judging_id, token)
        return pair


def store_verdict(
    pair_id: int, preference: Preference | None, fields: Mapping[str, Any], cost: float | None
) -> bool:
    """Store what a judge said of a pair, without a preference where nobody can read it.

    ``fields`` are those that the record of a comparison has for it; what no record may hold is
    left out. False where there is a verdict by now, asked for or imported. Whoever asked may
    store, also after losing the lease: what was paid for is not thrown away.
    """
    with write_session() as session:
        pair = _unjudged(session, pair_id, cost)
        if pair is None:
            return False
        pair.state, pair.error = AskedState.ANSWERED, None
        session.add(pair)
        judging = session.get_one(Judging, pair.judging_id)
        presentation = pair_presentation(pair.left_output_id, pair.right_output_id, pair.repeat)
        known = judging.study_id, judging.annotator_id, presentation
        if _is_judged(session, *known):
            return False
        assignment = Assignment(
            study_id=judging.study_id,
            annotator_id=judging.annotator_id,
            case_id=pair.case_id,
            left_output_id=pair.left_output_id,
            right_output_id=pair.right_output_id,
            presentation=presentation,
            policy=IMPORTED_POLICY,
            state=AssignmentState.SUBMITTED,
        )
        session.add(assignment)
        session.flush()
        moment = now()
        annotation = Annotation(
            assignment_id=number_of(assignment),
            submitted_at=moment,
            preference=preference,
            is_unreadable=preference is None,
            created_at=moment.isoformat(),
            details=_details(fields),
        )
        session.add(annotation)
        session.flush()
        results_changed(session, judging.study_id)
    return True


def store_failure(pair_id: int, error: str, cost: float | None) -> bool:
    """Note why a pair got no answer: that is no verdict, and it is asked again on another day."""
    with write_session() as session:
        pair = _unjudged(session, pair_id, cost)
        if pair is not None:
            pair.state, pair.error = AskedState.FAILED, error
            session.add(pair)
        return pair is not None


def _unjudged(session: Session, pair_id: int, cost: float | None) -> AskedPair | None:
    """Return a pair that has no verdict yet, with what was asked now added to its cost."""
    pair = session.get(AskedPair, pair_id, with_for_update=True)
    if pair is None or pair.state == AskedState.ANSWERED:
        return None
    if cost is not None:
        pair.cost_usd = (pair.cost_usd or 0.0) + cost
    return pair


def _new_judging(
    session: Session, study: Study, identity: JudgeIdentity, actor_id: int | None
) -> Judging:
    judge = judge_called(session, identity.name)
    if judge is None:
        judge = Annotator(name=identity.name, kind=AnnotatorKind.JUDGE, role=Role.ANNOTATOR)
        session.add(judge)
        session.flush()
    return Judging(
        study_id=number_of(study),
        annotator_id=number_of(judge),
        identity=identity.document(),
        identity_hash=identity.hash,
        model=identity.model,
        base_url=identity.base_url,
        api=identity.api,
        form=identity.form,
        parameters=dict(identity.parameters),
        created_by=actor_id,
    )


def _add_pairs(session: Session, study: Study, judging: Judging, plan: JudgePlan) -> None:
    """Add the pairs that are not there, with what the judge said of them elsewhere as answered."""
    pairs = pairs_to_judge(session, study, all_pairs=plan.all_pairs)
    if not pairs:
        raise RefusedError(NO_PAIR_AT_ALL if plan.all_pairs else NO_PAIR)
    judged = judged_before(session, study, judging.annotator_id)
    there = set(
        session.exec(
            select(AskedPair.left_output_id, AskedPair.right_output_id, AskedPair.repeat).where(
                AskedPair.judging_id == judging.id
            )
        )
    )
    rows = [
        {
            "judging_id": judging.id,
            "case_id": pair.case_id,
            "left_output_id": left,
            "right_output_id": right,
            "repeat": repeat,
            "state": (
                AskedState.ANSWERED
                if pair_presentation(left, right, repeat) in judged
                else AskedState.WAITING
            ),
            "n_asked": 0,
        }
        for pair, left, right, repeat in orders_of(pairs, repeats=plan.repeats)
        if (left, right, repeat) not in there
    ]
    if rows:
        session.connection().execute(sa.insert(AskedPair), rows)


def _is_judged(session: Session, study_id: int, annotator_id: int, presentation: str) -> bool:
    statement = select(Assignment.id).where(
        Assignment.study_id == study_id,
        Assignment.annotator_id == annotator_id,
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
