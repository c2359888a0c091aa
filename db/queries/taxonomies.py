"""What became of taxonomies: their changes, what marks of their tags count as, what waits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import (
    Annotation,
    Annotator,
    Assignment,
    AuditEvent,
    ErrorMark,
    RecodedMark,
    Study,
    Tag,
    Taxonomy,
    TaxonomyEvent,
)
from evalkit.failures.changes import (
    ChangeKind,
    ReadThrough,
    TaxonomyChange,
    read_through,
    readable_change,
)

_FREEZE = "freeze"


@dataclass(frozen=True, slots=True)
class MadeChange:
    """A change of a taxonomy, the version it made, when, and why."""

    version: int
    change: TaxonomyChange
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TagReading:
    """What marks of a stored tag count as by now, where that is not what they were made as.

    ``now`` is stale where the tag was split: then ``parts`` are the keys that can be chosen among,
    which version ``version`` of the taxonomy has. ``at`` is when it last changed.
    """

    tag_id: int
    taxonomy: str
    key: str
    now: ReadThrough
    version: int
    parts: tuple[str, ...]
    at: datetime

    @property
    def split_in(self) -> int | None:
        """Return the version that split the tag: it tells it from a later one of the same key."""
        return self.version if self.now.is_stale else None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One version of a taxonomy, or its freezing: what was done, why, by whom, when.

    Of a kind of change without a ``change`` it could not be read, and marks count as if it was not.
    """

    version: int
    kind: str
    change: TaxonomyChange | None
    reason: str
    by: str
    at: datetime
    n_tags: int


@dataclass(frozen=True, slots=True)
class StudyTouch:
    """How many marks and responses of a study a change touches."""

    study: str
    n_marks: int
    n_responses: int


@dataclass(frozen=True, slots=True)
class StaleMark:
    """A mark of a tag that was split, which waits for somebody to say which part it is of."""

    mark_id: int
    study: str
    output_id: int
    key: str
    parts: tuple[str, ...]
    severity: str | None
    quote: str
    note: str
    by: str


def changes_since(session: Session, taxonomy: str, version: int) -> tuple[MadeChange, ...]:
    """Return the changes that made later versions of a taxonomy than this, in order.

    One that cannot be read is passed over, for marks count as before; `taxonomy_history` tells.
    """
    rows = session.exec(
        select(TaxonomyEvent)
        .where(
            col(TaxonomyEvent.taxonomy) == taxonomy,
            col(TaxonomyEvent.version) > version,
            col(TaxonomyEvent.kind) != _FREEZE,
        )
        .order_by(col(TaxonomyEvent.version), col(TaxonomyEvent.id))
    )
    changes = ((row, readable_change(row.kind, row.details)) for row in rows)
    return tuple(
        MadeChange(row.version, change, row.at, row.reason)
        for row, change in changes
        if change is not None
    )


def tag_readings(
    session: Session,
    tag_ids: Collection[int],
    *,
    planned: tuple[str, TaxonomyChange, datetime] | None = None,
) -> dict[int, TagReading]:
    """Return of some tags what their marks count as, of those for which anything changed.

    ``planned`` is a change of a taxonomy that is only thought of, as if it were made at that
    moment.
    """
    rows = session.exec(
        select(Tag.id, Tag.key, Taxonomy.name, Taxonomy.version)
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .where(col(Tag.id).in_(tag_ids))
    ).all()
    history = {name: list(changes_since(session, name, 0)) for name in {row[2] for row in rows}}
    if planned is not None and planned[0] in history:
        made = history[planned[0]]
        version = _newest_version(session, planned[0]) + 1
        made.append(MadeChange(version, planned[1], planned[2], ""))
    readings = {}
    for tag_id, key, taxonomy, version in rows:
        later = [each for each in history[taxonomy] if each.version > version]
        reading = _reading(tag_id or 0, taxonomy, key, later)
        if reading is not None:
            readings[reading.tag_id] = reading
    return readings


def taxonomy_history(session: Session, name: str) -> tuple[HistoryEntry, ...]:
    """Return every version of a taxonomy with what made it, and what was frozen, newest first."""
    versions = session.exec(
        select(Taxonomy).where(col(Taxonomy.name) == name).order_by(col(Taxonomy.version))
    ).all()
    n_tags = dict(
        session.exec(
            select(Tag.taxonomy_id, sa.func.count())
            .where(col(Tag.taxonomy_id).in_([version.id for version in versions]))
            .group_by(col(Tag.taxonomy_id))
        ).all()
    )
    events = session.exec(
        select(TaxonomyEvent, Annotator.name)
        .outerjoin(Annotator, col(Annotator.id) == col(TaxonomyEvent.actor_id))
        .where(col(TaxonomyEvent.taxonomy) == name)
        .order_by(col(TaxonomyEvent.id))
    ).all()
    savers = _savers(session, name)
    entries = []
    for version in versions:
        of_version = [(event, by) for event, by in events if event.version == version.version]
        made = next(((event, by) for event, by in of_version if event.kind != _FREEZE), None)
        kind = "saved" if made is None else made[0].kind
        entries.append(
            HistoryEntry(
                version=version.version,
                kind=kind,
                change=None if made is None else readable_change(kind, made[0].details),
                reason="" if made is None else made[0].reason,
                by=savers.get(version.version, "") if made is None else made[1] or "",
                at=version.created_at if made is None else made[0].at,
                n_tags=n_tags.get(version.id or 0, 0),
            )
        )
        entries += [
            HistoryEntry(
                version.version,
                _FREEZE,
                None,
                event.reason,
                by or "",
                event.at,
                n_tags.get(version.id or 0, 0),
            )
            for event, by in of_version
            if event.kind == _FREEZE
        ]
    return tuple(entries[::-1])


