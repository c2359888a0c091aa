"""Behind the counts: the responses that were marked, and what annotators wrote of them."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment, Case, ErrorMark, Output, Tag
from db.queries.results.filtering import counted, in_categories, outputs_table
from db.queries.results.studies import ResultFilters, ResultStudy
from db.queries.taxonomies import counted_tag
from evalkit.severity import Severity, severity_name
from evalkit.study.subjects import ANY_ERROR
from evalkit.vocabulary import SIDES

Value = TypeVar("Value")

#: What is said of every remark, beside its text.
_ABOUT: tuple[Any, ...] = (
    col(Annotation.id).label("annotation_id"),
    col(Annotator.name),
    col(Annotator.is_simulated),
    col(Case.key),
    sa.func.coalesce(col(Case.category), "").label("category"),
)


@dataclass(frozen=True, slots=True)
class TaggedResponse:
    """One response that was given a tag, by whom.

    ``places`` are where, each once: the step of a trajectory or a conversation, if it has any,
    and the marked words, empty where all of the step is meant. ``n_missing`` marks are of what the
    response does not say. ``severities`` are called by their names.
    """

    output_id: int
    case_key: str
    category: str
    model: str
    annotators: tuple[str, ...]
    severities: tuple[str, ...]
    places: tuple[tuple[int | None, str], ...]
    n_notes: int
    n_missing: int


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
    severity: str | None = None,
    cases: Set[int] | None = None,
) -> list[TaggedResponse]:
    """Return the responses with a tag, those marked by most annotators first.

    With the key of a ``severity``, those that were given the tag with it, by whom; with ``cases``
    those to these cases, by their row numbers.
    """
    statement = (
        sa.select(
            col(Output.id),
            col(Case.key),
            sa.func.coalesce(col(Case.category), "").label("category"),
            col(Output.run_id),
            col(Annotator.name),
            col(ErrorMark.severity),
            col(ErrorMark.quote),
            col(ErrorMark.step),
            col(ErrorMark.note),
            col(ErrorMark.is_omission),
            col(Output.case_id),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .join(Output, col(Output.id) == col(ErrorMark.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            *counted(study, filters, subject=ANY_ERROR.key),
            ~col(ErrorMark.is_superseded),
            counts_as(study, tag_id),
            col(Output.run_id).in_(_runs(study, model)),
            *([] if category is None else in_categories(_only(category), col(Case.id))),
            *([] if severity is None else [col(ErrorMark.severity) == severity]),
        )
        .order_by(col(Case.key), col(Output.id), col(Annotator.name), col(ErrorMark.id))
    )
    marked: dict[int, list[Any]] = {}
    for row in session.connection().execute(statement):
        if cases is None or row.case_id in cases:
            marked.setdefault(row.id, []).append(row)
    model_of_run = {run.run_id: run.model for run in study.runs}
    tagged = [_tagged(rows, model_of_run, study.severities) for rows in marked.values()]
    return sorted(tagged, key=lambda response: -len(response.annotators))


def counts_as(study: ResultStudy, tag_id: int) -> sa.ColumnElement[bool]:
    """Tell in SQL whether an error mark counts as a tag by now."""
    stored = [before for before, after in study.counted_as if after == tag_id]
    now = counted_tag() if study.has_recoded else col(ErrorMark.tag_id)
    return now.in_([tag_id, *stored])


def _tagged(
    rows: Sequence[Any], model_of_run: Mapping[int, str], severities: Sequence[Severity]
) -> TaggedResponse:
    """Collapse the marks of one response."""
    first = rows[0]
    return TaggedResponse(
        output_id=first.id,
        case_key=first.key,
        category=first.category,
        model=model_of_run[first.run_id],
        annotators=_once(row.name for row in rows),
        severities=_once(severity_name(severities, row.severity) for row in rows if row.severity),
        places=_once(
            (row.step, row.quote or "")
            for row in sorted(rows, key=lambda row: row.step or 0)
            if row.quote or (row.step is not None and not row.is_omission)
        ),
        n_notes=sum(1 for row in rows if row.note),
        n_missing=sum(1 for row in rows if row.is_omission),
    )


def remarks(
    session: Session, study: ResultStudy, *, filters: ResultFilters, search: str = ""
) -> list[Remark]:
    """Return the notes and comments that contain every word of the search, newest first.

    The search is done here, not in the database: SQLite folds the case of ASCII letters only.
    """
    texts = [*_notes(session, study, filters), *_comments(session, study, filters)]
    words = search.casefold().split()
    texts = [
        remark
        for remark in texts
        if all(word in f"{remark[1].text} {remark[1].about}".casefold() for word in words)
    ]
    texts.sort(key=lambda remark: -remark[0])
    return [remark for _, remark in texts]


def _notes(
    session: Session, study: ResultStudy, filters: ResultFilters
) -> list[tuple[int, Remark]]:
    """Return the notes on errors with the annotation they belong to."""
    model_of_run = {run.run_id: run.model for run in study.runs}
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *_ABOUT,
            col(ErrorMark.output_id),
            col(ErrorMark.note),
            col(ErrorMark.step),
            col(ErrorMark.severity),
            col(ErrorMark.is_omission),
            sa.func.coalesce(col(Tag.name), col(Tag.key), "No error").label("tag"),
            col(Output.run_id),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id))
        .join(Tag, col(Tag.id) == col(ErrorMark.tag_id), isouter=True)
        .join(Output, col(Output.id) == col(ErrorMark.output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            *counted(study, filters, subject=ANY_ERROR.key),
            ~col(ErrorMark.is_superseded),
            col(ErrorMark.note) != "",
        )
        .order_by(col(ErrorMark.id))
    )
    return [
        _remark(row, row.output_id, row.note, _about(row, study), [model_of_run[row.run_id]])
        for row in session.connection().execute(statement)
    ]


def _comments(
    session: Session, study: ResultStudy, filters: ResultFilters
) -> list[tuple[int, Remark]]:
    """Return the comments on annotations with the annotation they belong to."""
    model_of_run = {run.run_id: run.model for run in study.runs}
    outputs = {f"{side}_output_id": outputs_table() for side in SIDES}
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *_ABOUT,
            col(Annotation.comment),
            col(Assignment.left_output_id),
            *(output.c.run_id.label(f"run_of_{name}") for name, output in outputs.items()),
        )
        .select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .join(Case, col(Case.id) == col(Assignment.case_id))
        .join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .where(
            *counted(study, filters, subject=ANY_ERROR.key),
            ~col(Annotation.is_superseded),
            col(Annotation.comment) != "",
        )
        .order_by(col(Annotation.id))
    )
    for name, output in outputs.items():
        statement = statement.join(output, output.c.id == getattr(Assignment, name), isouter=True)
    comments = []
    for row in session.connection().execute(statement):
        runs = [getattr(row, f"run_of_{name}") for name in outputs]
        models = [model_of_run[run] for run in runs if run is not None]
        comments.append(_remark(row, row.left_output_id, row.comment, "Comment", models))
    return comments


def _remark(
    row: Any, output_id: int, text: str, about: str, models: list[str]
) -> tuple[int, Remark]:
    remark = Remark(
        output_id=output_id,
        text=text,
        about=about,
        annotator=row.name,
        is_simulated=row.is_simulated,
        case_key=row.key,
        category=row.category,
        models=tuple(models),
    )
    return row.annotation_id, remark


def _runs(study: ResultStudy, model: str | None) -> list[int]:
    return [run.run_id for run in study.runs if model is None or run.model == model]


def _only(category: str) -> ResultFilters:
    return ResultFilters(categories=(category,))


def _about(row: Any, study: ResultStudy) -> str:
    """Say which error a note is on: how severe, in which step, whether something is missing."""
    severity = f" ({severity_name(study.severities, row.severity)})" if row.severity else ""
    step = "" if row.step is None else f", step {row.step + 1}"
    return f"{row.tag}{severity}{step}{', something is missing' if row.is_omission else ''}"


def _once(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))
