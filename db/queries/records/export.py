"""A study as the lines of a file of records, and as that file."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, or_, select, true
from sqlmodel import Session, col

from db.models import (
    Annotation,
    Assignment,
    Case,
    Criterion,
    CriterionPreference,
    ErrorMark,
    EvalSet,
    EvalSetVersion,
    GoldAnswer,
    Output,
    Rubric,
    Score,
    Study,
    StudyRun,
    Tag,
    Taxonomy,
    VersionCase,
)
from db.queries.records.annotated import IMPORTED, LOOK, SIDES_POLICIES
from db.queries.records.automated import check_records
from db.queries.records.followed import followed_records, told_versions
from db.queries.records.gold import gold_records
from db.queries.records.known_failures import FollowedScope
from db.queries.records.labels import study_labels
from db.queries.records.lessons import definitions_of_lessons, lesson_records
from db.queries.records.rows import (
    case_records,
    criterion_records,
    output_records,
    tag_records,
    taxonomy_record,
)
from db.queries.traffic import traffic_of
from evalkit.errors import NotFoundError
from evalkit.records.normal import normal, plain_number
from evalkit.records.whole import FORMAT, VERSION
from evalkit.vocabulary import AssignmentState, ElsewhereRule, LooksRule, SidesOf, TextPlace


@dataclass(frozen=True, slots=True)
class ExportedStudy:
    """What names a study and everything it stands on."""

    id: int
    name: str
    eval_set: str
    eval_set_id: int
    version_id: int
    content_hash: str
    rubric_id: int | None
    taxonomy_id: int | None


def exported_study(session: Session, *, name: str) -> ExportedStudy:
    """Find a study by its name."""
    row = session.execute(_STUDIES.where(col(Study.name) == name)).first()
    if row is None:
        names = session.scalars(select(col(Study.name)).order_by(col(Study.name))).all()
        known = f"There are: {', '.join(names)}." if names else "There are no studies yet."
        raise NotFoundError(f"There is no study called {name!r}. {known}")
    return ExportedStudy(*row)


def study_records(
    session: Session, study: ExportedStudy, *, include_superseded: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield a study in the record format.

    The order is the header, criteria, tags, cases, outputs, automated checks, right answers, the
    labels by annotation, lessons, and what became of tags and failures. Of the labels those that
    count are written; with ``include_superseded`` also their earlier revisions.
    """
    of = FollowedScope(study.eval_set_id, study.version_id, study.id)
    told = told_versions(session, of)
    # When it was exported is left out: the same study gives the same bytes.
    yield normal(
        "header",
        {
            "format": FORMAT,
            "version": VERSION,
            "eval_set": study.eval_set,
            "study": study.name,
            "eval_set_version": study.content_hash,
            **_header_of_labels(session, study),
            **_header_of_texts(session, study),
            **_header_of_traffic(session, study),
            **_header_of_taxonomy(session, study, told),
        },
    )
    rubrics, taxonomies = definitions_of_lessons(session, study_id=study.id)
    for rubric_id in _rubrics(session, study, rubrics, include_superseded=include_superseded):
        yield from criterion_records(session, rubric_id=rubric_id)
    named = taxonomies | told
    for taxonomy_id in _taxonomies(session, study, named, include_superseded=include_superseded):
        if (taxonomy := taxonomy_record(session, taxonomy_id=taxonomy_id)) is not None:
            yield taxonomy
        yield from tag_records(session, taxonomy_id=taxonomy_id)
    scope = {"eval_set_id": study.eval_set_id, "version_id": study.version_id}
    for _, record in case_records(session, **scope):
        yield record
    of_study = select(col(StudyRun.run_id)).where(col(StudyRun.study_id) == study.id)
    runs = frozenset(session.scalars(of_study))
    for _, record in output_records(session, **scope, run_ids=runs):
        yield record
    yield from check_records(session, **scope, run_ids=runs)
    for _, record in gold_records(session, study_id=study.id):
        yield record
    for label in study_labels(session, study_id=study.id):
        if label.counts or (include_superseded and label.has_successor):
            yield label.record
    for _, record in lesson_records(session, study_id=study.id):
        yield record
    yield from followed_records(session, of)


def _header_of_taxonomy(
    session: Session, study: ExportedStudy, told: frozenset[int]
) -> dict[str, int]:
    """Return which version a study asks for, where versions are written that it does not."""
    if not told - {study.taxonomy_id}:
        return {}
    own = select(col(Taxonomy.version)).where(col(Taxonomy.id) == study.taxonomy_id)
    return {"taxonomy_version": session.scalar(own) or 0}


def _header_of_labels(session: Session, study: ExportedStudy) -> dict[str, str]:
    """Return what an import must know of the labels, where it is not what it takes for granted."""
    own = select(literal(1)).where(col(Assignment.study_id) == study.id)
    has_looks = own.where(col(Assignment.presentation).like(f"{IMPORTED}%{LOOK}%")).limit(1)
    compared = own.where(
        col(Assignment.right_output_id).is_not(None),
        col(Assignment.state) == AssignmentState.SUBMITTED,
    ).limit(1)
    sides = None if session.scalar(compared) is None else _sides(session, compared)
    return {
        **({"looks": LooksRule.MEAN.value} if session.scalar(has_looks) is not None else {}),
        **({"sides": sides.value} if sides else {}),
    }


