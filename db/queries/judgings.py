"""Judgings: which pairs a judge is to compare, what it is asked, and how far it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.columns import now, number_of
from db.models import (
    Annotation,
    Annotator,
    AskedPair,
    Assignment,
    Case,
    Judging,
    Output,
    Study,
)
from db.queries.annotation.cases import outputs_elsewhere
from db.queries.annotation.form import definitions, form_of
from db.queries.annotation.leaks import leaking_outputs
from db.queries.annotation.task import fresh_task
from db.queries.annotation.work import planned_cases, study_outputs
from db.queries.results.studies import COUNTED_KINDS, ResultStudy, result_study
from evalkit.judging.identity import JudgeIdentity
from evalkit.judging.pair import QUESTION, PairQuestion, pair_request
from evalkit.running.request import Request
from evalkit.vocabulary import AnnotatorKind, AnswerForm, Api, AskingState, LeakPolicy, TextPlace


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Two responses to a case, in no order."""

    case_id: int
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class JudgingProgress:
    """How far a judging is; each order and repeat of a pair counts.

    Of the ``n_answered`` so many are ``n_unreadable``; ``n_failed`` got no answer, for ``reasons``,
    the commonest first. ``n_again`` were begun more than once.
    """

    judging_id: int
    study: str
    judge: str
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
    def n_pairs(self) -> int:
        """Return how many there are to ask."""
        return self.n_waiting + self.n_asked + self.n_done

    @property
    def n_done(self) -> int:
        """Return how many were asked, be it in vain."""
        return self.n_answered + self.n_failed


def study_called(session: Session, name: str) -> Study:
    """Return a study by its name. Raises NotFoundError, naming those there are."""
    return session.get_one(Study, result_study(session, name=name).study_id)


def pair_question(session: Session, study: Study) -> PairQuestion:
    """Return what a study asks of two responses."""
    return PairQuestion(QUESTION, study.guidelines, definitions(session, study).criteria)


def pairs_to_judge(session: Session, study: Study, *, all_pairs: bool) -> list[JudgedPair]:
    """Return the pairs that people of a study compared, or all that it could show them."""
    pairs = _pairs_of_models(session, study) if all_pairs else _pairs_of_people(session, study)
    return sorted(pairs, key=lambda pair: (pair.case_id, pair.first, pair.second))


def orders_of(
    pairs: Iterable[JudgedPair], *, repeats: int
) -> Iterator[tuple[JudgedPair, int, int, int]]:
    """Yield each pair in both orders, as often as wished: with left, right and the repeat."""
    for pair in pairs:
        for repeat in range(1, repeats + 1):
            yield pair, pair.first, pair.second, repeat
            yield pair, pair.second, pair.first, repeat


def judged_before(session: Session, study: Study, annotator_id: int | None) -> frozenset[str]:
    """Return the presentations that a judge judged in a study already, asked here or imported."""
    return frozenset(
        session.exec(
            select(Assignment.presentation).where(
                Assignment.study_id == study.id, Assignment.annotator_id == annotator_id
            )
        )
    )


def judge_called(session: Session, name: str) -> Annotator | None:
    """Return a judge by its name, None where it never judged."""
    return session.exec(
        select(Annotator).where(Annotator.kind == AnnotatorKind.JUDGE, Annotator.name == name)
    ).first()


def judge_request(
    session: Session,
    study: Study,
    identity: JudgeIdentity,
    *,
    case_id: int,
    left: int,
    right: int,
) -> Request:
    """Make what a judge is asked about two outputs: what annotators see, masked as for them."""
    presented = Assignment(
        study_id=number_of(study),
        annotator_id=0,
        case_id=case_id,
        left_output_id=left,
        right_output_id=right,
        presentation="",
    )
    task = fresh_task(session, study, presented, form_of(session, study, presented))
    return pair_request(
        identity.model,
        identity.asked,
        messages=task.messages,
        context=task.context,
        left=task.responses["left"],
        right=task.responses["right"],
        form=identity.form,
        parameters=identity.parameters,
        api=identity.api,
    )


