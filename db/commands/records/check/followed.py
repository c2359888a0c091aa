"""What of the failures that a file follows is new."""

from sqlalchemy import select
from sqlmodel import Session, col

from db.commands.failures import failure_title
from db.commands.records.check.known import ImportTarget
from db.commands.records.followed import digest_of, new_of
from db.commands.records.staging import Staging
from db.models import KnownFailure, TaxonomyEvent
from db.queries.records.followed import followed_records
from db.queries.records.known_failures import FollowedScope
from evalkit.errors import RefusedError
from evalkit.records import Problems, shown
from evalkit.records.followed import CHANGE, FAILURE, FOLLOWED

_NO_NEWS = (
    "DELETE FROM known_followed",
    "DROP TABLE IF EXISTS new_followed",
)
_NEW = """
CREATE TABLE new_followed AS
SELECT type, MIN(line) AS line FROM followed
WHERE identity NOT IN (SELECT identity FROM known_followed) GROUP BY identity
"""
_INSERT_KNOWN = "INSERT OR IGNORE INTO known_followed VALUES (?)"
_TAXONOMIES = f"""
SELECT DISTINCT json_extract(body, '$.taxonomy') FROM followed WHERE type = '{CHANGE}'
"""


def n_followed(
    session: Session, staging: Staging, target: ImportTarget, problems: Problems
) -> dict[str, int]:
    """Count what is new of each type; note what is about something that says otherwise."""
    scope = None
    if target.eval_set_id is not None:
        version_id = target.version_id or target.newest_id or 0
        scope = FollowedScope(target.eval_set_id, version_id, target.study_id)
    sort_followed(session, staging, scope)
    titles = _titles(session, target.eval_set_id)
    for line, record in new_of(staging, FAILURE):
        try:
            title = failure_title(record["title"])
        except RefusedError as refused:
            problems.add(line, "title", shown(record["title"]), str(refused))
            continue
        if title in titles:
            expected = "a title that no other failure of the eval set has"
            problems.add(line, "title", shown(record["title"]), expected)
        titles.add(title)
    n_new = dict(staging.db.execute("SELECT type, COUNT(*) FROM new_followed GROUP BY type"))
    return {kind: n_new.get(kind, 0) for kind in FOLLOWED}


def sort_followed(session: Session, staging: Staging, scope: FollowedScope | None) -> None:
    """Set what the file says beside what is stored; what is new is in ``new_followed``, once."""
    staging.script(_NO_NEWS)
    if staging.count("SELECT EXISTS (SELECT 1 FROM followed)"):
        if scope is not None:
            stored = ((digest_of(record),) for record in followed_records(session, scope))
            staging.db.executemany(_INSERT_KNOWN, stored)
        names = [name for (name,) in staging.db.execute(_TAXONOMIES)]
        changes = select(
            col(TaxonomyEvent.taxonomy), col(TaxonomyEvent.version), col(TaxonomyEvent.kind)
        ).where(col(TaxonomyEvent.taxonomy).in_(names))
        for taxonomy, version, kind in session.execute(changes):
            known = {"taxonomy": taxonomy, "taxonomy_version": version, "kind": kind}
            staging.db.execute(_INSERT_KNOWN, (digest_of({"type": CHANGE, **known}),))
    staging.script((_NEW,))


def _titles(session: Session, eval_set_id: int | None) -> set[str]:
    statement = select(col(KnownFailure.title)).where(col(KnownFailure.eval_set_id) == eval_set_id)
    return set(session.scalars(statement))
