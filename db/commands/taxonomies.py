"""Change taxonomies so that it can be told, and replayed, what became of every tag and mark."""

from sqlmodel import Session, col, select

from db.columns import number_of
from db.commands.changes import results_changed, studies_of_taxonomies
from db.commands.rubrics import save_taxonomy
from db.engine import one_transaction, write_session
from db.models import (
    Annotation,
    Assignment,
    AuditEvent,
    ErrorMark,
    RecodedMark,
    Tag,
    Taxonomy,
    TaxonomyEvent,
)
from db.queries.definitions import newest_taxonomy
from db.queries.taxonomies import changes_since, tag_readings
from evalkit.annotation.draft import MAX_COMMENT, checked_text
from evalkit.errors import NotFoundError, RefusedError
from evalkit.failures.changes import TaxonomyChange, changed, moved_weights

_FREEZE = "freeze"
_GONE = "This mark does not count any more."
_NOT_SPLIT = "The tag of this mark was not split, so there is nothing to choose."
_CODED = "This mark is coded as “{}” already. Take that back first to choose another part."


def change_taxonomy(
    name: str, change: TaxonomyChange, *, reason: str, opened: int, actor_id: int | None = None
) -> int:
    """Make the next version of a taxonomy by one change, and return its number.

    Studies that have begun keep their version, and marks their tag; both are read through the
    change. The same change of the same version, sent again, is answered and stored once.

    Parameters
    ----------
    reason : str
        Why, in a sentence.
    opened : int
        The version that was changed; 0 of the ready one that is not stored yet.

    Raises
    ------
    RefusedError
        Without a reason, for a change that does not fit, or where somebody made a version since.
    NotFoundError
        For a taxonomy that is not there.
    """
    why = checked_text(reason, "The reason", longest=MAX_COMMENT).strip()
    if not why:
        raise RefusedError("Say in a sentence why the taxonomy is changed.")
    with one_transaction():
        with write_session() as session:
            before = newest_taxonomy(session, name)
            if before is None:
                raise NotFoundError(f"There is no taxonomy named “{name}”.")
            if _is_done(session, name, change, max(opened, 1) + 1):
                return max(opened, 1) + 1
            after = changed(before.parts, change)
        version = save_taxonomy(name, after, opened=opened, actor_id=actor_id)
        with write_session() as session:
            _keep_weights(session, name, version, change)
            session.add(
                TaxonomyEvent(
                    taxonomy=name,
                    version=version,
                    kind=change.kind.value,
                    details=change.as_json(),
                    reason=why,
                    actor_id=actor_id,
                )
            )
            results_changed(session, *studies_of_taxonomies(session, [name]))
    return version


def freeze_taxonomy(name: str, version: int, *, note: str, actor_id: int | None = None) -> None:
    """Say of a version, once, that it is the one to work with, and why.

    Raises RefusedError without a note or where it is frozen already, NotFoundError for a version
    that is not stored.
    """
    words = checked_text(note, "The note", longest=MAX_COMMENT).strip()
    if not words:
        raise RefusedError("Say in a sentence what this version is made from.")
    with write_session() as session:
        _version(session, name, version, is_locked=True)
        is_frozen = session.exec(
            select(TaxonomyEvent.id).where(
                col(TaxonomyEvent.taxonomy) == name,
                col(TaxonomyEvent.version) == version,
                col(TaxonomyEvent.kind) == _FREEZE,
            )
        ).first()
        if is_frozen is not None:
            raise RefusedError(f"Version {version} of “{name}” is frozen already.")
        session.add(
            TaxonomyEvent(
                taxonomy=name,
                version=version,
                kind=_FREEZE,
                details={},
                reason=words,
                actor_id=actor_id,
            )
        )


def recode_mark(mark_id: int, key: str, *, actor_id: int | None = None) -> None:
    """Say which part of a tag that was split an error mark is of. The mark itself stays.

    Said again, nothing is stored twice.

    Raises
    ------
    RefusedError
        Where the mark's tag was not split, or has no such part, or where somebody chose another.
    NotFoundError
        For a mark that is not there or does not count any more.
    """
    with write_session() as session:
        mark = _locked_mark(session, mark_id)
        last = _last_recoding(session, mark_id)
        tag = session.get_one(Tag, mark.tag_id if last is None else last.tag_id)
        reading = tag_readings(session, [number_of(tag)]).get(number_of(tag))
        if reading is None or not reading.now.is_stale:
            if last is not None and tag.key == key:
                return
            raise RefusedError(_NOT_SPLIT if last is None else _CODED.format(tag.key))
        if key not in reading.parts:
            parts = ", ".join(reading.parts)
            raise RefusedError(f"“{reading.now.key}” was split into {parts}. Choose one of these.")
        part = session.exec(
            select(Tag.id)
            .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
            .where(
                col(Taxonomy.name) == reading.taxonomy,
                col(Taxonomy.version) == reading.version,
                col(Tag.key) == key,
            )
        ).first()
        if part is None:
            raise RefusedError(
                f"Version {reading.version} of “{reading.taxonomy}” has no tag “{key}” though it "
                "says so. Save it again with that tag."
            )
        _code(session, mark, part, action="code mark anew", actor_id=actor_id)


