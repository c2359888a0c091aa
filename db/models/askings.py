"""What evalkit asks itself: runs and judgings, of which endpoint, and how far each part is."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from db.columns import (
    DatabaseTable,
    json_value,
    long_text,
    moment,
    not_negative,
    one_of,
    reference,
    row_id,
)
from evalkit.vocabulary import AnswerForm, Api, AskedState, AskingState


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


class Judging(DatabaseTable, table=True):
    """How a judge, an annotator, judges pairs of a study; the other columns are those of `Asking`.

    ``identity`` is all that shapes its answers: another is another judge.
    """

    __tablename__ = "judging"
    __table_args__ = (
        UniqueConstraint("study_id", "identity_hash"),
        one_of("state", AskingState),
        one_of("api", Api),
        one_of("form", AnswerForm),
        not_negative("budget_usd"),
    )

    id: int | None = row_id()
    study_id: int = reference("study")
    annotator_id: int = reference("annotator", index=True)
    identity: dict[str, Any] = json_value(nullable=False)
    identity_hash: str
    model: str
    base_url: str
    key_name: str | None = None
    api: str = Api.CHAT
    form: str = AnswerForm.SCHEMA
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


class AskedPair(DatabaseTable, table=True):
    """Two responses in the order a judge is shown them, for the first time or once more.

    What ``failed`` has no verdict, and the ``error`` instead; it is asked again when the judging
    goes on. ``cost_usd`` is what all that was asked of it took.
    """

    __tablename__ = "asked_pair"
    __table_args__ = (
        UniqueConstraint("judging_id", "left_output_id", "right_output_id", "repeat"),
        one_of("state", AskedState),
        not_negative("cost_usd"),
        Index("ix_asked_pair_judging_id_state_id", "judging_id", "state", "id"),
    )

    id: int | None = row_id()
    judging_id: int = reference("judging")
    case_id: int = reference("case", index=True)
    left_output_id: int = reference("output", index=True)
    right_output_id: int = reference("output", index=True)
    repeat: int = 1
    state: str = AskedState.WAITING
    n_asked: int = 0
    cost_usd: float | None = None
    error: str | None = long_text(nullable=True)
