"""Which mark, comment or note a record means: who wrote it, of what, and which of several."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.models import (
    Annotation,
    Annotator,
    Assignment,
    Case,
    ErrorMark,
    Model,
    OpenCoding,
    OpenNote,
    Output,
    Run,
)
from db.queries.records.rows import stream

#: Whose mark, comment or reasons: case, model, run, annotator, kind, and which of several.
Whose = tuple[str, str, str, str, str, int]


def marks_by_whose(session: Session, study_id: int) -> dict[int, Whose]:
    """Return whose each error mark of a study is that counts, in the order in which they came."""
    marks: Any = (
        select(col(ErrorMark.id).label("row_id"))
        .join(Annotation, col(Annotation.id) == col(ErrorMark.annotation_id))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .where(~col(ErrorMark.is_superseded), col(ErrorMark.tag_id).is_not(None))
        .order_by(col(ErrorMark.id))
    )
    return _numbered(session, with_outputs(marks, ErrorMark.output_id), study_id)


def annotations_by_whose(session: Session, study_id: int) -> dict[int, Whose]:
    """Return whose each annotation of a study is that counts; the response is the left one."""
    annotations: Any = (
        select(col(Annotation.id).label("row_id"))
        .join(Assignment, col(Assignment.id) == col(Annotation.assignment_id))
        .where(~col(Annotation.is_superseded))
        .order_by(col(Annotation.id))
    )
    return _numbered(session, with_outputs(annotations, Assignment.left_output_id), study_id)


def with_outputs(statement: Any, output_id: Any) -> Any:
    """Add case, model and run of an output."""
    return (
        statement.join(Output, col(Output.id) == col(output_id))
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .add_columns(
            col(Case.key).label("case"), col(Model.name).label("model"), col(Run.name).label("run")
        )
    )


def _numbered(session: Session, statement: Any, study_id: int) -> dict[int, Whose]:
    statement = (
        statement.join(Annotator, col(Annotator.id) == col(Assignment.annotator_id))
        .add_columns(col(Annotator.name).label("who"), col(Annotator.kind).label("kind"))
        .where(col(Assignment.study_id) == study_id)
    )
    n_of: dict[tuple[str, ...], int] = defaultdict(int)
    whose: dict[int, Whose] = {}
    for row in stream(session, statement):
        of = (row.case, row.model, row.run, row.who, row.kind)
        n_of[of] += 1
        whose[row.row_id] = (*of, n_of[of])
    return whose


def whose_fields(of: Whose) -> dict[str, Any]:
    """Return the fields of a record that say whose mark, comment or reasons are meant."""
    names = ("case", "model", "run", "annotator", "annotator_kind", "nth")
    return dict(zip(names, of, strict=True))


def open_notes_by_whose(session: Session) -> dict[int, dict[str, Any]]:
    """Return of each note of a told reading its reader, the reading and the response."""
    statement = (
        with_outputs(select(col(OpenNote.id)), OpenNote.output_id)
        .join(OpenCoding, col(OpenCoding.id) == col(OpenNote.coding_id))
        .join(Annotator, col(Annotator.id) == col(OpenCoding.reader_id))
        .add_columns(col(Annotator.name).label("reader"), col(OpenCoding.created_at))
        .where(col(OpenCoding.revealed_at).is_not(None))
        .order_by(col(OpenNote.id))
    )
    return {
        row.id: {
            "annotator": row.reader,
            "reading": row.created_at.isoformat(),
            **{"case": row.case, "model": row.model, "run": row.run},
        }
        for row in session.execute(statement)
    }
