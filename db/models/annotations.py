"""What came back: assignments, annotations, scores and error marks."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.columns import (
    DatabaseTable,
    in_unit_range,
    json_value,
    long_text,
    moment,
    new_token,
    not_negative,
    one_of,
    reference,
    row_id,
)
from evalkit.vocabulary import (
    AssignmentKind,
    AssignmentState,
    Certainty,
    CheckValue,
    Preference,
    Sampling,
    SkipReason,
    Strength,
)


def _few(name: str, *columns: str, where: str) -> Index:
    """Index the few rows for which something holds."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Assignment(DatabaseTable, table=True):
    """One presentation of a case to one annotator, written before anything is shown.

    ``presentation`` names it within the study and annotator: for work given out here the case
    and the unordered pair of outputs (nobody is shown the same pair twice), for imported
    annotations what the record says. ``key`` is the record's own ``assignment``, if it had one.
    ``token`` is known to its annotator's page alone, and to no page of another assignment.
    ``draft_session`` and ``draft_number`` say which page stored the last draft or submission,
    and as the how many of its own. ``shown_at`` is empty while a case is only held for somebody.
    Left and right are A and B on the screen; where more responses are ranked, C and on follow.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("study_id", "annotator_id", "presentation"),
        one_of("state", AssignmentState),
        one_of("kind", AssignmentKind),
        one_of("sampling", Sampling),
        one_of("skip_reason", SkipReason),
        CheckConstraint(
            "(state = 'skipped') = (skip_reason IS NOT NULL)", name="skipped_has_reason"
        ),
        CheckConstraint("left_output_id <> right_output_id", name="two_outputs"),
        in_unit_range("inclusion_probability"),
        not_negative("active_seconds"),
        # The results read a study in the order of the table; by case they would jump about in it.
        Index("ix_assignment_study_id", "study_id"),
        Index("ix_assignment_study_id_case_id", "study_id", "case_id"),
        Index("ix_assignment_annotator_id_study_id_state", "annotator_id", "study_id", "state"),
        Index("ix_assignment_annotator_id_study_id_case_id", "annotator_id", "study_id", "case_id"),
        Index("ix_assignment_annotator_id_study_id_id", "annotator_id", "study_id", "id"),
        *(
            _few(f"ix_assignment_{name}", name, where=f"{name} IS NOT NULL")
            for name in ("third_output_id", "fourth_output_id", "fifth_output_id")
        ),
        _few("ix_assignment_entered", "annotator_id", "study_id", where="draft IS NOT NULL"),
        _few(
            "ix_assignment_reserved",
            "study_id",
            "reserved_until",
            where="reserved_until IS NOT NULL",
        ),
    )

    id: int | None = row_id()
    study_id: int = reference("study")
    annotator_id: int = reference("annotator")
    case_id: int = reference("case")
    left_output_id: int = reference("output", index=True)
    right_output_id: int | None = reference("output", nullable=True, index=True)
    third_output_id: int | None = reference("output", nullable=True)
    fourth_output_id: int | None = reference("output", nullable=True)
    fifth_output_id: int | None = reference("output", nullable=True)
    presentation: str
    key: str | None = None
    token: str = Field(default_factory=new_token)
    kind: str = AssignmentKind.WORK
    policy: str = "balanced"
    sampling: str | None = None
    inclusion_probability: float | None = None
    state: str = AssignmentState.OPEN
    skip_reason: str | None = None
    skip_note: str | None = long_text(nullable=True)
    draft: dict[str, Any] | None = json_value()
    draft_session: str | None = None
    draft_number: int | None = None
    active_seconds: float = 0.0
    reserved_until: datetime | None = moment(nullable=True)
    shown_at: datetime | None = moment(nullable=True)
    created_at: datetime = moment()

    @property
    def is_held(self) -> bool:
        """Whether this comes next for its annotator, and was not shown to them yet."""
        return self.state == AssignmentState.OPEN and self.shown_at is None


class Question(DatabaseTable, table=True):
    """What an annotator asks the lead about a case, what they are told, and when they read that."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        _few("ix_question_open", "id", where="answer IS NULL"),
    )

    id: int | None = row_id()
    assignment_id: int = reference("assignment", index=True)
    words: str = long_text()
    asked_at: datetime = moment()
    answer: str | None = long_text(nullable=True)
    answered_by_id: int | None = reference("annotator", nullable=True)
    answered_at: datetime | None = moment(nullable=True)
    read_at: datetime | None = moment(nullable=True)


