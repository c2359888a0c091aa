"""The automated checks of an eval set, and what they found, as records."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.models import (
    AutomatedCheck,
    Case,
    CheckFinding,
    CheckRevision,
    Model,
    Output,
    Run,
    VersionCase,
)
from db.queries.records.rows import stream
from evalkit.checks.answers import stored_answers
from evalkit.records.automated import AUTOMATED_CHECK, FINDING
from evalkit.records.normal import normal


def check_records(
    session: Session, *, eval_set_id: int, version_id: int, run_ids: Collection[int]
) -> Iterator[dict[str, Any]]:
    """Yield the checks of an eval set, every revision, and what they find of a version's outputs.

    What was found before of the same response, and checks of cases that the version does not
    hold, are left out.
    """
    yield from (
        normal(AUTOMATED_CHECK, _fields(row)) for row in _checks(session, eval_set_id, version_id)
    )
    statement: Any = (
        select(
            col(Case.key).label("case"),
            col(Model.name).label("model"),
            col(Run.name).label("run"),
            col(AutomatedCheck.name).label("check"),
            col(CheckRevision.number).label("revision"),
            col(CheckFinding.result),
            col(CheckFinding.value),
            col(CheckFinding.detail),
            col(CheckFinding.seen_hash),
        )
        .join(CheckRevision, col(CheckRevision.id) == col(CheckFinding.revision_id))
        .join(AutomatedCheck, col(AutomatedCheck.id) == col(CheckRevision.check_id))
        .join(Output, col(Output.id) == col(CheckFinding.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .where(
            col(AutomatedCheck.eval_set_id) == eval_set_id,
            ~col(CheckFinding.is_superseded),
            col(Run.id).in_(run_ids),
            col(Case.id).in_(_held(version_id)),
        )
        .order_by(col(AutomatedCheck.id), col(CheckRevision.number), col(Output.id))
    )
    for row in stream(session, statement):
        yield normal(FINDING, {**row._mapping, "seen": row.seen_hash or None})


def _checks(session: Session, eval_set_id: int, version_id: int) -> Iterator[Any]:
    keys = set(session.scalars(select(col(Case.key)).where(col(Case.id).in_(_held(version_id)))))
    statement = (
        select(
            col(AutomatedCheck.name),
            col(AutomatedCheck.case_key),
            col(AutomatedCheck.answers),
            col(AutomatedCheck.retired_at),
            col(CheckRevision.number),
            col(CheckRevision.kind),
            col(CheckRevision.settings),
        )
        .join(CheckRevision, col(CheckRevision.check_id) == col(AutomatedCheck.id))
        .where(col(AutomatedCheck.eval_set_id) == eval_set_id)
        .order_by(col(AutomatedCheck.id), col(CheckRevision.number))
    )
    rows = session.execute(statement).all()
    return (row for row in rows if row.case_key is None or row.case_key in keys)


def _held(version_id: int) -> Any:
    return select(col(VersionCase.case_id)).where(col(VersionCase.version_id) == version_id)


def _fields(row: Any) -> dict[str, Any]:
    answers = stored_answers(row.answers)
    return {
        "name": row.name,
        "revision": row.number,
        "kind": row.kind,
        "settings": row.settings or None,
        "case": row.case_key,
        "answers": answers.words if answers else None,
        "retired": row.retired_at is not None,
    }
