"""Which tags people gave to the notes of a study."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import Annotation, CodedNote, ErrorMark, OpenNote, Tag, Taxonomy
from db.queries.tags_now import tags_now
from evalkit.study.notes import NoteCode
from evalkit.vocabulary import NoteSource


def note_codes(
    session: Session, study_id: int, *, taxonomy: str | None = None
) -> tuple[NoteCode, ...]:
    """Return every tag of every note as what became of it, the oldest first, each once.

    A note that was changed since keeps its tags: they are of the row in which it stands by now.
    One that was taken back and written anew is another note.
    """
    statement = (
        sa.select(
            col(CodedNote.id),
            col(CodedNote.tag_id),
            col(CodedNote.source),
        )
        .join(Tag, col(Tag.id) == col(CodedNote.tag_id))
        .where(col(CodedNote.study_id) == study_id)
        .order_by(col(CodedNote.id))
    )
    if taxonomy is not None:
        statement = statement.join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id)).where(
            col(Taxonomy.name) == taxonomy
        )
    stands_in = coded_rows(session, study_id)
    rows = session.connection().execute(statement).all()
    tags = tags_now(session, {row.tag_id for row in rows})
    codes = (
        NoteCode(
            tags[row.tag_id].key,
            tags[row.tag_id].called,
            NoteSource(row.source),
            stands_in[row.id],
            tags[row.tag_id].split_in,
        )
        for row in rows
    )
    return tuple(dict.fromkeys(codes))


def coded_rows(session: Session, study_id: int) -> dict[int, int]:
    """Return for each coded note of a study the row in which its note stands by now."""
    stands_in = {
        NoteSource.OPEN: _of_open_notes(session, study_id),
        NoteSource.COMMENT: _of_comments(session, study_id),
        NoteSource.MARK: _of_marks(session, study_id, NoteSource.MARK),
        NoteSource.WORDS: _of_marks(session, study_id, NoteSource.WORDS),
        # What a judge says when it is asked again is said anew.
        NoteSource.RATIONALE: {},
    }
    rows = session.connection().execute(
        sa.select(col(CodedNote.id), col(CodedNote.source), col(CodedNote.note_id)).where(
            col(CodedNote.study_id) == study_id
        )
    )
    return {row.id: stands_in[NoteSource(row.source)].get(row.note_id, row.note_id) for row in rows}


def _coded(study_id: int, source: NoteSource) -> sa.Select[Any]:
    return sa.select(col(CodedNote.note_id)).where(
        col(CodedNote.study_id) == study_id, col(CodedNote.source) == source
    )


def _of_open_notes(session: Session, study_id: int) -> dict[int, int]:
    first, later = aliased(OpenNote), aliased(OpenNote)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(first.id), col(later.id), col(later.words))
        .join(
            later,
            (col(later.coding_id) == col(first.coding_id))
            & (col(later.output_id) == col(first.output_id))
            & (col(later.revision) > col(first.revision)),
        )
        .where(col(first.id).in_(_coded(study_id, NoteSource.OPEN)))
        .order_by(col(first.id), col(later.revision))
    )
    return _last(session, statement)


def _of_comments(session: Session, study_id: int) -> dict[int, int]:
    first, later = aliased(Annotation), aliased(Annotation)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(first.id), col(later.id), col(later.comment))
        .join(
            later,
            (col(later.assignment_id) == col(first.assignment_id))
            & (col(later.revision) > col(first.revision)),
        )
        .where(col(first.id).in_(_coded(study_id, NoteSource.COMMENT)))
        .order_by(col(first.id), col(later.revision))
    )
    return _last(session, statement)


def _last(session: Session, statement: sa.Select[*tuple[Any, ...]]) -> dict[int, int]:
    """Follow each coded row through its later revisions, until it was taken back."""
    stands_in: dict[int, int] = {}
    is_ended: set[int] = set()
    for coded_id, row_id, text in session.connection().execute(statement):
        if not (text or "").strip():
            is_ended.add(coded_id)
        if coded_id not in is_ended:
            stands_in[coded_id] = row_id
    return stands_in


def _of_marks(session: Session, study_id: int, source: NoteSource) -> dict[int, int]:
    """Find marks again in the revision of their annotation that counts.

    There it is the mark of the same response and tag with the same text, else at the same place,
    else the only one: which of several became which cannot be known.
    """
    first, mark = aliased(ErrorMark), aliased(ErrorMark)
    before, after = aliased(Annotation), aliased(Annotation)
    text = "note" if source is NoteSource.MARK else "quote"
    place = ("start", "end", "step")
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(first.id), first, mark)
        .join(before, col(before.id) == col(first.annotation_id))
        .join(after, col(after.assignment_id) == col(before.assignment_id))
        .join(
            mark,
            (col(mark.annotation_id) == col(after.id))
            & (col(mark.output_id) == col(first.output_id))
            & (col(mark.tag_id) == col(first.tag_id)),
        )
        .where(
            col(first.id).in_(_coded(study_id, source)),
            col(first.is_superseded),
            ~col(mark.is_superseded),
        )
        .order_by(col(first.id), col(mark.id))
    )
    pairs: dict[int, list[tuple[ErrorMark, ErrorMark]]] = defaultdict(list)
    for coded_id, old, new in session.execute(statement):
        pairs[coded_id].append((old, new))
    stands_in: dict[int, int] = {}
    for coded_id, of in pairs.items():
        same_text = [new for old, new in of if getattr(old, text) == getattr(new, text)]
        same_place = [
            new for old, new in of if all(getattr(old, at) == getattr(new, at) for at in place)
        ]
        both = [new for new in same_text if new in same_place]
        for candidates in (both, same_text, same_place, [new for _, new in of]):
            if len(candidates) == 1:
                stands_in[coded_id] = candidates[0].id or coded_id
                break
    return stands_in