class Annotation(DatabaseTable, table=True):
    """What came back from one assignment. An edit is a new revision; the old one stays.

    ``is_superseded`` marks a preference that no longer counts. ``preference`` is empty where
    none was asked for; ``is_unreadable`` marks a verdict that was given but could not be read.
    ``texts`` are answers in words, {side: {criterion: text}}; ``probability`` is how probable a
    judge held its preference. ``offers`` are the tags that were suggested while it was made, with
    what became of each, see `TagOffer`.
    ``details`` keeps what an imported record carries beside it, and ``created_at`` the moment
    as the record wrote it.
    """

    __tablename__ = "annotation"
    __table_args__ = (
        UniqueConstraint("assignment_id", "revision"),
        one_of("preference", Preference),
        one_of("strength", Strength),
        one_of("certainty", Certainty),
        CheckConstraint(
            "strength IS NULL OR preference IN ('left', 'right')", name="strength_of_a_preference"
        ),
        CheckConstraint("preference IS NULL OR NOT is_unreadable", name="unreadable_is_empty"),
        CheckConstraint("revision >= 1", name="revision"),
        not_negative("active_seconds"),
        Index(
            "uq_annotation_current",
            "assignment_id",
            unique=True,
            sqlite_where=text("is_superseded = 0"),
            postgresql_where=text("NOT is_superseded"),
        ),
        _few("ix_annotation_offers", "assignment_id", where="offers IS NOT NULL"),
    )

    id: int | None = row_id()
    assignment_id: int = reference("assignment")
    revision: int = 1
    submission_key: str | None = Field(default=None, unique=True)
    submitted_at: datetime = moment()
    active_seconds: float | None = None
    preference: str | None = None
    strength: str | None = None
    certainty: str | None = None
    probability: float | None = None
    is_unreadable: bool = False
    comment: str | None = long_text(nullable=True)
    assertion: str | None = long_text(nullable=True)
    texts: dict[str, dict[str, str]] | None = json_value()
    offers: list[dict[str, str]] | None = json_value()
    is_superseded: bool = False
    created_at: str | None = None
    details: dict[str, Any] | None = json_value()


class CriterionPreference(DatabaseTable, table=True):
    """Which of two responses is better on one criterion; it counts while its annotation does."""

    __tablename__ = "criterion_preference"
    __table_args__ = (one_of("preference", Preference),)

    annotation_id: int = Field(foreign_key="annotation.id", primary_key=True)
    criterion_id: int = Field(foreign_key="criterion.id", primary_key=True, index=True)
    preference: str


class RankedOutput(DatabaseTable, table=True):
    """The place of one output in a ranking, from 0; outputs that are equally good share one."""

    __tablename__ = "ranked_output"

    annotation_id: int = Field(foreign_key="annotation.id", primary_key=True)
    output_id: int = Field(foreign_key="output.id", primary_key=True, index=True)
    place: int


class Score(DatabaseTable, table=True):
    """One value on one criterion for one output, and how probable a judge held it."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("annotation_id", "output_id", "criterion_id"),
        Index("ix_score_criterion_id_output_id", "criterion_id", "output_id"),
        Index("ix_score_output_id", "output_id"),
    )

    id: int | None = row_id()
    annotation_id: int = reference("annotation")
    output_id: int = reference("output")
    criterion_id: int = reference("criterion")
    value: float
    probability: float | None = None
    is_superseded: bool = False
    details: dict[str, Any] | None = json_value()


class CheckAnswer(DatabaseTable, table=True):
    """Whether one output fulfils one item of its case's checklist."""

    __tablename__ = "check_answer"
    __table_args__ = (
        UniqueConstraint("annotation_id", "output_id", "item"),
        one_of("value", CheckValue),
        Index("ix_check_answer_output_id", "output_id"),
    )

    id: int | None = row_id()
    annotation_id: int = reference("annotation")
    output_id: int = reference("output")
    item: str
    value: str
    is_superseded: bool = False
    details: dict[str, Any] | None = json_value()


class ErrorMark(DatabaseTable, table=True):
    """One error marked on one output; without a tag: looked, and found none.

    ``start`` and ``end`` are character offsets into the output's content, ``end`` excluded; with a
    ``step`` of a trajectory, counted from 0, into that step's text. An omission is what the output
    does not say, and has no place. ``severity`` is the key of one of the taxonomy of its tag.
    """

    __tablename__ = "error_mark"
    __table_args__ = (
        CheckConstraint('(start IS NULL AND "end" IS NULL) OR start <= "end"', name="span"),
        Index("ix_error_mark_annotation_id", "annotation_id"),
        Index("ix_error_mark_output_id_tag_id", "output_id", "tag_id"),
        Index("ix_error_mark_tag_id", "tag_id"),
    )

    id: int | None = row_id()
    annotation_id: int = reference("annotation")
    output_id: int = reference("output")
    tag_id: int | None = reference("tag", nullable=True)
    severity: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = long_text(nullable=True)
    note: str | None = long_text(nullable=True)
    step: int | None = None
    is_omission: bool = False
    is_superseded: bool = False
    details: dict[str, Any] | None = json_value()
