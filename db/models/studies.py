"""How it is judged: rubrics, taxonomies and the studies that use them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from db.columns import (
    DatabaseTable,
    json_value,
    long_text,
    moment,
    one_of,
    reference,
    row_id,
)
from evalkit.vocabulary import (
    CriterionLevel,
    LeakPolicy,
    TaskKind,
)


class Rubric(DatabaseTable, table=True):
    __tablename__ = "rubric"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: int | None = row_id()
    name: str
    version: int = 1
    created_at: datetime = moment()


class Criterion(DatabaseTable, table=True):
    """One question of a rubric.

    ``scale`` is a list of {value, label, anchor}, lowest first. It is empty where the scale is
    continuous: then ``range`` is {min, max, step, low, high}, the last three where there are any.
    A question of the level ``text`` has neither: it is answered in words.
    """

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("rubric_id", "key"), one_of("level", CriterionLevel))

    id: int | None = row_id()
    rubric_id: int = reference("rubric")
    key: str
    position: int
    question: str
    description: str | None = long_text(nullable=True)
    level: str
    scale: list[dict[str, Any]] = json_value(nullable=False)
    range: dict[str, Any] | None = json_value()
    is_required: bool = True


class Taxonomy(DatabaseTable, table=True):
    """One version of a taxonomy.

    ``severities`` is a list of {key, name, weight}, mildest first; None stands for the usual three.
    ``weights`` says what an error weighs instead, by severity (``major``) or by severity and tag
    (``minor:fluency``).
    """

    __tablename__ = "taxonomy"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: int | None = row_id()
    name: str
    version: int = 1
    severities: list[dict[str, Any]] | None = json_value()
    weights: dict[str, float] | None = json_value()
    created_at: datetime = moment()


class Tag(DatabaseTable, table=True):
    """One kind of error of a taxonomy; ``severities`` are the keys of those that can be chosen."""

    __tablename__ = "tag"
    __table_args__ = (UniqueConstraint("taxonomy_id", "key"),)

    id: int | None = row_id()
    taxonomy_id: int = reference("taxonomy")
    key: str
    position: int
    name: str | None = None
    definition: str | None = long_text(nullable=True)
    severities: list[str] | None = json_value()


class DefinitionDraft(DatabaseTable, table=True):
    """What a lead has written of a rubric or a taxonomy and not saved yet.

    ``name`` is that of what was opened, empty for a new one. ``content`` is what the form holds,
    see `pages.shared.library.entries`.
    """

    __tablename__ = "definition_draft"
    __table_args__ = (UniqueConstraint("author_id", "noun", "name"),)

    id: int | None = row_id()
    author_id: int = reference("annotator", index=True)
    noun: str
    name: str
    content: dict[str, Any] = json_value(nullable=False)
    written_at: datetime = moment()


class Study(DatabaseTable, table=True):
    """What is compared, by whom, under which rubric, taxonomy and policy.

    ``are_units_current`` says that its units are those its cases and outputs make by now;
    ``names`` are those of its models and their makers, as they were then. ``about`` tells
    annotators in a sentence what it is for, ``contact`` whom to ask;
    ``tells_agreement``, that they are told at the end how often they chose as others did;
    ``suggests_tags``, that most of them are offered a tag for what they type.
    ``n_drawn`` is for how many of its cases it asks, where it is not for all; see `StudyCase`.
    ``pairs_per_case`` counts responses where ``task_kind`` shows each alone, or ranks them.
    ``tasks`` are the kinds of task where it asks for several, see `StudyTask`: then ``task_kind``,
    ``overlap`` and ``pairs_per_case`` are of the first, and what it collects is what any does.
    """

    __tablename__ = "study"
    __table_args__ = (
        one_of("leak_policy", LeakPolicy),
        one_of("task_kind", TaskKind),
        CheckConstraint("overlap >= 1", name="overlap"),
        CheckConstraint("pairs_per_case >= 1", name="pairs_per_case"),
    )

    id: int | None = row_id()
    name: str = Field(unique=True)
    eval_set_version_id: int = reference("eval_set_version", index=True)
    rubric_id: int | None = reference("rubric", nullable=True)
    taxonomy_id: int | None = reference("taxonomy", nullable=True)
    about: str = long_text()
    contact: str = ""
    guidelines: str = long_text()
    tells_agreement: bool = False
    suggests_tags: bool = False
    task_kind: str = TaskKind.PAIR
    overlap: int = 2
    pairs_per_case: int = 1
    tasks: list[dict[str, Any]] | None = json_value()
    seed: int = 0
    n_drawn: int | None = None
    collects_preference: bool = True
    collects_strength: bool = False
    collects_certainty: bool = False
    collects_criterion_preferences: bool = False
    collects_scores: bool = True
    collects_tags: bool = True
    collects_comment: bool = True
    collects_assertion: bool = False
    leak_policy: str = LeakPolicy.MASK
    is_open: bool = True
    are_units_current: bool = False
    names: list[str] | None = json_value()
    created_by_id: int | None = reference("annotator", nullable=True)
    created_at: datetime = moment()


class StudyCase(DatabaseTable, table=True):
    """A case that was drawn for a study when it began, with its chance to be."""

    __tablename__ = "study_case"

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    case_id: int = Field(foreign_key="case.id", primary_key=True, index=True)
    inclusion_probability: float


class StudyPerson(DatabaseTable, table=True):
    """Somebody whom a study is for; one that names nobody and no group is for everybody."""

    __tablename__ = "study_person"

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    annotator_id: int = Field(foreign_key="annotator.id", primary_key=True, index=True)


class StudyGroup(DatabaseTable, table=True):
    """A group whom a study is for."""

    __tablename__ = "study_group"

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    name: str = Field(primary_key=True)


class InstructionsRead(DatabaseTable, table=True):
    """Somebody read what a study tells its annotators; ``digest`` says what that was then."""

    __tablename__ = "instructions_read"

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    annotator_id: int = Field(foreign_key="annotator.id", primary_key=True, index=True)
    digest: str
    read_at: datetime = moment()


class AgreementTold(DatabaseTable, table=True):
    """Somebody was told that they chose as others did in this share of ``n`` comparisons.

    Told once, and never made anew. Without a share they were told that there is none to tell.
    """

    __tablename__ = "agreement_told"

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    annotator_id: int = Field(foreign_key="annotator.id", primary_key=True, index=True)
    n: int
    share: float | None = None
    low: float | None = None
    high: float | None = None
    told_at: datetime = moment()


class ResultsState(DatabaseTable, table=True):
    """What the results of a study rest on, by a token that every change of it makes anew.

    A token and no count: an older database that is put back counts to the same number again. A
    table of its own, for the row of the study is locked while its cases are given out.
    """

    __tablename__ = "results_state"

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    token: str


class StudyRun(DatabaseTable, table=True):
    """Which runs a study compares."""

    __tablename__ = "study_run"

    study_id: int = Field(foreign_key="study.id", primary_key=True)
    run_id: int = Field(foreign_key="run.id", primary_key=True, index=True)
