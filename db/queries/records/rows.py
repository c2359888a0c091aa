"""From rows to records: what a row of a table says in the record format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Row, select
from sqlmodel import Session, col

from db.models import Case, Criterion, Model, Output, Rubric, Run, Tag, Taxonomy, VersionCase
from evalkit.records.normal import normal
from evalkit.vocabulary import TextPlace

#: Rows that are in memory at once.
BATCH = 1_000

_T = TypeVar("_T")


def batched(rows: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Cut rows into lists of at most ``size``."""
    waiting = iter(rows)
    while batch := list(islice(waiting, size)):
        yield batch


def stream(session: Session, statement: Any) -> Iterator[Row[Any]]:
    """Run a statement without holding all its rows."""
    yield from session.execute(statement, execution_options={"yield_per": BATCH})


def run_names(session: Session, *, eval_set_id: int) -> dict[int, tuple[str, str]]:
    """Return model and name of every run of an eval set, by the run's id."""
    statement = (
        select(col(Run.id), col(Model.name), col(Run.name))
        .join(Model, col(Run.model_id) == col(Model.id))
        .where(col(Run.eval_set_id) == eval_set_id)
    )
    return {run_id: (model, name) for run_id, model, name in session.execute(statement)}


def case_records(
    session: Session, *, eval_set_id: int, version_id: int | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield id and record of the cases of an eval set, or of one version of it, in order."""
    statement = _CASES.where(col(Case.eval_set_id) == eval_set_id).order_by(col(Case.id))
    if version_id is not None:
        statement = statement.join(VersionCase, col(VersionCase.case_id) == col(Case.id)).where(
            col(VersionCase.version_id) == version_id
        )
    for row in stream(session, statement):
        yield row.row_id, _case_record(row)


def case_rows(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield id, content hash and record of some cases, in the order of their ids."""
    statement = _CASES.where(col(Case.id).in_(ids)).order_by(col(Case.id))
    for row in session.execute(statement):
        yield row.row_id, row.case_hash, _case_record(row)


def _case_record(row: Row[Any]) -> dict[str, Any]:
    fields = row._asdict()
    fields.update(fields.pop("details") or {})
    if row.text_place == TextPlace.ELSEWHERE:
        fields |= {"elsewhere": True, "input": None}
    return normal("case", fields)


def output_records(
    session: Session,
    *,
    eval_set_id: int,
    version_id: int | None = None,
    run_ids: frozenset[int] | None = None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield id and record of the outputs of an eval set, perhaps of one version and some runs."""
    names = run_names(session, eval_set_id=eval_set_id)
    statement = (
        _OUTPUTS.join(Case, col(Output.case_id) == col(Case.id))
        .where(col(Case.eval_set_id) == eval_set_id)
        .order_by(col(Output.id))
    )
    if version_id is not None:
        statement = statement.join(VersionCase, col(VersionCase.case_id) == col(Case.id)).where(
            col(VersionCase.version_id) == version_id
        )
    for row in stream(session, statement):
        if run_ids is None or row.run_id in run_ids:
            yield row.row_id, _output_record(row, names[row.run_id])


def output_rows(
    session: Session, case_ids: Sequence[int], names: Mapping[int, tuple[str, str]]
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yield case, id and record of the outputs of some cases, of the runs that have names here."""
    statement = (
        _OUTPUTS.join(Case, col(Output.case_id) == col(Case.id))
        .where(col(Output.case_id).in_(case_ids), col(Output.run_id).in_(list(names)))
        .order_by(col(Output.id))
    )
    for row in session.execute(statement):
        yield row.case_id, row.row_id, _output_record(row, names[row.run_id])


def _output_record(row: Row[Any], name: tuple[str, str]) -> dict[str, Any]:
    fields = row._asdict()
    fields["model"], fields["run"] = name
    fields.update(fields.pop("details") or {})
    if row.steps is not None:
        fields["content"] = row.steps
    if row.text_place == TextPlace.ELSEWHERE:
        fields |= {"elsewhere": True, "content": None}
    return normal("output", fields)


def criterion_records(session: Session, *, rubric_id: int) -> list[dict[str, Any]]:
    """Return the criteria of one version of a rubric as records."""
    statement = (
        select(Criterion, Rubric)
        .join(Rubric, col(Criterion.rubric_id) == col(Rubric.id))
        .where(col(Rubric.id) == rubric_id)
        .order_by(col(Criterion.position), col(Criterion.id))
    )
    return [
        normal(
            "criterion",
            {
                "rubric": rubric.name,
                "rubric_version": rubric.version,
                "key": criterion.key,
                "question": criterion.question,
                "description": criterion.description,
                "level": criterion.level,
                "required": criterion.is_required,
                "scale": criterion.scale or None,
                "range": criterion.range,
            },
        )
        for criterion, rubric in session.execute(statement)
    ]


def taxonomy_record(session: Session, *, taxonomy_id: int) -> dict[str, Any] | None:
    """Return what is said of a whole taxonomy; None where its severities weigh as usual."""
    taxonomy = session.get_one(Taxonomy, taxonomy_id)
    if not (taxonomy.severities or taxonomy.weights):
        return None
    return normal(
        "taxonomy",
        {
            "taxonomy": taxonomy.name,
            "taxonomy_version": taxonomy.version,
            "severities": taxonomy.severities,
            "weights": taxonomy.weights or None,
        },
    )


def tag_records(session: Session, *, taxonomy_id: int) -> list[dict[str, Any]]:
    """Return the tags of one version of a taxonomy as records."""
    statement = (
        select(Tag, Taxonomy)
        .join(Taxonomy, col(Tag.taxonomy_id) == col(Taxonomy.id))
        .where(col(Taxonomy.id) == taxonomy_id)
        .order_by(col(Tag.position), col(Tag.id))
    )
    return [
        normal(
            "tag",
            {
                "taxonomy": taxonomy.name,
                "taxonomy_version": taxonomy.version,
                "key": tag.key,
                "name": tag.name,
                "definition": tag.definition,
                "severities": tag.severities,
            },
        )
        for tag, taxonomy in session.execute(statement)
    ]


_CASES: Any = select(
    col(Case.id).label("row_id"),
    col(Case.key).label("id"),
    col(Case.case_hash).label("case_hash"),
    col(Case.input).label("input"),
    col(Case.text_place).label("text_place"),
    col(Case.context).label("context"),
    col(Case.tools).label("tools"),
    col(Case.reference).label("reference"),
    col(Case.checklist).label("checklist"),
    col(Case.category).label("category"),
    col(Case.note).label("note"),
    col(Case.source).label("source"),
    col(Case.tags).label("tags"),
    col(Case.canary).label("canary"),
    col(Case.status).label("status"),
    col(Case.is_watched).label("watched"),
    col(Case.details).label("details"),
)

_OUTPUTS: Any = select(
    col(Output.id).label("row_id"),
    col(Output.run_id).label("run_id"),
    col(Output.case_id).label("case_id"),
    col(Case.key).label("case"),
    col(Output.content).label("content"),
    col(Output.text_place).label("text_place"),
    col(Output.steps).label("steps"),
    col(Output.provider).label("provider"),
    col(Output.latency_ms).label("latency_ms"),
    col(Output.time_to_first_token_ms).label("time_to_first_token_ms"),
    col(Output.input_tokens).label("input_tokens"),
    col(Output.output_tokens).label("output_tokens"),
    col(Output.reasoning).label("reasoning"),
    col(Output.reasoning_tokens).label("reasoning_tokens"),
    col(Output.cost_usd).label("cost_usd"),
    col(Output.finish_reason).label("finish_reason"),
    col(Output.error).label("error"),
    col(Output.created_at).label("created_at"),
    col(Output.details).label("details"),
)
