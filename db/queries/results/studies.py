"""Which studies have results, and what they can be filtered by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import (
    Annotation,
    Annotator,
    Assignment,
    Case,
    EvalSetVersion,
    Model,
    Run,
    Study,
    StudyRun,
    Tag,
    Taxonomy,
    VersionCase,
)
from db.queries.results.admission import admissions_in, bar_of, openings_of
from db.queries.results.criteria import ResultCriterion, criteria_of
from db.queries.results.tags import PlannedChange, ResultTag, study_tags
from db.queries.results.versions import (
    n_of_status,
    version_marks,
    version_numbers,
)
from db.queries.taxonomies import changes_since
from db.queries.traffic import traffic_of_version
from evalkit.errors import NotFoundError
from evalkit.failures.changes import moved_weights
from evalkit.phrases import quoted
from evalkit.reports.errors.penalties import read_weights
from evalkit.severity import Severity, read_severities
from evalkit.stats.penalties import ErrorWeights
from evalkit.study.admitted import Admission, AdmissionBar, OpenedTest
from evalkit.study.collected import VersionMark
from evalkit.study.moved_tags import MovedTag
from evalkit.study.traffic import NO_TRAFFIC, Traffic
from evalkit.vocabulary import AdmissionStanding, AnnotatorKind, AssignmentKind, CaseStatus

#: What counts: work of the study and its repeats, not what teaches or checks annotators.
COUNTED_KINDS = (AssignmentKind.WORK, AssignmentKind.REPEAT)


@dataclass(frozen=True, slots=True)
class ResultFilters:
    """What a reader narrowed the results to; an empty tuple is no limit.

    ``""`` among the categories is that of cases without one. Judges count only on demand, and
    where the study says what a judge must reach, only those admitted. ``every_judge`` is for what
    is told of judges themselves: all count, and where there is such a bar, on the cases outside
    the test split alone or, with ``is_test``, on those in it. ``admitted_or_not`` is for what
    measures judges by people case by case: every judge counts, on all cases, whoever is chosen.

    ``as_of`` is the number of a version of the eval set: only cases that it holds count, too.
    Quarantined cases count only where asked for; ``only_active`` leaves out saturated and retired
    ones as well. ``only_watched`` reads nothing but watched cases, however large the study is.
    """

    categories: tuple[str, ...] = ()
    annotator_ids: tuple[int, ...] = ()
    judges: bool = False
    every_judge: bool = False
    is_test: bool = False
    admitted_or_not: bool = False
    as_of: int | None = None
    quarantined: bool = False
    only_active: bool = False
    only_watched: bool = False

    @property
    def left_out(self) -> tuple[CaseStatus, ...]:
        """Return of which statuses cases do not count."""
        if self.only_active:
            return CaseStatus.SATURATED, CaseStatus.RETIRED, CaseStatus.QUARANTINED
        return () if self.quarantined else (CaseStatus.QUARANTINED,)

    def with_all_judges(self) -> "ResultFilters":
        """Return the same limits on people, with every judge, admitted or not."""
        return replace(self, judges=True, admitted_or_not=True)

    def counts(self, annotator: "ResultAnnotator") -> bool:
        """Say whether anything somebody said counts."""
        is_in = not self.annotator_ids or annotator.annotator_id in self.annotator_ids
        if annotator.kind == AnnotatorKind.JUDGE:
            is_asked = self.every_judge or (self.judges and annotator.is_admitted)
            return self.admitted_or_not or (is_in and is_asked)
        return is_in


@dataclass(frozen=True, slots=True)
class ResultRun:
    """One run and what it counts for: its ``own_model``, or itself where the study has only one."""

    run_id: int
    model: str
    own_model: str


@dataclass(frozen=True, slots=True)
class ResultAnnotator:
    """Who annotated in the study; a judge ``is_admitted`` where it is on anything at all."""

    annotator_id: int
    name: str
    kind: AnnotatorKind
    is_simulated: bool
    n_people: int | None = None
    is_admitted: bool = True


@dataclass(frozen=True, slots=True)
class ResultStudy:
    """A study as its results need it; ``runs`` are in the order they were made.

    ``bar`` is what a judge must reach, where a lead said so, ``admissions`` who did when its test
    was last opened.
    ``severities`` weigh what the taxonomies say, ``weights`` what a lead set instead; ``traffic``
    is what production is asked of each category of its eval set. ``versions`` are the numbers of
    all versions of that, newest first; ``n_of_status`` how many of its own cases have which status.
    ``counted_as``, ``moved``, ``divided`` and ``has_recoded`` say what became of tags, see
    :class:`db.queries.results.tags.StudyTags`.
    """

    study_id: int
    name: str
    version_id: int
    runs: tuple[ResultRun, ...]
    categories: tuple[str, ...]
    annotators: tuple[ResultAnnotator, ...]
    criteria: tuple[ResultCriterion, ...]
    tags: tuple[ResultTag, ...]
    severities: tuple[Severity, ...]
    weights: ErrorWeights
    cases_of: VersionMark
    collects_preference: bool
    collects_strength: bool
    bar: AdmissionBar | None = None
    admissions: tuple[Admission, ...] = ()
    openings: tuple[OpenedTest, ...] = ()
    counted_as: tuple[tuple[int, int], ...] = ()
    moved: tuple[MovedTag, ...] = ()
    divided: tuple[tuple[int, tuple[int, ...]], ...] = ()
    has_recoded: bool = False
    traffic: Traffic = NO_TRAFFIC
    versions: tuple[int, ...] = ()
    n_of_status: tuple[tuple[CaseStatus, int], ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """Return what is compared, in an order that a new model does not change."""
        return tuple(dict.fromkeys(run.model for run in self.runs))

    @property
    def runs_of(self) -> str:
        """Return the one model whose runs stand for models; empty where these are models."""
        return next((run.own_model for run in self.runs if run.model != run.own_model), "")

    @property
    def judges_not_admitted(self) -> str:
        """Name the judges that are admitted on nothing, for what measures them all the same."""
        barred = [who.name for who in self.annotators if not who.is_admitted]
        return f"Not admitted, and measured here all the same: {quoted(barred)}." if barred else ""

    @property
    def tag_places(self) -> dict[int, int]:
        """Return where each stored tag that may have been marked stands among the tags."""
        places = {tag.tag_id: place for place, tag in enumerate(self.tags)}
        return places | {stored: places[counted] for stored, counted in self.counted_as}

    def counted_annotators(self, filters: ResultFilters) -> tuple[ResultAnnotator, ...]:
        """Return the annotators whose work counts within the filters."""
        return tuple(annotator for annotator in self.annotators if filters.counts(annotator))


def result_studies(session: Session) -> dict[str, int]:
    """Return the names of all studies with their ids, newest first."""
    statement = sa.select(col(Study.name), col(Study.id)).order_by(
        col(Study.created_at).desc(), col(Study.id).desc()
    )
    return {row.name: row.id for row in session.connection().execute(statement)}


def result_study(
    session: Session, *, name: str, planned: PlannedChange | None = None
) -> ResultStudy:
    """Return a study by name; raise NotFoundError, naming those there are, if there is none.

    ``planned`` is a change of its taxonomy that is only thought of, to see what it would do.
    """
    statement = sa.select(
        col(Study.id),
        col(Study.eval_set_version_id),
        col(Study.rubric_id),
        col(Study.taxonomy_id),
        col(Study.collects_preference),
        col(Study.collects_strength),
    ).where(col(Study.name) == name)
    study = session.connection().execute(statement).one_or_none()
    if study is None:
        known = quoted(result_studies(session), nothing="none yet")
        raise NotFoundError(f"There is no study named “{name}”. There are: {known}.")
    as_of_now = study_tags(session, study.id, study.taxonomy_id, planned)
    tags = as_of_now.tags
    stored = [*(tag.tag_id for tag in tags), *(tag_id for tag_id, _ in as_of_now.counted_as)]
    severities = _severities(session, study.taxonomy_id, stored)
    bar = bar_of(session, study.id)
    admissions = admissions_in(session, study.id) if bar else ()
    return ResultStudy(
        study_id=study.id,
        name=name,
        version_id=study.eval_set_version_id,
        runs=_runs(session, study.id),
        categories=_categories(session, study.id, study.eval_set_version_id),
        annotators=_admitted(_annotators(session, study.id), bar, admissions),
        criteria=criteria_of(session, study.id, study.rubric_id),
        tags=tags,
        counted_as=as_of_now.counted_as,
        moved=as_of_now.moved,
        divided=as_of_now.divided,
        has_recoded=as_of_now.has_recoded,
        severities=severities,
        weights=_weights(session, study.taxonomy_id, tags, severities, planned),
        cases_of=version_marks(session, [study.eval_set_version_id])[0],
        collects_preference=study.collects_preference,
        collects_strength=study.collects_strength,
        bar=bar,
        admissions=admissions,
        openings=openings_of(session, study.id) if bar else (),
        traffic=traffic_of_version(session, study.eval_set_version_id),
        versions=version_numbers(session, study.eval_set_version_id),
        n_of_status=n_of_status(session, study.eval_set_version_id),
    )


def _admitted(
    annotators: tuple[ResultAnnotator, ...],
    bar: AdmissionBar | None,
    admissions: tuple[Admission, ...],
) -> tuple[ResultAnnotator, ...]:
    """Mark the judges that are admitted nowhere, where the study says what they must reach."""
    if bar is None:
        return annotators
    admitted = {row.judge for row in admissions if row.standing is AdmissionStanding.ADMITTED}
    return tuple(
        replace(who, is_admitted=who.kind != AnnotatorKind.JUDGE or who.name in admitted)
        for who in annotators
    )


def _severities(
    session: Session, taxonomy_id: int | None, tag_ids: Sequence[int]
) -> tuple[Severity, ...]:
    """Return the severities of the study's taxonomy, and any other of another that was marked.

    Those of others take their place by weight, so that the order is from the mildest to the
    gravest; the study's own keep theirs among themselves.
    """
    is_own = col(Taxonomy.id) == taxonomy_id
    others = sa.select(col(Tag.taxonomy_id)).where(col(Tag.id).in_(tag_ids))
    statement = (
        sa.select(col(Taxonomy.severities))
        .where(sa.or_(is_own, col(Taxonomy.id).in_(others)))
        .order_by(sa.case((is_own, 0), else_=1), col(Taxonomy.id).desc())
    )
    stored = session.connection().scalars(statement).all()
    own, *of_others = map(read_severities, stored or [None])
    severities = list(own)
    for severity in chain.from_iterable(of_others):
        if all(severity.key != each.key for each in severities):
            heavier = (n for n, each in enumerate(severities) if each.weight > severity.weight)
            severities.insert(next(heavier, len(severities)), severity)
    return tuple(severities)


def _weights(
    session: Session,
    taxonomy_id: int | None,
    tags: Sequence[ResultTag],
    severities: Sequence[Severity],
    planned: PlannedChange | None,
) -> ErrorWeights:
    """Return what errors weigh in the study's version, by what became of its tags."""
    statement = sa.select(col(Taxonomy.weights), col(Taxonomy.name), col(Taxonomy.version))
    row = session.connection().execute(statement.where(col(Taxonomy.id) == taxonomy_id)).first()
    weights = {} if row is None else row.weights or {}
    if row is not None:
        changes = [made.change for made in changes_since(session, row.name, row.version)]
        if planned is not None and planned.taxonomy == row.name:
            changes.append(planned.change)
        for change in changes:
            weights = moved_weights(weights, change)
    read = read_weights([f"{what}={weight}" for what, weight in weights.items()], severities)
    own = {
        (tag.key, severity.key): read.tags[tag.stored_key, severity.key]
        for tag in tags
        for severity in severities
        if (tag.stored_key, severity.key) in read.tags
    }
    return replace(read, tags={**read.tags, **own})


