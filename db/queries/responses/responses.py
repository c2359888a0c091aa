"""Cases with models' responses to them, by their ids, unblinded; for leads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Case, Model, Output, Run
from db.queries.images import placed_images
from evalkit.evalset.life import standing
from evalkit.vocabulary import CaseStatus, TextPlace

#: Databases take only so many parameters in one statement.
_MOST_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class CaseText:
    """What a case asks, why it is there, and what a response to it is measured against.

    ``standing`` says in words how it stands where that is not as most do, see
    :func:`evalkit.evalset.life.standing`.
    """

    case_id: int
    key: str
    category: str
    source: str | None
    note: str | None
    messages: tuple[dict[str, Any], ...]
    context: tuple[dict[str, Any], ...]
    tools: tuple[dict[str, Any], ...]
    reference: Any
    checklist: tuple[str, ...]
    status: CaseStatus
    is_watched: bool
    standing: str


@dataclass(frozen=True, slots=True)
class Response:
    """One response with who made it and what it took; ``error`` says why it failed, if it did.

    ``content`` is empty where it ``is_elsewhere``: no file that came has the text.
    """

    output_id: int
    case_id: int
    model: str
    run: str
    content: str
    steps: tuple[dict[str, Any], ...]
    error: str | None
    latency_ms: float | None
    output_tokens: int | None
    cost_usd: float | None
    reasoning: str | None
    reasoning_tokens: int | None
    is_elsewhere: bool


def case_text(session: Session, case_id: int) -> CaseText | None:
    """Return a case, or None where there is none of this id."""
    case = session.get(Case, case_id)
    if case is None:
        return None
    return CaseText(
        case_id=case_id,
        key=case.key,
        category=case.category or "",
        source=case.source,
        note=case.note,
        messages=placed_images(session, case.eval_set_id, case.input, are_named=True),
        context=tuple(case.context or ()),
        tools=tuple(case.tools or ()),
        reference=case.reference,
        checklist=tuple(item["question"] for item in case.checklist or ()),
        status=CaseStatus(case.status),
        is_watched=case.is_watched,
        standing=standing(
            CaseStatus(case.status),
            reason=case.status_reason,
            at=case.status_at,
            is_watched=case.is_watched,
        ),
    )


def responses(session: Session, output_ids: Sequence[int]) -> list[Response]:
    """Return responses in the order asked for; unknown ids are left out."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Run.eval_set_id),
            col(Output.id),
            col(Output.case_id),
            col(Model.name),
            col(Run.name).label("run"),
            col(Output.content),
            col(Output.steps),
            col(Output.error),
            col(Output.latency_ms),
            col(Output.output_tokens),
            col(Output.cost_usd),
            col(Output.reasoning),
            col(Output.reasoning_tokens),
            col(Output.text_place).is_not_distinct_from(TextPlace.ELSEWHERE),
        )
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .where(col(Output.id).in_(output_ids))
    )
    by_id = {}
    rows = session.connection().execute(statement).all()
    for eval_set_id, output_id, case_id, model, run, content, steps, *rest in rows:
        placed = placed_images(session, eval_set_id, steps or (), are_named=True)
        by_id[output_id] = Response(output_id, case_id, model, run, content, placed, *rest)
    return [by_id[output_id] for output_id in output_ids if output_id in by_id]


def makers(session: Session, output_ids: Collection[int]) -> dict[int, str]:
    """Return which model made each response, and in which run where it made several of them."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Output.id), col(Model.name), col(Run.name).label("run"))
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .where(col(Output.id).in_(output_ids))
    )
    rows = session.connection().execute(statement).all()
    runs: dict[str, set[str]] = {}
    for row in rows:
        runs.setdefault(row.name, set()).add(row.run)
    return {
        row.id: f"{row.name}:{row.run}" if len(runs[row.name]) > 1 else row.name for row in rows
    }


def case_keys(session: Session, case_ids: Collection[int]) -> dict[int, str]:
    """Return what cases are called, by their row numbers."""
    wanted, keys = sorted(case_ids), dict[int, str]()
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        some = wanted[start : start + _MOST_AT_ONCE]
        statement = sa.select(col(Case.id), col(Case.key)).where(col(Case.id).in_(some))
        keys |= {row.id: row.key for row in session.connection().execute(statement)}
    return keys
