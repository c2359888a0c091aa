"""Behind the counts: the responses that were marked, and what annotators wrote about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment, Case, ErrorMark, Output, Tag
from db.queries.results.collected import in_categories
from db.queries.results.studies import COUNTED_KINDS, ResultFilters, ResultStudy
from evalkit.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class TaggedResponse:
    """One response that was given a tag, by whom."""

    output_id: int
    case_key: str
    category: str
    model: str
    annotators: tuple[str, ...]
    severities: tuple[str, ...]
    n_notes: int


@dataclass(frozen=True, slots=True)
class MarkDetail:
    """One error marked on a response; ``start`` and ``end`` are offsets into its content."""

    tag: str | None
    severity: str | None
    start: int | None
    end: int | None
    quote: str | None
    note: str | None
    annotator: str
    is_simulated: bool


@dataclass(frozen=True, slots=True)
class CommentDetail:
    """What an annotator wrote about a response, or about it and the one it was compared with.

    ``shown_as`` is the letter the response had on the screen, for a comment that speaks of A and B.
    """

    text: str
    annotator: str
    is_simulated: bool
    shown_as: str
    compared_with: str | None


@dataclass(frozen=True, slots=True)
class ResponseDetail:
    """One response with its case and everything that was said about it; for leads only."""

    output_id: int
    case_key: str
    category: str
    model: str
    messages: tuple[dict[str, Any], ...]
    context: tuple[dict[str, Any], ...]
    content: str
    steps: tuple[dict[str, Any], ...] | None
    marks: tuple[MarkDetail, ...]
    comments: tuple[CommentDetail, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One note on an error, or one comment on an annotation, and the response it is about.

    ``models`` of a comment on two responses are in the order they were shown, as A and B.
    """

    output_id: int
    text: str
    about: str
    annotator: str
    is_simulated: bool
    case_key: str
    category: str
    models: tuple[str, ...]


def tagged_responses(
    session: Session,
    study: ResultStudy,
    *,
    filters: ResultFilters,
    tag_id: int,
    model: str | None = None,
    category: str | None = None,
) -> list[TaggedResponse]:
    """Return the responses with a tag, those marked by most annotators first."""
    model_of_run = {run.run_id: run.model for run in study.runs}
    statement = (
        sa.select(
            col(Output.id),
            col(Case.key),
            sa.func.coalesce(col(Case.category), "").label("category"),
            col(Output.run_id),
            col(Annotator.name),
            col(ErrorMark.severity),
            col(ErrorMark.note),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .join(Output, col(Output.id) == col(ErrorMark.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            *_counted(study, filters),
            ~col(ErrorMark.is_superseded),
            col(ErrorMark.tag_id) == tag_id,
            col(Output.run_id).in_(_runs(study, model)),
            *([] if category is None else in_categories(_only(category), col(Case.id))),
        )
        .order_by(col(Case.key), col(Output.id), col(Annotator.name), col(ErrorMark.id))
    )
    marked: dict[int, list[Any]] = {}
    for row in session.connection().execute(statement):
        marked.setdefault(row.id, []).append(row)
    found = [
        TaggedResponse(
            output_id=output_id,
            case_key=rows[0].key,
            category=rows[0].category,
            model=model_of_run[rows[0].run_id],
            annotators=_once(row.name for row in rows),
            severities=_once(row.severity for row in rows if row.severity),
            n_notes=sum(1 for row in rows if row.note),
        )
        for output_id, rows in marked.items()
    ]
    return sorted(found, key=lambda one: -len(one.annotators))


def response(
    session: Session, study: ResultStudy, *, filters: ResultFilters, output_id: int
) -> ResponseDetail:
    """Return one response of the study with its case, its marks and the comments on it."""
    model_of_run = {run.run_id: run.model for run in study.runs}
    statement = (
        sa.select(
            col(Output.id),
            col(Output.run_id),
            col(Output.content),
            col(Output.steps),
            col(Case.key),
            sa.func.coalesce(col(Case.category), "").label("category"),
            col(Case.input),
            col(Case.context),
        )
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(col(Output.id) == output_id, col(Output.run_id).in_(list(model_of_run)))
    )
    row = session.connection().execute(statement).one_or_none()
    if row is None:
        raise NotFoundError("This response is not part of the study.")
    return ResponseDetail(
        output_id=row.id,
        case_key=row.key,
        category=row.category,
        model=model_of_run[row.run_id],
        messages=tuple(row.input),
        context=tuple(row.context or ()),
        content=row.content,
        steps=tuple(row.steps) if row.steps else None,
        marks=_marks(session, study, filters, output_id),
        comments=_comments(session, study, filters, output_id),
    )


def remarks(
    session: Session, study: ResultStudy, *, filters: ResultFilters, search: str = ""
) -> list[Remark]:
    """Return the notes and comments that contain every word of the search, newest first.

    The search is done here, not in the database: SQLite folds the case of ASCII letters only.
    """
    found = [*_notes(session, study, filters), *_written_comments(session, study, filters)]
    words = search.casefold().split()
    found = [
        one
        for one in found
        if all(word in f"{one[1].text} {one[1].about}".casefold() for word in words)
    ]
    found.sort(key=lambda one: -one[0])
    return [remark for _, remark in found]


def _notes(
    session: Session, study: ResultStudy, filters: ResultFilters
) -> list[tuple[int, Remark]]:
    """Return the notes on errors with the annotation they belong to."""
    model_of_run = {run.run_id: run.model for run in study.runs}
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Annotation.id).label("annotation_id"),
            col(ErrorMark.output_id),
            col(ErrorMark.note),
            sa.func.coalesce(col(Tag.name), col(Tag.key), "No error").label("tag"),
            col(Annotator.name),
            col(Annotator.is_simulated),
            col(Case.key),
            sa.func.coalesce(col(Case.category), "").label("category"),
            col(Output.run_id),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .join(Tag, col(Tag.id) == col(ErrorMark.tag_id), isouter=True)
        .join(Output, col(Output.id) == col(ErrorMark.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(*_counted(study, filters), ~col(ErrorMark.is_superseded), col(ErrorMark.note) != "")
        .order_by(col(ErrorMark.id))
    )
    return [
        (
            row.annotation_id,
            Remark(
                output_id=row.output_id,
                text=row.note,
                about=row.tag,
                annotator=row.name,
                is_simulated=row.is_simulated,
                case_key=row.key,
                category=row.category,
                models=(model_of_run[row.run_id],),
            ),
        )
        for row in session.connection().execute(statement)
    ]


def _written_comments(
    session: Session, study: ResultStudy, filters: ResultFilters
) -> list[tuple[int, Remark]]:
    """Return the comments on annotations with the annotation they belong to."""
    model_of_run = {run.run_id: run.model for run in study.runs}
    left, right = aliased(Output), aliased(Output)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Annotation.id).label("annotation_id"),
            col(Annotation.comment),
            col(Assignment.left_output_id),
            col(Annotator.name),
            col(Annotator.is_simulated),
            col(Case.key),
            sa.func.coalesce(col(Case.category), "").label("category"),
            left.run_id.label("left_run"),  # type: ignore[attr-defined]
            right.run_id.label("right_run"),  # type: ignore[attr-defined]
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Case, col(Case.id) == col(Assignment.case_id))
        .join(left, left.id == col(Assignment.left_output_id))  # type: ignore[arg-type]
        .join(
            right,
            right.id == col(Assignment.right_output_id),  # type: ignore[arg-type]
            isouter=True,
        )
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            *_counted(study, filters), ~col(Annotation.is_superseded), col(Annotation.comment) != ""
        )
        .order_by(col(Annotation.id))
    )
    return [
        (
            row.annotation_id,
            Remark(
                output_id=row.left_output_id,
                text=row.comment,
                about="Comment",
                annotator=row.name,
                is_simulated=row.is_simulated,
                case_key=row.key,
                category=row.category,
                models=tuple(
                    model_of_run[run] for run in (row.left_run, row.right_run) if run is not None
                ),
            ),
        )
        for row in session.connection().execute(statement)
    ]


