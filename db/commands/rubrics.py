"""Store rubrics and taxonomies by version: the same definition is one version, a change the next.

`store_rubric` and `store_taxonomy` take the caller's write session, since a study stores them on
its way. What a lead saves becomes the newest version, which studies use from then on; those that
have begun keep theirs.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from db.columns import number_of
from db.engine import wait_for_imports, write_session
from db.models import AuditEvent, Criterion, Rubric, Tag, Taxonomy
from db.queries.definitions import NewestDefinition, newest_rubric, newest_taxonomy
from evalkit.annotation.definitions import check_rubric, check_taxonomy
from evalkit.annotation.rubric import CriterionDefinition
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import TagDefinition
from evalkit.severity import DEFAULT_SEVERITIES, Severity, written_severities


def store_rubric(session: Session, *, name: str, criteria: Sequence[CriterionDefinition]) -> int:
    """Return the id of the version of a rubric that has exactly these criteria, made if new."""
    wanted = [_criterion_fields(position, made) for position, made in enumerate(criteria)]
    return _store(session, _Made(Rubric, Criterion, "rubric_id", name, wanted))


def store_taxonomy(
    session: Session,
    *,
    name: str,
    tags: Sequence[TagDefinition],
    severities: Sequence[Severity] = DEFAULT_SEVERITIES,
) -> int:
    """Return the id of the version of a taxonomy that has exactly these tags, made if new."""
    wanted = [_tag_fields(position, made) for position, made in enumerate(tags)]
    whole = {"severities": written_severities(severities)}
    return _store(session, _Made(Taxonomy, Tag, "taxonomy_id", name, wanted, whole))


def save_rubric(
    name: str,
    criteria: Sequence[CriterionDefinition],
    *,
    opened: int | None,
    actor_id: int | None = None,
) -> int:
    """Store criteria as the newest version of a rubric and return its number.

    Where they are those of the newest version already, nothing is stored.

    Parameters
    ----------
    name : str
    criteria : sequence of CriterionDefinition
        In the order of the form.
    opened : int or None
        The version that was changed; None for a rubric that is new.
    actor_id : int, optional

    Raises
    ------
    RefusedError
        If it cannot be stored, the name of a new one is taken, or somebody else saved a version
        since.
    """
    check_rubric(name, criteria)
    with write_session() as session:
        wait_for_imports(session)
        newest = newest_rubric(session, name.strip())
        wanted = [_criterion_fields(position, made) for position, made in enumerate(criteria)]
        if newest is not None and newest.version == 0:
            store_rubric(session, name=newest.name, criteria=newest.parts)
        is_new = _is_new(newest, criteria, opened, "rubric")
        made = _Made(Rubric, Criterion, "rubric_id", name.strip(), wanted)
        return _save(session, made, newest, is_new=is_new, actor_id=actor_id)


def save_taxonomy(
    name: str,
    tags: Sequence[TagDefinition],
    *,
    opened: int | None,
    severities: Sequence[Severity] | None = None,
    copied_from: str | None = None,
    actor_id: int | None = None,
) -> int:
    """Store tags as the newest version of a taxonomy and return its number; see `save_rubric`.

    Without ``severities`` they stay what they are. What errors weigh goes on to the new version:
    those of a severity as its own weight, those of a tag as they are, while both are there.
    ``copied_from`` names the taxonomy of which this is a copy: then it is its weights.
    """
    with write_session() as session:
        wait_for_imports(session)
        return revise_taxonomy(
            session,
            name,
            tags,
            opened=opened,
            severities=severities,
            copied_from=copied_from,
            actor_id=actor_id,
        )


def revise_taxonomy(
    session: Session,
    name: str,
    tags: Sequence[TagDefinition],
    *,
    opened: int | None,
    severities: Sequence[Severity] | None = None,
    copied_from: str | None = None,
    actor_id: int | None = None,
) -> int:
    """Do what `save_taxonomy` does within a write session of the caller."""
    newest = newest_taxonomy(session, name.strip())
    before = DEFAULT_SEVERITIES if newest is None else newest.severities
    grades = before if severities is None else tuple(severities)
    check_taxonomy(name, tags, grades)
    wanted = [_tag_fields(position, made) for position, made in enumerate(tags)]
    if newest is not None and newest.version == 0:
        store_taxonomy(session, name=newest.name, tags=newest.parts)
    is_new = _is_new(newest, tags, opened, "taxonomy") or grades != before
    whole = {
        "severities": written_severities(grades),
        "weights": _kept_weights(session, copied_from or name.strip(), tags, grades),
    }
    made = _Made(Taxonomy, Tag, "taxonomy_id", name.strip(), wanted, whole)
    return _save(session, made, newest, is_new=is_new, actor_id=actor_id)


@dataclass(frozen=True, slots=True)
class _Made:
    """A version of a rubric or a taxonomy: its tables and name, its parts and own fields."""

    whole: Any
    part: Any
    whole_id: str
    name: str
    wanted: list[dict[str, Any]]
    fields: dict[str, Any] = field(default_factory=dict)


def _is_new(
    newest: NewestDefinition[Any] | None, parts: Sequence[Any], opened: int | None, what: str
) -> bool:
    """Tell whether something changed; refuse what would be done over what was not seen."""
    if newest is not None and opened is None:
        raise RefusedError(
            f"There is already a {what} named “{newest.name}”. Open it to change it, or choose "
            "another name."
        )
    if newest is not None and newest.version != opened:
        raise RefusedError(
            f"Somebody saved version {newest.version} of “{newest.name}” since you opened version "
            f"{opened}. Save yours under another name, or discard it and change theirs."
        )
    return newest is None or newest.parts != tuple(parts)


def _save(
    session: Session,
    made: _Made,
    newest: NewestDefinition[Any] | None,
    *,
    is_new: bool,
    actor_id: int | None,
) -> int:
    version = 0 if newest is None else max(newest.version, 1)
    if not is_new:
        return version
    whole = made.whole(name=made.name, version=version + 1, **made.fields)
    session.add(whole)
    session.flush()
    session.add_all(made.part(**{made.whole_id: whole.id}, **fields) for fields in made.wanted)
    session.add(
        AuditEvent(
            actor_id=actor_id,
            action=f"save {made.whole.__tablename__}",
            subject=f"{made.whole.__tablename__} {made.name}",
            details={"version": whole.version},
        )
    )
    return version + 1


def _kept_weights(
    session: Session, name: str, tags: Sequence[TagDefinition], severities: Sequence[Severity]
) -> dict[str, float] | None:
    """Return what errors of single tags weigh in the version before, but for what is gone."""
    before = session.exec(
        select(Taxonomy.weights).where(Taxonomy.name == name).order_by(col(Taxonomy.version).desc())
    ).first()
    known = {f"{severity.key}:{tag.key}" for severity in severities for tag in tags}
    return {of: weight for of, weight in (before or {}).items() if of in known} or None


def _store(session: Session, made: _Made) -> int:
    wait_for_imports(session)
    whole, part, whole_id = made.whole, made.part, made.whole_id
    versions = session.exec(
        select(whole).where(whole.name == made.name).order_by(col(whole.version).desc())
    ).all()
    for version in versions:
        rows = session.exec(
            select(part).where(getattr(part, whole_id) == version.id).order_by(col(part.position))
        )
        if (
            all(getattr(version, name) == value for name, value in made.fields.items())
            and [row.model_dump(exclude={"id", whole_id}) for row in rows] == made.wanted
        ):
            return number_of(version)
    number = versions[0].version + 1 if versions else 1
    stored = whole(name=made.name, version=number, **made.fields)
    session.add(stored)
    session.flush()
    stored_id = number_of(stored)
    session.add_all(part(**{whole_id: stored_id}, **fields) for fields in made.wanted)
    return stored_id


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
        "severities": list(made.severities),
    }
