"""What a study gives out, and who did how much of it: counted as it is given out.

All of it can be counted again from the assignments (`db.commands.units.count_units`); it is kept so
that neither the next case nor anybody's progress costs more as the study grows.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from db.columns import DatabaseTable, json_value, moment, reference, row_id


class UnitPair(DatabaseTable, table=True):
    """Two runs of a study, over all its units; twice the same where each response stands alone.

    Where responses are ranked, the first two of them.

    ``n_live`` counts the presentations that are submitted or under way, and ``lead`` how many more
    of them have the first run on the left. ``n_open`` counts the units that may be given out and
    lack annotators, ``n_missing`` the annotators they lack.
    """

    __tablename__ = "unit_pair"
    __table_args__ = (UniqueConstraint("study_id", "first_run_id", "second_run_id"),)

    id: int | None = row_id()
    study_id: int = reference("study")
    first_run_id: int = reference("run")
    second_run_id: int = reference("run")
    n_live: int = 0
    lead: int = 0
    n_open: int = 0
    n_missing: int = 0


class Unit(DatabaseTable, table=True):
    """What ``overlap`` annotators judge: a case with the outputs of two runs, or twice the same.

    Where responses are ranked, a case is one unit, and ``more_output_ids`` are the third and on.

    ``place`` is where it stands in the order of the study, which is drawn. What is not
    ``is_offered`` is given out to nobody any more: its case was retired, or an output gives its
    maker away. ``n_live`` and ``lead`` are as those of its pair.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("study_id", "case_id", "pair_id"),
        Index("ix_unit_next", "study_id", "is_offered", "n_live", "place"),
    )

    id: int | None = row_id()
    study_id: int = reference("study")
    case_id: int = reference("case", index=True)
    pair_id: int = reference("unit_pair", index=True)
    first_output_id: int = reference("output", index=True)
    second_output_id: int = reference("output", index=True)
    more_output_ids: list[int] | None = json_value()
    place: int
    inclusion_probability: float
    is_offered: bool = True
    n_live: int = 0
    lead: int = 0


class WorkCount(DatabaseTable, table=True):
    """What one annotator did in one study.

    ``n_begun`` counts drafts, and cases that are reserved and not begun. ``n_open`` and
    ``n_missing`` are as those of a pair, over the units this annotator was shown: they are not
    theirs to do any more.
    """

    __tablename__ = "work_count"

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    annotator_id: int = Field(foreign_key="annotator.id", primary_key=True, index=True)
    n_submitted: int = 0
    n_begun: int = 0
    last_submitted_id: int | None = None
    shown_at: datetime | None = moment(nullable=True)
    n_open: int = 0
    n_missing: int = 0
