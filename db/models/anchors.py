"""Frozen cases on which a judge is asked again and again, and what it said each time."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint

from db.columns import (
    DatabaseTable,
    json_value,
    long_text,
    moment,
    one_of,
    reference,
    row_id,
)
from evalkit.vocabulary import JudgeTask


class JudgeAnchor(DatabaseTable, table=True):
    """Responses on which judges of a study are asked again; chosen once, and frozen.

    ``content_hash`` is that of all a judge is shown of them: an anchor that is not the same any
    more is asked about no more.
    """

    __tablename__ = "judge_anchor"
    __table_args__ = (
        one_of("task", JudgeTask),
        UniqueConstraint(
            "study_id", "task", "left_output_id", "right_output_id", name="uq_judge_anchor_shown"
        ),
    )

    id: int | None = row_id()
    study_id: int = reference("study")
    task: str
    case_id: int = reference("case")
    left_output_id: int = reference("output")
    right_output_id: int | None = reference("output", nullable=True)
    content_hash: str
    created_at: datetime = moment()


class AnchorCheck(DatabaseTable, table=True):
    """One time that a judge was asked about the anchors."""

    __tablename__ = "anchor_check"

    id: int | None = row_id()
    study_id: int = reference("study", index=True)
    annotator_id: int = reference("annotator", index=True)
    identity_hash: str
    served_models: list[str] | None = json_value()
    cost_usd: float | None = None
    created_by_id: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()


class AnchorRequest(DatabaseTable, table=True):
    """A wish that the judge of a judging is asked about the anchors, for the worker to see to.

    Who works on it holds a lease, which ends soon unless it is prolonged. Once it ``ended`` it has
    the check that came of it, or the reason why none did.
    """

    __tablename__ = "anchor_request"

    id: int | None = row_id()
    judging_id: int = reference("judging", index=True)
    lease: str | None = None
    leased_until: datetime | None = moment(nullable=True)
    check_id: int | None = reference("anchor_check", nullable=True)
    n_asked: int = 0
    n_failed: int = 0
    reason: str | None = long_text(nullable=True)
    created_by_id: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()
    ended_at: datetime | None = moment(nullable=True)


class AnchorAnswer(DatabaseTable, table=True):
    """What a judge said of an anchor; of a pair ``is_turned`` with its sides swapped.

    ``answer`` has a word for each thing asked; it is empty where nobody could read it.
    """

    __tablename__ = "anchor_answer"
    __table_args__ = (
        UniqueConstraint("check_id", "anchor_id", "is_turned", "look", name="uq_anchor_answer"),
    )

    id: int | None = row_id()
    check_id: int = reference("anchor_check")
    anchor_id: int = reference("judge_anchor", index=True)
    is_turned: bool = False
    look: int
    answer: dict[str, Any] = json_value(nullable=False)
