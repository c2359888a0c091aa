"""Where the tags of a study's form stand among those that its marks count as by now."""

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Study, Tag
from db.queries.results.studies import ResultStudy


def places_of_form(session: Session, study: ResultStudy) -> dict[str, int]:
    """Return for each key of the form which of the study's tags it is by now, as its place."""
    of_study = sa.select(col(Study.taxonomy_id)).where(col(Study.id) == study.study_id)
    stored = session.execute(
        sa.select(col(Tag.key), col(Tag.id)).where(
            col(Tag.taxonomy_id) == of_study.scalar_subquery()
        )
    )
    places = study.tag_places
    return {key: places[tag_id] for key, tag_id in stored if tag_id in places}
