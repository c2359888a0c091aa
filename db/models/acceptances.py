"""Verdicts of judges that are taken without a person: looks, decisions and what was accepted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text

from db.columns import (
    DatabaseTable,
    in_unit_range,
    long_text,
    moment,
    one_of,
    reference,
    row_id,
)
from evalkit.vocabulary import AcceptanceState


class CertificationLook(DatabaseTable, table=True):
    """One look at the certification labels of a judge on one thing; rows are only ever added.

    ``inputs`` is the hash of all the look saw: the same again is no new look. ``level`` is what
    it spent of ``1 - confidence``; without a ``threshold`` nothing could be accepted.
    """

    __tablename__ = "certification_look"
    __table_args__ = (UniqueConstraint("study_id", "annotator_id", "subject", "inputs"),)

    id: int | None = row_id()
    study_id: int = reference("study")
    annotator_id: int = reference("annotator", index=True)
    subject: str
    inputs: str
    risk: float
    confidence: float
    level: float
    threshold: float | None = None
    looked_at: datetime = moment()
    looked_by_id: int | None = reference("annotator", nullable=True)


class VerdictAcceptance(DatabaseTable, table=True):
    """A lead's decision to take a judge's verdicts on one thing, and whether it still stands.

    ``audit_share`` of the cases go back to people, drawn by ``seed``, in ``audit_study_id``.
    """

    __tablename__ = "verdict_acceptance"
    __table_args__ = (
        one_of("state", AcceptanceState),
        in_unit_range("audit_share"),
        CheckConstraint("(state = 'stopped') = (reason IS NOT NULL)", name="stopped_has_reason"),
        Index(
            "uq_verdict_acceptance_open",
            *("study_id", "annotator_id", "subject"),
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: int | None = row_id()
    study_id: int = reference("study", index=True)
    annotator_id: int = reference("annotator", index=True)
    subject: str
    risk: float
    confidence: float
    threshold: float
    audit_share: float
    seed: int
    audit_study_id: int | None = reference("study", nullable=True, index=True)
    state: str = AcceptanceState.OPEN
    reason: str | None = long_text(nullable=True)
    created_at: datetime = moment()
    created_by_id: int | None = reference("annotator", nullable=True)
    stopped_at: datetime | None = moment(nullable=True)


class AcceptedVerdict(DatabaseTable, table=True):
    """One verdict that was accepted, on one or two responses, the lower row number first.

    ``inclusion_probability`` is the chance with which it went back to people, where it did.
    """

    __tablename__ = "accepted_verdict"
    __table_args__ = (
        UniqueConstraint(
            "acceptance_id",
            "first_output_id",
            "second_output_id",
            name="uq_accepted_verdict_unit",
        ),
        in_unit_range("inclusion_probability"),
    )

    id: int | None = row_id()
    acceptance_id: int = reference("verdict_acceptance")
    case_id: int = reference("case", index=True)
    first_output_id: int = reference("output", index=True)
    second_output_id: int | None = reference("output", nullable=True, index=True)
    value: str
    certainty: float
    inclusion_probability: float | None = None
