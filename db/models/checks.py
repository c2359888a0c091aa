"""Automated checks of responses: what is checked, every revision of it, and what came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text

from db.columns import DatabaseTable, json_value, long_text, moment, one_of, reference, row_id
from evalkit.vocabulary import CheckResult


class AutomatedCheck(DatabaseTable, table=True):
    """A check of an eval set, or of the cases of one key: an annotator of kind check.

    ``answers`` says which question people are asked it stands beside, as JSON; empty where it
    stands beside none. Of what is retired results stay, and nothing more is checked.
    """

    __tablename__ = "automated_check"
    __table_args__ = (UniqueConstraint("eval_set_id", "name"),)

    id: int | None = row_id()
    eval_set_id: int = reference("eval_set")
    annotator_id: int = reference("annotator", index=True)
    name: str
    case_key: str | None = None
    answers: dict[str, Any] | None = json_value()
    retired_at: datetime | None = moment(nullable=True)
    created_by_id: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()


class CheckRevision(DatabaseTable, table=True):
    """What a check is from some moment on; rows are only ever added.

    ``content_hash`` is that of kind and settings, and of how the kind reads them.
    """

    __tablename__ = "check_revision"
    __table_args__ = (UniqueConstraint("check_id", "number"),)

    id: int | None = row_id()
    check_id: int = reference("automated_check")
    number: int
    kind: str
    settings: dict[str, Any] = json_value(nullable=False)
    content_hash: str
    created_by_id: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()


class AssertionDecision(DatabaseTable, table=True):
    """What a lead made of an assertion that an annotation holds: a check of its case, or none.

    It holds for later revisions of the annotation that say the same.
    """

    __tablename__ = "assertion_decision"

    id: int | None = row_id()
    annotation_id: int = reference("annotation", index=True)
    check_id: int | None = reference("automated_check", nullable=True, index=True)
    decided_by_id: int | None = reference("annotator", nullable=True)
    decided_at: datetime = moment()


class CheckFinding(DatabaseTable, table=True):
    """What one revision of a check says of one output.

    ``seen_hash`` is that of all it may have seen: where the reference of a case was changed since,
    the output is checked again, and the former finding stays, superseded.
    """

    __tablename__ = "check_finding"
    __table_args__ = (
        one_of("result", CheckResult),
        Index(
            "uq_check_finding_current",
            "revision_id",
            "output_id",
            unique=True,
            sqlite_where=text("is_superseded = 0"),
            postgresql_where=text("NOT is_superseded"),
        ),
    )

    id: int | None = row_id()
    revision_id: int = reference("check_revision")
    output_id: int = reference("output", index=True)
    result: str
    value: float | None = None
    detail: str | None = long_text(nullable=True)
    seen_hash: str
    is_superseded: bool = False
    created_at: datetime = moment()
