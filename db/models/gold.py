"""What is known to be right: of cases on which annotators are tried, and never shown to them."""

from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from db.columns import DatabaseTable, json_value, long_text, one_of, reference, row_id
from evalkit.vocabulary import Preference


class GoldAnswer(DatabaseTable, table=True):
    """The right answer to one thing asked in a study, as a file brought it.

    Which of two outputs is better, what one output scores on a criterion, or an error it holds;
    of an output without any of these it is right that it has no error. It is no annotation.
    """

    __tablename__ = "gold_answer"
    __table_args__ = (
        one_of("preference", Preference),
        CheckConstraint("(right_output_id IS NULL) = (preference IS NULL)", name="of_a_pair"),
        CheckConstraint("(criterion_id IS NULL) = (value IS NULL)", name="of_a_criterion"),
    )

    id: int | None = row_id()
    study_id: int = reference("study", index=True)
    left_output_id: int = reference("output", index=True)
    right_output_id: int | None = reference("output", nullable=True, index=True)
    preference: str | None = None
    criterion_id: int | None = reference("criterion", nullable=True)
    value: float | None = Field(default=None)
    tag_id: int | None = reference("tag", nullable=True)
    note: str | None = long_text(nullable=True)
    details: dict[str, Any] | None = json_value()
