"""How long cases take: one of a study, and all that somebody did in it."""

from statistics import median

from sqlmodel import Session, col, func, select, true

from db.models import Annotator, Assignment, WorkCount
from db.queries.annotation.progress import Progress
from db.queries.annotation.tasks import KIND
from evalkit.vocabulary import AnnotatorKind, AssignmentState, TaskKind

#: How many cases are looked at, the latest first, and how many there must be to say something.
_MOST, _LEAST = 30, 3


def seconds_per_case(
    session: Session, study_id: int, *, annotator_id: int, kind: TaskKind | None = None
) -> float | None:
    """Return how long a case takes: the median active seconds of their latest cases.

    Before somebody did enough, it is that of the latest case of each who works on the study. None
    where that is too little as well. Idle time is no active time. With a ``kind`` it is of tasks
    of that kind.
    """
    own = session.exec(
        select(Assignment.active_seconds)
        .where(
            Assignment.annotator_id == annotator_id,
            Assignment.study_id == study_id,
            Assignment.state == AssignmentState.SUBMITTED,
            Assignment.active_seconds > 0,
            true() if kind is None else kind.value == KIND,
        )
        .order_by(col(Assignment.id).desc())
        .limit(_MOST)
    ).all()
    if len(own) >= _LEAST:
        return median(own)
    others = session.exec(
        select(Assignment.active_seconds)
        .join(WorkCount, col(WorkCount.last_submitted_id) == Assignment.id)
        .where(
            WorkCount.study_id == study_id,
            Assignment.active_seconds > 0,
            true() if kind is None else WorkCount.kind == kind,
        )
        .limit(_MOST)
    ).all()
    return median(others) if len(others) >= _LEAST else None


def seconds_to_go(session: Session, progress: Progress, *, annotator_id: int) -> float | None:
    """Return about how long what is left takes somebody; None where too little is known.

    Of a study that mixes kinds of task each kind takes its own time, or that of all where too
    little is known of it.
    """
    study_id = progress.study_id
    usual = seconds_per_case(session, study_id, annotator_id=annotator_id)
    if usual is None or not progress.left_of_kind:
        return None if usual is None else usual * progress.n_left
    return sum(
        n * (seconds_per_case(session, study_id, annotator_id=annotator_id, kind=kind) or usual)
        for kind, n in progress.left_of_kind.items()
        if n
    )


def usual_seconds(session: Session) -> dict[TaskKind, float]:
    """Return how long a task of each kind took people here: the median of the latest of each.

    Each study a person worked in counts once. A kind of which too little is known is not in it.
    """
    seconds = {}
    for kind in TaskKind:
        latest = session.exec(
            select(Assignment.active_seconds)
            .join(WorkCount, col(WorkCount.last_submitted_id) == Assignment.id)
            .join(Annotator, col(Annotator.id) == WorkCount.annotator_id)
            .where(
                WorkCount.kind == kind,
                Assignment.active_seconds > 0,
                Annotator.kind == AnnotatorKind.HUMAN,
                col(Annotator.is_simulated).is_(False),
            )
            .order_by(col(Assignment.id).desc())
            .limit(_MOST)
        ).all()
        if len(latest) >= _LEAST:
            seconds[kind] = median(latest)
    return seconds


def seconds_spent(session: Session, study_id: int, *, annotator_id: int) -> float:
    """Return the active seconds somebody spent on the cases they submitted."""
    return float(
        session.exec(
            select(func.coalesce(func.sum(Assignment.active_seconds), 0.0)).where(
                Assignment.annotator_id == annotator_id,
                Assignment.study_id == study_id,
                Assignment.state == AssignmentState.SUBMITTED,
            )
        ).one()
    )
