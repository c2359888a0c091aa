"""Turn a submission that was checked into rows."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from db.commands.changes import results_changed
from db.models import Annotation, Assignment, Criterion, ErrorMark, Score, Study, Tag
from db.queries.annotation.task import form_of
from evalkit.annotation.draft import Draft, ResponseDraft
from evalkit.vocabulary import AssignmentState


def next_revision(session: Session, assignment: Assignment) -> int:
    """Count on from the last revision; imported scores may have a later one than what counts."""
    last = session.exec(
        select(func.max(Annotation.revision)).where(Annotation.assignment_id == assignment.id)
    ).one()
    return (last or 0) + 1


def supersede(session: Session, annotation: Annotation) -> None:
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


def store_annotation(
    session: Session,
    study: Study,
    assignment: Assignment,
    content: Draft,
    *,
    revision: int,
    key: str,
    at: datetime,
) -> None:
    """Store an annotation with its scores and marks; the assignment is done with it."""
    annotation = Annotation(
        assignment_id=number_of(assignment),
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
    session.add_all(_scores(session, study, assignment, content, number_of(annotation)))
    session.add_all(_error_marks(session, study, assignment, content, number_of(annotation)))
    session.flush()
    results_changed(session, number_of(study))


def _scores(
    session: Session, study: Study, assignment: Assignment, content: Draft, annotation_id: int
) -> Iterable[Score]:
    criteria = session.exec(select(Criterion).where(Criterion.rubric_id == study.rubric_id)).all()
    ids = {criterion.key: number_of(criterion) for criterion in criteria}
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
    ids = {tag.key: number_of(tag) for tag in tags}
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


def number_of(row: Annotation | Assignment | Criterion | Study | Tag) -> int:
    """Return the number of a row that has one."""
    assert row.id is not None  # it was read or flushed
    return row.id
