"""What a judge is to judge: responses that people judged, or all that a study could show."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.models import (
    Annotation,
    Annotator,
    Assignment,
    Case,
    CheckAnswer,
    ErrorMark,
    FewShotCase,
    Output,
    Score,
    Study,
)
from db.queries.annotation.cases import outputs_elsewhere
from db.queries.annotation.leaks import leaking_outputs
from db.queries.annotation.work import planned_cases, study_outputs
from db.queries.records.annotated import pair_presentation, single_presentation
from db.queries.results.studies import COUNTED_KINDS, result_study
from evalkit.errors import RefusedError
from evalkit.judging.plan import JudgePlan
from evalkit.vocabulary import AnnotatorKind, JudgeTask, LeakPolicy, TextPlace

#: What people gave a response that a judge is asked for.
_GIVEN: dict[JudgeTask, tuple[Any, ...]] = {
    JudgeTask.SCORES: (Score, CheckAnswer),
    JudgeTask.ERRORS: (ErrorMark,),
    JudgeTask.RESPONSE: (Score, CheckAnswer, ErrorMark),
}
_NOT_JUDGED = {
    JudgeTask.PAIR: "No two responses of this study were compared by people",
    JudgeTask.SCORES: "No response of this study was scored by people",
    JudgeTask.ERRORS: "In no response of this study did people look for errors",
    JudgeTask.RESPONSE: "No response of this study was scored or looked through by people",
}


@dataclass(frozen=True, slots=True)
class ToJudge:
    """What a judge is shown at once: a response, or two in this order, for the first time or again.

    ``presentation`` names it within the study and the judge.
    """

    case_id: int
    left: int
    right: int | None
    presentation: str


def all_to_judge(session: Session, study: Study, plan: JudgePlan) -> list[ToJudge]:
    """Return all that a plan lets judge. Raises RefusedError where there is nothing.

    Cases that the judge is shown answered it is not asked about.
    """
    every = to_judge(session, study, plan.task, is_all=plan.is_all, repeats=plan.repeats)
    if not plan.has_few_shot:
        return every
    few_shot = session.exec(
        select(FewShotCase.case_id).where(
            col(FewShotCase.study_id) == study.id,
            col(FewShotCase.task) == plan.task,
            col(FewShotCase.removed_at).is_(None),
        )
    ).all()
    left = [to_ask for to_ask in every if to_ask.case_id not in set(few_shot)]
    if not left:
        raise RefusedError("Every case that could be asked about is a few-shot case of the judge.")
    return left


def to_judge(
    session: Session, study: Study, task: JudgeTask, *, is_all: bool, repeats: int
) -> list[ToJudge]:
    """Return what there is to judge: each pair in both orders, each as often as wished.

    Raises RefusedError where there is nothing.
    """
    is_pair = task is JudgeTask.PAIR
    if is_all:
        places = _of_models(session, study, n=2 if is_pair else 1)
    else:
        places = _compared(session, study) if is_pair else _looked_at(session, study, task)
    if not places and is_all:
        raise RefusedError("This study has no responses that a judge could be asked about.")
    if not places:
        raise RefusedError(
            f"{_NOT_JUDGED[task]}, so no judge could be checked on them. Ask about all with --all."
        )
    looks = range(1, repeats + 1)
    return [
        to_ask
        for case_id, *outputs in sorted(places)
        for look in looks
        for to_ask in _orders(case_id, outputs, look)
    ]


def judged_before(session: Session, study: Study, annotator_id: int | None) -> frozenset[str]:
    """Return the presentations that a judge judged in a study already, asked here or imported."""
    return frozenset(
        session.exec(
            select(Assignment.presentation).where(
                Assignment.study_id == study.id, Assignment.annotator_id == annotator_id
            )
        )
    )


def _orders(case_id: int, outputs: list[int], look: int) -> Iterable[ToJudge]:
    if len(outputs) == 1:
        (left,) = outputs
        yield ToJudge(case_id, left, None, single_presentation(left, look))
        return
    for left, right in (outputs, outputs[::-1]):
        yield ToJudge(case_id, left, right, pair_presentation(left, right, look))


def _compared(session: Session, study: Study) -> set[tuple[int, ...]]:
    left, right = aliased(Output), aliased(Output)
    rows = session.execute(
        sa.select(col(Assignment.case_id), col(left.id), col(right.id))
        .distinct()
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(left, col(left.id) == col(Assignment.left_output_id))
        .join(right, col(right.id) == col(Assignment.right_output_id))
        .where(col(Annotation.preference).is_not(None), ~col(Annotation.is_superseded))
        .where(*_by_people(study), is_here(left), is_here(right))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .join(Case, col(Case.id) == col(Assignment.case_id))
    )
    return {(case_id, *sorted(outputs)) for case_id, *outputs in rows}


def _looked_at(session: Session, study: Study, task: JudgeTask) -> set[tuple[int, ...]]:
    """Return the responses, each with its case, that people gave what a judge is asked for."""
    places: set[tuple[int, ...]] = set()
    for table in _GIVEN[task]:
        rows = session.execute(
            sa.select(col(Output.case_id), col(Output.id))
            .distinct()
            .join(table, col(table.output_id) == col(Output.id))
            .join(Annotation, col(Annotation.id) == col(table.annotation_id))
            .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
            .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
            .join(Case, col(Case.id) == col(Output.case_id))
            .where(~col(table.is_superseded), *_by_people(study), is_here(Output))
        )
        places |= {(case_id, output_id) for case_id, output_id in rows}
    return places


def _by_people(study: Study) -> tuple[Any, ...]:
    return (
        col(Assignment.study_id) == study.id,
        col(Assignment.kind).in_(COUNTED_KINDS),
        col(Annotator.kind) != AnnotatorKind.JUDGE,
        is_here(Case),
    )


def is_here(table: Any) -> Any:
    """Return the condition that the text of a case or an output is known here."""
    return col(table.text_place).is_distinct_from(TextPlace.ELSEWHERE)


def _of_models(session: Session, study: Study, *, n: int) -> set[tuple[int, ...]]:
    """Return every ``n`` outputs, of as many models, to each case that the study asks for."""
    models = {run.run_id: run.model for run in result_study(session, name=study.name).runs}
    run_ids, outputs = study_outputs(session, study)
    withheld = outputs_elsewhere(session, study)
    if study.leak_policy == LeakPolicy.LEAVE_OUT:
        withheld |= leaking_outputs(session, study)
    places: set[tuple[int, ...]] = set()
    for case in planned_cases(session, study, run_ids):
        for together in combinations(sorted(case.available), n):
            asked = [outputs[case.case_id, place] for place in together]
            names = {models[run_ids[place]] for place in together}
            if len(names) == n and not withheld.intersection(asked):
                places.add((case.case_id, *sorted(asked)))
    return places
