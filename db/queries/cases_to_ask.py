"""What a run will ask: the cases of a version, and how long responses to them usually are."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import Case, EvalSet, EvalSetVersion, Output, Run, VersionCase
from evalkit.errors import NotFoundError
from evalkit.phrases import quoted
from evalkit.vocabulary import CaseStatus, TextPlace

NO_CASE = "This version holds no active case with a text, so there is nothing to ask."
#: Of so many outputs the usual length is taken.
_SAMPLE = 1_000


def version_called(session: Session, eval_set: str, number: int | None) -> EvalSetVersion:
    """Return a version of an eval set, the newest unless numbered; refuse what is not there."""
    statement = (
        select(EvalSetVersion)
        .join(EvalSet, col(EvalSet.id) == EvalSetVersion.eval_set_id)
        .where(EvalSet.name == eval_set)
        .order_by(col(EvalSetVersion.number).desc())
    )
    if number is not None:
        statement = statement.where(EvalSetVersion.number == number)
    version = session.exec(statement).first()
    if version is None:
        names = session.exec(select(EvalSet.name).order_by(EvalSet.name)).all()
        what = f"{eval_set!r}" if number is None else f"{eval_set!r} with a version {number}"
        raise NotFoundError(f"There is no eval set {what}. There is: {quoted(names)}.")
    return version


def cases_to_ask(version_id: int, *columns: Any) -> Any:
    """Return what selects columns of the cases of a run: those active whose text is here."""
    return (
        sa.select(*columns)
        .join(VersionCase, col(VersionCase.case_id) == col(Case.id))
        .where(
            col(VersionCase.version_id) == version_id,
            col(Case.status) == CaseStatus.ACTIVE,
            col(Case.text_place).is_distinct_from(TextPlace.ELSEWHERE),
        )
        .order_by(col(Case.id))
    )


def usual_output_tokens(session: Session, eval_set_id: int) -> int | None:
    """Return how many tokens responses of an eval set take on average; None where none is known."""
    sample = (
        sa.select(col(Output.output_tokens).label("n"))
        .join(Run, col(Run.id) == col(Output.run_id))
        .where(col(Run.eval_set_id) == eval_set_id, col(Output.output_tokens) > 0)
        .limit(_SAMPLE)
        .subquery()
    )
    mean = session.scalar(sa.select(sa.func.avg(sample.c.n)))
    return None if mean is None else max(1, round(float(mean)))
