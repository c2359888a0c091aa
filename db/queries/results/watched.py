"""Watched cases and cases that all models pass, by what every study of an eval set says."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import (
    Case,
    CaseEvent,
    EvalSet,
    EvalSetVersion,
    Model,
    Output,
    ResultsState,
    Run,
    Study,
    StudyRun,
    VersionCase,
)
from db.queries.results.collected import collect
from db.queries.results.regression import studies_of
from db.queries.results.studies import ResultFilters, result_study
from db.queries.results.versions import eval_set_of
from evalkit.evalset.saturation import JudgedContent, Proposal, proposals
from evalkit.records.checks import as_moment
from evalkit.reports.watched.report import (
    NOTHING_WATCHED,
    WatchedOutput,
    WatchedReport,
    watched_report,
)
from evalkit.study.passing import default_measure, passing
from evalkit.vocabulary import CaseStatus


def watched_state(session: Session, version_id: int) -> tuple[tuple[int, str], ...]:
    """Return what changes with whatever is known of watched cases; empty where none is watched."""
    events = (
        sa.select(sa.func.coalesce(sa.func.max(col(CaseEvent.id)), 0))
        .where(col(CaseEvent.case_id) == col(Case.id))
        .scalar_subquery()
    )
    # Whether it is watched, why it exists and how it stands: all that is said of it is an event.
    watched: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Case.id), events)
        .where(col(Case.eval_set_id) == eval_set_of(version_id), col(Case.is_watched))
        .order_by(col(Case.id))
    )
    of_cases = tuple((row[0], str(row[1])) for row in session.connection().execute(watched))
    if not of_cases:
        return ()
    # Of other studies nothing is read, so that annotating them leaves what is kept as it is.
    judging = sa.select(col(StudyRun.study_id)).where(
        col(StudyRun.run_id).in_(_runs_of_several(session, version_id))
    )
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Study.id), sa.func.coalesce(col(ResultsState.token), ""))
        .join(ResultsState, col(ResultsState.study_id) == col(Study.id), isouter=True)
        .where(col(Study.id).in_(judging))
        .order_by(col(Study.id))
    )
    studies = tuple((row[0], row[1]) for row in session.connection().execute(statement))
    return *of_cases, *studies


def watched_in(session: Session, version_id: int, *, judges: bool) -> WatchedReport:
    """Return how the watched cases of the eval set of a version stand."""
    if not watched_state(session, version_id):
        return NOTHING_WATCHED
    of_set = _watched_cases(version_id)
    n_watched = sa.select(sa.func.count(sa.distinct(col(Case.case_hash)))).where(*of_set)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Output.id),
            col(Case.case_hash),
            col(Case.key),
            sa.func.coalesce(col(Case.note), ""),
            col(Model.name),
            col(Run.name),
            col(Run.id),
            col(Run.created_at),
            col(Output.created_at),
        )
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .where(*of_set)
    )
    outputs = [
        WatchedOutput(*(*row[:-1], as_moment(row[-1]) if row[-1] else None))
        for row in session.connection().execute(statement)
    ]
    names = studies_of(session, _runs_of_several(session, version_id))
    # Every new annotation asks for this anew, so what is read must not grow with the studies.
    filters = ResultFilters(judges=judges, only_watched=True)
    collected = [
        collect(session, result_study(session, name=name), filters=filters) for name in names
    ]
    measure = default_measure(collected) if collected else None
    verdicts = passing(collected, measure) if measure else {}
    n = session.connection().scalar(n_watched) or 0
    return watched_report(outputs, verdicts, n_watched=n, measure=measure)


def saturation_proposals(session: Session, eval_set: str) -> tuple[Proposal, ...]:
    """Return the active cases of the newest version that every model passes in three versions."""
    newest = (
        sa.select(col(EvalSetVersion.id))
        .join(EvalSet, col(EvalSet.id) == col(EvalSetVersion.eval_set_id))
        .where(col(EvalSet.name) == eval_set)
        .order_by(col(EvalSetVersion.number).desc())
        .limit(1)
    )
    version_id = session.connection().scalar(newest) or 0
    held: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Case.id), col(Case.key), col(Case.case_hash))
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(col(VersionCase.version_id) == version_id, col(Case.status) == CaseStatus.ACTIVE)
        .order_by(col(Case.key))
    )
    cases = [(row[0], row[1], row[2]) for row in session.connection().execute(held)]
    answered: list[JudgedContent] = []
    for number, name in _studies(session, version_id):
        collected = collect(session, result_study(session, name=name))
        verdicts = passing([collected], default_measure([collected]))
        hashes = _hashes(session, collected.outputs.case.tolist())
        for output, case, model in zip(
            collected.outputs.id.tolist(),
            collected.outputs.case.tolist(),
            collected.outputs.model.tolist(),
            strict=True,
        ):
            if output in verdicts:
                who = collected.models[model]
                answered.append(JudgedContent(number, hashes[case], who, verdicts[output].passes))
    return proposals(cases, answered)


def _studies(session: Session, version_id: int) -> list[tuple[int, str]]:
    """Return the studies of all versions of an eval set, with the number of the version."""
    statement = (
        sa.select(col(EvalSetVersion.number), col(Study.name))
        .join(EvalSetVersion, col(EvalSetVersion.id) == col(Study.eval_set_version_id))
        .where(
            col(EvalSetVersion.eval_set_id) == eval_set_of(version_id),
            sa.exists().where(col(StudyRun.study_id) == col(Study.id)),
        )
        .order_by(col(EvalSetVersion.number), col(Study.id))
    )
    return [(row[0], row[1]) for row in session.connection().execute(statement)]


def _hashes(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    statement: Any = sa.select(col(Case.id), col(Case.case_hash)).where(
        col(Case.id).in_(sorted(set(case_ids)))
    )
    return {row[0]: row[1] for row in session.connection().execute(statement)}


def _watched_cases(version_id: int) -> tuple[Any, ...]:
    """Return the conditions that a case is watched in the eval set of a version, and counts."""
    return (
        col(Case.eval_set_id) == eval_set_of(version_id),
        col(Case.is_watched),
        col(Case.status) != CaseStatus.QUARANTINED,
    )


def _runs_of_several(session: Session, version_id: int) -> set[int]:
    """Return the runs of models that answered watched cases in several: others cannot flip."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Run.model_id), col(Run.id))
        .join(Output, col(Output.run_id) == col(Run.id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(*_watched_cases(version_id))
        .distinct()
    )
    runs: defaultdict[int, set[int]] = defaultdict(set)
    for model_id, run_id in session.connection().execute(statement):
        runs[model_id].add(run_id)
    return {run for of_model in runs.values() if len(of_model) > 1 for run in of_model}