def take_back_recoding(recoding_id: int, *, actor_id: int | None = None) -> None:
    """Let a mark that was coded anew count as what it was before, and wait to be coded again.

    Said again, nothing is stored twice.

    Raises
    ------
    RefusedError
        Where somebody coded the mark anew since.
    NotFoundError
        For a coding that is not there, or of a mark that does not count any more.
    """
    with write_session() as session:
        recoding = session.get(RecodedMark, recoding_id)
        if recoding is None:
            raise NotFoundError(_GONE)
        mark = _locked_mark(session, recoding.mark_id)
        before = session.exec(
            select(RecodedMark.tag_id)
            .where(col(RecodedMark.mark_id) == recoding.mark_id, col(RecodedMark.id) < recoding_id)
            .order_by(col(RecodedMark.id).desc())
        ).first()
        tag_id = before or mark.tag_id or 0
        last = _last_recoding(session, recoding.mark_id)
        if last is not None and last.id != recoding_id:
            if last.tag_id == tag_id:
                return
            raise RefusedError(
                "This mark was coded anew since. Look at what it counts as now first."
            )
        _code(session, mark, tag_id, action="take back a coding", actor_id=actor_id)


def _locked_mark(session: Session, mark_id: int) -> ErrorMark:
    """Return a mark that counts and that nobody else codes meanwhile."""
    statement = select(ErrorMark).where(col(ErrorMark.id) == mark_id)
    mark = session.exec(statement.with_for_update(key_share=True)).first()
    if mark is None or mark.is_superseded or mark.tag_id is None:
        raise NotFoundError(_GONE)
    return mark


def _code(
    session: Session, mark: ErrorMark, tag_id: int, *, action: str, actor_id: int | None
) -> None:
    """Let a mark count as a tag from now on, and say so in the log."""
    mark_id = number_of(mark)
    last = _last_recoding(session, mark_id)
    before = session.get_one(Tag, mark.tag_id if last is None else last.tag_id)
    after = session.get_one(Tag, tag_id)
    session.add(RecodedMark(mark_id=mark_id, tag_id=tag_id, actor_id=actor_id))
    study_id = session.exec(
        select(Assignment.study_id)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .where(col(Annotation.id) == mark.annotation_id)
    ).one()
    results_changed(session, study_id)
    session.add(
        AuditEvent(
            actor_id=actor_id,
            action=action,
            subject=f"taxonomy {session.get_one(Taxonomy, after.taxonomy_id).name}",
            details={"mark": mark_id, "from": before.key, "to": after.key},
        )
    )


def _is_done(session: Session, name: str, change: TaxonomyChange, version: int) -> bool:
    """Tell whether the newest version is what this very change made: it was sent again."""
    made = changes_since(session, name, version - 1)
    return [(each.version, each.change) for each in made] == [(version, change)]


def _last_recoding(session: Session, mark_id: int) -> RecodedMark | None:
    return session.exec(
        select(RecodedMark)
        .where(col(RecodedMark.mark_id) == mark_id)
        .order_by(col(RecodedMark.id).desc())
        .limit(1)
    ).first()


def _version(session: Session, name: str, version: int, *, is_locked: bool = False) -> Taxonomy:
    """Return a version; one that ``is_locked`` nobody else freezes meanwhile."""
    statement = select(Taxonomy).where(col(Taxonomy.name) == name, col(Taxonomy.version) == version)
    if is_locked:
        statement = statement.with_for_update(key_share=True)
    taxonomy = session.exec(statement).first()
    if taxonomy is None:
        raise NotFoundError(f"There is no version {version} of “{name}”.")
    return taxonomy


def _keep_weights(session: Session, name: str, version: int, change: TaxonomyChange) -> None:
    """Let errors of a tag that was renamed or moved weigh what they did."""
    before, after = _version(session, name, version - 1), _version(session, name, version)
    after.weights = moved_weights(before.weights or {}, change) or None
    session.add(after)
