"""Known failures of an eval set, what became of each, and what one can be started with."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import (
    Annotation,
    Annotator,
    Assignment,
    Case,
    ErrorMark,
    EvalSet,
    EvalSetVersion,
    KnownFailure,
    KnownFailureCase,
    KnownFailureEvent,
    Model,
    Run,
    Study,
    Tag,
    Taxonomy,
)
from db.queries.records.rows import BATCH, batched
from db.queries.tags_now import TagNow, tags_now
from evalkit.errors import NotFoundError
from evalkit.failures.life import Failure, FailureChanged, RegressionCase
from evalkit.phrases import quoted
from evalkit.vocabulary import AnnotatorKind, CaseStatus, FailureEventKind, FailureState, Role


@dataclass(frozen=True, slots=True)
class StartChoices:
    """What a failure can be of: tags, and by their ids models, runs (newest first) and owners."""

    tags: tuple[TagNow, ...]
    models: Mapping[int, str]
    runs: Mapping[int, str]
    owners: Mapping[int, str]


def known_failures(session: Session, eval_set_id: int) -> tuple[Failure, ...]:
    """Return the failures that are followed in an eval set, oldest first."""
    scope_model, fixed_model = (sa.alias(sa.inspect(Model).local_table) for _ in range(2))
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *(
                col(column)
                for column in (
                    *(KnownFailure.id, KnownFailure.title, KnownFailure.taxonomy),
                    *(KnownFailure.tag, KnownFailure.tag_version),
                    *(KnownFailure.category, KnownFailure.state),
                    *(KnownFailure.fixed_run_id, KnownFailure.fixed_at, KnownFailure.created_at),
                )
            ),
            scope_model.c.name.label("model"),
            sa.func.coalesce(col(Annotator.name), "").label("owner"),
            fixed_model.c.name.label("fixed_model"),
            col(Run.name).label("fixed_run"),
        )
        .join(scope_model, scope_model.c.id == KnownFailure.model_id, isouter=True)
        .join(Annotator, col(Annotator.id) == col(KnownFailure.owner_id), isouter=True)
        .join(Run, col(Run.id) == col(KnownFailure.fixed_run_id), isouter=True)
        .join(fixed_model, fixed_model.c.id == Run.model_id, isouter=True)
        .where(col(KnownFailure.eval_set_id) == eval_set_id)
        .order_by(col(KnownFailure.id))
    )
    rows = session.connection().execute(statement).all()
    cases = _cases_of(session, eval_set_id, [row.id for row in rows])
    tags = _tags_of(session, rows)
    return tuple(
        Failure(
            failure_id=row.id,
            title=row.title,
            taxonomy=row.taxonomy,
            tag=tags[row.id].key if row.id in tags else row.tag,
            tag_name=tags[row.id].called if row.id in tags else row.tag,
            split_in=tags[row.id].split_in if row.id in tags else None,
            model=row.model,
            category=row.category,
            owner=row.owner,
            state=FailureState(row.state),
            cases=tuple(cases[row.id]),
            fixed_run_id=row.fixed_run_id,
            fixed_in=f"{row.fixed_model}, run {row.fixed_run}" if row.fixed_run_id else "",
            fixed_at=row.fixed_at,
            created_at=row.created_at,
        )
        for row in rows
    )


def _cases_of(
    session: Session, eval_set_id: int, failure_ids: Collection[int]
) -> defaultdict[int, list[RegressionCase]]:
    """Return the regression set of each failure, by name; of repeated contents the newest case."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(KnownFailureCase.failure_id),
            col(Case.case_hash),
            col(Case.key),
            col(Case.status),
            col(Case.is_watched),
        )
        .join(Case, col(Case.case_hash) == col(KnownFailureCase.case_hash))
        .where(
            col(Case.eval_set_id) == eval_set_id,
            col(KnownFailureCase.failure_id).in_(failure_ids),
            ~col(KnownFailureCase.is_out),
        )
        .order_by(col(Case.key), col(Case.id))
    )
    of_content: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in session.connection().execute(statement):
        of_content[row.failure_id, row.case_hash].append(row)
    cases: defaultdict[int, list[RegressionCase]] = defaultdict(list)
    for (failure_id, case_hash), rows in of_content.items():
        is_gone = all(row.status == CaseStatus.QUARANTINED for row in rows)
        is_watched = any(row.is_watched for row in rows)
        cases[failure_id].append(RegressionCase(case_hash, rows[-1].key, is_gone, is_watched))
    return cases


