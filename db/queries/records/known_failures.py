"""Known failures of an eval set as records, with their cases and what became of them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import (
    Annotator,
    Case,
    KnownFailure,
    KnownFailureCase,
    KnownFailureEvent,
    Model,
    Run,
    VersionCase,
)
from evalkit.records.followed import FAILURE
from evalkit.records.normal import normal


@dataclass(frozen=True, slots=True)
class FollowedScope:
    """Of which eval set, version and study it is told; ``study_id`` None of one yet to be made."""

    eval_set_id: int
    version_id: int
    study_id: int | None


def failure_records(
    session: Session, scope: FollowedScope, names: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Yield the failures that are followed in an eval set, of some taxonomies, oldest first."""
    owner, author, of_run = aliased(Annotator), aliased(Annotator), aliased(Model)
    statement: Any = (
        select(
            KnownFailure,
            col(Model.name).label("model"),
            col(owner.name).label("owner"),
            col(author.name).label("author"),
            col(of_run.name).label("fixed_model"),
            col(Run.name).label("fixed_run"),
        )
        .outerjoin(Model, col(Model.id) == col(KnownFailure.model_id))
        .outerjoin(owner, col(owner.id) == col(KnownFailure.owner_id))
        .outerjoin(author, col(author.id) == col(KnownFailure.created_by_id))
        .outerjoin(Run, col(Run.id) == col(KnownFailure.fixed_run_id))
        .outerjoin(of_run, col(of_run.id) == col(Run.model_id))
        .where(
            col(KnownFailure.eval_set_id) == scope.eval_set_id,
            col(KnownFailure.taxonomy).in_(names),
            # A tag that no version has is nothing a file could refer to.
            col(KnownFailure.tag_version).is_not(None),
        )
        .order_by(col(KnownFailure.id))
    )
    for row in session.execute(statement).all():
        failure = row.KnownFailure
        fixed_in = {"model": row.fixed_model, "run": row.fixed_run} if row.fixed_run else None
        fields = {
            "title": failure.title,
            "taxonomy": failure.taxonomy,
            "taxonomy_version": failure.tag_version,
            "tag": failure.tag,
            "model": row.model,
            "category": failure.category,
            "owner": row.owner,
            "state": failure.state,
            "fixed_in": fixed_in,
            "fixed_at": failure.fixed_at.isoformat() if failure.fixed_at else None,
            "author": row.author,
            "created_at": failure.created_at.isoformat(),
            "cases": _cases(session, scope, failure.id) or None,
            "events": _events(session, failure.id) or None,
        }
        yield normal(FAILURE, fields)


def _cases(session: Session, scope: FollowedScope, failure_id: int) -> list[dict[str, Any]]:
    """Return the regression set of a failure, as far as the version holds its contents."""
    statement = (
        select(col(Case.key), KnownFailureCase)
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .join(KnownFailureCase, col(KnownFailureCase.case_hash) == col(Case.case_hash))
        .where(
            col(VersionCase.version_id) == scope.version_id,
            col(KnownFailureCase.failure_id) == failure_id,
        )
        .order_by(col(Case.key))
    )
    of_content: dict[str, dict[str, Any]] = {}
    for key, row in session.execute(statement):
        case = {"case": key, "added_at": row.added_at.isoformat(), "out": row.is_out}
        of_content.setdefault(row.case_hash, case)
    return list(of_content.values())


def _events(session: Session, failure_id: int) -> list[dict[str, Any]]:
    statement = (
        select(KnownFailureEvent, col(Annotator.name))
        .outerjoin(Annotator, col(Annotator.id) == col(KnownFailureEvent.actor_id))
        .where(col(KnownFailureEvent.failure_id) == failure_id)
        .order_by(col(KnownFailureEvent.id))
    )
    events = []
    for event, author in session.execute(statement):
        fields = {
            "kind": event.kind,
            "at": event.at.isoformat(),
            "author": author,
            "before": event.before,
            "after": event.after,
            "reason": event.reason,
        }
        events.append({name: value for name, value in fields.items() if value is not None})
    return events
