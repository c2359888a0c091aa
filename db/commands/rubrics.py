"""Store rubrics and taxonomies by version: the same definition is one version, a change the next.

The functions take the caller's write session, since both a study and an import store them on
their way.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlmodel import Session, col, select

from db.columns import number_of
from db.models import Criterion, Rubric, Tag, Taxonomy
from evalkit.annotation.rubric import CriterionDefinition
from evalkit.failures.taxonomy import TagDefinition


def store_rubric(session: Session, *, name: str, criteria: Sequence[CriterionDefinition]) -> int:
    """Return the id of the version of a rubric that has exactly these criteria, made if new."""
    wanted = [_criterion_fields(position, made) for position, made in enumerate(criteria)]
    return _store(session, Rubric, Criterion, "rubric_id", name, wanted)


def store_taxonomy(session: Session, *, name: str, tags: Sequence[TagDefinition]) -> int:
    """Return the id of the version of a taxonomy that has exactly these tags, made if new."""
    wanted = [_tag_fields(position, made) for position, made in enumerate(tags)]
    return _store(session, Taxonomy, Tag, "taxonomy_id", name, wanted)


def _store(
    session: Session,
    whole: Any,
    part: Any,
    whole_id: str,
    name: str,
    wanted: list[dict[str, Any]],
) -> int:
    versions = session.exec(
        select(whole).where(whole.name == name).order_by(col(whole.version).desc())
    ).all()
    for version in versions:
        rows = session.exec(
            select(part).where(getattr(part, whole_id) == version.id).order_by(col(part.position))
        )
        if [row.model_dump(exclude={"id", whole_id}) for row in rows] == wanted:
            return number_of(version)
    made = whole(name=name, version=versions[0].version + 1 if versions else 1)
    session.add(made)
    session.flush()
    made_id = number_of(made)
    session.add_all(part(**{whole_id: made_id}, **fields) for fields in wanted)
    return made_id


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
        "range": None if made.range is None else asdict(made.range),
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
