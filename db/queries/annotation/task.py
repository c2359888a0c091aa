"""What annotators see: their studies, and one blinded comparison at a time."""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now
from db.models import (
    Annotation,
    Assignment,
    Case,
    CheckAnswer,
    Criterion,
    CriterionPreference,
    ErrorMark,
    RankedOutput,
    Score,
    Study,
    Tag,
)
from db.prepared import Prepared, columns_of
from db.queries.annotation.form import form_of
from db.queries.annotation.instructions import digest
from db.queries.annotation.leaks import CaseWords, case_words, known_names
from db.queries.annotation.marks import shown_draft
from db.queries.annotation.progress import Skipped, done_and_total, skipped_case
from db.queries.annotation.shown import shown_contents, shown_outputs
from db.queries.images import placed_images
from evalkit.annotation.blinding.leaks import blinded_steps
from evalkit.annotation.draft import Draft, Ranking, ResponseDraft
from evalkit.annotation.form import Form
from evalkit.annotation.marks import MarkedError, split_marks
from evalkit.annotation.opening import draft_mark
from evalkit.annotation.task import (
    BlindedResponse,
    ComparisonTask,
)
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import (
    AssignmentState,
    Certainty,
    CheckValue,
    LeakPolicy,
    Preference,
    Strength,
)

NOT_YOURS = "There is no such case among yours. It may have been removed, or the link is wrong."


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The assignments of the same annotator and study just before and after one of theirs.

    What they skipped is left out: it is somebody else's now; and what is only held for them.
    """

    previous: int | None
    following: int | None


class SkippedError(RefusedError):
    """The ``case`` asked for was skipped by the one who asks; it can be taken back."""

    def __init__(self, case: Skipped) -> None:
        super().__init__(f"You skipped this case: {case.reason}. It goes to somebody else.")
        self.case = case


def own_assignment(session: Session, assignment_id: int, annotator_id: int) -> Assignment:
    """Return an assignment of this annotator; somebody else's does not exist for them."""
    asked = {"assignment_id": assignment_id, "annotator_id": annotator_id}
    assignment = session.exec(_OWN, params=asked).first()
    if assignment is None:
        raise NotFoundError(NOT_YOURS)
    return assignment


def comparison_task(session: Session, assignment_id: int, *, annotator_id: int) -> ComparisonTask:
    """Return one assignment as its annotator may see it: blind, and masked as the study says."""
    asked = {"assignment_id": assignment_id, "annotator_id": annotator_id}
    assignment: Any = _OWN_ROW.first(session, asked)
    if assignment is None:
        raise NotFoundError(NOT_YOURS)
    if assignment.state == AssignmentState.SKIPPED:
        raise SkippedError(skipped_case(assignment))
    study: Any = _STUDY.first(session, {"study_id": assignment.study_id})
    is_new = assignment.state == AssignmentState.OPEN
    annotation = None if is_new else current_annotation(session, assignment)
    n_done, n_total = done_and_total(session, study, annotator_id=annotator_id, at=now())
    around = _beside(session, assignment)
    return replace(
        fresh_task(session, study, assignment, form_of(session, study, assignment)),
        draft=_entered(session, study, assignment, annotation),
        active_seconds=assignment.active_seconds,
        is_submitted=assignment.state == AssignmentState.SUBMITTED,
        has_edit=annotation is not None and assignment.draft is not None,
        token=assignment.token,
        draft_mark=draft_mark(assignment.draft_session, assignment.draft_number),
        revision=0 if annotation is None else annotation.revision,
        previous_assignment_id=around.previous,
        next_assignment_id=around.following,
        n_done=n_done,
        n_total=n_total,
    )


