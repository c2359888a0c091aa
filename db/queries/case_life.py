"""A case by its name, and what became of it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import Annotator, Case, CaseEvent, EvalSet, EvalSetVersion, Study, VersionCase
from db.queries.records.rows import BATCH, batched
from evalkit.errors import NotFoundError
from evalkit.evalset.life import CaseChanged
from evalkit.phrases import quoted
from evalkit.vocabulary import CaseEventKind

#: So many names of cases are told where one is not there.
_TOLD = 5


def cases_called(session: Session, eval_set: str, keys: Sequence[str]) -> list[int]:
    """Return the ids of cases by their names, of several of one name the one that is newest.

    Raises NotFoundError for an eval set or a name that is not there.
    """
    eval_set_id = session.exec(select(EvalSet.id).where(EvalSet.name == eval_set)).first()
    if eval_set_id is None:
        names = session.exec(select(EvalSet.name).order_by(EvalSet.name)).all()
        known = quoted(names, nothing="none yet")
        raise NotFoundError(f"There is no eval set “{eval_set}”. There are: {known}.")
    of_set = col(Case.eval_set_id) == eval_set_id
    rows = session.connection().execute(
        sa.select(col(Case.key), col(Case.id))
        .where(of_set, col(Case.key).in_(keys))
        .order_by(col(Case.id))
    )
    by_key = {row.key: row.id for row in rows}
    if unknown := [key for key in keys if key not in by_key]:
        some = session.exec(select(Case.key).where(of_set).order_by(Case.key).limit(_TOLD)).all()
        raise NotFoundError(
            f"“{eval_set}” has no case “{unknown[0]}”. There are, among others: {quoted(some)}."
        )
    return [by_key[key] for key in keys]


def changes_of(session: Session, case_id: int) -> list[CaseChanged]:
    """Return what became of a case, the latest first; of a revised one also what was before it."""
    case = session.get(Case, case_id)
    if case is None:
        return []
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Case.case_hash),
            col(CaseEvent.kind),
            col(CaseEvent.before),
            col(CaseEvent.after),
            col(CaseEvent.reason),
            sa.func.coalesce(col(Annotator.name), ""),
            col(CaseEvent.at),
        )
        .join(Case, col(Case.id) == col(CaseEvent.case_id))
        .join(Annotator, col(Annotator.id) == col(CaseEvent.actor_id), isouter=True)
        .where(col(Case.eval_set_id) == case.eval_set_id, col(Case.key) == case.key)
        .order_by(col(CaseEvent.id).desc())
    )
    changes: list[CaseChanged] = []
    content, newer = case.case_hash, ""
    for of_content, kind, *rest in session.connection().execute(statement):
        change = CaseChanged(CaseEventKind(kind), *rest)
        is_revision = change.kind == CaseEventKind.REVISED
        # The former case says of its revision what the revised one said already.
        if of_content != content or (is_revision and change.after == newer):
            continue
        changes.append(change)
        if is_revision and change.after == content and change.before:
            content, newer = change.before, content
    return changes


def versions_with(session: Session, case_id: int) -> list[int]:
    """Return the numbers of the versions that hold a case, in order."""
    statement = (
        sa.select(col(EvalSetVersion.number))
        .join(VersionCase, col(VersionCase.version_id) == col(EvalSetVersion.id))
        .where(col(VersionCase.case_id) == case_id)
        .order_by(col(EvalSetVersion.number))
    )
    return list(session.connection().scalars(statement))


def studies_with(session: Session, case_ids: Sequence[int]) -> set[int]:
    """Return the studies whose version holds any of these cases."""
    studies: set[int] = set()
    for part in batched(case_ids, BATCH):
        held = sa.select(col(VersionCase.version_id)).where(col(VersionCase.case_id).in_(part))
        statement = sa.select(col(Study.id)).where(col(Study.eval_set_version_id).in_(held))
        studies |= set(session.connection().scalars(statement))
    return studies
