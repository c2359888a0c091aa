"""The tags of a study as results know them: those of its taxonomy, and what marks count as by now.

A mark stays what it was made as. Where its taxonomy was changed since, it is counted as what became
of its tag; that this was done is told with the numbers.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Assignment, ErrorMark, RecodedMark, Tag, Taxonomy
from db.queries.taxonomies import TagReading, counted_tag, has_recoded, tag_readings
from evalkit.failures.changes import TaxonomyChange
from evalkit.study.moved_tags import MovedTag


@dataclass(frozen=True, slots=True)
class ResultTag:
    """One kind of error that was, or can be, marked in the study.

    ``key`` is its alone in the study, ``stored_key`` that of its taxonomy: a tag that was split may
    stand beside a later one of its key, or tags of two taxonomies.
    """

    tag_id: int
    key: str
    stored_key: str
    name: str
    definition: str


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A change of a taxonomy that is only thought of, to see what it would do."""

    taxonomy: str
    change: TaxonomyChange
    at: datetime


@dataclass(frozen=True, slots=True)
class StudyTags:
    """The tags of a study, and what stored tags count as where that is another of these.

    ``counted_as`` are pairs of ids, of a stored tag and of one of ``tags``. ``has_recoded`` says
    that marks may count as what they were coded anew, ``divided`` which tags wait for it beside
    which of their parts, as places among ``tags``.
    """

    tags: tuple[ResultTag, ...]
    counted_as: tuple[tuple[int, int], ...]
    moved: tuple[MovedTag, ...]
    has_recoded: bool
    divided: tuple[tuple[int, tuple[int, ...]], ...] = ()


def study_tags(
    session: Session,
    study_id: int,
    taxonomy_id: int | None,
    planned: PlannedChange | None = None,
) -> StudyTags:
    """Return the tags of the study's taxonomy, and any other that was marked in it, as of now."""
    recoded = has_recoded(session)
    rows = _rows(session, study_id, taxonomy_id, has_recoded=recoded)
    thought_of = None if planned is None else (planned.taxonomy, planned.change, planned.at)
    readings = tag_readings(session, [row.id for row in rows], planned=thought_of)
    if not readings:
        return StudyTags(_named(rows), (), (), recoded)
    # A mark of a split tag counts as that until it is coded anew, also where it was merged into it.
    targets = {
        tag_id: reading
        for tag_id, reading in readings.items()
        if not reading.now.is_stale or reading.now.key != reading.key
    }
    row_of = _targets(session, rows, targets, readings, planned)
    counted = list({row.id: row for row in (row_of.get(row.id, row) for row in rows)}.values())
    tags = _named(counted)
    counted_as = tuple((tag_id, row.id) for tag_id, row in row_of.items())
    keys = {
        tag_id: tag.key for tag_id, row in row_of.items() for tag in tags if tag.tag_id == row.id
    }
    moved = _moved(session, study_id, rows, readings, keys, has_recoded=recoded)
    divided = _divided(rows, readings, row_of, tags) if recoded else ()
    return StudyTags(tags, counted_as, moved, recoded, divided)


def _rows(
    session: Session, study_id: int, taxonomy_id: int | None, *, has_recoded: bool
) -> list[Any]:
    """Return the stored tags of the taxonomy and those that were marked, the study's own first."""
    marked = (
        sa.select(1)
        .select_from(ErrorMark)
        .join(Annotation, col(Annotation.id) == col(ErrorMark.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .where(col(ErrorMark.tag_id) == col(Tag.id), col(Assignment.study_id) == study_id)
    )
    of_study = col(Tag.taxonomy_id) == taxonomy_id
    is_there = sa.or_(of_study, marked.exists())
    if has_recoded:
        coded = (
            sa.select(1)
            .select_from(RecodedMark)
            .join(ErrorMark, col(ErrorMark.id) == col(RecodedMark.mark_id))
            .join(Annotation, col(Annotation.id) == col(ErrorMark.annotation_id))
            .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
            .where(col(RecodedMark.tag_id) == col(Tag.id), col(Assignment.study_id) == study_id)
        )
        is_there = sa.or_(is_there, coded.exists())
    statement = _select(of_study).where(is_there)
    order = (sa.case((of_study, 0), else_=1), col(Tag.taxonomy_id).desc(), col(Tag.position))
    return list(session.connection().execute(statement.order_by(*order)).all())


def _select(is_own: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        col(Tag.id),
        col(Tag.key),
        sa.func.coalesce(sa.func.nullif(col(Tag.name), ""), col(Tag.key)).label("name"),
        col(Tag.definition),
        col(Taxonomy.name).label("taxonomy"),
        col(Taxonomy.version),
        is_own.label("is_own"),
    ).join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))


