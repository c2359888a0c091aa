"""What a record says of a case or an output as the columns of its row; texts that come later."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from db.commands.records.write.batches import BATCH, Writing, table_of
from db.commands.records.write.outputs import details, output_values
from db.models import Case, EvalSetVersion, Output, Study, VersionCase
from db.queries.records.rows import batched
from evalkit.evalset.hashing import version_hash

_CASE_FIELDS = (
    "context",
    "tools",
    "reference",
    "checklist",
    "category",
    "note",
    "source",
    "tags",
    "canary",
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What got its text: the studies it is in, and what the log is told of it."""

    study_ids: set[int]
    details: dict[str, Any]


def case_values(fields: dict[str, Any], hashed: str, text_place: str | None) -> dict[str, Any]:
    """Return what a record says of a case, but for its id and status."""
    return {
        "case_hash": hashed,
        "input": fields.get("input", []),
        "text_place": text_place,
        **{name: fields.get(name) for name in _CASE_FIELDS},
        "is_watched": fields.get("watched", False),
        "details": details(fields),
    }


def fill_texts(writing: Writing) -> Filled:
    """Give cases and outputs that were stored without a text the one that came now.

    They stay the cases and outputs they were, so that nothing that was said of them is lost. What
    a version of the eval set holds is more now: its content hash is that of what it holds.
    """
    n_cases = _fill(
        writing,
        Case,
        'SELECT db_id, body, hash, text_place FROM "case" WHERE is_filled',
        lambda body, hashed, text_place: case_values(body, hashed, text_place),
    )
    n_outputs = _fill(
        writing,
        Output,
        "SELECT db_id, body, content, text_place FROM output WHERE is_filled",
        lambda body, content, text_place: output_values(body, content, text_place),
    )
    if not n_cases + n_outputs:
        return Filled(set(), {})
    session = writing.session
    studies = (
        select(col(Study.id))
        .join(EvalSetVersion, col(Study.eval_set_version_id) == col(EvalSetVersion.id))
        .where(col(EvalSetVersion.eval_set_id) == writing.eval_set_id)
    )
    counts = {"case": n_cases, "output": n_outputs}
    told = {"texts_came": counts, "content_hashes": _hash_anew(writing) if n_cases else {}}
    return Filled(set(session.scalars(studies)), told)


def _fill(
    writing: Writing,
    model: type[Case] | type[Output],
    statement: str,
    values: Callable[[dict[str, Any], Any, Any], dict[str, Any]],
) -> int:
    table, n = table_of(model), 0
    for batch in batched(writing.new_rows(statement), BATCH):
        rows = [
            {"row_id": db_id, **values(json.loads(body), text, text_place)}
            for db_id, body, text, text_place in batch
        ]
        columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "row_id"}
        changed = update(table).where(table.c.id == bindparam("row_id")).values(**columns)
        writing.session.connection().execute(changed, rows)
        n += len(rows)
    return n


def _hash_anew(writing: Writing) -> dict[str, list[str]]:
    """Give versions the content hash of what they hold now; return by number the old and new."""
    session, changed = writing.session, dict[str, list[str]]()
    versions = select(EvalSetVersion).where(col(EvalSetVersion.eval_set_id) == writing.eval_set_id)
    for version in session.scalars(versions.order_by(col(EvalSetVersion.number))):
        hashes: Iterable[str] = session.scalars(
            select(col(Case.case_hash))
            .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
            .where(col(VersionCase.version_id) == version.id)
        )
        hashed = version_hash(sorted(hashes))
        if hashed != version.content_hash:
            changed[str(version.number)] = [version.content_hash, hashed]
            version.content_hash = hashed
            session.add(version)
    return changed
