"""Give out the next case, keep what is entered, store what is submitted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db.columns import new_token, now
from db.commands.storing import next_revision, number_of, store_annotation, supersede
from db.engine import read_session, write_session
from db.models import Annotation, Assignment, Study
from db.queries.annotation.leaks import leaking_outputs
from db.queries.annotation.task import (
    NOT_OPEN,
    current_annotation,
    form_of,
    own_assignment,
    submitted_draft,
)
from db.queries.annotation.work import UNFINISHED, StudyWork, study_work
from evalkit.annotation.assignment.policy import POLICY, RESERVATION, next_assignment
from evalkit.annotation.draft import (
    OutdatedError,
    asked_for,
    checked_draft,
    checked_seconds,
    checked_text,
    parse_draft,
)
from evalkit.annotation.opening import NewerError, Opening, draft_mark
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import AssignmentState, LeakPolicy, Sampling, SkipReason

_MAX_KEY = 200
_KEY_OF_ANOTHER = (
    "This submission has the key of another one, so it was not stored. Reload the page and submit "
    "again; your draft is kept."
)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission led to; ``is_new`` is False when it was stored before."""

    revision: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What became of a draft.

    ``is_newest`` is False where a later one was there. ``is_edit`` tells whether there is a change
    now of what was submitted, that was not submitted itself.
    """

    is_newest: bool
    is_edit: bool


def next_task_id(*, study_id: int, annotator_id: int) -> int | None:
    """Return the assignment to show: one that is begun, else a new one, else None.

    The row is written, and the case reserved, before anything is shown.
    """
    with read_session() as session:
        study = _open_study(session, study_id)
        mine = _unfinished(session, study_id, annotator_id)
        for assignment in mine:
            if assignment.reserved_until and assignment.reserved_until > now() + RESERVATION / 2:
                return assignment.id
        leaking: frozenset[int] = frozenset()
        if study.leak_policy == LeakPolicy.LEAVE_OUT:
            leaking = leaking_outputs(session, study)
    with write_session() as session:
        study = _open_study(session, study_id, lock=True)
        at = now()
        work = study_work(session, study, annotator_id=annotator_id, at=at)
        begun = _resumed(session, study, work, annotator_id, at)
        if begun is None:
            begun = _given_out(session, study, work.without(leaking), annotator_id, at)
        return begun


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
        assignment = _locked_assignment(session, assignment_id, annotator_id, opening)
        if not _is_next(assignment, opening):
            return SavedDraft(is_newest=False, is_edit=_has_edit(assignment))
        at = now()
        assignment.draft = entered.as_json()
        assignment.draft_session, assignment.draft_number = opening.session, opening.number
        _count_time(assignment, seconds, at)
        if assignment.state in UNFINISHED:
            assignment.state = AssignmentState.DRAFT
            assignment.reserved_until = at + RESERVATION
        current = current_annotation(session, assignment)
        if current is not None:
            form = form_of(session, session.get_one(Study, assignment.study_id), assignment)
            if submitted_draft(session, current, assignment) == asked_for(entered, form):
                assignment.draft = None  # put back by hand: there is no edit any more
        session.add(assignment)
        return SavedDraft(is_newest=True, is_edit=_has_edit(assignment))


def discard_edit(*, assignment_id: int, annotator_id: int, opening: Opening) -> None:
    """Forget what was changed and not submitted again; what was submitted counts as before.

    A page that has not seen the edit there is (`opening`) is refused as for drafts (`NewerError`).
    """
    with write_session() as session:
        assignment = _locked_assignment(session, assignment_id, annotator_id, opening)
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
    """
    entered = parse_draft(draft)
    seconds = checked_seconds(active_seconds)
    key = _checked_key(submission_key)
    with _refusing_key_of_another(), write_session() as session:
        assignment = _locked_assignment(session, assignment_id, annotator_id, opening)
        sent_before = _annotation_of_key(session, key, assignment)
        if sent_before is not None:
            return Submitted(sent_before.revision, is_new=False)
        study = session.get_one(Study, assignment.study_id)
        content = checked_draft(entered, form_of(session, study, assignment))
        current = current_annotation(session, assignment)
        if current is not None and submitted_draft(session, current, assignment) == content:
            assignment.draft = None
            _end_openings(assignment)
            session.add(assignment)
            return Submitted(current.revision, is_new=False)
        _require_open(study)
        if current is not None and opening.revision != current.revision:
            raise OutdatedError(
                "This case was submitted in another window, with other answers. "
                "Go on to the next case; to change what was submitted, come back to it."
            )
        at = now()
        _count_time(assignment, seconds, at)
        _end_openings(assignment)
        revision = next_revision(session, assignment)
        if current is not None:
            supersede(session, current)
        store_annotation(session, study, assignment, content, revision=revision, key=key, at=at)
        return Submitted(revision, is_new=True)


def skip(
    *,
    assignment_id: int,
    annotator_id: int,
    opening: Opening,
    reason: object,
    note: object = "",
) -> None:
    """Pass a case on to others; it comes back to this annotator only by `take_back`."""
    if not isinstance(reason, str) or reason not in {member.value for member in SkipReason}:
        raise RefusedError("Choose one of the reasons to skip a case.")
    words = checked_text(note, "The note").strip()
    with write_session() as session:
        assignment = _locked_assignment(session, assignment_id, annotator_id, opening)
        if assignment.state == AssignmentState.SUBMITTED:
            raise OutdatedError("This case was submitted already, so it cannot be skipped.")
        assignment.state = AssignmentState.SKIPPED
        assignment.skip_reason = reason
        assignment.skip_note = words or None
        assignment.reserved_until = None
        _end_openings(assignment)
        session.add(assignment)


