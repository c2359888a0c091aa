"""Responses by their ids, unblinded, with everything annotators said of them; for leads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import (
    Annotation,
    Annotator,
    Assignment,
    Case,
    Criterion,
    ErrorMark,
    Model,
    Output,
    Run,
    Score,
    Tag,
)
from db.queries.results.studies import COUNTED_KINDS
from evalkit.vocabulary import AnnotatorKind, Preference


@dataclass(frozen=True, slots=True)
class CaseText:
    """What a case asks, and what it is measured against."""

    case_id: int
    key: str
    category: str
    messages: tuple[dict[str, Any], ...]
    context: tuple[dict[str, Any], ...]
    reference: Any
    note: str | None


@dataclass(frozen=True, slots=True)
class Response:
    """One response with who made it and what it took."""

    output_id: int
    case: CaseText
    model: str
    run: str
    content: str
    steps: tuple[dict[str, Any], ...] | None
    error: str | None
    latency_ms: float | None
    output_tokens: int | None
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class GivenScore:
    """One value on one criterion for one response."""

    output_id: int
    criterion: str
    value: float


@dataclass(frozen=True, slots=True)
class GivenMark:
    """One error marked in one response; without a tag: looked, and found none."""

    output_id: int
    tag: str | None
    severity: str | None
    start: int | None
    end: int | None
    quote: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one annotator said at one sitting; ``preferred`` is the id of a response, if one was.

    ``shown`` holds one response or two, left first.
    """

    annotator: str
    is_judge: bool
    is_simulated: bool
    shown: tuple[int, ...]
    preference: Preference | None
    preferred: int | None
    is_unreadable: bool
    scores: tuple[GivenScore, ...]
    marks: tuple[GivenMark, ...]
    comment: str


