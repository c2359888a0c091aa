"""Give out the next case, keep what is entered, store what is submitted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from db.columns import now
from db.engine import read_session, write_session
from db.models import Annotation, Assignment, Criterion, ErrorMark, Score, Study, Tag
from db.queries.annotation import (
    NOT_OPEN,
    NOT_YOURS,
    current_annotation,
    form_of,
    own_assignment,
    submitted_draft,
)
from db.queries.assignment import UNFINISHED, StudyWork, study_work
from db.queries.leaks import leaking_outputs
from evalkit.annotation.assignment import POLICY, RESERVATION, next_assignment
from evalkit.annotation.draft import (
    Draft,
    OutdatedError,
    ResponseDraft,
    checked_draft,
    checked_seconds,
    checked_text,
    parse_draft,
)
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import AssignmentState, LeakPolicy, Sampling, SkipReason

_MAX_KEY = 200


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission led to; ``is_new`` is False when it was stored before."""

    revision: int
    is_new: bool


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
    *, assignment_id: int, annotator_id: int, draft: object, active_seconds: object
) -> None:
    """Keep what was entered so far, also on an assignment that was submitted before."""
    entered = parse_draft(draft)
    seconds = checked_seconds(active_seconds)
    with write_session() as session:
        assignment = _locked_assignment(session, assignment_id, annotator_id)
        at = now()
        assignment.draft = entered.as_json()
        _count_time(assignment, seconds, at)
        if assignment.state in UNFINISHED:
            assignment.state = AssignmentState.DRAFT
            assignment.reserved_until = at + RESERVATION
        session.add(assignment)


def submit(
    *,
    assignment_id: int,
    annotator_id: int,
    draft: object,
    active_seconds: object,
    submission_key: object,
    is_edit: bool = True,
) -> Submitted:
    """Store an annotation once, however often it arrives.

    The same key, or the same content as what counts now, is answered with what is stored. Other
    content makes a new revision, unless ``is_edit`` says that the page did not know of the one
    there is (another tab was quicker). A reservation that has run out is no reason to refuse.
    """
    entered = parse_draft(draft)
    seconds = checked_seconds(active_seconds)
    key = _checked_key(submission_key)
    with write_session() as session:
        assignment = _locked_assignment(session, assignment_id, annotator_id)
        sent_before = _annotation_of_key(session, key, assignment)
        if sent_before is not None:
            return Submitted(sent_before.revision, is_new=False)
        study = session.get_one(Study, assignment.study_id)
        content = checked_draft(entered, form_of(session, study, assignment))
        current = current_annotation(session, assignment)
        if current is not None and submitted_draft(session, current, assignment) == content:
            assignment.draft = None
            session.add(assignment)
            return Submitted(current.revision, is_new=False)
        _require_open(study)
        if current is not None and not is_edit:
            raise OutdatedError(
                "This case was submitted in another window, with other answers. "
                "Go on to the next case; to change what was submitted, come back to it."
            )
        at = now()
        _count_time(assignment, seconds, at)
        revision = _next_revision(session, assignment)
        if current is not None:
            _supersede(session, current)
        _store(session, study, assignment, content, revision=revision, key=key, at=at)
        return Submitted(revision, is_new=True)


def skip(*, assignment_id: int, annotator_id: int, reason: object, note: object = "") -> None:
    """Pass a case on to others; it does not come back to this annotator."""
    if not isinstance(reason, str) or reason not in {member.value for member in SkipReason}:
        raise RefusedError("Choose one of the reasons to skip a case.")
    words = checked_text(note, "The note").strip()
    with write_session() as session:
        assignment = _locked_assignment(session, assignment_id, annotator_id)
        if assignment.state == AssignmentState.SUBMITTED:
            raise OutdatedError("This case was submitted already, so it cannot be skipped.")
        assignment.state = AssignmentState.SKIPPED
        assignment.skip_reason = reason
        assignment.skip_note = words or None
        assignment.reserved_until = None
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
    for assignment in _unfinished(session, _id(study), annotator_id):
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
        study_id=_id(study),
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


