"""What of the failures that a file follows is new."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.commands.records.check.known import ImportTarget
from db.commands.records.staging import Staging
from db.models import KnownFailure, TaxonomyEvent
from db.queries.records.followed import followed_records
from db.queries.records.known_failures import FollowedScope
from evalkit.records import Problems, shown
from evalkit.records.followed import CHANGE, FAILURE, FOLLOWED, identity_of


def n_followed(
    session: Session, staging: Staging, target: ImportTarget, problems: Problems
) -> dict[str, int]:
    """Count what is new of each type; note what is about something that says otherwise."""
    scope = None
    if target.eval_set_id is not None:
        version_id = target.version_id or target.newest_id or 0
        scope = FollowedScope(target.eval_set_id, version_id, target.study_id)
    new = list(new_followed(session, staging, scope))
    titles = _titles(session, target.eval_set_id)
    for line, record in new:
        if record["type"] == FAILURE:
            if record["title"] in titles:
                expected = "a title that no other failure of the eval set has"
                problems.add(line, "title", shown(record["title"]), expected)
            titles.add(record["title"])
    n_new = Counter(record["type"] for _, record in new)
    return {kind: n_new[kind] for kind in FOLLOWED}


def new_followed(
    session: Session, staging: Staging, scope: FollowedScope | None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what the file says of what nothing is stored about, each once."""
    known = set() if scope is None else set(map(identity_of, followed_records(session, scope)))
    names = {record["taxonomy"] for _, record in staging.followed if record["type"] == CHANGE}
    stored = select(
        col(TaxonomyEvent.taxonomy), col(TaxonomyEvent.version), col(TaxonomyEvent.kind)
    ).where(col(TaxonomyEvent.taxonomy).in_(names))
    for taxonomy, version, kind in session.execute(stored):
        change = {"type": CHANGE, "taxonomy": taxonomy, "taxonomy_version": version, "kind": kind}
        known.add(identity_of(change))
    for line, record in staging.followed:
        if (of := identity_of(record)) not in known:
            known.add(of)
            yield line, record


def _titles(session: Session, eval_set_id: int | None) -> set[str]:
    statement = select(col(KnownFailure.title)).where(col(KnownFailure.eval_set_id) == eval_set_id)
    return set(session.scalars(statement))
