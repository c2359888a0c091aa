"""What annotators see: their studies, and one blinded comparison at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now
from db.models import (
    Annotation,
    Assignment,
    Case,
    Criterion,
    ErrorMark,
    Output,
    Score,
    Study,
    Tag,
)
from db.queries.annotation.leaks import CaseWords, case_words, known_names
from db.queries.annotation.progress import Skipped, progress, skipped_case
from evalkit.annotation.blinding.leaks import blinded_steps
from evalkit.annotation.draft import Draft, Form, ResponseDraft
from evalkit.annotation.opening import draft_mark
from evalkit.annotation.task import (
    BlindedResponse,
    ComparisonTask,
    ScaleLevel,
    TaskCriterion,
    TaskTag,
)
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import (
    AssignmentState,
    LeakPolicy,
    Preference,
    Severity,
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
    assignment = session.get(Assignment, assignment_id)
    if assignment is None or assignment.annotator_id != annotator_id:
        raise NotFoundError(NOT_YOURS)
    return assignment


def comparison_task(session: Session, assignment_id: int, *, annotator_id: int) -> ComparisonTask:
    """Return one assignment as its annotator may see it: blind, and masked as the study says."""
    assignment = own_assignment(session, assignment_id, annotator_id)
    if assignment.state == AssignmentState.SKIPPED:
        raise SkippedError(skipped_case(assignment))
    study = session.get_one(Study, assignment.study_id)
    case = session.get_one(Case, assignment.case_id)
    words = None
    if study.leak_policy != LeakPolicy.SHOW:
        words = case_words(case, known_names(session, study))
    form = form_of(session, study, assignment)
    annotation = current_annotation(session, assignment)
    own = progress(session, study, annotator_id=annotator_id, at=now())
    around = _beside(session, assignment)
    return ComparisonTask(
        assignment_id=assignment_id,
        study_id=assignment.study_id,
        study_name=study.name,
        case_category=case.category or "",
        messages=tuple(case.input),
        context=tuple(case.context or ()),
        tools=tuple(case.tools or ()),
        left=_response(session, assignment.left_output_id, words),
        right=(
            None
            if assignment.right_output_id is None
            else _response(session, assignment.right_output_id, words)
        ),
        criteria=form.criteria,
        tags=form.tags,
        collect=form.collect,
        guidelines=study.guidelines,
        draft=_entered(session, assignment, annotation),
        active_seconds=assignment.active_seconds,
        is_submitted=assignment.state == AssignmentState.SUBMITTED,
        has_edit=annotation is not None and assignment.draft is not None,
        token=assignment.token,
        draft_mark=draft_mark(assignment.draft_session, assignment.draft_number),
        revision=0 if annotation is None else annotation.revision,
        previous_assignment_id=around.previous,
        next_assignment_id=around.following,
        n_done=own.n_done,
        n_total=own.n_total,
    )


def beside(session: Session, assignment_id: int, *, annotator_id: int) -> Neighbours:
    """Return where *back* and *forward* lead from an assignment."""
    return _beside(session, own_assignment(session, assignment_id, annotator_id))


def form_of(session: Session, study: Study, assignment: Assignment) -> Form:
    """Return what a study asks for about one assignment."""
    criteria = session.exec(
        select(Criterion)
        .where(Criterion.rubric_id == study.rubric_id)
        .order_by(col(Criterion.position), col(Criterion.id))
    ).all()
    tags = session.exec(
        select(Tag)
        .where(Tag.taxonomy_id == study.taxonomy_id)
        .order_by(col(Tag.position), col(Tag.id))
    ).all()
    collect = {
        "preference": study.collects_preference and assignment.right_output_id is not None,
        "scores": study.collects_scores and bool(criteria),
        "tags": study.collects_tags and bool(tags),
        "comment": study.collects_comment,
    }
    return Form(
        criteria=tuple(_criterion(criterion) for criterion in criteria),
        tags=tuple(
            TaskTag(tag.key, tag.name or tag.key, tag.definition or "", tuple(tag.severities or ()))
            for tag in tags
        ),
        collect=frozenset(what for what, is_asked in collect.items() if is_asked),
        is_pair=assignment.right_output_id is not None,
    )


def current_annotation(session: Session, assignment: Assignment) -> Annotation | None:
    """Return the revision that counts, or None before the first submission."""
    return session.exec(
        select(Annotation).where(
            Annotation.assignment_id == assignment.id, col(Annotation.is_superseded).is_(False)
        )
    ).first()


def submitted_draft(session: Session, annotation: Annotation, assignment: Assignment) -> Draft:
    """Return an annotation as the form that was submitted."""
    scores: dict[int, dict[str, float]] = {}
    for output_id, key, value in session.exec(
        select(Score.output_id, Criterion.key, Score.value)
        .join(Criterion, col(Criterion.id) == Score.criterion_id)
        .where(Score.annotation_id == annotation.id)
        .order_by(col(Criterion.position), col(Criterion.id))
    ).all():
        scores.setdefault(output_id, {})[key] = value
    tags: dict[int, dict[str, Severity | None]] = {}
    for output_id, key, severity in session.exec(
        select(ErrorMark.output_id, Tag.key, ErrorMark.severity)
        .join(Tag, col(Tag.id) == ErrorMark.tag_id)
        .where(ErrorMark.annotation_id == annotation.id)
        .order_by(col(Tag.position), col(Tag.id))
    ).all():
        tags.setdefault(output_id, {})[key] = None if severity is None else Severity(severity)
    left, right = (
        ResponseDraft(scores.get(output_id or 0, {}), tags.get(output_id or 0, {}))
        for output_id in (assignment.left_output_id, assignment.right_output_id)
    )
    preference = annotation.preference
    return Draft(
        preference=None if preference is None else Preference(preference),
        left=left,
        right=right,
        comment=annotation.comment or "",
    )


def _entered(
    session: Session, assignment: Assignment, annotation: Annotation | None
) -> dict[str, Any]:
    """Return what was entered so far, or last submitted; empty where nothing was."""
    if assignment.draft is not None:
        return assignment.draft
    return {} if annotation is None else submitted_draft(session, annotation, assignment).as_json()


def _beside(session: Session, assignment: Assignment) -> Neighbours:
    assert assignment.id is not None  # it was read from the database
    own = select(Assignment.id).where(
        Assignment.study_id == assignment.study_id,
        Assignment.annotator_id == assignment.annotator_id,
        Assignment.state != AssignmentState.SKIPPED,
        sa.or_(
            col(Assignment.state) != AssignmentState.OPEN, col(Assignment.shown_at).is_not(None)
        ),
    )
    number = col(Assignment.id)
    return Neighbours(
        session.exec(own.where(number < assignment.id).order_by(number.desc()).limit(1)).first(),
        session.exec(own.where(number > assignment.id).order_by(number).limit(1)).first(),
    )


def _response(session: Session, output_id: int, words: CaseWords | None) -> BlindedResponse:
    output = session.get_one(Output, output_id)
    masked = words.masked if words is not None else str
    steps = None if output.steps is None else blinded_steps(output.steps, masked=masked)
    return BlindedResponse(text=masked(output.content), steps=steps)


def _criterion(criterion: Criterion) -> TaskCriterion:
    return TaskCriterion(
        key=criterion.key,
        question=criterion.question,
        description=criterion.description or "",
        levels=tuple(_level(level) for level in criterion.scale),
        required=criterion.is_required,
    )


def _level(level: Mapping[str, Any]) -> ScaleLevel:
    return ScaleLevel(
        value=float(level["value"]),
        label=str(level.get("label") or ""),
        anchor=str(level.get("anchor") or ""),
    )
