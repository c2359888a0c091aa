"""Whole files of a study: records or CSV, from one state of the database."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from db.engine import read_session
from db.queries.records.export import exported_study, study_lines
from db.queries.records.tables import CsvShape, study_csv
from evalkit.errors import RefusedError
from evalkit.records import open_for_writing

__all__ = ["CsvShape", "Exported", "export_bytes", "export_file"]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where; ``n_lines`` leaves a table's heading out."""

    study: str
    file: str
    csv_shape: str | None
    n_lines: int


def export_file(
    file: Path,
    *,
    study: str,
    csv_shape: CsvShape | None = None,
    include_superseded: bool = False,
) -> Exported:
    """Write a study as records, or with a shape as CSV; a failure leaves the old file alone."""
    n_lines = 0 if csv_shape is None else -1
    with read_session() as session:
        exported = exported_study(session, name=study)
        lines = _lines(session, exported.id, csv_shape, include_superseded=include_superseded)
        try:
            with open_for_writing(file) as target:
                for line in lines:
                    target.write(line.encode())
                    n_lines += 1
        except OSError as error:
            raise RefusedError(f"{file} cannot be written: {error.strerror}.") from None
    return Exported(
        study=exported.name, file=str(file), csv_shape=csv_shape, n_lines=max(n_lines, 0)
    )


def export_bytes(
    file_name: str,
    *,
    study: str,
    csv_shape: CsvShape | None = None,
    include_superseded: bool = False,
) -> bytes:
    """Return what ``export_file`` would write to a file of that name."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / Path(file_name).name
        export_file(file, study=study, csv_shape=csv_shape, include_superseded=include_superseded)
        return file.read_bytes()


def _lines(
    session: Session, study_id: int, csv_shape: CsvShape | None, *, include_superseded: bool
) -> Iterator[str]:
    if csv_shape is None:
        return study_lines(session, study_id=study_id, include_superseded=include_superseded)
    return study_csv(session, study_id, shape=csv_shape, include_superseded=include_superseded)
