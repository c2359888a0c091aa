"""What became of failures after they were marked, as records: codes, changes, readings, fixes."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import (
    Annotator,
    CodedNote,
    OpenCoding,
    OpenCodingResponse,
    OpenNote,
    Output,
    RecodedMark,
    Study,
    StudyRun,
    Tag,
    Taxonomy,
    TaxonomyEvent,
)
from db.queries.records.known_failures import FollowedScope, failure_records
from db.queries.records.whose import (
    annotations_by_whose,
    marks_by_whose,
    open_notes_by_whose,
    whose_fields,
    with_outputs,
)
from db.queries.results.note_codes import coded_rows
from evalkit.failures.changes import readable_change
from evalkit.records.followed import (
    CHANGE,
    CODED_NOTE,
    FREEZE,
    OPEN_NOTE,
    READING,
    RECODING,
)
from evalkit.records.normal import normal
from evalkit.vocabulary import NoteSource


def followed_records(session: Session, scope: FollowedScope) -> Iterator[dict[str, Any]]:
    """Yield what was done with the tags and the notes of a study, and its known failures.

    A reading is told once its reader has seen which models wrote what: before that it is blind,
    and no file tells on it.
    """
    names = followed_taxonomies(session, scope)
    yield from _changes(session, names)
    if scope.study_id is not None:
        yield from _recodings(session, scope.study_id)
    yield from _readings(session, scope)
    yield from _open_notes(session, scope)
    if scope.study_id is not None:
        yield from _coded_notes(session, scope.study_id)
    yield from failure_records(session, scope, names)


def followed_taxonomies(session: Session, scope: FollowedScope) -> frozenset[str]:
    """Return the names of the taxonomies of a study: its own, else that of its named notes."""
    own = (
        select(col(Taxonomy.name))
        .join(Study, col(Study.taxonomy_id) == col(Taxonomy.id))
        .where(col(Study.id) == scope.study_id)
    )
    named = (
        select(col(Taxonomy.name))
        .join(Tag, col(Tag.taxonomy_id) == col(Taxonomy.id))
        .join(CodedNote, col(CodedNote.tag_id) == col(Tag.id))
        .where(col(CodedNote.study_id) == scope.study_id)
        .distinct()
    )
    return frozenset(session.scalars(own).all() or session.scalars(named))


def told_versions(session: Session, scope: FollowedScope) -> frozenset[int]:
    """Return the versions of taxonomies that changes, codes or failures of a study refer to.

    Where anything does, they are all: a change is one of the version before.
    """
    names = followed_taxonomies(session, scope)
    records = (record for record in followed_records(session, scope) if "taxonomy" in record)
    if next(records, None) is None:
        return frozenset()
    return frozenset(session.scalars(select(col(Taxonomy.id)).where(col(Taxonomy.name).in_(names))))


def _made(row: Any) -> dict[str, Any]:
    return {"author": row.author, "created_at": row.at.isoformat()}


def _tag_columns(statement: Any, tag_id: Any, actor_id: Any) -> Any:
    return (
        statement.add_columns(
            col(Taxonomy.name).label("taxonomy"),
            col(Taxonomy.version).label("taxonomy_version"),
            col(Tag.key).label("tag"),
            col(Annotator.name).label("author"),
        )
        .join(Tag, col(Tag.id) == col(tag_id))
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .outerjoin(Annotator, col(Annotator.id) == col(actor_id))
    )


def _tag_fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("taxonomy", "taxonomy_version", "tag")}


def _changes(session: Session, names: Collection[str]) -> Iterator[dict[str, Any]]:
    statement = (
        select(TaxonomyEvent, col(Annotator.name))
        .outerjoin(Annotator, col(Annotator.id) == col(TaxonomyEvent.actor_id))
        .where(col(TaxonomyEvent.taxonomy).in_(names))
        .order_by(col(TaxonomyEvent.id))
    )
    for event, author in session.execute(statement):
        if event.kind != FREEZE and readable_change(event.kind, event.details) is None:
            continue  # no import would take it, nor anything that is in the file with it
        fields = {
            "taxonomy": event.taxonomy,
            "taxonomy_version": event.version,
            "kind": event.kind,
            "details": event.details or None,
            "note": event.reason,
            "author": author,
            "created_at": event.at.isoformat(),
        }
        yield normal(CHANGE, fields)


def _recodings(session: Session, study_id: int) -> Iterator[dict[str, Any]]:
    statement: Any = _tag_columns(
        select(col(RecodedMark.mark_id), col(RecodedMark.at)),
        RecodedMark.tag_id,
        RecodedMark.actor_id,
    ).order_by(col(RecodedMark.id))
    rows = session.execute(statement).all()
    whose = marks_by_whose(session, study_id) if rows else {}
    for row in rows:
        if row.mark_id in whose:
            fields = {**whose_fields(whose[row.mark_id]), **_tag_fields(row), **_made(row)}
            yield normal(RECODING, fields)


def _told_codings(scope: FollowedScope) -> Any:
    """Ask for the readings whose readers know who wrote what, of responses of a study alone."""
    reader = aliased(Annotator)
    runs = select(col(StudyRun.run_id)).where(col(StudyRun.study_id) == scope.study_id)
    of_others = (
        select(col(OpenCodingResponse.coding_id))
        .join(Output, col(Output.id) == col(OpenCodingResponse.output_id))
        .where(col(Output.run_id).not_in(runs))
    )
    return (
        select(OpenCoding, col(reader.name).label("reader"))
        .join(reader, col(reader.id) == col(OpenCoding.reader_id))
        .where(
            col(OpenCoding.revealed_at).is_not(None),
            col(OpenCoding.eval_set_version_id) == scope.version_id,
            col(OpenCoding.study_id).is_(None) | (col(OpenCoding.study_id) == scope.study_id),
            col(OpenCoding.id).not_in(of_others),
        )
        .order_by(col(OpenCoding.id))
    )


def _readings(session: Session, scope: FollowedScope) -> Iterator[dict[str, Any]]:
    for coding, reader in session.execute(_told_codings(scope)).all():
        statement = with_outputs(
            select(col(OpenCodingResponse.place)), OpenCodingResponse.output_id
        )
        own = statement.where(col(OpenCodingResponse.coding_id) == coding.id)
        rows = session.execute(own.order_by(col(OpenCodingResponse.place)))
        fields = {
            "annotator": reader,
            "created_at": coding.created_at.isoformat(),
            "of_study": coding.study_id is not None,
            "seed": coding.seed,
            "by_category": coding.is_by_category,
            "revealed_at": coding.revealed_at.isoformat(),
            "outputs": [{"case": row.case, "model": row.model, "run": row.run} for row in rows],
        }
        yield normal(READING, fields)


def _open_notes(session: Session, scope: FollowedScope) -> Iterator[dict[str, Any]]:
    for coding, reader in session.execute(_told_codings(scope)).all():
        columns = (OpenNote.revision, OpenNote.words, OpenNote.is_nothing_wrong, OpenNote.noted_at)
        statement = with_outputs(select(*map(col, columns)), OpenNote.output_id)
        own = statement.where(col(OpenNote.coding_id) == coding.id).order_by(col(OpenNote.id))
        for row in session.execute(own):
            fields = {
                "annotator": reader,
                "reading": coding.created_at.isoformat(),
                **{"case": row.case, "model": row.model, "run": row.run},
                "revision": row.revision,
                "words": row.words,
                "nothing_wrong": row.is_nothing_wrong,
                "created_at": row.noted_at.isoformat(),
            }
            yield normal(OPEN_NOTE, fields)


def _coded_notes(session: Session, study_id: int) -> Iterator[dict[str, Any]]:
    stands_in = coded_rows(session, study_id)
    if not stands_in:
        return
    statement: Any = _tag_columns(
        select(col(CodedNote.id), col(CodedNote.source), col(CodedNote.created_at).label("at")),
        CodedNote.tag_id,
        CodedNote.created_by_id,
    ).where(col(CodedNote.study_id) == study_id)
    marks, annotations = marks_by_whose(session, study_id), annotations_by_whose(session, study_id)
    notes = open_notes_by_whose(session)
    for row in session.execute(statement.order_by(col(CodedNote.id))).all():
        note_id, source = stands_in[row.id], NoteSource(row.source)
        fields = {"source": source.value, **_tag_fields(row), **_made(row)}
        if source is NoteSource.OPEN:
            if (of := notes.get(note_id)) is not None:
                yield normal(CODED_NOTE, {**fields, **of})
            continue
        whose = (marks if source in (NoteSource.MARK, NoteSource.WORDS) else annotations).get(
            note_id
        )
        if whose is not None:
            yield normal(CODED_NOTE, {**fields, **whose_fields(whose)})
