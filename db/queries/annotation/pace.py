"""How long cases take: one of a study, and all that somebody did in it."""

from statistics import median

from sqlmodel import Session, col, func, select

from db.models import Assignment, WorkCount
from evalkit.vocabulary import AssignmentState

#: How many cases are looked at, the latest first, and how many there must be to say something.
_MOST, _LEAST = 30, 3


def seconds_per_case(session: Session, study_id: int, *, annotator_id: int) -> float | None:
    """Return how long a case takes: the median active seconds of their latest cases.

    Before somebody did enough, it is that of the latest case of each who works on the study. None
    where that is too little as well. Idle time is no active time.
    """
    own = session.exec(
        select(Assignment.active_seconds)
        .where(
            Assignment.annotator_id == annotator_id,
            Assignment.study_id == study_id,
            Assignment.state == AssignmentState.SUBMITTED,
            Assignment.active_seconds > 0,
        )
        .order_by(col(Assignment.id).desc())
        .limit(_MOST)
    ).all()
    if len(own) >= _LEAST:
        return median(own)
    others = session.exec(
        select(Assignment.active_seconds)
        .join(WorkCount, col(WorkCount.last_submitted_id) == Assignment.id)
        .where(WorkCount.study_id == study_id, Assignment.active_seconds > 0)
        .limit(_MOST)
    ).all()
    return median(others) if len(others) >= _LEAST else None


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
