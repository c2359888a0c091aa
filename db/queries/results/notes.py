"""What was written of the responses of a study: the one way in which notes are read."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import (
    Annotation,
    Annotator,
    Assignment,
    Case,
    ErrorMark,
    OpenCoding,
    OpenNote,
    Output,
)
from db.queries.records.rows import stream
from db.queries.results.filtering import counted, in_cases, outputs_table
from db.queries.results.studies import ResultFilters, ResultStudy
from evalkit.study.notes import SIDE_FIRST, WRITTEN, Note, Notes
from evalkit.study.subjects import ANY_ERROR
from evalkit.vocabulary import AnnotatorKind, NoteSource, Preference

#: What is read of every note, beside its text.
_ABOUT: tuple[Any, ...] = (
    col(Annotator.name),
    col(Annotator.is_simulated),
    col(Case.id).label("case_id"),
    col(Case.key),
    sa.func.coalesce(col(Case.category), "").label("category"),
)
_COLUMN = {NoteSource.MARK: col(ErrorMark.note), NoteSource.WORDS: col(ErrorMark.quote)}


def notes(
    session: Session,
    study: ResultStudy,
    *,
    filters: ResultFilters,
    sources: Sequence[NoteSource] = WRITTEN,
) -> Notes:
    """Return what was written of a study's responses within the filters; see `each_note`."""
    rows = tuple(each_note(session, study, filters=filters, sources=sources))
    return Notes(rows, tuple(sources))


def each_note(
    session: Session,
    study: ResultStudy,
    *,
    filters: ResultFilters,
    sources: Sequence[NoteSource] = WRITTEN,
) -> Iterator[Note]:
    """Yield what was written of a study's responses, source by source, the oldest first.

    Judges' reasons count where judges do. Nothing empty is a note, nor what was superseded.
    """
    for source in NoteSource:
        if source not in sources:
            continue
        if source == NoteSource.OPEN:
            yield from _of_open_codings(session, study, filters)
        elif source in _COLUMN:
            yield from _of_marks(session, study, filters, source)
        elif source == NoteSource.COMMENT or filters.judges or filters.admitted_or_not:
            yield from _of_annotations(session, study, filters, source)


def _of_marks(
    session: Session, study: ResultStudy, filters: ResultFilters, source: NoteSource
) -> Iterator[Note]:
    model_of_run = {run.run_id: run.model for run in study.runs}
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *_ABOUT,
            col(ErrorMark.id).label("row_id"),
            col(ErrorMark.output_id),
            _COLUMN[source].label("text"),
            col(Output.run_id),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .join(Output, col(Output.id) == col(ErrorMark.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            *counted(study, filters, subject=ANY_ERROR.key),
            ~col(ErrorMark.is_superseded),
            _COLUMN[source] != "",
        )
        .order_by(col(ErrorMark.id))
    )
    for row in stream(session, statement):
        if row.text.strip():
            yield _note(row, source, row.output_id, row.text, model_of_run[row.run_id])


def _of_open_codings(
    session: Session, study: ResultStudy, filters: ResultFilters
) -> Iterator[Note]:
    """Yield what was noted in open coding of the study's responses, of each what stands.

    Readings count once their reader was shown the models: notes stand beside models here.
    """
    model_of_run = {run.run_id: run.model for run in study.runs}
    later = aliased(OpenNote)
    is_changed = sa.exists().where(
        col(later.coding_id) == col(OpenNote.coding_id),
        col(later.output_id) == col(OpenNote.output_id),
        col(later.revision) > col(OpenNote.revision),
    )
    by = [col(Annotator.id).in_(filters.annotator_ids)] if filters.annotator_ids else []
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *_ABOUT,
            col(OpenNote.id).label("row_id"),
            col(OpenNote.output_id),
            col(OpenNote.words).label("text"),
            col(Output.run_id),
        )
        .select_from(OpenNote)
        .join(OpenCoding, col(OpenCoding.id) == col(OpenNote.coding_id))
        .join(Output, col(Output.id) == col(OpenNote.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Annotator, col(Annotator.id) == col(OpenCoding.reader_id))
        .where(
            col(Output.run_id).in_(list(model_of_run)),
            col(OpenCoding.revealed_at).is_not(None),
            col(OpenNote.words) != "",
            ~is_changed,
            *in_cases(study, filters, col(Case.id)),
            *by,
        )
        .order_by(col(OpenNote.id))
    )
    for row in stream(session, statement):
        yield _note(row, NoteSource.OPEN, row.output_id, row.text, model_of_run[row.run_id])


def _of_annotations(
    session: Session, study: ResultStudy, filters: ResultFilters, source: NoteSource
) -> Iterator[Note]:
    """Yield comments, or what judges gave as their reasons."""
    model_of_run = {run.run_id: run.model for run in study.runs}
    left, right = outputs_table(), outputs_table()
    is_comment = source == NoteSource.COMMENT
    read: Any = Annotation.comment if is_comment else Annotation.details
    condition = (
        col(Annotation.comment) != "" if is_comment else col(Annotator.kind) == AnnotatorKind.JUDGE
    )
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *_ABOUT,
            col(Annotation.id).label("row_id"),
            col(read).label("text"),
            col(Annotation.preference),
            col(Assignment.left_output_id),
            col(Assignment.right_output_id),
            col(Assignment.third_output_id),
            left.c.run_id.label("left_run_id"),
            right.c.run_id.label("right_run_id"),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Case, col(Case.id) == col(Assignment.case_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .join(left, left.c.id == col(Assignment.left_output_id))
        .join(right, right.c.id == col(Assignment.right_output_id), isouter=True)
        .where(
            *counted(study, filters, subject=ANY_ERROR.key),
            ~col(Annotation.is_superseded),
            condition,
        )
        .order_by(col(Annotation.id))
    )
    for row in stream(session, statement):
        text = row.text if is_comment else (row.text or {}).get("rationale")
        if isinstance(text, str) and text.strip():
            output_id, run_id = _counts_for(row, text)
            model = "" if run_id is None else model_of_run[run_id]
            yield _note(row, source, output_id, text, model)


def _counts_for(row: Any, text: str) -> tuple[int, int | None]:
    """Return the response a comment is read beside, and the run it counts for, if it does."""
    left, right = (row.left_output_id, row.left_run_id), (row.right_output_id, row.right_run_id)
    if row.right_output_id is None:
        return left
    named = SIDE_FIRST.match(text)
    if row.third_output_id is not None:
        return row.left_output_id, None
    if named:
        return left if named[1].upper() == "A" else right
    if row.preference in (Preference.LEFT, Preference.RIGHT):
        return right if row.preference == Preference.LEFT else left
    return row.left_output_id, None


def _note(row: Any, source: NoteSource, output_id: int, text: str, model: str) -> Note:
    return Note(
        source=source,
        row_id=row.row_id,
        output_id=output_id,
        text=text.strip(),
        who=row.name,
        is_simulated=row.is_simulated,
        model=model,
        case_id=row.case_id,
        case_key=row.key,
        category=row.category,
    )