def fresh_task(session: Session, study: Any, assignment: Any, form: Form) -> ComparisonTask:
    """Return an assignment as it is before anything was entered, with nothing beside it.

    Blind, and masked as the study says; neither it nor the study need be stored.
    """
    case: Any = _CASE.first(session, {"case_id": assignment.case_id})
    words = None
    if study.leak_policy != LeakPolicy.SHOW:
        words = case_words(case, known_names(session, study))
    return ComparisonTask(
        assignment_id=assignment.id,
        study_id=assignment.study_id,
        study_name=study.name,
        case_category=case.category or "",
        messages=placed_images(session, case.eval_set_id, case.input, are_named=False),
        context=tuple(case.context or ()),
        tools=tuple(case.tools or ()),
        responses=_responses(session, assignment, words, case.eval_set_id),
        criteria=form.criteria,
        checklist=form.checklist,
        tags=form.tags,
        collect=form.collect,
        guidelines=study.guidelines,
        told=digest(study),
        draft={},
        active_seconds=0,
        is_submitted=False,
        has_edit=False,
        token=assignment.token,
        draft_mark="",
        revision=0,
        previous_assignment_id=None,
        next_assignment_id=None,
        n_done=0,
        n_total=0,
    )


def beside(session: Session, assignment_id: int, *, annotator_id: int) -> Neighbours:
    """Return where *back* and *forward* lead from an assignment."""
    return _beside(session, own_assignment(session, assignment_id, annotator_id))


def current_annotation(session: Session, assignment: Assignment) -> Annotation | None:
    """Return the revision that counts, or None before the first submission."""
    return session.exec(_CURRENT, params={"assignment_id": assignment.id}).first()


def submitted_draft(session: Session, annotation: Annotation, assignment: Assignment) -> Draft:
    """Return an annotation as the form that was submitted; its marks are on what was recorded."""
    scores: dict[int, dict[str, float]] = {}
    for output_id, key, value in session.exec(
        select(Score.output_id, Criterion.key, Score.value)
        .join(Criterion, col(Criterion.id) == Score.criterion_id)
        .where(Score.annotation_id == annotation.id)
        .order_by(col(Criterion.position), col(Criterion.id))
    ).all():
        scores.setdefault(output_id, {})[key] = value
    checks: dict[int, dict[str, CheckValue]] = {}
    for check in session.exec(
        select(CheckAnswer)
        .where(CheckAnswer.annotation_id == annotation.id)
        .order_by(col(CheckAnswer.id))
    ):
        checks.setdefault(check.output_id, {})[check.item] = CheckValue(check.value)
    marks: dict[int, list[MarkedError]] = {}
    for mark, key in session.exec(
        select(ErrorMark, Tag.key)
        .join(Tag, col(Tag.id) == ErrorMark.tag_id)
        .where(ErrorMark.annotation_id == annotation.id)
        .order_by(col(ErrorMark.id))
    ).all():
        marks.setdefault(mark.output_id, []).append(_mark(mark, key))
    outputs = shown_outputs(assignment)
    responses = {
        side: ResponseDraft(
            scores.get(output_id, {}),
            *split_marks(marks.get(output_id, ())),
            texts=(annotation.texts or {}).get(side, {}),
            checks=checks.get(output_id, {}),
        )
        for side, output_id in outputs.items()
    }
    preference, strength = annotation.preference, annotation.strength
    certainty = annotation.certainty
    return Draft(
        preference=None if preference is None else Preference(preference),
        strength=None if strength is None else Strength(strength),
        certainty=None if certainty is None else Certainty(certainty),
        preferences=_preferences(session, annotation),
        ranking=_ranking(session, annotation, outputs),
        responses=responses,
        comment=annotation.comment or "",
        assertion=annotation.assertion or "",
    )


def _preferences(session: Session, annotation: Annotation) -> dict[str, Preference]:
    rows = session.exec(
        select(Criterion.key, CriterionPreference.preference)
        .join(Criterion, col(Criterion.id) == CriterionPreference.criterion_id)
        .where(CriterionPreference.annotation_id == annotation.id)
        .order_by(col(Criterion.position), col(Criterion.id))
    ).all()
    return {key: Preference(preference) for key, preference in rows}