def take_back(*, assignment_id: int, annotator_id: int, opening: Opening) -> None:
    """Undo a skip, whoever has the case by now: one annotation more does no harm."""
    with write_session() as session:
        assignment = _locked_assignment(session, assignment_id, annotator_id, opening)
        if assignment.state != AssignmentState.SKIPPED:
            return
        _require_open(session.get_one(Study, assignment.study_id))
        begun = assignment.draft is not None
        assignment.state = AssignmentState.DRAFT if begun else AssignmentState.OPEN
        assignment.skip_reason = assignment.skip_note = None
        assignment.reserved_until = now() + RESERVATION
        session.add(assignment)


# Giving out


def _open_study(session: Session, study_id: int, *, lock: bool = False) -> Study:
    """Read a study; ``lock`` lets nobody else give out its cases until this is committed."""
    statement = select(Study).where(Study.id == study_id)
    if lock:  # SQLite holds its one write lock already, and knows no other
        statement = statement.with_for_update(key_share=True)
    study = session.exec(statement).first()
    if study is None or not study.is_open:
        raise NotFoundError(NOT_OPEN)  # whoever guesses at addresses learns of no study
    return study


def _require_open(study: Study) -> None:
    if not study.is_open:
        raise OutdatedError(
            f"The study “{study.name}” is closed and takes no more annotations. "
            "Your drafts are kept; ask the lead if it should be opened again."
        )


def _unfinished(session: Session, study_id: int, annotator_id: int) -> list[Assignment]:
    """Return what this annotator has begun, drafts first."""
    found = session.exec(
        select(Assignment)
        .where(
            Assignment.study_id == study_id,
            Assignment.annotator_id == annotator_id,
            col(Assignment.state).in_(UNFINISHED),
        )
        .order_by(col(Assignment.id))
    ).all()
    return sorted(found, key=lambda assignment: assignment.state != AssignmentState.DRAFT)


def _resumed(
    session: Session, study: Study, work: StudyWork, annotator_id: int, at: datetime
) -> int | None:
    """Take up what this annotator has begun, and reserve it anew.

    A draft is never lost to a reservation that ran out. A case that was only looked at is, once
    others have taken its places.
    """
    n_live: dict[frozenset[int], int] = {}
    for entry in work.shown:
        left = work.outputs[entry.case_id, entry.left]
        right = work.outputs[entry.case_id, entry.right]
        key = frozenset((left, right))
        n_live[key] = n_live.get(key, 0) + entry.n_live
    for assignment in _unfinished(session, number_of(study), annotator_id):
        is_reserved = assignment.reserved_until is not None and assignment.reserved_until > at
        pair = frozenset((assignment.left_output_id, assignment.right_output_id or 0))
        has_place = n_live.get(pair, 0) < study.overlap
        if assignment.state == AssignmentState.DRAFT or is_reserved or has_place:
            assignment.reserved_until = at + RESERVATION
            session.add(assignment)
            return assignment.id
    return None


def _given_out(
    session: Session, study: Study, work: StudyWork, annotator_id: int, at: datetime
) -> int | None:
    choice = next_assignment(
        work.units,
        work.shown,
        overlap=study.overlap,
        seed=study.seed,
        annotator_id=annotator_id,
    )
    if choice is None:
        return None
    case_id = choice.unit.case_id
    left, right = work.outputs[case_id, choice.left], work.outputs[case_id, choice.right]
    assignment = Assignment(
        study_id=number_of(study),
        annotator_id=annotator_id,
        case_id=case_id,
        left_output_id=left,
        right_output_id=right,
        presentation=f"case {case_id}: {min(left, right)} and {max(left, right)}",
        policy=POLICY,
        sampling=Sampling.RANDOM,
        inclusion_probability=choice.unit.inclusion_probability,
        reserved_until=at + RESERVATION,
        shown_at=at,
        created_at=at,
    )
    session.add(assignment)
    session.flush()
    return assignment.id


# Storing


def _locked_assignment(
    session: Session, assignment_id: int, annotator_id: int, opening: Opening
) -> Assignment:
    """Read an assignment of this annotator that nobody else changes until this is committed.

    A page that wants to write says which opening it is, and must mean this very assignment.
    """
    session.exec(
        select(Assignment.id).where(Assignment.id == assignment_id).with_for_update(key_share=True)
    ).first()
    assignment = own_assignment(session, assignment_id, annotator_id)
    if opening.token != assignment.token:
        raise OutdatedError(
            "The case on this page is no longer there: its study was removed, or an older database "
            "was put back. Nothing was stored. Copy what you would miss, and go on."
        )
    return assignment


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


def _annotation_of_key(session: Session, key: str, assignment: Assignment) -> Annotation | None:
    annotation = session.exec(select(Annotation).where(Annotation.submission_key == key)).first()
    if annotation is not None and annotation.assignment_id != assignment.id:
        raise RefusedError(_KEY_OF_ANOTHER)
    return annotation


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
    """Raise the active time, never beyond the time since the case was shown."""
    if assignment.shown_at is not None:
        seconds = min(seconds, (at - assignment.shown_at).total_seconds())
    assignment.active_seconds = max(assignment.active_seconds, seconds)
