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


class ErrandRow(DatabaseTable):
    """What runs and judgings have in common: whom they ask, how, and how far they are.

    ``key_name`` names where the key is; the key is nowhere in here. ``prices`` are those that costs
    are reckoned with, ``reason`` says why it was stopped. Who works on it holds a lease, which ends
    soon unless it is prolonged.
    """

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


class Asking(ErrandRow, table=True):
    """How a run is made."""

    __tablename__ = "asking"
    __table_args__ = (
        one_of("state", AskingState),
        one_of("api", Api),
        not_negative("budget_usd"),
    )

    run_id: int = Field(foreign_key="run.id", primary_key=True)
    eval_set_version_id: int = reference("eval_set_version")


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


class Judging(ErrandRow, table=True):
    """How a judge, an annotator, judges responses of a study.

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
    form: str = AnswerForm.SCHEMA


class AskedVerdict(DatabaseTable, table=True):
    """What a judge is asked once: a response, or two in the order in which it is shown them.

    ``presentation`` is that of the assignment it comes to. What ``failed`` has no verdict, and the
    ``error`` instead; it is asked again when the judging goes on. ``cost_usd`` is what all that was
    asked of it took.
    """

    __tablename__ = "asked_verdict"
    __table_args__ = (
        UniqueConstraint("judging_id", "presentation"),
        one_of("state", AskedState),
        not_negative("cost_usd"),
        Index("ix_asked_verdict_judging_id_state_id", "judging_id", "state", "id"),
    )

    id: int | None = row_id()
    judging_id: int = reference("judging")
    case_id: int = reference("case", index=True)
    left_output_id: int = reference("output", index=True)
    right_output_id: int | None = reference("output", nullable=True, index=True)
    presentation: str
    state: str = AskedState.WAITING
    n_asked: int = 0
    cost_usd: float | None = None
    error: str | None = long_text(nullable=True)
