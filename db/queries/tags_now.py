"""What stored tags are by now: followed through the changes of their taxonomies."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Tag, Taxonomy
from db.queries.taxonomies import tag_readings


@dataclass(frozen=True, slots=True)
class TagNow:
    """What a stored tag is by now, as ``version``, the newest that has it, calls it.

    One that was split, in version ``split_in``, is what it was until then: which of its parts is
    meant only who codes a mark anew can say. Another tag may have its key since.
    """

    taxonomy: str
    key: str
    name: str
    version: int
    split_in: int | None

    @property
    def called(self) -> str:
        """Return its name, and that it was split where it was."""
        return called(self.name, self.split_in)


def called(name: str, split_in: int | None) -> str:
    """Return what a tag is called beside others that may have its key since it was split."""
    return name if split_in is None else f"{name} (split in version {split_in})"


def tags_now(session: Session, tag_ids: Collection[int]) -> dict[int, TagNow]:
    """Return what each stored tag is by now."""
    if not tag_ids:
        return {}
    of_these = sa.select(col(Taxonomy.name)).join(Tag, col(Tag.taxonomy_id) == col(Taxonomy.id))
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Tag.id),
            col(Taxonomy.name).label("taxonomy"),
            col(Taxonomy.version),
            col(Tag.key),
            sa.func.coalesce(sa.func.nullif(col(Tag.name), ""), col(Tag.key)).label("name"),
        )
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .where(col(Taxonomy.name).in_(of_these.where(col(Tag.id).in_(tag_ids))))
        .order_by(col(Taxonomy.version))
    )
    rows = session.connection().execute(statement).all()
    readings = tag_readings(session, tag_ids)
    wanted = set(tag_ids)
    made = {}
    for row in rows:
        if row.id not in wanted:
            continue
        reading = readings.get(row.id)
        key = row.key if reading is None else reading.now.key
        split_in = None if reading is None else reading.split_in
        last = next(
            each
            for each in [*reversed(rows), row]
            if each is row
            or (
                (each.taxonomy, each.key) == (row.taxonomy, key)
                and (split_in is None or each.version < split_in)
            )
        )
        made[row.id] = TagNow(row.taxonomy, key, last.name, last.version, split_in)
    return made
