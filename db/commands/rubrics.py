"""Store rubrics and taxonomies by version: the same definition is one version, a change the next.

The functions take the caller's write session, since both a study and an import store them on
their way.
"""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from db.models import Criterion, Rubric, Tag, Taxonomy
from evalkit.annotation.rubric import CriterionDefinition
from evalkit.failures.taxonomy import TagDefinition


def store_rubric(session: Session, *, name: str, criteria: Sequence[CriterionDefinition]) -> int:
    """Return the id of the version of a rubric that has exactly these criteria, made if new."""
    wanted = [_criterion_fields(position, made) for position, made in enumerate(criteria)]
    versions = session.exec(
        select(Rubric).where(Rubric.name == name).order_by(col(Rubric.version).desc())
    ).all()
    for version in versions:
        rows = session.exec(
            select(Criterion)
            .where(Criterion.rubric_id == version.id)
            .order_by(col(Criterion.position))
        )
        if [row.model_dump(exclude={"id", "rubric_id"}) for row in rows] == wanted:
            return _stored_id(version.id)
    rubric = Rubric(name=name, version=versions[0].version + 1 if versions else 1)
    session.add(rubric)
    session.flush()
    session.add_all(Criterion(rubric_id=_stored_id(rubric.id), **fields) for fields in wanted)
    return _stored_id(rubric.id)


def store_taxonomy(session: Session, *, name: str, tags: Sequence[TagDefinition]) -> int:
    """Return the id of the version of a taxonomy that has exactly these tags, made if new."""
    wanted = [_tag_fields(position, made) for position, made in enumerate(tags)]
    versions = session.exec(
        select(Taxonomy).where(Taxonomy.name == name).order_by(col(Taxonomy.version).desc())
    ).all()
    for version in versions:
        rows = session.exec(
            select(Tag).where(Tag.taxonomy_id == version.id).order_by(col(Tag.position))
        )
        if [row.model_dump(exclude={"id", "taxonomy_id"}) for row in rows] == wanted:
            return _stored_id(version.id)
    taxonomy = Taxonomy(name=name, version=versions[0].version + 1 if versions else 1)
    session.add(taxonomy)
    session.flush()
    session.add_all(Tag(taxonomy_id=_stored_id(taxonomy.id), **fields) for fields in wanted)
    return _stored_id(taxonomy.id)


def _criterion_fields(position: int, made: CriterionDefinition) -> dict[str, Any]:
    return {
        "key": made.key,
        "position": position,
        "question": made.question,
        "description": made.description,
        "level": made.level.value,
        "scale": [
            {"value": level.value, "label": level.label, "anchor": level.anchor}
            for level in made.scale
        ],
        "is_required": made.required,
    }


def _tag_fields(position: int, made: TagDefinition) -> dict[str, Any]:
    return {
        "key": made.key,
        "position": position,
        "name": made.name,
        "definition": made.definition,
        "severities": [severity.value for severity in made.severities],
    }


def _stored_id(value: int | None) -> int:
    assert value is not None  # the row has been flushed
    return value
