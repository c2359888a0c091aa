"""One response with its case, and everything that was said about it; for leads only."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment, Case, ErrorMark, Output, Tag
from db.queries.results.filtering import counted, outputs_table
from db.queries.results.studies import ResultFilters, ResultStudy
from evalkit.errors import NotFoundError


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
            *counted(study, filters),
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
    other = outputs_table()
    statement = (
        sa.select(
            col(Annotation.comment),
            col(Annotator.name),
            col(Annotator.is_simulated),
            (left == output_id).label("was_left"),
            other.c.run_id.label("other_run"),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .join(
            other,
            other.c.id == sa.case((left == output_id, right), else_=left),
            isouter=True,
        )
        .where(
            *counted(study, filters),
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
