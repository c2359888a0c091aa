"""What was coded anew last: so that whoever chose the wrong part can see it and take it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import (
    Annotation,
    Annotator,
    Assignment,
    ErrorMark,
    RecodedMark,
    Study,
    Tag,
    Taxonomy,
)
from db.queries.taxonomies import tag_readings


@dataclass(frozen=True, slots=True)
class LastRecoding:
    """The mark that was coded anew last: from which tag to which, by whom, when."""

    recoding_id: int
    mark_id: int
    study: str
    before: str
    key: str
    quote: str
    by: str
    at: datetime


def last_recoding(session: Session, name: str) -> LastRecoding | None:
    """Return what was coded anew last of a taxonomy and holds; None where nothing does."""
    of_taxonomy = sa.select(col(Tag.id)).join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
    ids = session.connection().scalars(of_taxonomy.where(col(Taxonomy.name) == name))
    tag_ids = [tag_id or 0 for tag_id in ids]
    readings = tag_readings(session, tag_ids)
    waiting = [tag_id for tag_id, reading in readings.items() if reading.now.is_stale]
    later, earlier = aliased(RecodedMark), aliased(RecodedMark)
    before = (
        sa.select(col(earlier.tag_id))
        .where(col(earlier.mark_id) == col(ErrorMark.id), col(earlier.id) < col(RecodedMark.id))
        .order_by(col(earlier.id).desc())
        .limit(1)
        .correlate(ErrorMark, RecodedMark)
        .scalar_subquery()
    )
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(RecodedMark.id),
            col(ErrorMark.id).label("mark_id"),
            col(Study.name).label("study"),
            sa.func.coalesce(before, col(ErrorMark.tag_id)).label("before_id"),
            col(RecodedMark.tag_id),
            sa.func.coalesce(col(ErrorMark.quote), "").label("quote"),
            sa.func.coalesce(col(Annotator.name), "").label("by"),
            col(RecodedMark.at),
        )
        .select_from(RecodedMark)
        .join(ErrorMark, col(ErrorMark.id) == col(RecodedMark.mark_id))
        .join(Annotation, col(Annotation.id) == col(ErrorMark.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .join(Study, col(Study.id) == col(Assignment.study_id))
        .outerjoin(Annotator, col(Annotator.id) == col(RecodedMark.actor_id))
        .where(
            col(RecodedMark.tag_id).in_(set(tag_ids).difference(waiting)),
            ~col(ErrorMark.is_superseded),
            ~sa.exists().where(
                col(later.mark_id) == col(RecodedMark.mark_id), col(later.id) > col(RecodedMark.id)
            ),
        )
        .order_by(col(RecodedMark.id).desc())
        .limit(1)
    )
    row = session.connection().execute(statement).first()
    if row is None:
        return None
    keys = _keys(session, (row.before_id, row.tag_id))
    return LastRecoding(
        *(row.id, row.mark_id, row.study, keys[row.before_id], keys[row.tag_id]),
        *(row.quote, row.by, row.at),
    )


def _keys(session: Session, tag_ids: tuple[int, ...]) -> dict[int, str]:
    """Return the keys that tags have by now."""
    readings = tag_readings(session, tag_ids)
    rows = session.connection().execute(
        sa.select(col(Tag.id), col(Tag.key)).where(col(Tag.id).in_(tag_ids))
    )
    return {row.id: readings[row.id].now.key if row.id in readings else row.key for row in rows}
