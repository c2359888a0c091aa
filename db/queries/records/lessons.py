"""What a lead made of single cases of a study, as records."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select, true
from sqlmodel import Session, col

from db.models import (
    Adjudication,
    Annotator,
    Case,
    Clarification,
    Criterion,
    FewShotCase,
    Rubric,
    Study,
    Tag,
    Taxonomy,
)
from db.queries.records.gold import output_names
from db.queries.records.rows import stream
from evalkit.annotation.draft import parse_draft
from evalkit.records.lessons import ADJUDICATION, CLARIFICATION, FEW_SHOT
from evalkit.records.normal import normal
from evalkit.study.subject_keys import NamedSubject, SubjectKind, named_subject

_TABLES: tuple[Any, ...] = (FewShotCase, Clarification, Adjudication)


def lesson_records(session: Session, *, study_id: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield id and record of the few-shot cases, clarifications and adjudications of a study.

    Each kind is in the order in which they came; the ids are each of its own table.
    """
    versions = _versions_of_others(session, study_id)
    for row in stream(session, _few_shots(study_id)):
        yield row.id, normal(FEW_SHOT, _few_shot(row))
    for row in stream(session, _clarifications(study_id)):
        yield row.id, normal(CLARIFICATION, _clarification(row, versions))
    for row in stream(session, _adjudications(study_id)):
        yield row.id, normal(ADJUDICATION, _adjudication(row, versions))


def newest_lessons(session: Session, *, study_id: int) -> tuple[int | None, ...]:
    """Return the newest row of each kind, by which it is seen that there is another."""
    return tuple(
        session.scalar(select(func.max(table.id)).where(table.study_id == study_id))
        for table in _TABLES
    )


def definitions_of_lessons(session: Session, *, study_id: int) -> tuple[set[int], set[int]]:
    """Return the rubrics and taxonomies of criteria and tags that lessons alone may name.

    Those of the study are not among them: of another version is what theirs do not have.
    """
    study = session.get_one(Study, study_id)
    named = _named(session, study_id)
    criteria = {name for kind, name in named if kind is SubjectKind.CRITERION}
    tags = {name for kind, name in named if kind is SubjectKind.TAG}
    return (
        _others(session, (Rubric, Criterion, Criterion.rubric_id), study.rubric_id, criteria),
        _others(session, (Taxonomy, Tag, Tag.taxonomy_id), study.taxonomy_id, tags),
    )


def _named(session: Session, study_id: int) -> Iterable[NamedSubject]:
    keys: set[str] = set()
    for table in (Clarification, Adjudication):
        of_study = select(col(table.subject)).where(col(table.study_id) == study_id).distinct()
        keys.update(session.scalars(of_study))
    return [named_subject(key) for key in sorted(keys)]


def _others(
    session: Session, tables: tuple[Any, Any, Any], own_id: int | None, names: set[str | None]
) -> set[int]:
    """Return for each name that the own version lacks the newest other version that has it."""
    whole, part, part_of = tables
    own = set(session.scalars(select(part.key).where(part_of == own_id)))
    own_name = session.scalar(select(whole.name).where(whole.id == own_id))
    others: set[int] = set()
    for name in names - own:
        newest = (
            select(whole.id)
            .join(part, part_of == whole.id)
            .where(part.key == name, true() if own_name is None else whole.name == own_name)
            .order_by(whole.version.desc(), whole.id)
            .limit(1)
        )
        if (other := session.scalar(newest)) is not None:
            others.add(other)
    return others


def _versions_of_others(session: Session, study_id: int) -> Mapping[str, int]:
    """Return the version of the rubric of each criterion that the study's own does not have."""
    rubrics, _ = definitions_of_lessons(session, study_id=study_id)
    statement = (
        select(col(Criterion.key), col(Rubric.version))
        .join(Rubric, col(Rubric.id) == col(Criterion.rubric_id))
        .where(col(Rubric.id).in_(rubrics))
        .order_by(col(Rubric.version))
    )
    own = set(
        session.scalars(
            select(col(Criterion.key))
            .join(Study, col(Study.rubric_id) == col(Criterion.rubric_id))
            .where(col(Study.id) == study_id)
        )
    )
    return {key: version for key, version in session.execute(statement) if key not in own}


def _made(table: Any, study_id: int, *columns: Any) -> Any:
    return (
        select(
            table.id,
            table.created_at,
            col(Annotator.name).label("author"),
            *columns,
        )
        .outerjoin(Annotator, col(Annotator.id) == table.created_by_id)
        .where(table.study_id == study_id)
        .order_by(table.id)
    )


def _with_outputs(statement: Any, table: Any) -> Any:
    left, right = output_names("left"), output_names("right")
    return (
        statement.join(left, left.c.id == table.left_output_id)
        .outerjoin(right, right.c.id == table.right_output_id)
        .add_columns(
            left.c["case"],
            left.c.model.label("left_model"),
            left.c.run.label("left_run"),
            right.c.model.label("right_model"),
            right.c.run.label("right_run"),
        )
    )


def _few_shots(study_id: int) -> Any:
    few = FewShotCase
    columns = (few.task, few.answer, few.rationale, few.removed_at)
    return _with_outputs(_made(few, study_id, *columns), few)


def _clarifications(study_id: int) -> Any:
    made = _made(
        Clarification,
        study_id,
        Clarification.subject,
        Clarification.words,
        col(Case.key).label("case"),
    )
    return made.join(Case, col(Case.id) == col(Clarification.case_id))


def _adjudications(study_id: int) -> Any:
    decided = Adjudication
    columns = (decided.subject, decided.preference, decided.value, decided.words)
    return _with_outputs(_made(decided, study_id, *columns), decided)


def _few_shot(row: Any) -> dict[str, Any]:
    removed = row.removed_at
    return {
        **_said(row, row.rationale),
        **_outputs(row),
        "task": row.task,
        "answer": parse_draft(row.answer).as_json(),
        "removed_at": removed.isoformat() if removed else None,
    }


def _clarification(row: Any, versions: Mapping[str, int]) -> dict[str, Any]:
    return {**_said(row, row.words), **_subject(row.subject, versions)}


def _adjudication(row: Any, versions: Mapping[str, int]) -> dict[str, Any]:
    return {
        **_said(row, row.words),
        **_subject(row.subject, versions),
        **_outputs(row),
        "preference": row.preference,
        "value": row.value,
    }


def _subject(key: str, versions: Mapping[str, int]) -> dict[str, Any]:
    kind, name = named_subject(key)
    is_of_other = kind is SubjectKind.CRITERION and name in versions
    return {"subject": key, "rubric_version": versions[name or ""] if is_of_other else None}


def _said(row: Any, words: str) -> dict[str, Any]:
    return {
        "case": row.case,
        "note": words,
        "author": row.author,
        "created_at": row.created_at.isoformat(),
    }


def _outputs(row: Any) -> dict[str, Any]:
    first = {"model": row.left_model, "run": row.left_run}
    if row.right_model is None:
        return first
    return {"left": first, "right": {"model": row.right_model, "run": row.right_run}}
