"""The life of a case: its status, why it exists, whether it is watched; each with its history."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from db.columns import now, number_of
from db.commands.changes import results_changed
from db.commands.units import outdate_units
from db.engine import write_session
from db.models import Case, CaseEvent
from db.queries.case_life import studies_with
from db.queries.records.rows import BATCH, batched
from evalkit.annotation.draft import MAX_COMMENT, checked_text
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import CaseEventKind, CaseStatus

_GONE = "This case is gone. Load the page again."


def change_status(
    case_ids: Sequence[int], status: CaseStatus, *, reason: str, actor_id: int | None = None
) -> int:
    """Give cases a status with a reason, and return how many had another before.

    What was said of them stays. Open studies plan anew: only active cases are given out. Raises
    RefusedError without a reason, and where all have this status already; nothing changes then.
    """
    reason = required(reason, "Say why: the reason stays in the history of the case.")
    with write_session() as session:
        changed = [case for case in locked_cases(session, case_ids) if case.status != status]
        if not changed:
            raise RefusedError(f"Nothing to change: {status} is what this is already.")
        for case in changed:
            set_status(session, case, status, reason=reason, actor_id=actor_id)
        cases_changed(session, [number_of(case) for case in changed])
        return len(changed)


def state_why(case_id: int, note: str, *, actor_id: int | None = None) -> None:
    """Say why a case exists: the failure it covers. What was said before stays in its history.

    Raises RefusedError for an empty note, or the one that is there.
    """
    note = required(note, "Say why this case exists: the failure it covers, or where it is from.")
    with write_session() as session:
        (case,) = locked_cases(session, [case_id])
        if case.note == note:
            raise RefusedError("This is what is said of the case already.")
        before, case.note = case.note, note
        session.add(case)
        add_event(session, case, CaseEventKind.NOTE, before=before, after=note, actor_id=actor_id)


def watch(
    case_ids: Sequence[int], *, is_watched: bool, reason: str = "", actor_id: int | None = None
) -> int:
    """Watch cases, or watch them no more; return of how many that changed.

    A watched case that a model passed before and fails in a newer run raises an alarm. Raises
    RefusedError where a case is to be watched and nobody says why it exists.
    """
    reason = optional(reason)
    with write_session() as session:
        cases = locked_cases(session, case_ids)
        changed = [case for case in cases if case.is_watched != is_watched]
        for case in changed:
            if is_watched and not (reason or case.note):
                raise RefusedError(
                    f"Say first why “{case.key}” exists: an alarm is read by people who ask that."
                )
            case.is_watched = is_watched
            session.add(case)
            add_event(
                session,
                case,
                CaseEventKind.WATCHED,
                after="watched" if is_watched else None,
                reason=reason,
                actor_id=actor_id,
            )
        session.flush()
        results_changed(session, *studies_with(session, [number_of(case) for case in changed]))
        return len(changed)


def set_status(
    session: Session, case: Case, status: CaseStatus, *, reason: str, actor_id: int | None
) -> None:
    """Give a case a status within a transaction of the caller, who says what else changed."""
    before, case.status = case.status, status
    case.status_reason, case.status_at = reason, now()
    session.add(case)
    add_event(
        session,
        case,
        CaseEventKind.STATUS,
        before=before,
        after=status,
        reason=reason,
        actor_id=actor_id,
    )


def add_event(
    session: Session,
    case: Case,
    kind: CaseEventKind,
    *,
    before: str | None = None,
    after: str | None = None,
    reason: str = "",
    actor_id: int | None,
) -> None:
    """Add to the history of a case."""
    session.add(
        CaseEvent(
            case_id=number_of(case),
            kind=kind,
            before=before,
            after=after,
            reason=reason,
            actor_id=actor_id,
        )
    )


def locked_cases(session: Session, case_ids: Sequence[int]) -> list[Case]:
    """Read cases that nobody else changes meanwhile, by their ids; refuse one that is gone."""
    ids = sorted(set(case_ids))
    cases: list[Case] = []
    for part in batched(ids, BATCH):
        statement = select(Case).where(col(Case.id).in_(part)).order_by(col(Case.id))
        cases += session.exec(statement.with_for_update())
    if len(cases) < len(ids):
        raise NotFoundError(_GONE)
    return cases


def cases_changed(session: Session, case_ids: Sequence[int]) -> None:
    """Let studies of these cases plan and compute anew."""
    session.flush()
    studies = studies_with(session, case_ids)
    outdate_units(session, *studies)
    results_changed(session, *studies)


def required(text: str, refusal: str, *, longest: int = MAX_COMMENT) -> str:
    """Return a text without what surrounds it; refuse an empty one, or what cannot be stored."""
    if not (text := optional(text, longest=longest)):
        raise RefusedError(refusal)
    return text


def optional(text: str, *, longest: int = MAX_COMMENT) -> str:
    """Return a text without what surrounds it; refuse what cannot be stored."""
    return checked_text(text, "The text", longest=longest).strip()