def _header_of_traffic(session: Session, study: ExportedStudy) -> dict[str, Any]:
    """Return what production is asked of each category, where somebody said so."""
    amounts = traffic_of(session, study.eval_set_id).amounts
    parts = [
        {**({"category": name} if name else {}), "amount": plain_number(amount)}
        for name, amount in amounts
    ]
    return {"traffic": parts} if parts else {}


def _header_of_texts(session: Session, study: ExportedStudy) -> dict[str, str]:
    """Return that some texts are elsewhere, so that an import takes the file as it is."""
    of_version = (
        select(literal(1))
        .select_from(VersionCase)
        .join(Case, col(Case.id) == col(VersionCase.case_id))
        .where(col(VersionCase.version_id) == study.version_id)
        .limit(1)
    )
    of_outputs = of_version.join(Output, col(Output.case_id) == col(Case.id)).where(
        col(Output.text_place) == TextPlace.ELSEWHERE
    )
    of_cases = of_version.where(col(Case.text_place) == TextPlace.ELSEWHERE)
    is_kept = any(session.scalar(some) is not None for some in (of_cases, of_outputs))
    return {"elsewhere": ElsewhereRule.KEEP.value} if is_kept else {}


def _sides(session: Session, compared: Any) -> SidesOf | None:
    """Return what is known of the sides of every comparison: no more than of the least known."""

    def some(sides: SidesOf | None) -> bool:
        policy = col(Assignment.policy) == SIDES_POLICIES[sides]
        return session.scalar(compared.where(policy)) is not None

    if some(SidesOf.UNKNOWN):
        return SidesOf.UNKNOWN
    return None if some(None) else SidesOf.DEALT


def _rubrics(
    session: Session, study: ExportedStudy, of_lessons: set[int], *, include_superseded: bool
) -> Iterable[int]:
    """Return the rubric of a study and the other versions under which something was judged."""
    used = (
        select(col(Criterion.rubric_id))
        .join(Score, col(Score.criterion_id) == col(Criterion.id))
        .join(Annotation, col(Score.annotation_id) == col(Annotation.id))
        .join(Assignment, col(Annotation.assignment_id) == col(Assignment.id))
        .where(col(Assignment.study_id) == study.id)
        .where(true() if include_superseded else ~col(Score.is_superseded))
    )
    preferred = (
        select(col(Criterion.rubric_id))
        .join(CriterionPreference, col(CriterionPreference.criterion_id) == col(Criterion.id))
        .join(Annotation, col(CriterionPreference.annotation_id) == col(Annotation.id))
        .join(Assignment, col(Annotation.assignment_id) == col(Assignment.id))
        .where(col(Assignment.study_id) == study.id)
        .where(true() if include_superseded else ~col(Annotation.is_superseded))
    )
    right = _of_gold(study, Criterion.rubric_id, col(Criterion.id) == GoldAnswer.criterion_id)
    of_study = col(Rubric.id) == study.rubric_id
    anywhere = [col(Rubric.id).in_(ids) for ids in (used, preferred, right, of_lessons)]
    return session.scalars(
        select(col(Rubric.id))
        .where(or_(of_study, *anywhere))
        .order_by(col(Rubric.name), col(Rubric.version))
    )


def _taxonomies(
    session: Session, study: ExportedStudy, named: Collection[int], *, include_superseded: bool
) -> Iterable[int]:
    """Return the taxonomy of a study and the other versions that its marks were made under.

    Beside them are those that are ``named`` elsewhere: by lessons, changes, codes and failures.
    """
    used = (
        select(col(Tag.taxonomy_id))
        .join(ErrorMark, col(ErrorMark.tag_id) == col(Tag.id))
        .join(Annotation, col(ErrorMark.annotation_id) == col(Annotation.id))
        .join(Assignment, col(Annotation.assignment_id) == col(Assignment.id))
        .where(col(Assignment.study_id) == study.id)
        .where(true() if include_superseded else ~col(ErrorMark.is_superseded))
    )
    right = _of_gold(study, Tag.taxonomy_id, col(Tag.id) == GoldAnswer.tag_id)
    of_study = col(Taxonomy.id) == study.taxonomy_id
    anywhere = [col(Taxonomy.id).in_(ids) for ids in (used, right, named)]
    return session.scalars(
        select(col(Taxonomy.id))
        .where(or_(of_study, *anywhere))
        .order_by(col(Taxonomy.name), col(Taxonomy.version))
    )


def _of_gold(study: ExportedStudy, column: Any, is_of: Any) -> Any:
    """Return whose criteria, or tags, the right answers of a study are about."""
    return select(col(column)).join(GoldAnswer, is_of).where(col(GoldAnswer.study_id) == study.id)


_STUDIES: Any = (
    select(
        col(Study.id),
        col(Study.name),
        col(EvalSet.name),
        col(EvalSet.id),
        col(EvalSetVersion.id),
        col(EvalSetVersion.content_hash),
        col(Study.rubric_id),
        col(Study.taxonomy_id),
    )
    .join(EvalSetVersion, col(Study.eval_set_version_id) == col(EvalSetVersion.id))
    .join(EvalSet, col(EvalSetVersion.eval_set_id) == col(EvalSet.id))
)