def _marks(
    session: Session, study: ResultStudy, filters: ResultFilters, output_id: int
) -> tuple[MarkDetail, ...]:
    statement = (
        sa.select(
            sa.func.coalesce(col(Tag.name), col(Tag.key)).label("tag"),
            col(ErrorMark.severity),
            col(ErrorMark.start),
            col(ErrorMark.end),
            col(ErrorMark.quote),
            col(ErrorMark.note),
            col(Annotator.name),
            col(Annotator.is_simulated),
        )
        .select_from(ErrorMark)
        .join(Annotation, col(Annotation.id) == col(ErrorMark.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .join(Tag, col(Tag.id) == col(ErrorMark.tag_id), isouter=True)
        .where(
            *_counted(study, filters),
            ~col(ErrorMark.is_superseded),
            col(ErrorMark.output_id) == output_id,
        )
        .order_by(col(Annotator.name), col(ErrorMark.start), col(ErrorMark.id))
    )
    return tuple(
        MarkDetail(
            tag=row.tag,
            severity=row.severity,
            start=row.start,
            end=row.end,
            quote=row.quote,
            note=row.note,
            annotator=row.name,
            is_simulated=row.is_simulated,
        )
        for row in session.connection().execute(statement)
    )


def _comments(
    session: Session, study: ResultStudy, filters: ResultFilters, output_id: int
) -> tuple[CommentDetail, ...]:
    model_of_run = {run.run_id: run.model for run in study.runs}
    left, right = col(Assignment.left_output_id), col(Assignment.right_output_id)
    other = aliased(Output)
    statement = (
        sa.select(
            col(Annotation.comment),
            col(Annotator.name),
            col(Annotator.is_simulated),
            (left == output_id).label("was_left"),
            other.run_id.label("other_run"),  # type: ignore[attr-defined]
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .join(
            other,
            other.id == sa.case((left == output_id, right), else_=left),  # type: ignore[arg-type]
            isouter=True,
        )
        .where(
            *_counted(study, filters),
            ~col(Annotation.is_superseded),
            col(Annotation.comment) != "",
            sa.or_(left == output_id, right == output_id),
        )
        .order_by(col(Annotation.id))
    )
    return tuple(
        CommentDetail(
            text=row.comment,
            annotator=row.name,
            is_simulated=row.is_simulated,
            shown_as="A" if row.was_left else "B",
            compared_with=None if row.other_run is None else model_of_run[row.other_run],
        )
        for row in session.connection().execute(statement)
    )


def _counted(study: ResultStudy, filters: ResultFilters) -> list[sa.ColumnElement[bool]]:
    annotator_ids = [one.annotator_id for one in study.counted_annotators(filters)]
    return [
        col(Assignment.study_id) == study.study_id,
        col(Assignment.kind).in_(COUNTED_KINDS),
        col(Assignment.annotator_id).in_(annotator_ids),
        *in_categories(filters, col(Assignment.case_id)),
    ]


def _runs(study: ResultStudy, model: str | None) -> list[int]:
    return [run.run_id for run in study.runs if model is None or run.model == model]


def _only(category: str) -> ResultFilters:
    return ResultFilters(categories=(category,))


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
