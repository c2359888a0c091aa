"""The right answers of a study as records."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.models import Case, Criterion, GoldAnswer, Model, Output, Rubric, Run, Study, Tag
from db.queries.records.rows import stream
from evalkit.records.normal import normal


def gold_records(session: Session, *, study_id: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield id and record of the right answers of a study, in the order they came."""
    left, right = output_names("left"), output_names("right")
    statement: Any = (
        select(
            col(GoldAnswer.id),
            col(GoldAnswer.preference),
            col(GoldAnswer.value),
            col(GoldAnswer.note),
            col(GoldAnswer.details),
            left.c["case"],
            left.c.model.label("left_model"),
            left.c.run.label("left_run"),
            right.c.model.label("right_model"),
            right.c.run.label("right_run"),
            col(Criterion.key).label("criterion"),
            col(Tag.key).label("tag"),
            col(Criterion.rubric_id).label("rubric_id"),
            col(Rubric.version).label("rubric_version"),
            col(Study.rubric_id).label("own_rubric_id"),
        )
        .join(Study, col(Study.id) == col(GoldAnswer.study_id))
        .join(left, left.c.id == col(GoldAnswer.left_output_id))
        .outerjoin(right, right.c.id == col(GoldAnswer.right_output_id))
        .outerjoin(Criterion, col(Criterion.id) == col(GoldAnswer.criterion_id))
        .outerjoin(Rubric, col(Rubric.id) == col(Criterion.rubric_id))
        .outerjoin(Tag, col(Tag.id) == col(GoldAnswer.tag_id))
        .where(col(GoldAnswer.study_id) == study_id)
        .order_by(col(GoldAnswer.id))
    )
    for row in stream(session, statement):
        yield row.id, normal("gold", _fields(row))


def output_names(name: str) -> Any:
    """Return what names each output, as a subquery of this name: case, model and run."""
    return (
        select(
            col(Output.id),
            col(Case.key).label("case"),
            col(Model.name).label("model"),
            col(Run.name).label("run"),
        )
        .join(Case, col(Case.id) == col(Output.case_id))
        .join(Run, col(Run.id) == col(Output.run_id))
        .join(Model, col(Model.id) == col(Run.model_id))
        .subquery(name)
    )


def _fields(row: Any) -> dict[str, Any]:
    fields = {"case": row.case, "note": row.note, **(row.details or {})}
    first = {"model": row.left_model, "run": row.left_run}
    if row.preference is not None:
        second = {"model": row.right_model, "run": row.right_run}
        return {**fields, "left": first, "right": second, "preference": row.preference}
    if row.criterion is None:
        return {**fields, **first, "tag": row.tag, "clean": row.tag is None}
    if row.rubric_id != row.own_rubric_id:
        fields.setdefault("rubric_version", row.rubric_version)
    return {**fields, **first, "criterion": row.criterion, "value": row.value}
