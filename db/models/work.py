"""What a study gives out, and who did how much of it: counted as it is given out.

All of it can be counted again from the assignments (`db.commands.units.count_units`); it is kept so
that neither the next case nor anybody's progress costs more as the study grows.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from db.columns import DatabaseTable, json_value, moment, one_of, reference, row_id
from evalkit.vocabulary import TaskKind


class UnitPair(DatabaseTable, table=True):
    """Two runs of a study, over all its units of one kind of task.

    Twice the same where each response stands alone; where they are ranked, the first two of them.

    ``n_live`` counts the presentations that are submitted or under way, and ``lead`` how many more
    of them have the first run on the left. ``n_open`` counts the units that may be given out and
    lack annotators, ``n_missing`` the annotators they lack.
    """

    __tablename__ = "unit_pair"
    __table_args__ = (
        UniqueConstraint("study_id", "kind", "first_run_id", "second_run_id"),
        one_of("kind", TaskKind),
    )

    id: int | None = row_id()
    study_id: int = reference("study")
    kind: str = TaskKind.PAIR
    first_run_id: int = reference("run")
    second_run_id: int = reference("run")
    n_live: int = 0
    lead: int = 0
    n_open: int = 0
    n_missing: int = 0


class Unit(DatabaseTable, table=True):
    """What several annotators judge: a case with the outputs of two runs, or twice the same.

    How many they are is said by the task of its ``kind`` in the study. Where responses are ranked,
    a case is one unit, and ``more_output_ids`` are the third and on.

    ``place`` is where it stands in the order of the study, which is drawn. What is not
    ``is_offered`` is given out to nobody any more: its case was retired, or an output gives its
    maker away. ``n_live`` and ``lead`` are as those of its pair.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("study_id", "case_id", "pair_id"),
        one_of("kind", TaskKind),
        Index("ix_unit_next", "study_id", "kind", "is_offered", "n_live", "place"),
    )

    id: int | None = row_id()
    study_id: int = reference("study")
    kind: str = TaskKind.PAIR
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
    """What one annotator did of one kind of task in one study.

    ``n_begun`` counts drafts, and cases that are reserved and not begun. ``n_open`` and
    ``n_missing`` are as those of a pair, over the units this annotator was shown: they are not
    theirs to do any more.
    """

    __tablename__ = "work_count"
    __table_args__ = (one_of("kind", TaskKind),)

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    annotator_id: int = Field(foreign_key="annotator.id", primary_key=True, index=True)
    kind: str = Field(default=TaskKind.PAIR, primary_key=True)
    n_submitted: int = 0
    n_begun: int = 0
    last_submitted_id: int | None = None
    shown_at: datetime | None = moment(nullable=True)
    n_open: int = 0
    n_missing: int = 0