def _ranking(session: Session, annotation: Annotation, outputs: dict[str, int]) -> Ranking:
    """Return the places of a ranking, each with the sides that share it."""
    place_of = dict(
        session.exec(
            select(RankedOutput.output_id, RankedOutput.place).where(
                RankedOutput.annotation_id == annotation.id
            )
        ).all()
    )
    places: dict[int, list[str]] = {}
    for side, output_id in outputs.items():
        if output_id in place_of:
            places.setdefault(place_of[output_id], []).append(side)
    return tuple(tuple(places[place]) for place in sorted(places))


def _mark(mark: ErrorMark, key: str) -> MarkedError:
    return MarkedError(
        tag=key,
        severity=mark.severity,
        start=mark.start,
        end=mark.end,
        quote=mark.quote,
        note=mark.note or "",
        step=mark.step,
        is_omission=mark.is_omission,
    )


def _entered(
    session: Session, study: Any, assignment: Assignment, annotation: Annotation | None
) -> dict[str, Any]:
    """Return what was entered so far, or last submitted; empty where nothing was."""
    if assignment.draft is not None:
        return assignment.draft
    if annotation is None:
        return {}
    submitted = submitted_draft(session, annotation, assignment)
    return shown_draft(session, study, assignment, submitted).as_json()


def _beside(session: Session, assignment: Assignment) -> Neighbours:
    asked = {
        "assignment_id": assignment.id,
        "study_id": assignment.study_id,
        "annotator_id": assignment.annotator_id,
    }
    return Neighbours(*_NEIGHBOURS.all(session, asked)[0])


def _responses(
    session: Session, assignment: Assignment, words: CaseWords | None, eval_set_id: int
) -> dict[str, BlindedResponse]:
    """Return the responses of an assignment by side, masked."""
    masked = words.masked if words is not None else str
    return {
        side: BlindedResponse(
            text=None if content is None else masked(content),
            steps=None
            if steps is None
            else blinded_steps(
                placed_images(session, eval_set_id, steps, are_named=False), masked=masked
            ),
        )
        for side, (content, steps) in shown_contents(session, assignment).items()
    }


# Statements that every case needs are made once: it takes several times as long as to run them.

_IS_OWN = (
    col(Assignment.id) == sa.bindparam("assignment_id"),
    col(Assignment.annotator_id) == sa.bindparam("annotator_id"),
)
_OWN = select(Assignment).where(*_IS_OWN)
_OWN_ROW = Prepared(sa.select(*columns_of(Assignment)).where(*_IS_OWN))
_STUDY = Prepared(sa.select(*columns_of(Study)).where(col(Study.id) == sa.bindparam("study_id")))
_CASE = Prepared(sa.select(*columns_of(Case)).where(col(Case.id) == sa.bindparam("case_id")))
_CURRENT = select(Annotation).where(
    Annotation.assignment_id == sa.bindparam("assignment_id"),
    col(Annotation.is_superseded).is_(False),
)
_BESIDE = sa.select(col(Assignment.id)).where(
    col(Assignment.study_id) == sa.bindparam("study_id"),
    col(Assignment.annotator_id) == sa.bindparam("annotator_id"),
    col(Assignment.state) != AssignmentState.SKIPPED,
    sa.or_(col(Assignment.state) != AssignmentState.OPEN, col(Assignment.shown_at).is_not(None)),
)
_ASSIGNMENT_ID: Any = sa.bindparam("assignment_id")
_PREVIOUS = (
    _BESIDE.where(col(Assignment.id) < _ASSIGNMENT_ID).order_by(col(Assignment.id).desc()).limit(1)
)
_FOLLOWING = (
    _BESIDE.where(col(Assignment.id) > _ASSIGNMENT_ID).order_by(col(Assignment.id)).limit(1)
)
_NEIGHBOURS = Prepared(
    sa.select(
        _PREVIOUS.scalar_subquery().label("previous"),
        _FOLLOWING.scalar_subquery().label("following"),
    )
)
