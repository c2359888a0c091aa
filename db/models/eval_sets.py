"""What is evaluated: eval sets and their cases, models and their outputs."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from db.columns import (
    DatabaseTable,
    in_unit_range,
    json_value,
    long_text,
    moment,
    not_negative,
    one_of,
    reference,
    row_id,
)
from evalkit.vocabulary import (
    CaseEventKind,
    CaseSource,
    CaseStatus,
)


class EvalSet(DatabaseTable, table=True):
    __tablename__ = "eval_set"

    id: int | None = row_id()
    name: str = Field(unique=True)
    created_at: datetime = moment()


class EvalSetVersion(DatabaseTable, table=True):
    """An immutable snapshot of the cases of an eval set, named by its content hash.

    ``author`` is what whoever made it was called then.
    """

    __tablename__ = "eval_set_version"
    __table_args__ = (UniqueConstraint("eval_set_id", "number"),)

    id: int | None = row_id()
    eval_set_id: int = reference("eval_set")
    number: int
    content_hash: str = Field(index=True)
    parent_id: int | None = reference("eval_set_version", nullable=True)
    note: str = long_text()
    author: str | None = None
    created_at: datetime = moment()


class Case(DatabaseTable, table=True):
    """One input to be answered. ``key`` is the id it has in records, unique in its eval set.

    ``checklist`` is what a response to it should fulfil, a list of {key, question}. ``text_place``
    says so where the text came apart from the rest, or has not come yet: ``input`` is empty then.
    A case that ``is_watched`` raises an alarm when a model that passed it fails it.
    ``details`` keeps what a record may carry and evalkit does not interpret.
    """

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("eval_set_id", "key", "case_hash"),
        one_of("source", CaseSource),
        one_of("status", CaseStatus),
        Index("ix_case_eval_set_id_category", "eval_set_id", "category"),
    )

    id: int | None = row_id()
    eval_set_id: int = reference("eval_set")
    key: str
    case_hash: str = Field(index=True)
    input: list[dict[str, Any]] = json_value(nullable=False)
    text_place: str | None = None
    context: list[dict[str, Any]] | None = json_value()
    tools: list[dict[str, Any]] | None = json_value()
    reference: Any = json_value()
    checklist: list[dict[str, Any]] | None = json_value()
    category: str | None = None
    note: str | None = long_text(nullable=True)
    source: str | None = None
    tags: list[str] | None = json_value()
    canary: str | None = None
    status: str = CaseStatus.ACTIVE
    status_reason: str | None = None
    status_at: datetime | None = moment(nullable=True)
    is_watched: bool = False
    details: dict[str, Any] | None = json_value()
    created_at: datetime = moment()


class CaseEvent(DatabaseTable, table=True):
    """What became of a case, when, by whom and why; rows are only ever added.

    ``before`` and ``after`` are what changed: a status, a note, whether it is watched, a name.
    """

    __tablename__ = "case_event"
    __table_args__ = (one_of("kind", CaseEventKind),)

    id: int | None = row_id()
    case_id: int = reference("case", index=True)
    at: datetime = moment()
    actor_id: int | None = reference("annotator", nullable=True)
    kind: str
    before: str | None = long_text(nullable=True)
    after: str | None = long_text(nullable=True)
    reason: str = long_text()


class VersionCase(DatabaseTable, table=True):
    """Which cases a version holds, and how they came to be in it."""

    __tablename__ = "version_case"
    __table_args__ = (in_unit_range("inclusion_probability"),)

    version_id: int = Field(foreign_key="eval_set_version.id", primary_key=True)
    case_id: int = Field(foreign_key="case.id", primary_key=True, index=True)
    stratum: str | None = None
    inclusion_probability: float | None = None


class TrafficShare(DatabaseTable, table=True):
    """How much of a category production is asked: a share or a count, whatever the lead stated.

    ``category`` is empty for cases without one; ``place`` keeps the order in which it was stated.
    """

    __tablename__ = "traffic_share"
    __table_args__ = (UniqueConstraint("eval_set_id", "category"), not_negative("amount"))

    eval_set_id: int = Field(foreign_key="eval_set.id", primary_key=True)
    place: int = Field(primary_key=True)
    category: str
    amount: float


class Model(DatabaseTable, table=True):
    __tablename__ = "model"

    id: int | None = row_id()
    name: str = Field(unique=True)
    created_at: datetime = moment()


class Run(DatabaseTable, table=True):
    """One pass of a model over the cases of an eval set."""

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("eval_set_id", "model_id", "name"),)

    id: int | None = row_id()
    eval_set_id: int = reference("eval_set")
    model_id: int = reference("model", index=True)
    name: str = "1"
    created_at: datetime = moment()


class Output(DatabaseTable, table=True):
    """One model's answer to one case. An empty ``content`` is valid: it returned nothing.

    With a ``text_place`` of ``elsewhere`` it is empty because the text has not come yet.

    ``steps`` is an agent's trajectory as messages; ``content`` is then its last message's text.
    ``reasoning`` is what the model thought aloud before it answered: no part of the answer, and
    shown to leads alone; ``output_tokens`` count its ``reasoning_tokens``.
    """

    __tablename__ = "output"
    __table_args__ = (
        UniqueConstraint("run_id", "case_id"),
        not_negative("latency_ms"),
        not_negative("time_to_first_token_ms"),
        not_negative("input_tokens"),
        not_negative("output_tokens"),
        not_negative("cost_usd"),
    )

    id: int | None = row_id()
    run_id: int = reference("run")
    case_id: int = reference("case", index=True)
    content: str = long_text()
    text_place: str | None = None
    steps: list[dict[str, Any]] | None = json_value()
    reasoning: str | None = long_text(nullable=True)
    provider: str | None = None
    latency_ms: float | None = None
    time_to_first_token_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None
    finish_reason: str | None = None
    error: str | None = long_text(nullable=True)
    created_at: str | None = None
    details: dict[str, Any] | None = json_value()
