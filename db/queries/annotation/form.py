"""What a study asks for. A version of a rubric or a taxonomy never changes, so it is read once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Assignment, Case, Criterion, Study, Tag, Taxonomy
from db.prepared import Prepared
from db.queries.annotation.shown import shown_outputs
from db.queries.annotation.tasks import collected_of_kind, kind_of
from evalkit.annotation.form import Form
from evalkit.annotation.rubric import CriterionDefinition
from evalkit.annotation.task import ScaleLevel, TaskCriterion, TaskItem, TaskSeverity, TaskTag
from evalkit.failures.taxonomy import TagDefinition
from evalkit.scale import ScaleRange
from evalkit.severity import DEFAULT_SEVERITIES, Severity, gravity, read_severities
from evalkit.vocabulary import TaskKind

_READ: "WeakKeyDictionary[Engine, dict[tuple[int | None, int | None], Definitions]]" = (
    WeakKeyDictionary()
)


_CHECKLIST = Prepared(sa.select(col(Case.checklist)).where(col(Case.id) == sa.bindparam("case_id")))


def asked_criterion(made: CriterionDefinition) -> TaskCriterion:
    """Return a criterion that need not be stored as a form asks for it."""
    return TaskCriterion(
        key=made.key,
        question=made.question,
        description=made.description,
        levels=made.scale,
        required=made.required,
        range=made.range,
    )


def asked_tag(made: TagDefinition, severities: Sequence[Severity] = DEFAULT_SEVERITIES) -> TaskTag:
    """Return a kind of error that need not be stored as a form asks for it."""
    return TaskTag(made.key, made.name, made.definition, _asked(made.severities, severities))


def _asked(keys: Collection[str], severities: Sequence[Severity]) -> tuple[TaskSeverity, ...]:
    """Return the severities of these keys in the order of the taxonomy."""
    return tuple(
        TaskSeverity(severity.key, severity.name, gravity(severities, severity.key))
        for severity in severities
        if severity.key in keys
    )


@dataclass(frozen=True, slots=True)
class Definitions:
    """The criteria and tags of a study, and their ids by their keys."""

    criteria: tuple[TaskCriterion, ...]
    tags: tuple[TaskTag, ...]
    criterion_ids: Mapping[str, int]
    tag_ids: Mapping[str, int]


def form_of(session: Session, study: Study, assignment: Assignment) -> Form:
    """Return what a study asks for about one assignment."""
    return form_with(definitions(session, study), session, study, assignment)


def form_with(asked: Definitions, session: Session, study: Study, assignment: Assignment) -> Form:
    """Return the same with a rubric and a taxonomy that need not be stored."""
    sides = tuple(shown_outputs(assignment))
    kind = kind_of(assignment)
    collected = collected_of_kind(study, kind)
    is_compared = "preference" in collected and kind == TaskKind.PAIR
    collect = {
        "preference": is_compared,
        "ranking": "preference" in collected and kind == TaskKind.RANK,
        "strength": is_compared and "strength" in collected,
        "certainty": is_compared and "certainty" in collected,
        "preferences": is_compared and "preferences" in collected and bool(asked.criteria),
        "scores": "scores" in collected and bool(asked.criteria),
        "tags": "tags" in collected and bool(asked.tags),
        "comment": "comment" in collected,
        "assertion": "assertion" in collected,
    }
    items: list[dict[str, str]] = []
    if collect["scores"]:
        items = _CHECKLIST.scalar(session, {"case_id": assignment.case_id}) or []
    return Form(
        checklist=tuple(TaskItem(item["key"], item["question"]) for item in items),
        criteria=asked.criteria,
        tags=asked.tags,
        collect=frozenset(what for what, is_asked in collect.items() if is_asked),
        sides=sides,
    )


def definitions(session: Session, study: Study) -> Definitions:
    """Return the rubric and the taxonomy of a study."""
    read = _READ.setdefault(session.get_bind().engine, {})
    key = (study.rubric_id, study.taxonomy_id)
    if key not in read:
        read[key] = _definitions(session, study)
    return read[key]


def _definitions(session: Session, study: Study) -> Definitions:
    criteria = session.exec(
        select(Criterion)
        .where(Criterion.rubric_id == study.rubric_id)
        .order_by(col(Criterion.position), col(Criterion.id))
    ).all()
    tags = session.exec(
        select(Tag)
        .where(Tag.taxonomy_id == study.taxonomy_id)
        .order_by(col(Tag.position), col(Tag.id))
    ).all()
    stored = session.exec(select(Taxonomy.severities).where(Taxonomy.id == study.taxonomy_id))
    severities = read_severities(stored.first())
    return Definitions(
        criteria=tuple(_criterion(criterion) for criterion in criteria),
        tags=tuple(
            TaskTag(
                tag.key,
                tag.name or tag.key,
                tag.definition or "",
                _asked(tag.severities or (), severities),
            )
            for tag in tags
        ),
        criterion_ids={criterion.key: criterion.id or 0 for criterion in criteria},
        tag_ids={tag.key: tag.id or 0 for tag in tags},
    )


def _criterion(criterion: Criterion) -> TaskCriterion:
    return TaskCriterion(
        key=criterion.key,
        question=criterion.question,
        description=criterion.description or "",
        levels=tuple(asked_level(level) for level in criterion.scale),
        required=criterion.is_required,
        range=None if criterion.range is None else ScaleRange(**criterion.range),
    )


def asked_level(level: Mapping[str, Any]) -> ScaleLevel:
    """Return a level of a scale as it is stored, with all that it may lack."""
    return ScaleLevel(
        value=float(level["value"]),
        label=str(level.get("label") or ""),
        anchor=str(level.get("anchor") or ""),
    )
