"""Give notes a tag: a group that somebody named becomes a tag of the study's taxonomy."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.columns import number_of
from db.commands.rubrics import revise_taxonomy
from db.engine import wait_for_imports, write_session
from db.models import AuditEvent, CodedNote, Study, Tag, Taxonomy
from db.queries.definitions import newest_taxonomy
from db.queries.newer_taxonomy import newer_taxonomy
from db.queries.results.note_codes import note_codes
from evalkit.annotation.draft import checked_text
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import TagDefinition
from evalkit.names import name_key
from evalkit.records.checks import MAX_NAME_LENGTH
from evalkit.study.notes import Note

_NO_KEY = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class NamedNotes:
    """What came of naming notes: the tag, the version of the taxonomy that has it, how many.

    ``is_offered`` says that a study like this one could ask for that version.
    """

    taxonomy: str
    version: int
    tag: str
    is_new_tag: bool
    n_coded: int
    is_offered: bool


def code_notes(
    study_id: int,
    notes: Sequence[Note],
    *,
    name: str,
    definition: str = "",
    actor_id: int | None = None,
) -> NamedNotes:
    """Give notes a tag of the study's taxonomy, which a new version gets where it is none yet.

    A tag of that name, in whatever letters, is taken as it is. Notes that have it already are
    passed over, so the same command again stores nothing. A study without a taxonomy gets one
    named after it, which its own screen does not ask for.

    Raises
    ------
    RefusedError
        Without a name, without notes, or for a name the taxonomy cannot hold.
    """
    called = " ".join(checked_text(name, "The name", longest=MAX_NAME_LENGTH).split())
    meaning = checked_text(definition, "The definition").strip()
    if not called:
        raise RefusedError("Say what these notes are about: a tag needs a name.")
    if not notes:
        raise RefusedError("Choose notes first: nothing is chosen that could be named.")
    with write_session() as session:
        wait_for_imports(session)
        taxonomy = _taxonomy_of(session, study_id)
        newest = newest_taxonomy(session, taxonomy)
        tags = () if newest is None else newest.parts
        known = next((tag for tag in tags if name_key(tag.name) == name_key(called)), None)
        made = known or _made(called, meaning, {tag.key for tag in tags})
        version = revise_taxonomy(
            session,
            taxonomy,
            tags if known else [*tags, made],
            opened=None if newest is None else newest.version,
            actor_id=actor_id,
        )
        tag_id = _tag_id(session, taxonomy, version, made.key)
        coded = _new(session, study_id, notes, taxonomy, made.key)
        session.add_all(_row(note, study_id, tag_id, actor_id) for note in coded)
        if coded:
            details = {"tag": made.key, "version": version, "notes": len(coded)}
            subject = f"taxonomy {taxonomy}"
            session.add(
                AuditEvent(actor_id=actor_id, action="code notes", subject=subject, details=details)
            )
        newer = newer_taxonomy(session, study_id)
        is_offered = newer is not None and newer.newest == version
        return NamedNotes(taxonomy, version, made.name, known is None, len(coded), is_offered)


def _taxonomy_of(session: Session, study_id: int) -> str:
    """Return the name of the taxonomy of a study, or what it will be called."""
    study = session.get_one(Study, study_id)
    taxonomy = session.get(Taxonomy, study.taxonomy_id) if study.taxonomy_id else None
    return f"Failures of {study.name}" if taxonomy is None else taxonomy.name


def _made(name: str, definition: str, keys: set[str]) -> TagDefinition:
    """Return a tag under a key of its own."""
    base = _NO_KEY.sub("_", name.casefold()).strip("_") or "tag"
    key, number = base, 1
    while key in keys:
        number += 1
        key = f"{base}_{number}"
    return TagDefinition(key, name, definition)


def _tag_id(session: Session, taxonomy: str, version: int, key: str) -> int:
    statement = (
        select(Tag)
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .where(Taxonomy.name == taxonomy, Taxonomy.version == version, Tag.key == key)
    )
    return number_of(session.exec(statement).one())


def _new(
    session: Session, study_id: int, notes: Sequence[Note], taxonomy: str, key: str
) -> list[Note]:
    """Return the notes that do not have the tag yet, in any version of its taxonomy.

    It stands in the newest, so it is none that was split, which may have had its key.
    """
    codes = note_codes(session, study_id, taxonomy=taxonomy)
    has_it = {
        (code.source.value, code.row_id)
        for code in codes
        if code.key == key and code.split_in is None
    }
    wanted = {(note.source.value, note.row_id): note for note in notes}
    return [note for of, note in wanted.items() if of not in has_it]


def _row(note: Note, study_id: int, tag_id: int, actor_id: int | None) -> CodedNote:
    return CodedNote(
        study_id=study_id,
        source=note.source,
        note_id=note.row_id,
        output_id=note.output_id,
        tag_id=tag_id,
        created_by_id=actor_id,
    )
