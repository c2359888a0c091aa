"""Which runs can be set side by side, and how each answered the cases of an eval set version."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import (
    Case,
    EvalSet,
    EvalSetVersion,
    Model,
    Output,
    Run,
    Study,
    StudyRun,
    VersionCase,
)
from db.queries.results.versions import eval_set_of
from evalkit.errors import NotFoundError
from evalkit.phrases import quoted
from evalkit.reports.regression.report import AnsweredCase, Side
from evalkit.vocabulary import CaseStatus


@dataclass(frozen=True, slots=True)
class RunOnVersion:
    """One run and a version of which it answered ``n_answered`` cases."""

    run_id: int
    version_id: int
    model: str
    run: str
    version: int
    name: str
    n_answered: int


def eval_set_names(session: Session, *, first_of: int | None = None) -> dict[str, int]:
    """Return the eval sets that have responses, newest first, with their ids.

    Before all others comes the one that the study ``first_of`` judges.
    """
    answered = sa.select(1).where(col(Run.eval_set_id) == col(EvalSet.id)).exists()
    judged = (
        sa.select(1)
        .where(col(Study.id) == first_of, col(EvalSetVersion.id) == col(Study.eval_set_version_id))
        .where(col(EvalSetVersion.eval_set_id) == col(EvalSet.id))
        .exists()
    )
    statement = (
        sa.select(col(EvalSet.name), col(EvalSet.id))
        .where(answered)
        .order_by(sa.case((judged, 0), else_=1), col(EvalSet.id).desc())
    )
    return {row.name: row.id for row in session.connection().execute(statement)}


def runs_on_versions(session: Session, *, eval_set: str) -> list[RunOnVersion]:
    """Return every run of an eval set on every version it answered, by model, oldest first.

    A run's name says its number and the version only where there are several.
    """
    eval_set_id = _eval_set_id(session, eval_set)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Run.id).label("run_id"),
            col(EvalSetVersion.id).label("version_id"),
            col(Model.name).label("model"),
            col(Run.name).label("run"),
            col(EvalSetVersion.number),
            sa.func.count().label("n_answered"),
        )
        .select_from(Output)
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .join(VersionCase, col(VersionCase.case_id) == col(Output.case_id))
        .join(EvalSetVersion, col(EvalSetVersion.id) == col(VersionCase.version_id))
        .where(col(Run.eval_set_id) == eval_set_id, col(EvalSetVersion.eval_set_id) == eval_set_id)
        .group_by(
            col(Run.id),
            col(EvalSetVersion.id),
            col(Model.name),
            col(Run.name),
            col(EvalSetVersion.number),
        )
    )
    rows = session.connection().execute(statement).all()
    runs_of: dict[str, set[int]] = {}
    for row in rows:
        runs_of.setdefault(row.model, set()).add(row.run_id)
    is_versioned = len({row.version_id for row in rows}) > 1
    runs = [
        RunOnVersion(
            row.run_id,
            row.version_id,
            row.model,
            row.run,
            row.number,
            _name(row, has_runs=len(runs_of[row.model]) > 1, is_versioned=is_versioned),
            row.n_answered,
        )
        for row in rows
    ]
    return sorted(runs, key=lambda run: (run.model, run.run_id, run.version))


def answered(session: Session, run: RunOnVersion, *, as_of: int | None = None) -> Side:
    """Return the cases of a version, by name, with the run's response to each.

    Quarantined ones count nowhere in results, so they stand apart here, too. ``as_of`` is the
    number of a version whose contents alone count: cases are the same where their hashes are.
    """
    of_run = sa.and_(col(Output.case_id) == col(Case.id), col(Output.run_id) == run.run_id)
    statement = (
        sa.select(
            col(Case.case_hash),
            col(Case.key),
            sa.func.coalesce(col(Case.category), "").label("category"),
            col(Output.id),
            col(Case.status),
        )
        .select_from(VersionCase)
        .join(Case, col(Case.id) == col(VersionCase.case_id))
        .join(Output, of_run, isouter=True)
        .where(col(VersionCase.version_id) == run.version_id)
        .order_by(col(Case.key), col(Case.id))
    )
    if as_of is not None:
        statement = statement.where(col(Case.case_hash).in_(_hashes_of(run.version_id, as_of)))
    rows = session.connection().execute(statement).all()
    gone = frozenset(row.case_hash for row in rows if row.status == CaseStatus.QUARANTINED)
    counts = (row for row in rows if row.status != CaseStatus.QUARANTINED)
    return Side(run.name, tuple(AnsweredCase(*row[:4]) for row in counts), gone)


def _hashes_of(version_id: int, number: int) -> Any:
    """Select the contents that another version of the same eval set holds."""
    of_version = sa.alias(sa.inspect(VersionCase).local_table)
    held = sa.alias(sa.inspect(Case).local_table)
    numbered = sa.alias(sa.inspect(EvalSetVersion).local_table)
    return (
        sa.select(held.c.case_hash)
        .join(of_version, of_version.c.case_id == held.c.id)
        .join(numbered, numbered.c.id == of_version.c.version_id)
        .where(numbered.c.eval_set_id == eval_set_of(version_id), numbered.c.number == number)
    )


def studies_of(session: Session, run_ids: Collection[int]) -> list[str]:
    """Return the names of the studies that judge any of these runs, oldest first."""
    statement = (
        sa.select(col(Study.name))
        .where(
            col(Study.id).in_(
                sa.select(col(StudyRun.study_id)).where(col(StudyRun.run_id).in_(run_ids))
            )
        )
        .order_by(col(Study.id))
    )
    return list(session.connection().scalars(statement))


def _eval_set_id(session: Session, name: str) -> int:
    eval_set_id = session.connection().scalar(
        sa.select(col(EvalSet.id)).where(col(EvalSet.name) == name)
    )
    if eval_set_id is None:
        known = quoted(eval_set_names(session), nothing="none yet")
        raise NotFoundError(f"There is no eval set named “{name}”. There are: {known}.")
    return int(eval_set_id)


def _name(row: Any, *, has_runs: bool, is_versioned: bool) -> str:
    run, version = f"run {row.run}", f"version {row.number}"
    return ", ".join([row.model] + [run] * has_runs + [version] * is_versioned)
