"""What was made of cases on which judges and people differ, and what people said of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from db.columns import number_of
from db.models import (
    Adjudication,
    Annotation,
    Annotator,
    Assignment,
    Case,
    Clarification,
    Criterion,
    ErrorMark,
    Rubric,
    Study,
    Taxonomy,
)
from db.queries.annotation.task import submitted_draft
from db.queries.few_shot import FewShotRow, few_shot_rows
from db.queries.results.studies import COUNTED_KINDS
from db.queries.tags_now import tags_now
from db.queries.taxonomies import changes_since, counted_tag
from evalkit.annotation.draft import NOTHING, Draft, ResponseDraft
from evalkit.failures.changes import read_through
from evalkit.study.collected import Criterion as Scored, Tag
from evalkit.study.subject_keys import PREFERENCE, SubjectKind, key_of_tag, named_subject
from evalkit.study.subjects import ANY_ERROR, PREFERRED, Subject, subject_key
from evalkit.vocabulary import AnnotatorKind, Preference

_SIDE = "left"
_TURNED = {Preference.LEFT: Preference.RIGHT, Preference.RIGHT: Preference.LEFT}


@dataclass(frozen=True, slots=True)
class GivenByPeople:
    """What people said of one thing, each person once, and what was adjudicated.

    ``answers`` are values with all that the person entered of a single response.
    """

    answers: tuple[tuple[Draft | None, Preference | float], ...]
    adjudicated: Preference | float | None


@dataclass(frozen=True, slots=True)
class DecidedCase:
    """One adjudication as a lead reads it; ``answer`` as if the first response stood left."""

    answer: Preference | float
    words: str
    by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CollectedNote:
    """One clarification of a rubric; without a ``criterion`` it is of the preference."""

    criterion: str
    study: str
    case: str
    words: str


@dataclass(frozen=True, slots=True)
class StudyLessons:
    """What new judges of a study may be shown, and the clarifications kept of it, newest first.

    Without a rubric there is no text that a clarification could be added to.
    """

    few_shot: tuple[FewShotRow, ...]
    notes: tuple[CollectedNote, ...]
    has_rubric: bool


def lessons_of_study(session: Session, study_id: int) -> StudyLessons:
    """Return what was made of the cases of a study so far."""
    study = session.get_one(Study, study_id)
    notes = _notes(session, col(Study.id) == study_id)
    return StudyLessons(few_shot_rows(session, study_id), notes, study.rubric_id is not None)


def given_by_people(
    session: Session, study_id: int, subject: Subject, output_ids: Sequence[int]
) -> GivenByPeople:
    """Return what people said of responses; a preference as if the first of them stood left."""
    rows = _by_people(session, study_id, output_ids)
    if subject == PREFERRED:
        answers = _pairs(rows, output_ids)
    else:
        answers = _responses(session, rows, subject, output_ids[0])
    decided = adjudications_of(session, study_id, subject, output_ids)
    return GivenByPeople(answers, decided[0].answer if decided else None)


def preferred_by_people(
    session: Session, study_id: int, pairs: Sequence[tuple[int, int]]
) -> tuple[tuple[Preference, ...], ...]:
    """Return what people prefer of each pair, each person once, as if its first stood left."""
    rows = _by_people(session, study_id, [output_id for pair in pairs for output_id in pair])
    return tuple(_latest(rows, pair) for pair in pairs)


def _by_people(
    session: Session, study_id: int, output_ids: Sequence[int]
) -> Sequence[tuple[Annotation, Assignment]]:
    return session.exec(
        select(Annotation, Assignment)
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            col(Assignment.study_id) == study_id,
            col(Assignment.kind).in_(COUNTED_KINDS),
            col(Annotator.kind) != AnnotatorKind.JUDGE,
            ~col(Annotation.is_superseded),
            or_(
                col(Assignment.left_output_id).in_(list(output_ids)),
                col(Assignment.right_output_id).in_(list(output_ids)),
            ),
        )
        .order_by(col(Annotation.id))
    ).all()


def _pairs(
    rows: Sequence[tuple[Annotation, Assignment]], output_ids: Sequence[int]
) -> tuple[tuple[Draft | None, Preference | float], ...]:
    return tuple((None, preference) for preference in _latest(rows, output_ids))


def _latest(
    rows: Sequence[tuple[Annotation, Assignment]], output_ids: Sequence[int]
) -> tuple[Preference, ...]:
    latest: dict[int, Preference] = {}
    for annotation, assignment in rows:
        sides = (assignment.left_output_id, assignment.right_output_id)
        if set(sides) != set(output_ids) or annotation.preference is None:
            continue
        preference = Preference(annotation.preference)
        is_turned = sides[0] != output_ids[0]
        latest[assignment.annotator_id] = (
            _TURNED.get(preference, preference) if is_turned else preference
        )
    return tuple(latest.values())


def _responses(
    session: Session,
    rows: Sequence[tuple[Annotation, Assignment]],
    subject: Subject,
    output_id: int,
) -> tuple[tuple[Draft | None, Preference | float], ...]:
    """Return per person all that they entered of a response; files bring it in several parts."""
    entered: dict[int, ResponseDraft] = {}
    marked = _marked(session, [annotation for annotation, _ in rows], output_id)
    for annotation, assignment in rows:
        side = _SIDE if assignment.left_output_id == output_id else "right"
        part = submitted_draft(session, annotation, assignment).responses.get(side, NOTHING)
        before = entered.get(assignment.annotator_id, NOTHING)
        entered[assignment.annotator_id] = ResponseDraft(
            scores={**before.scores, **part.scores},
            tags={**before.tags, **part.tags},
            marks=(*before.marks, *part.marks),
            texts={**before.texts, **part.texts},
            checks={**before.checks, **part.checks},
        )
    answers: list[tuple[Draft | None, Preference | float]] = []
    for annotator_id, response in entered.items():
        value = _value(response, subject, marked.get(annotator_id))
        if value is not None:
            answers.append((Draft(None, {_SIDE: response}, ""), value))
    return tuple(answers)


def _marked(
    session: Session, annotations: Sequence[Annotation], output_id: int
) -> dict[int, frozenset[str]]:
    """Return who looked for errors in a response, with what their marks on it count as by now."""
    rows = session.exec(
        select(Assignment.annotator_id, counted_tag())
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .where(
            col(Annotation.id).in_([number_of(each) for each in annotations]),
            col(ErrorMark.output_id) == output_id,
            ~col(ErrorMark.is_superseded),
        )
    ).all()
    now = tags_now(session, {tag_id for _, tag_id in rows if tag_id is not None})
    marked: dict[int, frozenset[str]] = {}
    for annotator_id, tag_id in rows:
        keys = frozenset() if tag_id is None else frozenset({now[tag_id].key})
        marked[annotator_id] = marked.get(annotator_id, frozenset()) | keys
    return marked


def _value(
    response: ResponseDraft, subject: Subject, marked: frozenset[str] | None
) -> float | None:
    """Return what somebody said; ``marked`` is nothing where they did not look for errors."""
    if isinstance(subject, Scored):
        return response.scores.get(subject.key)
    if marked is None or not isinstance(subject, Tag):
        return None
    return float(bool(marked) if subject == ANY_ERROR else subject.key in marked)


def adjudications_of(
    session: Session, study_id: int, subject: Subject, output_ids: Sequence[int]
) -> tuple[DecidedCase, ...]:
    """Return what was decided of one thing, the last first, which holds.

    What was decided of an error is of what that error is called by now.
    """
    first, *others = output_ids
    ways = [(first, *others), (*others, first)] if others else [(first,)]
    statement = (
        select(Adjudication, Annotator.name)
        .outerjoin(Annotator, col(Annotator.id) == col(Adjudication.created_by_id))
        .where(
            col(Adjudication.study_id) == study_id,
            or_(*(_is_of(way) for way in ways)),
        )
        .order_by(col(Adjudication.id).desc())
    )
    key_now = _key_now(session, study_id)
    return tuple(
        DecidedCase(
            _as_if_first(row, first),
            row.words,
            name or "",
            row.created_at,
        )
        for row, name in session.exec(statement)
        if key_now(row.subject, row.created_at) == subject_key(subject)
    )


def _key_now(session: Session, study_id: int) -> Callable[[str, datetime], str]:
    """Return what tells what something decided at a moment is called by now."""
    taxonomy = session.exec(
        select(Taxonomy.name)
        .join(Study, col(Study.taxonomy_id) == col(Taxonomy.id))
        .where(col(Study.id) == study_id)
    ).first()
    changes = () if taxonomy is None else changes_since(session, taxonomy, 0)

    def key_now(key: str, decided_at: datetime) -> str:
        subject = named_subject(key)
        if subject.kind is not SubjectKind.TAG or subject.name is None:
            return key
        later = [made.change for made in changes if made.at > decided_at]
        return key_of_tag(read_through(subject.name, later).key)

    return key_now


def _is_of(outputs: Sequence[int]) -> Any:
    left, *right = outputs
    is_left = col(Adjudication.left_output_id) == left
    return is_left & (col(Adjudication.right_output_id) == right[0]) if right else is_left


def _as_if_first(row: Adjudication, first: int) -> Preference | float:
    if row.preference is None:
        return float(row.value or 0.0)
    preference = Preference(row.preference)
    return preference if row.left_output_id == first else _TURNED.get(preference, preference)


def adjudicated_pairs(session: Session, study_id: int) -> Mapping[tuple[int, int], Preference]:
    """Return the preferences decided in a study, by their responses, the lower row number first."""
    statement = (
        select(Adjudication)
        .where(col(Adjudication.study_id) == study_id, col(Adjudication.subject) == PREFERENCE)
        .order_by(col(Adjudication.id))
    )
    decided: dict[tuple[int, int], Preference] = {}
    for row in session.exec(statement):
        if row.right_output_id is not None and row.preference is not None:
            low, high = sorted((row.left_output_id, row.right_output_id))
            preference = Preference(row.preference)
            is_turned = row.left_output_id != low
            decided[low, high] = _TURNED.get(preference, preference) if is_turned else preference
    return decided


def adjudicated_values(session: Session, study_id: int, subject: str) -> dict[int, float]:
    """Return the scores decided on one thing, by the response; ``subject`` is its key."""
    statement = (select(Adjudication).where(col(Adjudication.study_id) == study_id)).order_by(
        col(Adjudication.id)
    )
    key_now = _key_now(session, study_id)
    return {
        row.left_output_id: row.value
        for row in session.exec(statement)
        if row.value is not None and key_now(row.subject, row.created_at) == subject
    }


def notes_on_rubric(session: Session, name: str) -> tuple[CollectedNote, ...]:
    """Return what was noted on the criteria of a rubric, of any version, the newest first."""
    return _notes(session, col(Rubric.name) == name)


def _notes(session: Session, where: Any) -> tuple[CollectedNote, ...]:
    statement = (
        select(Clarification, Criterion.key, Study.name, Case.key)
        .join(Study, col(Study.id) == col(Clarification.study_id))
        .outerjoin(Rubric, col(Rubric.id) == col(Study.rubric_id))
        .join(Case, col(Case.id) == col(Clarification.case_id))
        .outerjoin(Criterion, col(Criterion.id) == col(Clarification.criterion_id))
        .where(where)
        .order_by(col(Clarification.id).desc())
    )
    return tuple(
        CollectedNote(criterion or "", study, case, row.words)
        for row, criterion, study, case in session.exec(statement)
    )