def _tags_of(session: Session, rows: Sequence[Any]) -> dict[int, TagNow]:
    """Return what the tag of each failure is by now, by the number of the failure."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Tag.id), col(Taxonomy.name), col(Taxonomy.version), col(Tag.key))
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .where(col(Taxonomy.name).in_({row.taxonomy for row in rows}))
        .order_by(col(Taxonomy.version))
    )
    stored: dict[tuple[str, str, int | None], int] = {}
    for tag_id, taxonomy, version, key in session.connection().execute(statement):
        stored[taxonomy, key, version] = tag_id
        stored[taxonomy, key, None] = tag_id
    ids = {
        row.id: stored[place]
        for row in rows
        if (place := (row.taxonomy, row.tag, row.tag_version)) in stored
    }
    now = tags_now(session, set(ids.values()))
    return {failure_id: now[tag_id] for failure_id, tag_id in ids.items()}


def changes_of_failure(session: Session, failure_id: int) -> tuple[FailureChanged, ...]:
    """Return what became of a failure, the latest first."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(KnownFailureEvent.kind),
            col(KnownFailureEvent.before),
            col(KnownFailureEvent.after),
            col(KnownFailureEvent.reason),
            sa.func.coalesce(col(Annotator.name), ""),
            col(KnownFailureEvent.at),
        )
        .join(Annotator, col(Annotator.id) == col(KnownFailureEvent.actor_id), isouter=True)
        .where(col(KnownFailureEvent.failure_id) == failure_id)
        .order_by(col(KnownFailureEvent.id).desc())
    )
    return tuple(
        FailureChanged(FailureEventKind(row[0]), *row[1:])
        for row in session.connection().execute(statement)
    )


def state_of_failures(session: Session, eval_set_id: int) -> int:
    """Return what changes with whatever is said of the failures of an eval set."""
    statement = (
        sa.select(sa.func.coalesce(sa.func.max(col(KnownFailureEvent.id)), 0))
        .join(KnownFailure, col(KnownFailure.id) == col(KnownFailureEvent.failure_id))
        .where(col(KnownFailure.eval_set_id) == eval_set_id)
    )
    return session.connection().scalar(statement) or 0


def failure_called(session: Session, eval_set_id: int, title: str) -> int:
    """Return the id of a failure by its title; raise NotFoundError where there is none."""
    statement = select(KnownFailure.title, KnownFailure.id).where(
        col(KnownFailure.eval_set_id) == eval_set_id
    )
    ids = dict(session.exec(statement).all())
    number = ids.get(title)
    if number is None:
        known = quoted(sorted(ids), nothing="none yet")
        raise NotFoundError(f"No failure “{title}” is followed here. There are: {known}.")
    return number


def eval_set_called(session: Session, name: str) -> int:
    """Return the id of an eval set by its name; raise NotFoundError where there is none."""
    number = session.exec(select(EvalSet.id).where(col(EvalSet.name) == name)).first()
    if number is None:
        names = session.exec(select(EvalSet.name).order_by(EvalSet.name)).all()
        raise NotFoundError(
            f"There is no eval set “{name}”. There are: {quoted(names, nothing='none yet')}."
        )
    return number


