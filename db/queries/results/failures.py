"""Behind the counts: the responses that were marked, and what annotators wrote of them."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col

from db.models import Annotation, Annotator, Assignment, Case, ErrorMark, Output
from db.queries.results.filtering import counted, in_categories, outputs_table
from db.queries.results.notes import each_note
from db.queries.results.studies import ResultFilters, ResultStudy
from db.queries.taxonomies import counted_tag
from evalkit.severity import Severity, severity_name
from evalkit.study.subjects import ANY_ERROR
from evalkit.vocabulary import SIDES, NoteSource

Value = TypeVar("Value")

#: What is told as a remark.
_REMARKED = (NoteSource.MARK, NoteSource.COMMENT)


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

    Which error a note is on is said as it counts by now. The search is done here, not in the
    database: SQLite folds the case of ASCII letters only.
    """
    about, models_of = _about_marks(session, study), _models_shown(session, study)
    words = search.casefold().split()
    written: list[tuple[int, Remark]] = []
    for note in each_note(session, study, filters=filters, sources=_REMARKED):
        is_mark = note.source == NoteSource.MARK
        annotation_id, what = about[note.row_id] if is_mark else (note.row_id, "Comment")
        models = (note.model,) if is_mark else models_of[note.row_id]
        if all(word in f"{note.text} {what}".casefold() for word in words):
            who = note.who, note.is_simulated, note.case_key, note.category, models
            written.append((annotation_id, Remark(note.output_id, note.text, what, *who)))
    # Notes stand before the comment on the same responses.
    written.sort(key=lambda remark: (-remark[0], remark[1].about == "Comment"))
    return [remark for _, remark in written]


def _about_marks(session: Session, study: ResultStudy) -> dict[int, tuple[int, str]]:
    """Return of each mark with a note its annotation, and which error it is, as it counts now."""
    places = study.tag_places
    statement: sa.Select[*tuple[Any, ...]] = _of_study(
        sa.select(
            col(ErrorMark.id),
            col(ErrorMark.annotation_id),
            col(ErrorMark.step),
            col(ErrorMark.severity),
            col(ErrorMark.is_omission),
            (counted_tag() if study.has_recoded else col(ErrorMark.tag_id)).label("tag_id"),
        ),
        study,
    )
    rows = session.connection().execute(
        statement.join(ErrorMark, col(ErrorMark.annotation_id) == col(Annotation.id)).where(
            col(ErrorMark.note) != ""
        )
    )
    return {
        row.id: (
            row.annotation_id,
            _about(
                row,
                study,
                "No error" if row.tag_id is None else study.tags[places[row.tag_id]].name,
            ),
        )
        for row in rows
    }


def _models_shown(session: Session, study: ResultStudy) -> dict[int, tuple[str, ...]]:
    """Return of each annotation with a comment the models in the order they were shown."""
    model_of_run = {run.run_id: run.model for run in study.runs}
    outputs = {f"{side}_output_id": outputs_table() for side in SIDES}
    statement: sa.Select[*tuple[Any, ...]] = _of_study(
        sa.select(col(Annotation.id), *(output.c.run_id for output in outputs.values())), study
    ).where(col(Annotation.comment) != "")
    for name, output in outputs.items():
        statement = statement.join(output, output.c.id == getattr(Assignment, name), isouter=True)
    return {
        annotation_id: tuple(model_of_run[run] for run in runs if run is not None)
        for annotation_id, *runs in session.connection().execute(statement)
    }


def _of_study(statement: Any, study: ResultStudy) -> Any:
    return (
        statement.select_from(Assignment)
        .join(Annotation, col(Annotation.assignment_id) == col(Assignment.id))
        .where(col(Assignment.study_id) == study.study_id)
    )


def _runs(study: ResultStudy, model: str | None) -> list[int]:
    return [run.run_id for run in study.runs if model is None or run.model == model]


def _only(category: str) -> ResultFilters:
    return ResultFilters(categories=(category,))


def _about(row: Any, study: ResultStudy, tag: str) -> str:
    """Say which error a note is on: how severe, in which step, whether something is missing."""
    severity = f" ({severity_name(study.severities, row.severity)})" if row.severity else ""
    step = "" if row.step is None else f", step {row.step + 1}"
    return f"{tag}{severity}{step}{', something is missing' if row.is_omission else ''}"


def _once(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))
