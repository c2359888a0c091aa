"""The cases of a version as sampling sees them: texts, and what is known of their answers."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Protocol

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Case, CaseEvent, EvalSetVersion, Model, Output, Run, VersionCase
from db.queries.cases_to_ask import cases_to_ask
from db.queries.records.rows import stream
from evalkit.sampling.candidates import LoggedCase
from evalkit.sampling.logged import logged_case
from evalkit.sampling.mixed import mixed_sentence
from evalkit.vocabulary import CaseStatus


class HasNew(Protocol):
    """What is counted of an import: how many are new."""

    @property
    def new(self) -> int:
        """How many of them are new."""


def whole_versions(session: Session, eval_set_id: int) -> list[int]:
    """Return the numbers of the versions that can be chosen from, the newest first: no samples."""
    is_sample = sa.exists().where(
        col(VersionCase.version_id) == col(EvalSetVersion.id),
        col(VersionCase.inclusion_probability) < 1,
    )
    statement = (
        sa.select(col(EvalSetVersion.number))
        .where(col(EvalSetVersion.eval_set_id) == eval_set_id, sa.not_(is_sample))
        .order_by(col(EvalSetVersion.number).desc())
    )
    return list(session.connection().scalars(statement))


def state_of_cases(session: Session, eval_set_id: int) -> tuple[int, int, int]:
    """Return what changes with the cases that can be chosen and what is known of their answers.

    How many are active, the newest entry in their histories, and how many answers failed.
    """
    of_set = col(Case.eval_set_id) == eval_set_id
    asked = (
        sa.select(sa.func.count()).where(of_set, col(Case.status) == CaseStatus.ACTIVE),
        sa.select(sa.func.max(col(CaseEvent.id)))
        .join(Case, col(Case.id) == col(CaseEvent.case_id))
        .where(of_set),
        sa.select(sa.func.count())
        .select_from(Output)
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(of_set, col(Output.error).is_not(None)),
    )
    active, newest, failed = (session.connection().scalar(each) or 0 for each in asked)
    return active, newest, failed


def drawn_and_others(session: Session, version_id: int) -> tuple[int, int]:
    """Return how many cases of a version have a chance to be in it, and how many have none."""
    statement = sa.select(
        sa.func.count(), sa.func.count(col(VersionCase.inclusion_probability))
    ).where(col(VersionCase.version_id) == version_id)
    n_all, n_drawn = session.connection().execute(statement).one()
    return int(n_drawn), int(n_all - n_drawn)


def mixed_after(session: Session, version_id: int | None, cases: HasNew | None) -> str:
    """Warn where new cases come without a chance into a version whose cases have them."""
    if version_id is None or cases is None or not cases.new:
        return ""
    n_drawn, n_others = drawn_and_others(session, version_id)
    return mixed_sentence(n_drawn, n_others + cases.new)


def candidates(session: Session, version_id: int) -> Iterator[LoggedCase]:
    """Give every active case of a version whose text is here."""
    models, failed = _answers(session, version_id)
    statement = cases_to_ask(
        version_id,
        col(Case.id),
        col(Case.key),
        col(Case.case_hash),
        col(Case.category),
        col(Case.input),
        col(Case.context),
        col(Case.tools),
        col(Case.details),
    )
    for row in stream(session, statement):
        yield logged_case(
            row.id,
            row.key,
            row.case_hash,
            row.input,
            context=row.context or (),
            tools=row.tools,
            category=row.category,
            details=row.details,
            models=models.get(row.id, ()),
            has_failed=row.id in failed,
        )


def _answers(session: Session, version_id: int) -> tuple[dict[int, set[str]], set[int]]:
    """Return which models answered each case, and which cases have an answer that failed."""
    statement = (
        sa.select(col(Output.case_id), col(Model.name), col(Output.error))
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .join(VersionCase, col(VersionCase.case_id) == col(Output.case_id))
        .where(col(VersionCase.version_id) == version_id)
    )
    models: defaultdict[int, set[str]] = defaultdict(set)
    failed: set[int] = set()
    for case_id, model, error in map(tuple, stream(session, statement)):
        models[case_id].add(model)
        if error:
            failed.add(case_id)
    return models, failed
