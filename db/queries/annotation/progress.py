"""How far somebody is in their studies: what they did, skipped, changed, and what is left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, exists, or_, select

from db.columns import now
from db.models import Annotation, Annotator, Assignment, Study, UnitPair, WorkCount
from db.prepared import Prepared, columns_of
from db.queries.annotation.audience import IS_FOR, require_part
from db.queries.annotation.tasks import tasks_of
from db.queries.annotation.work import WORK_DONE, work_done
from evalkit.annotation.assignment.policy import share_of_work
from evalkit.annotation.opening import Opening, draft_mark
from evalkit.annotation.rubric import SKIP_REASONS
from evalkit.vocabulary import AnnotatorKind, AssignmentState, SkipReason, TaskKind

#: Whoever was shown nothing for so long is not counted on for what remains.
ACTIVE_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one annotator is in one study.

    ``n_total`` is what is submitted and begun, and their share of what is still missing: all
    they could do, divided among those at work. ``last_id`` is the latest assignment they
    submitted, or None; ``tells_agreement``, that the study lets them know how often they chose as
    others did. ``left_of_kind`` is what is left of each kind of task, where the study mixes them.
    """

    study_id: int
    study_name: str
    n_done: int
    n_begun: int
    n_total: int
    last_id: int | None
    is_open: bool
    tells_agreement: bool
    edits: tuple["Edit", ...]
    left_of_kind: Mapping[TaskKind, int] = field(default_factory=dict)

    @property
    def n_left(self) -> int:
        """What there is still to do, begun or not."""
        return self.n_total - self.n_done


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


@dataclass(frozen=True, slots=True)
class LastSubmission:
    """What somebody submitted last, how a page knows it, and until when it may be undone."""

    assignment_id: int
    opening: Opening
    until: datetime


def open_studies(session: Session, *, annotator_id: int) -> list[Progress]:
    """Return the open studies that are for this annotator, newest first, with their progress.

    One in which they began something is among them, whom it is for by now or not.
    """
    began = exists().where(
        col(WorkCount.study_id) == Study.id, col(WorkCount.annotator_id) == annotator_id
    )
    studies = session.exec(
        select(Study)
        .where(col(Study.is_open), or_(IS_FOR, began))
        .order_by(col(Study.id).desc())
        .params(annotator_id=annotator_id)
    ).all()
    at = now()
    return [progress(session, study, annotator_id=annotator_id, at=at) for study in studies]


def study_progress(session: Session, study_id: int, *, annotator_id: int) -> Progress:
    """Return how far this annotator is in one study, closed or not."""
    require_part(session, study_id, annotator_id=annotator_id)
    study = session.get_one(Study, study_id)
    return progress(session, study, annotator_id=annotator_id, at=now())


def progress(session: Session, study: Study, *, annotator_id: int, at: datetime) -> Progress:
    """Count what this annotator did, and estimate what is theirs to do."""
    assert study.id is not None  # it was read from the database
    work = _work(session, study, annotator_id)
    shares = _shares(session, study, work, annotator_id, at) if study.is_open else {}
    begun = {TaskKind(own.kind): own.n_begun for own in work}
    return Progress(
        study_id=study.id,
        study_name=study.name,
        n_done=sum(own.n_submitted for own in work),
        n_begun=sum(own.n_begun for own in work),
        n_total=sum(own.n_submitted + own.n_begun for own in work) + sum(shares.values()),
        left_of_kind={
            task.kind: shares.get(task.kind, 0) + begun.get(task.kind, 0)
            for task in tasks_of(study)
            if study.tasks
        },
        last_id=max((own.last_submitted_id or 0 for own in work), default=0) or None,
        is_open=study.is_open,
        tells_agreement=study.tells_agreement,
        edits=_edits(session, study.id, annotator_id=annotator_id),
    )


def done_and_total(
    session: Session, study: Study, *, annotator_id: int, at: datetime
) -> tuple[int, int]:
    """Return what a screen says of the same: how much is done, of how much in all."""
    work = _work(session, study, annotator_id)
    n_total = _total(session, study, work, annotator_id=annotator_id, at=at)
    return sum(own.n_submitted for own in work), n_total


def shares_left(
    session: Session, study: Study, *, annotator_id: int, at: datetime
) -> dict[TaskKind, int]:
    """Return how many new tasks of each kind fall to somebody, of what is missing in a study."""
    return _shares(session, study, _work(session, study, annotator_id), annotator_id, at)