def _runs(session: Session, study_id: int) -> tuple[ResultRun, ...]:
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Run.id), col(Model.name).label("model"), col(Run.name).label("run"))
        .join(Model, col(Model.id) == col(Run.model_id))
        .join(StudyRun, col(StudyRun.run_id) == col(Run.id))
        .where(col(StudyRun.study_id) == study_id)
        .order_by(col(Run.id))
    )
    rows = session.connection().execute(statement).all()
    of_one_model = len({row.model for row in rows}) == 1 < len(rows)
    return tuple(
        ResultRun(row.id, f"{row.model}:{row.run}" if of_one_model else row.model, row.model)
        for row in rows
    )


def _categories(session: Session, study_id: int, version_id: int) -> tuple[str, ...]:
    """Return the categories of the study's cases and of all that were annotated in it."""
    in_version = sa.select(col(VersionCase.case_id)).where(
        col(VersionCase.version_id) == version_id
    )
    # Asked case by case: a study has far more assignments than cases.
    annotated = sa.select(1).where(
        col(Assignment.study_id) == study_id, col(Assignment.case_id) == col(Case.id)
    )
    of_version = sa.select(col(EvalSetVersion.eval_set_id)).where(
        col(EvalSetVersion.id) == version_id
    )
    statement = sa.select(sa.func.coalesce(col(Case.category), "")).where(
        col(Case.eval_set_id) == of_version.scalar_subquery(),
        sa.or_(col(Case.id).in_(in_version), annotated.exists()),
    )
    return tuple(sorted(session.connection().scalars(statement.distinct())))


def _annotators(session: Session, study_id: int) -> tuple[ResultAnnotator, ...]:
    """Return who annotated, people first, by name; who is not named last."""
    annotated = (
        sa.select(1)
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .where(
            col(Assignment.annotator_id) == col(Annotator.id),
            col(Assignment.study_id) == study_id,
            col(Assignment.kind).in_(COUNTED_KINDS),
        )
    )
    # In the order of its index: in any other PostgreSQL reads all assignments of a study.
    first = annotated.order_by(col(Assignment.state)).limit(1).scalar_subquery()
    statement = sa.select(
        col(Annotator.id),
        col(Annotator.name),
        col(Annotator.kind),
        col(Annotator.is_simulated),
        col(Annotator.n_people),
    ).where(first.is_not(None))
    annotators = [
        ResultAnnotator(row.id, row.name, AnnotatorKind(row.kind), row.is_simulated, row.n_people)
        for row in session.connection().execute(statement)
    ]
    kinds = list(AnnotatorKind)
    annotators.sort(key=lambda annotator: (kinds.index(annotator.kind), annotator.name))
    return tuple(annotators)
