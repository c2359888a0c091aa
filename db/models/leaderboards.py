"""What public leaderboards say: scores that were measured by others, on other cases."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint

from db.columns import DatabaseTable, moment, row_id


class PublicScore(DatabaseTable, table=True):
    """One model's score on one public benchmark; ``model_key`` is its name made comparable.

    ``low`` and ``high`` are the ends of the interval that the board gives, where it gives one.
    """

    __tablename__ = "public_score"
    __table_args__ = (UniqueConstraint("benchmark", "source", "measured_on", "model_key"),)

    id: int | None = row_id()
    model: str
    model_key: str
    benchmark: str
    score: float
    measured_on: date
    source: str
    low: float | None = None
    high: float | None = None
    created_at: datetime = moment()