def _total(
    session: Session, study: Study, work: list[Any], *, annotator_id: int, at: datetime
) -> int:
    n_begun: int = sum(own.n_submitted + own.n_begun for own in work)
    if not study.is_open:
        return n_begun
    return n_begun + sum(_shares(session, study, work, annotator_id, at).values())


def _shares(
    session: Session, study: Study, work: list[Any], annotator_id: int, at: datetime
) -> dict[TaskKind, int]:
    own = {TaskKind(row.kind): row for row in work}
    asked = {"study_id": study.id, "own_id": annotator_id, "after": at - ACTIVE_WITHIN}
    open_of = {
        TaskKind(kind): (int(n_open), int(n_missing), int(n_others))
        for kind, n_open, n_missing, n_others in _STILL_OPEN.all(session, asked)
    }
    shares = {}
    for task in tasks_of(study):
        n_open, n_missing, n_others = open_of.get(task.kind, (0, 0, 0))
        done = own.get(task.kind)
        shares[task.kind] = share_of_work(
            n_available=n_open - (done.n_open if done else 0),
            n_missing=n_missing - (done.n_missing if done else 0),
            n_annotators=1 + n_others,
        )
    return shares


def _work(session: Session, study: Study, annotator_id: int) -> list[Any]:
    """Return what an annotator did of each kind; counted here where the counts are outdated."""
    assert study.id is not None  # it was read from the database
    if study.are_units_current:
        whose = {"study_id": study.id, "annotator_id": annotator_id}
        return list(_WORK.all(session, whose))
    done = work_done(study.id).where(col(Assignment.annotator_id) == annotator_id)
    rows = session.connection().execute(done)
    return [WorkCount(**dict(zip(WORK_DONE, row, strict=True))) for row in rows]


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
    return [skipped_case(assignment) for assignment in rows]


def last_submission(
    session: Session, study_id: int, *, annotator_id: int, within: timedelta
) -> LastSubmission | None:
    """Return what somebody submitted last in a study, if it may be undone: within that time.

    An edit is not undone.
    """
    last = session.exec(
        select(Assignment, Annotation)
        .join(Annotation, col(Annotation.assignment_id) == Assignment.id)
        .where(
            Assignment.annotator_id == annotator_id,
            Assignment.study_id == study_id,
            Assignment.state == AssignmentState.SUBMITTED,
        )
        .order_by(col(Annotation.id).desc())
        .limit(1)
    ).first()
    if last is None:
        return None
    assignment, annotation = last
    until = annotation.submitted_at + within
    if annotation.revision > 1 or until <= now():
        return None
    return LastSubmission(assignment.id or 0, _listed(assignment), until)


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


def skipped_case(assignment: Assignment) -> Skipped:
    """Return a skipped case as a page lists it."""
    reason = SKIP_REASONS[SkipReason(assignment.skip_reason or SkipReason.OTHER)]
    return Skipped(assignment.id or 0, reason, _listed(assignment))


def _listed(assignment: Assignment) -> Opening:
    mark = draft_mark(assignment.draft_session, assignment.draft_number)
    return Opening.of_list(assignment.token, mark)


# Statements that every case needs are made once: it takes several times as long as to run them.

_WORK = Prepared(
    sa.select(*columns_of(WorkCount)).where(
        col(WorkCount.study_id) == sa.bindparam("study_id"),
        col(WorkCount.annotator_id) == sa.bindparam("annotator_id"),
    )
)
_OTHERS_AT_WORK = (
    sa.select(sa.func.count(sa.distinct(col(WorkCount.annotator_id))))
    .join(Annotator, col(Annotator.id) == WorkCount.annotator_id)
    .where(
        col(WorkCount.study_id) == sa.bindparam("study_id"),
        col(WorkCount.annotator_id) != sa.bindparam("own_id"),
        col(Annotator.kind) == AnnotatorKind.HUMAN,
        col(Annotator.is_simulated).is_(False),
        col(Annotator.disabled_at).is_(None),
        col(WorkCount.shown_at) > sa.bindparam("after"),
    )
)
_STILL_OPEN = Prepared(
    sa.select(
        col(UnitPair.kind),
        sa.func.sum(col(UnitPair.n_open)).label("n_open"),
        sa.func.sum(col(UnitPair.n_missing)).label("n_missing"),
        _OTHERS_AT_WORK.scalar_subquery().label("n_others_at_work"),
    )
    .where(col(UnitPair.study_id) == sa.bindparam("study_id"))
    .group_by(col(UnitPair.kind))
)
