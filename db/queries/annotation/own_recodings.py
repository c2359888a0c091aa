"""Marks of one's own whose error was divided since: they wait to be named anew, still blind."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import (
    Annotation,
    Assignment,
    Case,
    ErrorMark,
    RecodedMark,
    Study,
    Tag,
    Taxonomy,
    TaxonomyEvent,
)
from db.queries.annotation.marks import shown_draft
from db.queries.annotation.own import beginning
from db.queries.annotation.shown import shown_outputs
from db.queries.taxonomies import TagReading, counted_tag, tag_readings
from evalkit.annotation.draft import Draft, ResponseDraft
from evalkit.annotation.marks import MarkedError
from evalkit.errors import RefusedError
from evalkit.failures.changes import ChangeKind
from evalkit.vocabulary import LETTERS, AssignmentKind


@dataclass(frozen=True, slots=True)
class MarkPart:
    """One of the kinds an error was divided into."""

    key: str
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class OwnStaleMark:
    """A mark that waits for its annotator, as they were shown its response.

    ``letter`` is that of the response on their screen, empty where it stood alone; ``words`` are
    those that were marked, if any, with names taken out as they were then.
    """

    mark_id: int
    study_id: int
    assignment_id: int
    study: str
    begins: str
    letter: str
    words: str
    note: str
    name: str
    parts: tuple[MarkPart, ...]


def own_stale_marks(session: Session, *, annotator_id: int) -> list[int]:
    """Return the marks of somebody that wait to be named anew, the oldest first."""
    stale = _stale_tags(session)
    if not stale:
        return []  # as nearly always: it costs nothing
    coded = sa.select(col(RecodedMark.mark_id)).where(col(RecodedMark.tag_id).in_(stale))
    statement = (
        sa.select(col(ErrorMark.id))
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .where(
            col(Assignment.annotator_id) == annotator_id,
            col(Assignment.kind) == AssignmentKind.WORK,
            ~col(ErrorMark.is_superseded),
            # the few that can be it, before what each counts as is asked for
            sa.or_(col(ErrorMark.tag_id).in_(stale), col(ErrorMark.id).in_(coded)),
            counted_tag().in_(stale),
        )
        .order_by(col(ErrorMark.id))
    )
    return list(session.connection().scalars(statement))


def _stale_tags(session: Session) -> list[int]:
    """Return the stored tags that were divided since, of taxonomies in which any was."""
    split = sa.select(col(TaxonomyEvent.taxonomy)).where(
        col(TaxonomyEvent.kind) == ChangeKind.SPLIT
    )
    tag_ids = session.connection().scalars(
        sa.select(col(Tag.id))
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .where(col(Taxonomy.name).in_(split))
    )
    readings = tag_readings(session, [tag_id or 0 for tag_id in tag_ids])
    return [tag_id for tag_id, reading in readings.items() if reading.now.is_stale]


def own_stale_mark(session: Session, mark_id: int, *, annotator_id: int) -> OwnStaleMark | None:
    """Return a mark that waits, as its annotator may see it; None where it is not theirs."""
    row = session.exec(
        select(ErrorMark, Assignment, Study, Case)
        .join(Annotation, col(Annotation.id) == col(ErrorMark.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .join(Study, col(Study.id) == col(Assignment.study_id))
        .join(Case, col(Case.id) == col(Assignment.case_id))
        .where(col(ErrorMark.id) == mark_id, col(Assignment.annotator_id) == annotator_id)
    ).first()
    if row is None:
        return None
    mark, assignment, study, case = row
    tag_id = session.connection().scalar(
        sa.select(counted_tag()).where(col(ErrorMark.id) == mark_id)
    )
    reading = tag_readings(session, [tag_id or 0]).get(tag_id or 0)
    if reading is None or not reading.now.is_stale:
        return None
    tag = session.get_one(Tag, tag_id)
    sides = {output_id: side for side, output_id in shown_outputs(assignment).items()}
    return OwnStaleMark(
        mark_id=mark_id,
        study_id=study.id or 0,
        assignment_id=assignment.id or 0,
        study=study.name,
        begins=beginning(case.input),
        letter=LETTERS[sides[mark.output_id]] if len(sides) > 1 else "",
        words=_words_shown(session, study, assignment, mark, sides[mark.output_id]),
        note=mark.note or "",
        name=tag.name or tag.key,
        parts=_parts(session, reading),
    )


def _words_shown(
    session: Session, study: Study, assignment: Assignment, mark: ErrorMark, side: str
) -> str:
    """Return the words of a mark as they were shown; nothing where they are not there any more."""
    if mark.quote is None:
        return ""
    place = mark.start, mark.end, mark.quote
    marked = MarkedError("", None, *place, step=mark.step)
    draft = Draft(None, {side: ResponseDraft({}, {}, (marked,))}, "")
    try:
        (shown_mark,) = shown_draft(session, study, assignment, draft).responses[side].marks
    except RefusedError:
        return ""
    return shown_mark.quote or ""


def _parts(session: Session, reading: TagReading) -> tuple[MarkPart, ...]:
    """Return what a tag was divided into, in the order of the taxonomy."""
    tags = session.exec(
        select(Tag)
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .where(
            col(Taxonomy.name) == reading.taxonomy,
            col(Taxonomy.version) == reading.version,
            col(Tag.key).in_(reading.parts),
        )
        .order_by(col(Tag.position))
    )
    return tuple(MarkPart(tag.key, tag.name or tag.key, tag.definition or "") for tag in tags)