def _locked_assignment(session: Session, assignment_id: int, annotator_id: int) -> Assignment:
    """Read an assignment of this annotator that nobody else changes until this is committed."""
    session.exec(
        select(Assignment.id).where(Assignment.id == assignment_id).with_for_update(key_share=True)
    ).first()
    return own_assignment(session, assignment_id, annotator_id)


def _annotation_of_key(session: Session, key: str, assignment: Assignment) -> Annotation | None:
    found = session.exec(select(Annotation).where(Annotation.submission_key == key)).first()
    if found is not None and found.assignment_id != assignment.id:
        raise NotFoundError(NOT_YOURS)
    return found


def _checked_key(key: object) -> str:
    if not isinstance(key, str) or not 8 <= len(key) <= _MAX_KEY or not key.isascii():
        raise RefusedError("The submission has no usable key. Reload the page and submit again.")
    return checked_text(key, "The submission key")


def _count_time(assignment: Assignment, seconds: float, at: datetime) -> None:
    """Raise the active time, never beyond the time since the case was shown."""
    if assignment.shown_at is not None:
        seconds = min(seconds, (at - assignment.shown_at).total_seconds())
    assignment.active_seconds = max(assignment.active_seconds, seconds)


def _next_revision(session: Session, assignment: Assignment) -> int:
    """Count on from the last revision; imported scores may have a later one than what counts."""
    last = session.exec(
        select(func.max(Annotation.revision)).where(Annotation.assignment_id == assignment.id)
    ).one()
    return (last or 0) + 1


def _supersede(session: Session, annotation: Annotation) -> None:
    """Take a revision and all that hangs on it out of the count; the rows stay."""
    annotation.is_superseded = True
    session.add(annotation)
    for table in (Score, ErrorMark):
        session.connection().execute(
            update(table)
            .where(col(table.annotation_id) == annotation.id)
            .values(is_superseded=True)
        )
    session.flush()


def _store(
    session: Session,
    study: Study,
    assignment: Assignment,
    content: Draft,
    *,
    revision: int,
    key: str,
    at: datetime,
) -> None:
    annotation = Annotation(
        assignment_id=_id(assignment),
        revision=revision,
        submission_key=key,
        submitted_at=at,
        active_seconds=assignment.active_seconds,
        preference=content.preference,
        comment=content.comment or None,
    )
    assignment.state = AssignmentState.SUBMITTED
    assignment.draft = None
    assignment.skip_reason = assignment.skip_note = None
    assignment.reserved_until = None
    session.add_all([annotation, assignment])
    session.flush()
    session.add_all(_scores(session, study, assignment, content, _id(annotation)))
    session.add_all(_error_marks(session, study, assignment, content, _id(annotation)))


def _scores(
    session: Session, study: Study, assignment: Assignment, content: Draft, annotation_id: int
) -> Iterable[Score]:
    criteria = session.exec(select(Criterion).where(Criterion.rubric_id == study.rubric_id)).all()
    ids = {criterion.key: _id(criterion) for criterion in criteria}
    for output_id, response in _responses(assignment, content):
        for key, value in response.scores.items():
            yield Score(
                annotation_id=annotation_id,
                output_id=output_id,
                criterion_id=ids[key],
                value=value,
            )


def _error_marks(
    session: Session, study: Study, assignment: Assignment, content: Draft, annotation_id: int
) -> Iterable[ErrorMark]:
    """Make a row per marked error, and one without a tag where errors were looked for in vain."""
    if "tags" not in form_of(session, study, assignment).collect:
        return
    tags = session.exec(select(Tag).where(Tag.taxonomy_id == study.taxonomy_id)).all()
    ids = {tag.key: _id(tag) for tag in tags}
    for output_id, response in _responses(assignment, content):
        for key, severity in response.tags.items():
            yield ErrorMark(
                annotation_id=annotation_id,
                output_id=output_id,
                tag_id=ids[key],
                severity=severity,
            )
        if not response.tags:
            yield ErrorMark(annotation_id=annotation_id, output_id=output_id)


def _responses(assignment: Assignment, content: Draft) -> Iterable[tuple[int, ResponseDraft]]:
    yield assignment.left_output_id, content.left
    if assignment.right_output_id is not None:
        yield assignment.right_output_id, content.right


def _id(row: Annotation | Assignment | Criterion | Study | Tag) -> int:
    assert row.id is not None  # it was read or flushed
    return row.id
