"""What a lead makes of a case on which a judge and people differ: three kinds of lesson."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint

from db.columns import (
    DatabaseTable,
    json_value,
    long_text,
    moment,
    one_of,
    reference,
    row_id,
)
from evalkit.vocabulary import JudgeTask, Preference


class FewShotCase(DatabaseTable, table=True):
    """A case with the answer that is right, which judges of a study may be shown before theirs.

    ``answer`` is a draft as a screen sends it. One that was ``removed_at`` is shown to no new
    judge, and stays for those that were.
    """

    __tablename__ = "few_shot_case"
    __table_args__ = (one_of("task", JudgeTask),)

    id: int | None = row_id()
    study_id: int = reference("study", index=True)
    task: str
    case_id: int = reference("case")
    left_output_id: int = reference("output")
    right_output_id: int | None = reference("output", nullable=True)
    answer: dict[str, Any] = json_value(nullable=False)
    rationale: str = long_text()
    created_by_id: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()
    removed_at: datetime | None = moment(nullable=True)


class Clarification(DatabaseTable, table=True):
    """What a case shows the rubric does not say clearly; without a criterion of the preference."""

    __tablename__ = "clarification"

    id: int | None = row_id()
    study_id: int = reference("study", index=True)
    criterion_id: int | None = reference("criterion", nullable=True, index=True)
    subject: str
    case_id: int = reference("case")
    words: str = long_text()
    created_by_id: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()


class Adjudication(DatabaseTable, table=True):
    """What a lead decided is right where people err; of several on the same the last holds.

    ``preference`` is of the left output over the right; ``value`` a score, or 1 for an error that
    is there and 0 for one that is not. It is no annotation, and changes none.
    """

    __tablename__ = "adjudication"
    __table_args__ = (
        one_of("preference", Preference),
        CheckConstraint("(preference IS NULL) <> (value IS NULL)", name="one_answer"),
        CheckConstraint("(right_output_id IS NULL) = (preference IS NULL)", name="of_a_pair"),
    )

    id: int | None = row_id()
    study_id: int = reference("study", index=True)
    subject: str
    left_output_id: int = reference("output", index=True)
    right_output_id: int | None = reference("output", nullable=True)
    preference: str | None = None
    value: float | None = None
    words: str = long_text()
    created_by_id: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()