@dataclass(frozen=True, slots=True)
class _ThoughtOf:
    """A tag that a planned change would make, in the form of a stored row."""

    id: int
    key: str
    name: str
    definition: str | None
    taxonomy: str
    version: int
    is_own: bool


def _targets(
    session: Session,
    rows: Sequence[Any],
    readings: Mapping[int, TagReading],
    every: Mapping[int, TagReading],
    planned: PlannedChange | None,
) -> dict[int, Any]:
    """Return for each stored tag that changed the row of the tag its marks count as."""
    there: dict[tuple[str, str, int | None], Any] = {}
    for row in rows:
        reading = every.get(row.id)
        if row.id not in readings:
            # What has the key of a tag that was split, and is not that tag, is another.
            split_in = None if reading is None else reading.split_in
            there.setdefault((row.taxonomy, row.key, split_in), row)
    largest = max(row.id for row in rows)
    row_of: dict[int, Any] = {}
    for row in rows:
        if row.id not in readings:
            continue
        place = row.taxonomy, readings[row.id].now.key, readings[row.id].split_in
        if place not in there:
            statement = _select(sa.false()).where(
                col(Taxonomy.name) == place[0],
                col(Tag.key) == place[1],
                *([] if place[2] is None else [col(Taxonomy.version) < place[2]]),
            )
            newest = statement.order_by(col(Taxonomy.version).desc()).limit(1)
            stored = session.connection().execute(newest).first()
            name = planned.change.name if planned is not None else ""
            largest += 1
            there[place] = stored or _ThoughtOf(
                largest, place[1], name or row.name, row.definition, *place[:1], row.version, False
            )
        row_of[row.id] = there[place]
    return row_of


def _named(rows: Sequence[Any]) -> tuple[ResultTag, ...]:
    """Give each tag a name and a key of its own: tables have a line per name, JSON one per key."""
    n_named = Counter(row.name for row in rows)
    n_keyed = Counter((row.name, row.key) for row in rows)
    tags: list[ResultTag] = []
    for row in rows:
        # "Other" of two parents, or of two taxonomies, has two.
        more = [row.key] if n_named[row.name] > 1 else []
        if n_keyed[row.name, row.key] > 1 and not row.is_own:
            more.append(f"{row.taxonomy} v{row.version}")
        name = f"{row.name} ({', '.join(more)})" if more else row.name
        key = row.key
        if key in {tag.key for tag in tags}:
            key = f"{row.key} ({row.taxonomy} v{row.version})"
        tags.append(ResultTag(row.id, key, row.key, name, row.definition or ""))
    return tuple(tags)


def _divided(
    rows: Sequence[Any],
    readings: Mapping[int, TagReading],
    row_of: Mapping[int, Any],
    tags: Sequence[ResultTag],
) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Return where tags that were split stand, and what became of their parts, split or not."""
    places = {tag.tag_id: place for place, tag in enumerate(tags)}
    place_of = {row.id: places[row_of.get(row.id, row).id] for row in rows}
    parts_of: dict[int, set[int]] = {}
    for row in rows:
        reading = readings.get(row.id)
        if reading is None or not reading.now.is_stale:
            continue
        parts_of.setdefault(place_of[row.id], set()).update(
            place_of[part.id]
            for part in rows
            if part.taxonomy == reading.taxonomy
            and part.key in reading.parts
            and part.version >= reading.version
        )
    for parts in reversed(parts_of.values()):
        for place in tuple(parts):
            parts |= parts_of.get(place, set())
    return tuple((whole, tuple(sorted(parts))) for whole, parts in parts_of.items() if parts)


def _moved(
    session: Session,
    study_id: int,
    rows: Sequence[Any],
    readings: Mapping[int, TagReading],
    counted_as: Mapping[int, str],
    *,
    has_recoded: bool,
) -> tuple[MovedTag, ...]:
    """Say of each changed tag that was marked how many marks count as what, since when."""
    tag_id = counted_tag() if has_recoded else col(ErrorMark.tag_id)
    statement = (
        sa.select(tag_id.label("tag_id"), sa.func.count().label("n"))
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .where(
            col(Assignment.study_id) == study_id,
            ~col(ErrorMark.is_superseded),
            tag_id.in_(list(readings)),
        )
        .group_by(tag_id)
    )
    n_marks = {row.tag_id: row.n for row in session.connection().execute(statement)}
    return tuple(
        MovedTag(
            key=row.key,
            into=counted_as.get(row.id, ""),
            n_marks=n_marks[row.id],
            since=readings[row.id].at.date().isoformat(),
            is_waiting=readings[row.id].now.is_stale,
        )
        for row in rows
        if row.id in readings and n_marks.get(row.id)
    )