def touched_by(session: Session, name: str, change: TaxonomyChange) -> tuple[StudyTouch, ...]:
    """Return which studies have marks that a change touches, and how many, by name."""
    tags = session.exec(
        select(Tag.id, Tag.key)
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .where(col(Taxonomy.name) == name)
    ).all()
    readings = tag_readings(session, [tag_id or 0 for tag_id, _ in tags])
    touched = []
    for tag_id, key in tags:
        reading = readings.get(tag_id or 0)
        now = ReadThrough(key) if reading is None else reading.now
        if not now.is_stale and read_through(now.key, (change,)) != now:
            touched.append(tag_id or 0)
    rows = session.exec(
        _of_marks(
            select(
                Study.name,
                sa.func.count(),
                sa.func.count(sa.distinct(col(ErrorMark.output_id))),
            )
        )
        .where(counted_tag().in_(touched))
        .group_by(col(Study.name))
        .order_by(Study.name)
    )
    return tuple(StudyTouch(*row) for row in rows)


def stale_marks(session: Session, name: str) -> tuple[StaleMark, ...]:
    """Return the marks of a taxonomy that wait to be coded anew, the oldest first."""
    tag_ids = session.exec(
        select(Tag.id)
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .where(col(Taxonomy.name) == name)
    ).all()
    readings = tag_readings(session, [tag_id or 0 for tag_id in tag_ids])
    stale = {tag_id: reading for tag_id, reading in readings.items() if reading.now.is_stale}
    if not stale:
        return ()
    statement: Any = _of_marks(
        sa.select(
            col(ErrorMark.id),
            col(Study.name),
            col(ErrorMark.output_id),
            counted_tag().label("tag_id"),
            col(ErrorMark.severity),
            col(ErrorMark.quote),
            col(ErrorMark.note),
            col(Annotator.name).label("by"),
        )
    )
    rows = session.connection().execute(
        statement.join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(counted_tag().in_(list(stale)))
        .order_by(col(ErrorMark.id))
    )
    return tuple(
        StaleMark(
            mark_id=row.id,
            study=row.name,
            output_id=row.output_id,
            key=stale[row.tag_id].now.key,
            parts=stale[row.tag_id].parts,
            severity=row.severity,
            quote=row.quote or "",
            note=row.note or "",
            by=row.by or "",
        )
        for row in rows
    )


def counted_tag() -> sa.ColumnElement[int]:
    """Give in SQL the tag a mark counts as: the part it was coded as, else what it was made as."""
    last = (
        sa.select(col(RecodedMark.tag_id))
        .where(col(RecodedMark.mark_id) == col(ErrorMark.id))
        .order_by(col(RecodedMark.id).desc())
        .limit(1)
        .correlate(ErrorMark)
        .scalar_subquery()
    )
    return sa.func.coalesce(last, col(ErrorMark.tag_id))


def has_recoded(session: Session) -> bool:
    """Tell whether any mark was ever coded anew: to ask for it costs time for every mark."""
    return session.connection().scalar(sa.select(col(RecodedMark.id)).limit(1)) is not None


def _of_marks(statement: Any) -> Any:
    """Read error marks that count, with their studies."""
    return (
        statement.select_from(ErrorMark)
        .join(Annotation, col(Annotation.id) == col(ErrorMark.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .join(Study, col(Study.id) == col(Assignment.study_id))
        .where(~col(ErrorMark.is_superseded))
    )


def _reading(
    tag_id: int, taxonomy: str, key: str, later: Sequence[MadeChange]
) -> TagReading | None:
    """Follow a tag through later changes; None where nothing happened to it."""
    now, last = ReadThrough(key), None
    for made in later:
        after = read_through(now.key, (made.change,))
        if after != now:
            now, last = after, made
        if now.is_stale:
            break
    if last is None:
        return None
    is_split = last.change.kind is ChangeKind.SPLIT
    parts = tuple(part.key for part in last.change.parts) if is_split else ()
    return TagReading(tag_id, taxonomy, key, now, last.version, parts, last.at)


def _newest_version(session: Session, name: str) -> int:
    newest = session.connection().scalar(
        sa.select(sa.func.max(col(Taxonomy.version))).where(col(Taxonomy.name) == name)
    )
    return int(newest or 0)


def _savers(session: Session, name: str) -> dict[int, str]:
    """Return who saved which version, as far as that is known."""
    rows = session.exec(
        select(AuditEvent.details, Annotator.name)
        .join(Annotator, col(Annotator.id) == col(AuditEvent.actor_id))
        .where(
            col(AuditEvent.action) == "save taxonomy", col(AuditEvent.subject) == f"taxonomy {name}"
        )
    )
    return {int((details or {}).get("version", 0)): by for details, by in rows}
