"""Which judges a study admits: what a lead asks of them, and each time a test was opened."""

from datetime import datetime

from sqlmodel import Field

from db.columns import DatabaseTable, long_text, moment, one_of, reference, row_id
from evalkit.vocabulary import AdmissionStanding


class JudgeBar(DatabaseTable, table=True):
    """What a judge must reach in a study: lower bounds, and what no bias may go beyond."""

    __tablename__ = "judge_bar"

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    ratio: float
    sensitivity: float
    specificity: float
    bias: float
    created_by: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()


class JudgeOpening(DatabaseTable, table=True):
    """One look at a judge's numbers on the test split of a study.

    ``annotator_id`` is the judge: its name holds the hash of all that shapes its answers.
    ``labels_hash`` tells whether anything was said there since the last look.
    """

    __tablename__ = "judge_opening"

    id: int | None = row_id()
    study_id: int = reference("study", index=True)
    annotator_id: int = reference("annotator", index=True)
    n_cases: int
    labels_hash: str
    opened_by: int | None = reference("annotator", nullable=True)
    opened_at: datetime = moment()


class JudgeAdmission(DatabaseTable, table=True):
    """How a judge stood on one subject when its test was opened; without a category on all cases.

    Those of a judge's last opening hold.
    """

    __tablename__ = "judge_admission"
    __table_args__ = (one_of("standing", AdmissionStanding),)

    id: int | None = row_id()
    opening_id: int = reference("judge_opening", index=True)
    subject: str
    category: str | None = None
    standing: str
    reason: str = long_text()
