"""Keep what is entered, store what is submitted, pass on what is skipped."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from db.columns import new_token, now
from db.commands.audits import stop_breached, watched_by
from db.commands.changes import results_changed
from db.commands.counts import counted, shown_since
from db.commands.storing import store_annotation, supersede
from db.commands.units import locked_study_of_own
from db.engine import write_session
from db.models import Annotation, Assignment, Study
from db.prepared import Prepared, columns_of
from db.queries.annotation.form import form_of
from db.queries.annotation.marks import original_draft, shown_draft
from db.queries.annotation.task import current_annotation, submitted_draft
from db.queries.annotation.work import UNFINISHED
from evalkit.annotation.assignment.policy import RESERVATION
from evalkit.annotation.draft import (
    Draft,
    IncompleteError,
    OutdatedError,
    checked_seconds,
    checked_text,
    parse_draft,
)
from evalkit.annotation.form import asked_for, checked_draft
from evalkit.annotation.opening import NewerError, Opening, draft_mark
from evalkit.errors import RefusedError
from evalkit.vocabulary import AssignmentState, SkipReason

# Made once: it takes several times as long to make a statement as to run it.
_LOCKED = Prepared(
    sa.select(*columns_of(Assignment))
    .where(col(Assignment.id) == sa.bindparam("assignment_id"))
    .with_for_update(key_share=True)
)
_SENT_BEFORE = Prepared(
    sa.select(
        col(Annotation.assignment_id),
        col(Annotation.revision),
        col(Annotation.submission_key),
        col(Annotation.is_superseded),
    ).where(
        sa.or_(
            col(Annotation.assignment_id) == sa.bindparam("assignment_id"),
            col(Annotation.submission_key) == sa.bindparam("key"),
        )
    )
)

_MAX_KEY = 200
#: A screen offers it for a minute; what is sent at its end is on its way a little longer.
UNDO_WITHIN = timedelta(seconds=90)
_KEY_OF_ANOTHER = (
    "This submission has the key of another one, so it was not stored. Reload the page and submit "
    "again; your draft is kept."
)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission to a study led to; ``is_new`` is False when it was stored before.

    ``watched`` are the studies whose accepted verdicts it is an audit of.
    """

    study_id: int
    revision: int
    is_new: bool
    watched: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What became of a draft.

    ``is_newest`` is False where a later one was there. ``is_edit`` tells whether there is a change
    now of what was submitted, that was not submitted itself.
    """

    is_newest: bool
    is_edit: bool


def save_draft(
    *,
    assignment_id: int,
    annotator_id: int,
    opening: Opening,
    draft: object,
    active_seconds: object,
) -> SavedDraft:
    """Keep what was entered so far, also on an assignment that was submitted before.

    A draft that arrives after a later one of the same opening changes nothing. One that is what
    was submitted is no edit of it. One by a page that has not seen what is stored is refused
    (`NewerError`): it is older than that. What is submitted, skipped or discarded ends all
    openings before it.
    """
    entered = parse_draft(draft)
    seconds = checked_seconds(active_seconds)
    with write_session() as session:
        study, assignment = _locked(session, assignment_id, annotator_id, opening)
        if not _is_next(assignment, opening):
            return SavedDraft(is_newest=False, is_edit=_has_edit(assignment))
        at = now()
        assignment.draft = entered.as_json()
        assignment.draft_session, assignment.draft_number = opening.session, opening.number
        if assignment.state in UNFINISHED:
            with counted(session, study, assignment):
                _count_time(assignment, seconds, at)
                assignment.state = AssignmentState.DRAFT
                assignment.reserved_until = at + RESERVATION
        else:
            _count_time(assignment, seconds, at)
        current = current_annotation(session, assignment)
        if current is not None:
            form = form_of(session, study, assignment)
            submitted = submitted_draft(session, current, assignment)
            with suppress(IncompleteError):
                content = asked_for(entered, form)
                content = original_draft(session, study, assignment, content, submitted=submitted)
                if submitted == content:
                    assignment.draft = None  # put back by hand: there is no edit any more
        session.add(assignment)
        return SavedDraft(is_newest=True, is_edit=_has_edit(assignment))


def discard_edit(*, assignment_id: int, annotator_id: int, opening: Opening) -> None:
    """Forget what was changed and not submitted again; what was submitted counts as before.

    A page that has not seen the edit there is (`opening`) is refused as for drafts (`NewerError`).
    """
    with write_session() as session:
        _, assignment = _locked(session, assignment_id, annotator_id, opening)
        if assignment.state == AssignmentState.SUBMITTED:
            if assignment.draft is not None:
                _is_next(assignment, opening)
            assignment.draft = None
            _end_openings(assignment)
            session.add(assignment)


def submit(
    *,
    assignment_id: int,
    annotator_id: int,
    opening: Opening,
    draft: object,
    active_seconds: object,
    submission_key: object,
) -> Submitted:
    """Store an annotation once, however often it arrives.

    The same key, or the same content as what counts now, is answered with what is stored. Other
    content makes a new revision, unless the page was opened on another revision than the one
    there is (another tab was quicker). A reservation that has run out is no reason to refuse.

    Where it audits verdicts that were accepted, and breaks what was promised of them, accepting
    ends with it.
    """
    entered = parse_draft(draft)
    seconds = checked_seconds(active_seconds)
    key = _checked_key(submission_key)
    submitted = _submit(assignment_id, annotator_id, opening, entered, seconds, key)
    for study_id in submitted.watched:  # after it is stored, which nothing may undo
        stop_breached(study_id)
    return submitted


def _submit(
    assignment_id: int,
    annotator_id: int,
    opening: Opening,
    entered: Draft,
    seconds: float,
    key: str,
) -> Submitted:
    with _refusing_key_of_another(), write_session() as session:
        study, assignment = _locked(session, assignment_id, annotator_id, opening)
        revisions = _revisions(session, assignment, key)
        for revision in revisions:
            if revision.submission_key == key:
                return Submitted(assignment.study_id, revision.revision, is_new=False)
        content = checked_draft(entered, form_of(session, study, assignment))
        current = submitted = None
        if any(not row.is_superseded for row in revisions):
            current = current_annotation(session, assignment)
        if current is not None:
            submitted = submitted_draft(session, current, assignment)
        content = original_draft(session, study, assignment, content, submitted=submitted)
        if current is not None and submitted == content:
            assignment.draft = None
            _end_openings(assignment)
            session.add(assignment)
            return Submitted(assignment.study_id, current.revision, is_new=False)
        _require_open(study)
        if current is not None and opening.revision != current.revision:
            raise OutdatedError(
                "This case was submitted in another window, with other answers. "
                "Go on to the next case; to change what was submitted, come back to it."
            )
        at = now()
        _end_openings(assignment)
        # Imported scores may have a later one than what counts.
        number = 1 + max((row.revision for row in revisions), default=0)
        if current is not None:
            supersede(session, current)
        with counted(session, study, assignment):
            _count_time(assignment, seconds, at)
            store_annotation(session, study, assignment, content, revision=number, key=key, at=at)
        watched = watched_by(session, assignment.study_id)
        return Submitted(assignment.study_id, number, is_new=True, watched=watched)


def skip(
    *,
    assignment_id: int,
    annotator_id: int,
    opening: Opening,
    reason: object,
    note: object = "",
) -> int:
    """Pass a case on to others; it comes back to this annotator only by `take_back`.

    Returns the id of the study it is of.
    """
    if not isinstance(reason, str) or reason not in {member.value for member in SkipReason}:
        raise RefusedError("Choose one of the reasons to skip a case.")
    words = checked_text(note, "The note").strip()
    with write_session() as session:
        study, assignment = _locked(session, assignment_id, annotator_id, opening)
        if assignment.state == AssignmentState.SUBMITTED:
            raise OutdatedError("This case was submitted already, so it cannot be skipped.")
        with counted(session, study, assignment):
            assignment.state = AssignmentState.SKIPPED
            assignment.skip_reason = reason
            assignment.skip_note = words or None
            assignment.reserved_until = None
            _end_openings(assignment)
        return assignment.study_id


def take_back(*, assignment_id: int, annotator_id: int, opening: Opening) -> None:
    """Undo a skip, whoever has the case by now: one annotation more does no harm."""
    with write_session() as session:
        study, assignment = _locked(session, assignment_id, annotator_id, opening)
        if assignment.state != AssignmentState.SKIPPED:
            return
        _require_open(study)
        begun = assignment.draft is not None
        with counted(session, study, assignment):
            assignment.state = AssignmentState.DRAFT if begun else AssignmentState.OPEN
            assignment.skip_reason = assignment.skip_note = None
            assignment.reserved_until = now() + RESERVATION


def withdraw(*, assignment_id: int, annotator_id: int, opening: Opening) -> None:
    """Undo a first submission shortly after it: a draft again, which counts nowhere.

    What was submitted stays in the history as a revision that is superseded. Withdrawn again, it
    stays as it is. An edit is not undone: what it took the place of counts no more.

    Raises
    ------
    OutdatedError
        If it is too late, or was an edit.
    """
    with write_session() as session:
        study, assignment = _locked(session, assignment_id, annotator_id, opening)
        current = current_annotation(session, assignment)
        if current is None:
            return
        at = now()
        if current.revision > 1 or at - current.submitted_at > UNDO_WITHIN:
            raise OutdatedError(
                "This cannot be undone any more, and counts as it was submitted. Go back to the "
                "case to change it."
            )
        _require_open(study)
        submitted = submitted_draft(session, current, assignment)
        draft = shown_draft(session, study, assignment, submitted)
        supersede(session, current)
        with counted(session, study, assignment):
            assignment.state = AssignmentState.DRAFT
            if assignment.draft is None:  # else it was changed since, and that is kept
                assignment.draft = draft.as_json()
            assignment.reserved_until = at + RESERVATION
            _end_openings(assignment)
        results_changed(session, assignment.study_id)


def _require_open(study: Study) -> None:
    if not study.is_open:
        raise OutdatedError(
            f"The study “{study.name}” is closed and takes no more annotations. "
            "Your drafts are kept; ask the lead if it should be opened again."
        )


# Storing


def _locked(
    session: Session, assignment_id: int, annotator_id: int, opening: Opening
) -> tuple[Study, Assignment]:
    """Read an assignment of this annotator, and its study, that nobody else changes meanwhile.

    A page that wants to write says which opening it is, and must mean this very assignment.
    """
    study = locked_study_of_own(session, assignment_id, annotator_id)
    (assignment,) = _LOCKED.objects(session, {"assignment_id": assignment_id}, Assignment)
    if opening.token != assignment.token:
        raise OutdatedError(
            "The case on this page is no longer there as it was: its study was removed, an image "
            "replaced, or an older database put back. Nothing was stored. Copy what you would "
            "miss, and go on."
        )
    return study, assignment


def _is_next(assignment: Assignment, opening: Opening) -> bool:
    """Tell whether a draft is newer than what is stored; refuse one that has not seen that."""
    if opening.session == assignment.draft_session:
        return opening.number > (assignment.draft_number or 0)
    mark = draft_mark(assignment.draft_session, assignment.draft_number)
    if opening.opened_on != mark:
        raise NewerError("There are newer answers to this case, from another window.", mark=mark)
    return True


def _has_edit(assignment: Assignment) -> bool:
    return assignment.state == AssignmentState.SUBMITTED and assignment.draft is not None


def _end_openings(assignment: Assignment) -> None:
    """Let no draft of a page that is open by now be stored any more, however late it arrives."""
    assignment.draft_session, assignment.draft_number = new_token(), 0


def _revisions(session: Session, assignment: Assignment, key: str) -> list[Any]:
    """Return all revisions of an assignment; refuse a key that is of another one's."""
    asked = {"assignment_id": assignment.id, "key": key}
    revisions = _SENT_BEFORE.all(session, asked)
    if any(revision.assignment_id != assignment.id for revision in revisions):
        raise RefusedError(_KEY_OF_ANOTHER)
    return revisions


@contextmanager
def _refusing_key_of_another() -> Iterator[None]:
    """Refuse a key that somebody stored with another case at this very moment.

    On PostgreSQL nobody sees it before it is committed; the database then keeps it unique.
    """
    try:
        yield
    except IntegrityError as error:
        if "submission_key" not in str(error.orig):
            raise
        raise RefusedError(_KEY_OF_ANOTHER) from None


def _checked_key(key: object) -> str:
    if not isinstance(key, str) or not 8 <= len(key) <= _MAX_KEY or not key.isascii():
        raise RefusedError("The submission has no usable key. Reload the page and submit again.")
    return checked_text(key, "The submission key")


def _count_time(assignment: Assignment, seconds: float, at: datetime) -> None:
    """Raise the active time, never beyond the time since the case was shown.

    Of a case that was held, its screen may not have said yet that it is shown.
    """
    if assignment.is_held:
        assignment.shown_at = shown_since(assignment, seconds, at)
    if assignment.shown_at is not None:
        seconds = min(seconds, (at - assignment.shown_at).total_seconds())
    assignment.active_seconds = max(assignment.active_seconds, seconds)
