"""What annotators see: their studies, and one blinded comparison at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from db.columns import now
from db.models import (
    Annotation,
    Annotator,
    Assignment,
    Case,
    Criterion,
    ErrorMark,
    Output,
    Score,
    Study,
    Tag,
    UnitPair,
    WorkCount,
)
from db.queries.annotation.leaks import CaseWords, case_words, known_names
from db.queries.annotation.work import WORK_DONE, work_done
from evalkit.annotation.assignment.policy import share_of_work
from evalkit.annotation.blinding.leaks import blinded_steps
from evalkit.annotation.draft import Draft, Form, ResponseDraft
from evalkit.annotation.opening import Opening, draft_mark
from evalkit.annotation.rubric import SKIP_REASONS
from evalkit.annotation.task import (
    BlindedResponse,
    ComparisonTask,
    ScaleLevel,
    TaskCriterion,
    TaskTag,
)
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import (
    AnnotatorKind,
    AssignmentState,
    LeakPolicy,
    Preference,
    Severity,
    SkipReason,
)

#: Whoever was shown nothing for so long is not counted on for what remains.
ACTIVE_WITHIN = timedelta(days=7)

NOT_OPEN = (
    "There is no such study open to you. It may be closed, or the link is wrong. "
    "What you began is kept."
)
NOT_YOURS = "There is no such case among yours. It may have been removed, or the link is wrong."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one annotator is in one study.

    ``n_total`` is what is submitted and begun, and their share of what is still missing: all
    they could do, divided among those at work. ``last_id`` is the latest assignment they
    submitted, or None.
    """

    study_id: int
    study_name: str
    n_done: int
    n_begun: int
    n_total: int
    last_id: int | None
    is_open: bool
    edits: tuple["Edit", ...]

    @property
    def n_left(self) -> int:
        """What there is still to do, begun or not."""
        return self.n_total - self.n_done


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The assignments of the same annotator and study just before and after one of theirs.

    What they skipped is left out: it is somebody else's now.
    """

    previous: int | None
    following: int | None


@dataclass(frozen=True, slots=True)
class Edit:
    """A submitted case that was changed since, and how a page that lists it knows it."""

    assignment_id: int
    opening: Opening


@dataclass(frozen=True, slots=True)
class Skipped:
    """A case somebody skipped, why, in words, and how a page that lists it knows it."""

    assignment_id: int
    reason: str
    opening: Opening


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
        raise SkippedError(_skipped(assignment))
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


def open_studies(session: Session, *, annotator_id: int) -> list[Progress]:
    """Return the open studies, newest first, with this annotator's progress in each."""
    studies = session.exec(
        select(Study).where(col(Study.is_open)).order_by(col(Study.id).desc())
    ).all()
    at = now()
    return [progress(session, study, annotator_id=annotator_id, at=at) for study in studies]


def study_progress(session: Session, study_id: int, *, annotator_id: int) -> Progress:
    """Return how far this annotator is in one study, closed or not."""
    study = session.get(Study, study_id)
    if study is None:
        raise NotFoundError(NOT_OPEN)
    return progress(session, study, annotator_id=annotator_id, at=now())


def progress(session: Session, study: Study, *, annotator_id: int, at: datetime) -> Progress:
    """Count what this annotator did, and estimate what is theirs to do."""
    assert study.id is not None  # it was read from the database
    own = _work(session, study, annotator_id)
    n_begun = own.n_submitted + own.n_begun
    n_share = 0
    if study.is_open:
        pairs = session.exec(
            select(func.sum(UnitPair.n_open), func.sum(UnitPair.n_missing)).where(
                UnitPair.study_id == study.id
            )
        ).one()
        n_open, n_missing = (int(n or 0) for n in pairs)
        n_share = share_of_work(
            n_available=n_open - own.n_open,
            n_missing=n_missing - own.n_missing,
            n_annotators=_n_at_work(session, study.id, annotator_id=annotator_id, at=at),
        )
    return Progress(
        study_id=study.id,
        study_name=study.name,
        n_done=own.n_submitted,
        n_begun=own.n_begun,
        n_total=n_begun + n_share,
        last_id=own.last_submitted_id,
        is_open=study.is_open,
        edits=_edits(session, study.id, annotator_id=annotator_id),
    )


def _work(session: Session, study: Study, annotator_id: int) -> WorkCount:
    """Return what an annotator did in a study; counted here where the counts are outdated."""
    assert study.id is not None  # it was read from the database
    if study.are_units_current:
        work = session.get(WorkCount, (study.id, annotator_id))
    else:
        done = work_done(study.id).where(col(Assignment.annotator_id) == annotator_id)
        row = session.connection().execute(done).first()
        work = None if row is None else WorkCount(**dict(zip(WORK_DONE, row, strict=True)))
    return work or WorkCount(study_id=study.id, annotator_id=annotator_id)


def _n_at_work(session: Session, study_id: int, *, annotator_id: int, at: datetime) -> int:
    """Count the people at work on a study, the one who asks among them."""
    statement = (
        select(WorkCount.annotator_id)
        .join(Annotator, col(Annotator.id) == WorkCount.annotator_id)
        .where(
            WorkCount.study_id == study_id,
            Annotator.kind == AnnotatorKind.HUMAN,
            col(Annotator.is_simulated).is_(False),
            col(Annotator.disabled_at).is_(None),
            col(WorkCount.shown_at) > at - ACTIVE_WITHIN,
        )
    )
    return len({*session.exec(statement), annotator_id})


def skipped(session: Session, study_id: int, *, annotator_id: int) -> list[Skipped]:
    """Return what this annotator skipped in a study, latest first."""
    rows = session.exec(
        select(Assignment)
        .where(
            Assignment.annotator_id == annotator_id,
            Assignment.study_id == study_id,
            Assignment.state == AssignmentState.SKIPPED,
        )
        .order_by(col(Assignment.id).desc())
    ).all()
    return [_skipped(assignment) for assignment in rows]


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


def _edits(session: Session, study_id: int, *, annotator_id: int) -> tuple[Edit, ...]:
    """Return the edits, of all that somebody entered and did not submit: that is little."""
    entered = session.exec(
        select(Assignment).where(
            Assignment.annotator_id == annotator_id,
            Assignment.study_id == study_id,
            col(Assignment.draft).is_not(None),
        )
    )
    return tuple(
        Edit(assignment.id or 0, _listed(assignment))
        for assignment in sorted(entered, key=lambda assignment: assignment.id or 0)
        if assignment.state == AssignmentState.SUBMITTED
    )


def _skipped(assignment: Assignment) -> Skipped:
    reason = SKIP_REASONS[SkipReason(assignment.skip_reason or SkipReason.OTHER)]
    return Skipped(assignment.id or 0, reason, _listed(assignment))


def _listed(assignment: Assignment) -> Opening:
    mark = draft_mark(assignment.draft_session, assignment.draft_number)
    return Opening.of_list(assignment.token, mark)


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