def responses(session: Session, output_ids: Sequence[int]) -> list[Response]:
    """Return responses with their cases, in the order asked for; unknown ids are left out."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Output.id).label("output_id"),
            col(Output.content),
            col(Output.steps),
            col(Output.error),
            col(Output.latency_ms),
            col(Output.output_tokens),
            col(Output.cost_usd),
            col(Model.name).label("model"),
            col(Run.name).label("run"),
            col(Case.id).label("case_id"),
            col(Case.key),
            sa.func.coalesce(col(Case.category), "").label("category"),
            col(Case.input),
            col(Case.context),
            col(Case.reference),
            col(Case.note),
        )
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .where(col(Output.id).in_(output_ids))
    )
    found = {row.output_id: _response(row) for row in session.connection().execute(statement)}
    return [found[output_id] for output_id in output_ids if output_id in found]


def makers(session: Session, output_ids: Collection[int]) -> dict[int, str]:
    """Return which model made each response, and in which run where it made several of them."""
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(col(Output.id), col(Model.name), col(Run.name).label("run"))
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .where(col(Output.id).in_(output_ids))
    )
    rows = session.connection().execute(statement).all()
    runs: dict[str, set[str]] = {}
    for row in rows:
        runs.setdefault(row.name, set()).add(row.run)
    return {
        row.id: f"{row.name}:{row.run}" if len(runs[row.name]) > 1 else row.name for row in rows
    }


def answers(
    session: Session,
    output_ids: Collection[int],
    *,
    study_ids: Collection[int] | None = None,
    annotator_ids: Collection[int] | None = None,
    judges: bool = False,
) -> list[Answer]:
    """Return all that counts of what was said of these responses, people first, by name."""
    left, right = col(Assignment.left_output_id), col(Assignment.right_output_id)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Annotation.id).label("annotation_id"),
            col(Annotation.preference),
            col(Annotation.is_unreadable),
            col(Annotation.is_superseded),
            col(Annotation.comment),
            left.label("left_id"),
            right.label("right_id"),
            col(Annotator.name),
            col(Annotator.kind),
            col(Annotator.is_simulated),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            sa.or_(left.in_(output_ids), right.in_(output_ids)),
            col(Assignment.kind).in_(COUNTED_KINDS),
            *([] if judges else [col(Annotator.kind) == AnnotatorKind.HUMAN]),
            *([] if study_ids is None else [col(Assignment.study_id).in_(study_ids)]),
            *([] if annotator_ids is None else [col(Annotator.id).in_(annotator_ids)]),
        )
        .order_by(col(Annotation.id))
    )
    rows = session.connection().execute(statement).all()
    annotation_ids = [row.annotation_id for row in rows]
    scores = _scores(session, annotation_ids, output_ids)
    marks = _marks(session, annotation_ids, output_ids)
    found = [
        _answer(row, scores.get(row.annotation_id, ()), marks.get(row.annotation_id, ()))
        for row in rows
        # Of a sitting that was revised only what still counts is shown.
        if not row.is_superseded or row.annotation_id in scores or row.annotation_id in marks
    ]
    return sorted(found, key=lambda one: (one.is_judge, one.annotator))


def _response(row: Any) -> Response:
    case = CaseText(
        case_id=row.case_id,
        key=row.key,
        category=row.category,
        messages=tuple(row.input),
        context=tuple(row.context or ()),
        reference=row.reference,
        note=row.note,
    )
    return Response(
        output_id=row.output_id,
        case=case,
        model=row.model,
        run=row.run,
        content=row.content,
        steps=tuple(row.steps) if row.steps else None,
        error=row.error,
        latency_ms=row.latency_ms,
        output_tokens=row.output_tokens,
        cost_usd=row.cost_usd,
    )


def _answer(row: Any, scores: Sequence[GivenScore], marks: Sequence[GivenMark]) -> Answer:
    given = None if row.preference is None or row.is_superseded else Preference(row.preference)
    sides = {Preference.LEFT: row.left_id, Preference.RIGHT: row.right_id}
    return Answer(
        annotator=row.name,
        is_judge=row.kind == AnnotatorKind.JUDGE,
        is_simulated=row.is_simulated,
        shown=tuple(one for one in (row.left_id, row.right_id) if one is not None),
        preference=given,
        preferred=None if given is None else sides.get(given),
        is_unreadable=row.is_unreadable,
        scores=tuple(scores),
        marks=tuple(marks),
        comment="" if row.is_superseded else row.comment or "",
    )


def _scores(
    session: Session, annotation_ids: Sequence[int], output_ids: Collection[int]
) -> dict[int, list[GivenScore]]:
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(Score.annotation_id), col(Score.output_id), col(Criterion.key), col(Score.value)
        )
        .join(Criterion, col(Criterion.id) == col(Score.criterion_id))
        .where(
            col(Score.annotation_id).in_(annotation_ids),
            col(Score.output_id).in_(output_ids),
            ~col(Score.is_superseded),
        )
        .order_by(col(Criterion.position), col(Score.id))
    )
    found: dict[int, list[GivenScore]] = {}
    for annotation_id, *given in session.connection().execute(statement):
        found.setdefault(annotation_id, []).append(GivenScore(*given))
    return found


def _marks(
    session: Session, annotation_ids: Sequence[int], output_ids: Collection[int]
) -> dict[int, list[GivenMark]]:
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            col(ErrorMark.annotation_id),
            col(ErrorMark.output_id),
            sa.func.coalesce(col(Tag.name), col(Tag.key)),
            col(ErrorMark.severity),
            col(ErrorMark.start),
            col(ErrorMark.end),
            col(ErrorMark.quote),
            col(ErrorMark.note),
        )
        .join(Tag, col(Tag.id) == col(ErrorMark.tag_id), isouter=True)
        .where(
            col(ErrorMark.annotation_id).in_(annotation_ids),
            col(ErrorMark.output_id).in_(output_ids),
            ~col(ErrorMark.is_superseded),
        )
        .order_by(col(ErrorMark.start), col(ErrorMark.id))
    )
    found: dict[int, list[GivenMark]] = {}
    for annotation_id, *given in session.connection().execute(statement):
        found.setdefault(annotation_id, []).append(GivenMark(*given))
    return found
