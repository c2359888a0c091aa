"""Runs that evalkit makes itself: what is asked of which endpoint, and how far each case is."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from db.columns import (
    DatabaseTable,
    json_value,
    long_text,
    moment,
    not_negative,
    one_of,
    reference,
)
from evalkit.vocabulary import Api, AskedState, AskingState


class Asking(DatabaseTable, table=True):
    """How a run is made. ``key_name`` names where the key is; the key is nowhere in here.

    Who works on it holds a lease, which ends soon unless it is prolonged. ``prices`` are those
    that its costs are reckoned with, ``reason`` says why it was stopped.
    """

    __tablename__ = "asking"
    __table_args__ = (
        one_of("state", AskingState),
        one_of("api", Api),
        not_negative("budget_usd"),
    )

    run_id: int = Field(foreign_key="run.id", primary_key=True)
    eval_set_version_id: int = reference("eval_set_version")
    model: str
    base_url: str
    key_name: str | None = None
    api: str = Api.CHAT
    parameters: dict[str, Any] = json_value(nullable=False)
    prices: dict[str, Any] | None = json_value()
    budget_usd: float | None = None
    concurrency: int = 4
    state: str = Field(default=AskingState.OPEN, index=True)
    reason: str | None = long_text(nullable=True)
    lease: str | None = None
    leased_until: datetime | None = moment(nullable=True)
    created_by: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()


class AskedCase(DatabaseTable, table=True):
    """One case of such a run; ``n_asked`` counts how often work on it was begun."""

    __tablename__ = "asked_case"
    __table_args__ = (
        one_of("state", AskedState),
        Index("ix_asked_case_run_id_state_case_id", "run_id", "state", "case_id"),
    )

    run_id: int = Field(foreign_key="asking.run_id", primary_key=True)
    case_id: int = Field(foreign_key="case.id", primary_key=True, index=True)
    state: str = AskedState.WAITING
    n_asked: int = 0
