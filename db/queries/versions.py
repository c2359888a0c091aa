"""Versions of an eval set: which cases each holds, what differs, and one as a file."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.columns import number_of
from db.engine import read_session
from db.models import Case, EvalSet, EvalSetVersion, VersionCase
from db.queries.cases_to_ask import version_called
from db.queries.records.rows import case_records
from db.queries.traffic import traffic_of
from evalkit.errors import NotFoundError, RefusedError
from evalkit.evalset.version_file import version_lines
from evalkit.evalset.versions import HeldCase, VersionDiff, version_diff
from evalkit.phrases import quoted
from evalkit.records import open_for_writing
from evalkit.records.normal import normal, plain_number
from evalkit.records.whole import FORMAT, VERSION
from evalkit.vocabulary import ElsewhereRule, TextPlace


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version as a list shows it; ``parent`` is the number of the one it was made of."""

    number: int
    content_hash: str
    n_cases: int
    parent: int | None
    note: str
    author: str | None
    created_at: datetime


def version_list(session: Session, eval_set: str) -> list[VersionSummary]:
    """Return the versions of an eval set, the newest first; refuse one that is not there."""
    parent = sa.alias(sa.inspect(EvalSetVersion).local_table)
    statement: Any = (
        sa.select(
            col(EvalSetVersion.number),
            col(EvalSetVersion.content_hash),
            sa.func.count(col(VersionCase.case_id)),
            parent.c.number,
            col(EvalSetVersion.note),
            col(EvalSetVersion.author),
            col(EvalSetVersion.created_at),
        )
        .join(EvalSet, col(EvalSet.id) == col(EvalSetVersion.eval_set_id))
        .join(VersionCase, col(VersionCase.version_id) == col(EvalSetVersion.id), isouter=True)
        .join(parent, parent.c.id == col(EvalSetVersion.parent_id), isouter=True)
        .where(col(EvalSet.name) == eval_set)
        .group_by(col(EvalSetVersion.id), parent.c.number)
        .order_by(col(EvalSetVersion.number).desc())
    )
    summaries = [VersionSummary(*row) for row in session.connection().execute(statement)]
    if not summaries:
        names = list(session.connection().scalars(sa.select(col(EvalSet.name))))
        known = quoted(sorted(names), nothing="none yet")
        raise NotFoundError(f"There is no eval set “{eval_set}”. There are: {known}.")
    return summaries


def held_cases(session: Session, version_id: int, *, not_in: int | None = None) -> list[HeldCase]:
    """Return the cases that a version holds, by name; of them those that another one does not."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Case.id), col(Case.key), col(Case.case_hash))
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(col(VersionCase.version_id) == version_id)
        .order_by(col(Case.key), col(Case.id))
    )
    if not_in is not None:
        other = sa.select(col(VersionCase.case_id)).where(col(VersionCase.version_id) == not_in)
        statement = statement.where(col(Case.id).not_in(other))
    return [HeldCase(*row) for row in session.connection().execute(statement)]


def diff_of(session: Session, eval_set: str, before: int, after: int) -> VersionDiff:
    """Return what differs between two versions; refuse one that is not there."""
    old, new = (number_of(version_called(session, eval_set, number)) for number in (before, after))
    in_new = sa.select(col(VersionCase.case_id)).where(col(VersionCase.version_id) == new)
    n_shared = session.connection().scalar(
        sa.select(sa.func.count()).where(
            col(VersionCase.version_id) == old, col(VersionCase.case_id).in_(in_new)
        )
    )
    # Most cases are in both: only the others are read.
    diff = version_diff(
        held_cases(session, old, not_in=new),
        held_cases(session, new, not_in=old),
        numbers=(before, after),
    )
    return replace(diff, n_same=diff.n_same + (n_shared or 0))


def version_file(file: Path, *, eval_set: str, number: int | None = None) -> int:
    """Write a version, the newest unless numbered, to a file; return its number.

    The same version gives the same bytes, also from another database that it was imported to.
    """
    with read_session() as session:
        version = version_called(session, eval_set, number)
        try:
            with open_for_writing(file) as target:
                for line in _lines(session, version, eval_set):
                    target.write(line.encode())
        except OSError as error:
            raise RefusedError(f"{file} cannot be written: {error.strerror}.") from None
        return version.number


def version_bytes(eval_set: str, number: int) -> bytes:
    """Return what ``version_file`` would write."""
    with read_session() as session:
        version = version_called(session, eval_set, number)
        return "".join(_lines(session, version, eval_set)).encode()


def _lines(session: Session, version: EvalSetVersion, eval_set: str) -> Iterator[str]:
    version_id = number_of(version)
    cases = case_records(session, eval_set_id=version.eval_set_id, version_id=version_id)
    elsewhere = sa.select(
        sa.exists().where(
            col(VersionCase.version_id) == version_id,
            col(VersionCase.case_id) == col(Case.id),
            col(Case.text_place) == TextPlace.ELSEWHERE,
        )
    )
    is_kept = session.connection().scalar(elsewhere)
    amounts = traffic_of(session, version.eval_set_id).amounts
    parts = [
        {**({"category": name} if name else {}), "amount": plain_number(amount)}
        for name, amount in amounts
    ]
    header = {
        "format": FORMAT,
        "version": VERSION,
        "eval_set": eval_set,
        "eval_set_version": version.content_hash,
        "version_note": version.note or None,
        "version_author": version.author,
        "elsewhere": ElsewhereRule.KEEP.value if is_kept else None,
        "traffic": parts or None,
    }
    return version_lines(normal("header", header), (record for _, record in cases))
