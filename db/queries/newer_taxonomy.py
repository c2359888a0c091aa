"""The newest version of a study's taxonomy, where the study asks for one that came before it."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.columns import number_of
from db.models import Study, Taxonomy
from db.queries.definitions import tags_of
from db.queries.taxonomies import changes_since
from evalkit.errors import NotFoundError
from evalkit.failures.changes import TaxonomyChange, moved_weights
from evalkit.failures.taxonomy import TagDefinition


@dataclass(frozen=True, slots=True)
class NewerTaxonomy:
    """What a study asks for, ``before``, and what it could: version ``newest`` with ``after``.

    ``changes`` were made between the two; ``is_weighed_anew`` where severities, or what they
    weigh, differ beside these.
    """

    name: str
    asked: int
    newest: int
    before: tuple[TagDefinition, ...]
    after: tuple[TagDefinition, ...]
    changes: tuple[TaxonomyChange, ...]
    is_weighed_anew: bool


def newer_taxonomy(session: Session, study_id: int) -> NewerTaxonomy | None:
    """Return what a study like this one could ask for; None where it asks for the newest."""
    study = session.get_one(Study, study_id)
    own = session.get(Taxonomy, study.taxonomy_id) if study.taxonomy_id else None
    if own is None:
        return None
    newest = session.exec(
        select(Taxonomy).where(Taxonomy.name == own.name).order_by(col(Taxonomy.version).desc())
    ).first()
    if newest is None or newest.version == own.version:
        return None
    before, after = (tags_of(session, number_of(each)) for each in (own, newest))
    changes = tuple(made.change for made in changes_since(session, own.name, own.version))
    weights = own.weights or {}
    for change in changes:
        weights = moved_weights(weights, change)
    is_weighed_anew = (own.severities, weights) != (newest.severities, newest.weights or {})
    return NewerTaxonomy(
        own.name, own.version, newest.version, before, after, changes, is_weighed_anew
    )


def version_of_own(session: Session, study: Study, version: int | None) -> int | None:
    """Return the row number of a version of a study's taxonomy, without one of that it asks for.

    Raises NotFoundError where there is no such version.
    """
    if version is None:
        return study.taxonomy_id
    own = session.get(Taxonomy, study.taxonomy_id) if study.taxonomy_id else None
    row = (
        own
        and session.exec(
            select(Taxonomy).where(Taxonomy.name == own.name, Taxonomy.version == version)
        ).one_or_none()
    )
    if not row:
        raise NotFoundError(f"“{study.name}” has no version {version} of its taxonomy.")
    return number_of(row)
