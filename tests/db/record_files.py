"""Small files of records to import, and what the database says after."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from db.columns import DatabaseTable
from db.commands.records.staging import LABEL_TYPES
from db.engine import engine, read_session
from db.models import Study
from db.queries.records.export import exported_study
from db.queries.records.source import StudySource
from evalkit.formats.material import ExportOptions, FileFormat
from evalkit.formats.table import FORMATS

AS_USUAL = ExportOptions()
HEADER = {"type": "header", "format": "evalkit", "version": 2, "eval_set": "Set"}
CRITERION = {
    "type": "criterion",
    "rubric": "Quality",
    "key": "helpful",
    "question": "How helpful?",
    "level": "ordinal",
    "scale": [{"value": value, "label": str(value)} for value in (1, 2, 3)],
}
TAG = {"type": "tag", "taxonomy": "Errors", "key": "tone", "severities": ["minor", "major"]}


def case(key: str = "c1", text: str = "Hello?", **fields: Any) -> dict[str, Any]:
    """Make a case that asks one thing."""
    return {"type": "case", "id": key, "input": [{"role": "user", "content": text}], **fields}


def output(key: str = "c1", model: str = "A", content: Any = "Yes.", **fields: Any):
    """Make an output."""
    return {"type": "output", "case": key, "model": model, "content": content, **fields}


def comparison(preference: str | None = "left", **fields: Any) -> dict[str, Any]:
    """Make a comparison of A on the left with B on the right by Ann."""
    made = {"type": "comparison", "case": "c1", "annotator": "Ann", "left": "A", "right": "B"}
    return {**made, "preference": preference, **fields}


def score(value: float = 2, **fields: Any) -> dict[str, Any]:
    """Make a score of A by Ann."""
    made = {"type": "score", "case": "c1", "model": "A", "annotator": "Ann"}
    return {**made, "criterion": "helpful", "value": value, **fields}


def mark(tag: str | None = "tone", **fields: Any) -> dict[str, Any]:
    """Make an error mark on A by Ann."""
    return {"type": "error", "case": "c1", "model": "A", "annotator": "Ann", "tag": tag, **fields}


def pair_of_outputs() -> list[dict[str, Any]]:
    """Make a case with an output of A and one of B."""
    return [case(), output(), output(model="B", content="No.")]


def write(path: Path, records: Iterable[dict[str, Any]], *, header: Any = HEADER) -> Path:
    """Write a file of records."""
    lines = [header, *records] if header else list(records)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return path


def exported(study: str = "Set", *, include_superseded: bool = False) -> list[str]:
    """Return the lines of a study."""
    with read_session() as session:
        options = ExportOptions(include_superseded=include_superseded)
        return study_rows(session, study, options=options)


def study_rows(
    session: Session,
    study: str = "Set",
    format: FileFormat = FileFormat.EVALKIT,
    options: ExportOptions = AS_USUAL,
) -> list[Any]:
    """Return a study in a format, in the pieces in which it is written."""
    source = StudySource(session, exported_study(session, name=study), options)
    return list(FORMATS[format].write(source))


def study_csv(
    session: Session, study_id: int, *, shape: str = "long", include_superseded: bool = False
) -> list[str]:
    """Return the lines of a study as CSV."""
    name = session.get_one(Study, study_id).name
    format = FileFormat.CSV_WIDE if shape == "wide" else FileFormat.CSV
    return study_rows(session, name, format, ExportOptions(include_superseded=include_superseded))


def exported_labels(study: str = "Set", *, include_superseded: bool = False):
    """Return the comparisons, scores and error marks of a study as records."""
    return labels_of(exported(study, include_superseded=include_superseded))


def labels_of(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return the comparisons, scores and error marks among the lines of an export."""
    records = [json.loads(line) for line in lines]
    return [record for record in records if record["type"] in LABEL_TYPES]


def table_sizes() -> dict[str, int]:
    """Return how many rows every table has."""
    with engine().connect().execution_options(write=False) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in DatabaseTable.metadata.sorted_tables
        }


def empty_tables() -> None:
    """Delete every row, to begin anew without making a database."""
    with engine().begin() as connection:
        for table in reversed(DatabaseTable.metadata.sorted_tables):
            connection.execute(table.delete())