def eval_set_of_version(session: Session, version_id: int) -> int:
    """Return the id of the eval set of a version."""
    statement = select(EvalSetVersion.eval_set_id).where(col(EvalSetVersion.id) == version_id)
    return session.exec(statement).first() or 0


def tag_to_follow(session: Session, version_id: int, tag_id: int) -> tuple[int, TagNow]:
    """Return in which eval set what a cell of a version counts is followed, and its tag by now."""
    return eval_set_of_version(session, version_id), tags_now(session, [tag_id])[tag_id]


def start_choices(session: Session, eval_set_id: int) -> StartChoices:
    """Return what a failure of an eval set can be started with."""
    return StartChoices(
        tags_of_set(session, eval_set_id),
        models_of_set(session, eval_set_id),
        runs_of_set(session, eval_set_id),
        possible_owners(session),
    )


def tags_of_set(session: Session, eval_set_id: int) -> tuple[TagNow, ...]:
    """Return the kinds of error of the taxonomies that studies of an eval set ask for, or marked.

    By taxonomy, in the order of its newest revision; each as what became of it.
    """
    of_set = sa.select(col(Study.id)).where(
        col(Study.eval_set_version_id).in_(
            sa.select(col(EvalSetVersion.id)).where(col(EvalSetVersion.eval_set_id) == eval_set_id)
        )
    )
    asked = sa.select(col(Study.taxonomy_id)).where(col(Study.id).in_(of_set))
    marked = (
        sa.select(1)
        .select_from(ErrorMark)
        .join(Annotation, col(Annotation.id) == col(ErrorMark.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .where(col(ErrorMark.tag_id) == col(Tag.id), col(Assignment.study_id).in_(of_set))
    )
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Tag.id))
        .join(Taxonomy, col(Taxonomy.id) == col(Tag.taxonomy_id))
        .where(sa.or_(col(Taxonomy.id).in_(asked), marked.exists()))
        .order_by(col(Taxonomy.name), col(Taxonomy.version).desc(), col(Tag.position))
    )
    ids = list(session.connection().scalars(statement))
    now = tags_now(session, ids)
    return tuple(dict.fromkeys(now[tag_id] for tag_id in ids))


def runs_of_set(session: Session, eval_set_id: int) -> dict[int, str]:
    """Return what the runs of an eval set are called, by their ids, newest first."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Run.id), col(Model.name), col(Run.name))
        .join(Model, col(Model.id) == col(Run.model_id))
        .where(col(Run.eval_set_id) == eval_set_id)
        .order_by(col(Run.id).desc())
    )
    return {row[0]: f"{row[1]}, run {row[2]}" for row in session.connection().execute(statement)}


def models_of_set(session: Session, eval_set_id: int) -> dict[int, str]:
    """Return the models that answered an eval set, by their ids, in the order of their names."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Model.id), col(Model.name))
        .where(
            sa.exists().where(
                col(Run.model_id) == col(Model.id), col(Run.eval_set_id) == eval_set_id
            )
        )
        .order_by(col(Model.name))
    )
    return {row[0]: row[1] for row in session.connection().execute(statement)}


def possible_owners(session: Session) -> dict[int, str]:
    """Return who may see to a failure, by their ids: whoever may open the board."""
    statement = (
        select(Annotator.id, Annotator.name)
        .where(
            col(Annotator.kind) == AnnotatorKind.HUMAN,
            col(Annotator.role) != Role.ANNOTATOR,
            col(Annotator.disabled_at).is_(None),
        )
        .order_by(Annotator.name)
    )
    return {number: name for number, name in session.exec(statement) if number is not None}


def hashes_of_cases(session: Session, case_ids: Sequence[int]) -> tuple[str, ...]:
    """Return the contents of cases, by their ids."""
    hashes: list[str] = []
    for part in batched(case_ids, BATCH):
        statement = select(Case.case_hash).where(col(Case.id).in_(part)).order_by(col(Case.id))
        hashes += session.exec(statement)
    return tuple(dict.fromkeys(hashes))
