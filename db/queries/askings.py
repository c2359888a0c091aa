"""Runs that evalkit makes itself: how far they are, what they cost, what went wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.columns import now
from db.models import (
    AnchorRequest,
    Annotator,
    AskedCase,
    Asking,
    Case,
    EvalSet,
    EvalSetVersion,
    Judging,
    Model,
    Output,
    Run,
)
from evalkit.records.checks import is_number
from evalkit.running.case_request import CUT_COST
from evalkit.vocabulary import AskedState, AskingState

_MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class AskingProgress:
    """How far a run is. ``n_again`` cases were begun more than once, and may be paid for twice."""

    run_id: int
    eval_set: str
    version_number: int
    model: str
    asked_model: str
    run: str
    base_url: str
    parameters: dict[str, Any]
    prices: dict[str, Any] | None
    budget_usd: float | None
    state: AskingState
    reason: str | None
    is_at_work: bool
    n_waiting: int
    n_asked: int
    n_answered: int
    n_failed: int
    n_again: int
    cost_usd: float | None
    created_at: datetime
    created_by: str | None

    @property
    def n_cases(self) -> int:
        """Return how many cases there are to ask."""
        return self.n_waiting + self.n_asked + self.n_done

    @property
    def n_done(self) -> int:
        """Return how many cases have an output, be it a failed one."""
        return self.n_answered + self.n_failed


@dataclass(frozen=True, slots=True)
class FailureCount:
    """One reason why outputs failed, how many did, and one of the cases."""

    error: str
    n: int
    case: str


def askings(session: Session, *, run_id: int | None = None) -> list[AskingProgress]:
    """Return the runs that evalkit made or makes, newest first; or one of them."""
    statement = _NAMED if run_id is None else _NAMED.where(col(Asking.run_id) == run_id)
    rows = session.execute(statement).all()
    ids = [asking.run_id for asking, *_ in rows]
    counts, costs = _counts(session, ids), _costs(session, ids)
    moment = now()
    return [
        AskingProgress(
            run_id=asking.run_id,
            eval_set=eval_set,
            version_number=number,
            model=model,
            asked_model=asking.model,
            run=run,
            base_url=asking.base_url,
            parameters=asking.parameters,
            prices=asking.prices,
            budget_usd=asking.budget_usd,
            state=AskingState(asking.state),
            reason=asking.reason,
            is_at_work=asking.leased_until is not None and asking.leased_until > moment,
            **counts[asking.run_id],
            cost_usd=costs.get(asking.run_id),
            created_at=asking.created_at,
            created_by=who,
        )
        for asking, run, model, eval_set, number, who in rows
    ]


def next_open_asking(session: Session) -> int | None:
    """Return the run that has waited longest for somebody to work on it; None where none does."""
    return _next_open(session, Asking, Asking.run_id)


def next_open_judging(session: Session) -> int | None:
    """Return the judging that has waited longest, in the same way."""
    return _next_open(session, Judging, Judging.id)


def next_anchor_request(session: Session) -> int | None:
    """Return the wish to ask about anchors that has waited longest, in the same way."""
    return session.exec(
        select(AnchorRequest.id)
        .where(col(AnchorRequest.ended_at).is_(None))
        .where(
            col(AnchorRequest.leased_until).is_(None) | (col(AnchorRequest.leased_until) < now())
        )
        .order_by(col(AnchorRequest.id))
        .limit(1)
    ).first()


def _next_open(session: Session, table: Any, key: Any) -> int | None:
    number: int | None = session.exec(
        select(key)
        .where(table.state == AskingState.OPEN)
        .where(col(table.leased_until).is_(None) | (col(table.leased_until) < now()))
        .order_by(col(table.created_at), col(key))
        .limit(1)
    ).first()
    return number


def asking_failures(session: Session, run_id: int) -> list[FailureCount]:
    """Return why outputs of a run failed, the commonest reason first."""
    n = sa.func.count()
    rows = session.execute(
        sa.select(col(Output.error), n, sa.func.min(col(Case.key)))
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(col(Output.run_id) == run_id, col(Output.error).is_not(None))
        .group_by(col(Output.error))
        .order_by(n.desc(), col(Output.error))
        .limit(_MOST_ERRORS)
    )
    return [FailureCount(*row) for row in rows]


def _counts(session: Session, run_ids: Sequence[int]) -> Mapping[int, dict[str, int]]:
    names = ("n_waiting", "n_asked", "n_answered", "n_failed", "n_again")
    counts = {run_id: dict.fromkeys(names, 0) for run_id in run_ids}
    again = sa.func.sum(sa.case((col(AskedCase.n_asked) > 1, 1), else_=0))
    for run_id, state, n, n_again in session.execute(
        sa.select(col(AskedCase.run_id), col(AskedCase.state), sa.func.count(), again)
        .where(col(AskedCase.run_id).in_(run_ids))
        .group_by(col(AskedCase.run_id), col(AskedCase.state))
    ):
        counts[run_id][f"n_{AskedState(state).value}"] = n
        counts[run_id]["n_again"] += int(n_again or 0)
    return counts


def _costs(session: Session, run_ids: Sequence[int]) -> dict[int, float]:
    rows = session.execute(
        sa.select(col(Output.run_id), sa.func.sum(col(Output.cost_usd)))
        .where(col(Output.run_id).in_(run_ids), col(Output.cost_usd).is_not(None))
        .group_by(col(Output.run_id))
    )
    costs = {run_id: float(cost) for run_id, cost in rows}
    details = session.execute(
        sa.select(col(Output.run_id), col(Output.details)).where(
            col(Output.run_id).in_(run_ids),
            sa.cast(col(Output.details), sa.Text).contains(CUT_COST),
        )
    )
    for run_id, noted in details:
        cost = noted.get("metadata", {}).get(CUT_COST)
        if is_number(cost):  # else a file brought it
            costs[run_id] = costs.get(run_id, 0.0) + cost
    return costs


_NAMED: Any = (
    sa.select(
        Asking,
        col(Run.name),
        col(Model.name),
        col(EvalSet.name),
        col(EvalSetVersion.number),
        col(Annotator.name),
    )
    .join(Run, col(Run.id) == col(Asking.run_id))
    .join(Model, col(Model.id) == col(Run.model_id))
    .join(EvalSetVersion, col(EvalSetVersion.id) == col(Asking.eval_set_version_id))
    .join(EvalSet, col(EvalSet.id) == col(EvalSetVersion.eval_set_id))
    .join(Annotator, col(Annotator.id) == col(Asking.created_by), isouter=True)
    .order_by(col(Asking.created_at).desc(), col(Asking.run_id).desc())
)
