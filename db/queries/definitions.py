"""Rubrics and taxonomies as leads read and change them, and the studies that use them."""

from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlmodel import Session, col, exists, select

from db.columns import number_of
from db.models import (
    Annotation,
    Assignment,
    Criterion,
    DefinitionDraft,
    Rubric,
    Study,
    Tag,
    Taxonomy,
)
from db.queries.annotation.form import asked_level
from evalkit.annotation.rubric import DEFAULT_RUBRIC, DEFAULT_RUBRIC_NAME, CriterionDefinition
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY, DEFAULT_TAXONOMY_NAME, TagDefinition
from evalkit.scale import ScaleRange
from evalkit.severity import DEFAULT_SEVERITIES, Severity, read_severities
from evalkit.vocabulary import CriterionLevel

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class NewestDefinition(Generic[Part]):
    """The newest version of a rubric or a taxonomy; version 0 is the ready one, not stored yet.

    ``severities`` are those of a taxonomy, with what they weigh by now.
    """

    name: str
    version: int
    parts: tuple[Part, ...]
    severities: tuple[Severity, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenDefinition:
    """A draft of a rubric or a taxonomy: what its form holds, and a number that only grows."""

    number: int
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StudyUse:
    """A study that uses a version of a rubric or a taxonomy."""

    study: str
    version: int
    is_annotated: bool


def newest_rubric(session: Session, name: str) -> NewestDefinition[CriterionDefinition] | None:
    """Return a rubric as it is now; None where there is none of this name."""
    rubric = session.exec(
        select(Rubric).where(Rubric.name == name).order_by(col(Rubric.version).desc())
    ).first()
    if rubric is None:
        is_ready = name == DEFAULT_RUBRIC_NAME
        return NewestDefinition(name, 0, DEFAULT_RUBRIC) if is_ready else None
    criteria = session.exec(
        select(Criterion)
        .where(Criterion.rubric_id == rubric.id)
        .order_by(col(Criterion.position), col(Criterion.id))
    )
    return NewestDefinition(name, rubric.version, tuple(map(_criterion, criteria)))


def newest_taxonomy(session: Session, name: str) -> NewestDefinition[TagDefinition] | None:
    """Return a taxonomy as it is now; None where there is none of this name."""
    taxonomy = session.exec(
        select(Taxonomy).where(Taxonomy.name == name).order_by(col(Taxonomy.version).desc())
    ).first()
    if taxonomy is None:
        is_ready = name == DEFAULT_TAXONOMY_NAME
        ready = NewestDefinition(name, 0, DEFAULT_TAXONOMY, DEFAULT_SEVERITIES)
        return ready if is_ready else None
    tags = tags_of(session, number_of(taxonomy))
    weights = taxonomy.weights or {}
    severities = tuple(
        replace(severity, weight=weights.get(severity.key, severity.weight))
        for severity in read_severities(taxonomy.severities)
    )
    return NewestDefinition(name, taxonomy.version, tags, severities)


def tags_of(session: Session, taxonomy_id: int) -> tuple[TagDefinition, ...]:
    """Return the tags of one version of a taxonomy, in their order."""
    rows = session.exec(
        select(Tag).where(Tag.taxonomy_id == taxonomy_id).order_by(col(Tag.position), col(Tag.id))
    )
    return tuple(map(_tag, rows))


def definition_draft(
    session: Session, *, author_id: int, noun: str, name: str
) -> WrittenDefinition | None:
    """Return what somebody wrote of a definition and did not save; None where nothing is kept."""
    draft = session.exec(
        select(DefinitionDraft.id, DefinitionDraft.content).where(
            col(DefinitionDraft.author_id) == author_id,
            col(DefinitionDraft.noun) == noun,
            col(DefinitionDraft.name) == name,
        )
    ).one_or_none()
    return None if draft is None else WrittenDefinition(*draft)


def studies_of_rubric(session: Session, name: str) -> list[StudyUse]:
    """Return the studies that use any version of a rubric, newest first."""
    return _studies_of(session, Rubric, Study.rubric_id, name)


def studies_of_taxonomy(session: Session, name: str) -> list[StudyUse]:
    """Return the studies that use any version of a taxonomy, newest first."""
    return _studies_of(session, Taxonomy, Study.taxonomy_id, name)


def _studies_of(
    session: Session, table: type[Rubric] | type[Taxonomy], used: Any, name: str
) -> list[StudyUse]:
    is_annotated = exists().where(
        col(Assignment.study_id) == Study.id, col(Annotation.assignment_id) == Assignment.id
    )
    rows = session.exec(
        select(Study.name, table.version, is_annotated)
        .join(table, col(table.id) == used)
        .where(table.name == name)
        .order_by(col(Study.id).desc())
    )
    return [StudyUse(*row) for row in rows]


def _criterion(row: Criterion) -> CriterionDefinition:
    return CriterionDefinition(
        key=row.key,
        question=row.question,
        description=row.description or "",
        level=CriterionLevel(row.level),
        scale=tuple(map(asked_level, row.scale)),
        required=row.is_required,
        range=None if row.range is None else ScaleRange(**row.range),
    )


def _tag(row: Tag) -> TagDefinition:
    return TagDefinition(
        key=row.key,
        name=row.name or row.key,
        definition=row.definition or "",
        severities=tuple(row.severities or ()),
    )