def identity_of(session: Session, judging: Judging) -> JudgeIdentity:
    """Return who the judge of a judging is today, by what its study asks now."""
    study = session.get_one(Study, judging.study_id)
    return JudgeIdentity(
        judging.model,
        judging.base_url,
        Api(judging.api),
        AnswerForm(judging.form),
        judging.parameters,
        pair_question(session, study),
    )


def judging_progress(session: Session, judging_id: int) -> JudgingProgress:
    """Return how far a judging is."""
    judging = session.get_one(Judging, judging_id)
    return JudgingProgress(
        judging_id=judging_id,
        study=session.get_one(Study, judging.study_id).name,
        judge=session.get_one(Annotator, judging.annotator_id).name,
        state=AskingState(judging.state),
        reason=judging.reason,
        is_at_work=judging.leased_until is not None and judging.leased_until > now(),
        **_counts(session, judging),
        reasons=_reasons(session, judging_id),
    )


def _pairs_of_people(session: Session, study: Study) -> set[JudgedPair]:
    left, right = aliased(Output), aliased(Output)
    is_there = (
        table.text_place.is_distinct_from(TextPlace.ELSEWHERE)  # type: ignore[union-attr]
        for table in (left, right, Case)
    )
    rows = session.execute(
        sa.select(col(Assignment.case_id), col(left.id), col(right.id))
        .distinct()
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .join(Case, col(Case.id) == col(Assignment.case_id))
        .join(left, col(left.id) == col(Assignment.left_output_id))
        .join(right, col(right.id) == col(Assignment.right_output_id))
        .where(
            col(Assignment.study_id) == study.id,
            col(Assignment.kind).in_(COUNTED_KINDS),
            col(Annotator.kind) != AnnotatorKind.JUDGE,
            col(Annotation.preference).is_not(None),
            ~col(Annotation.is_superseded),
            *is_there,
        )
    )
    return {JudgedPair(case_id, *sorted(outputs)) for case_id, *outputs in rows}


def _pairs_of_models(session: Session, study: Study) -> set[JudgedPair]:
    """Return every two outputs, of two models, to each case that the study asks for."""
    asked: ResultStudy = result_study(session, name=study.name)
    models = {run.run_id: run.model for run in asked.runs}
    run_ids, outputs = study_outputs(session, study)
    withheld = outputs_elsewhere(session, study)
    if study.leak_policy == LeakPolicy.LEAVE_OUT:
        withheld |= leaking_outputs(session, study)
    pairs = set()
    for case in planned_cases(session, study, run_ids):
        for places in combinations(sorted(case.available), 2):
            first, second = (outputs[case.case_id, place] for place in places)
            names = {models[run_ids[place]] for place in places}
            if len(names) == 2 and not withheld & {first, second}:
                pairs.add(JudgedPair(case.case_id, *sorted((first, second))))
    return pairs


def _counts(session: Session, judging: Judging) -> Mapping[str, Any]:
    names = ("n_waiting", "n_asked", "n_answered", "n_failed", "n_again")
    counts: dict[str, Any] = dict.fromkeys(names, 0)
    costs = []
    again = sa.func.sum(sa.case((col(AskedPair.n_asked) > 1, 1), else_=0))
    rows = session.execute(
        sa.select(col(AskedPair.state), sa.func.count(), again, sa.func.sum(AskedPair.cost_usd))
        .where(col(AskedPair.judging_id) == judging.id)
        .group_by(col(AskedPair.state))
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
            col(Annotation.is_unreadable),
            ~col(Annotation.is_superseded),
        )
    )
    counts["n_unreadable"] = session.scalar(unreadable) or 0
    return counts | {"cost_usd": sum(costs) if costs else None}


def _reasons(session: Session, judging_id: int) -> tuple[tuple[str, int], ...]:
    n = sa.func.count()
    rows: Sequence[Any] = session.execute(
        sa.select(col(AskedPair.error), n)
        .where(col(AskedPair.judging_id) == judging_id, col(AskedPair.error).is_not(None))
        .group_by(col(AskedPair.error))
        .order_by(n.desc(), col(AskedPair.error))
        .limit(20)
    ).all()
    return tuple((error, count) for error, count in rows)
