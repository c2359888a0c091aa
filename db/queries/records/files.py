"""Whole files of a study: records, CSV or preferences, from one state of the database."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlmodel import Session

from db.engine import read_session
from db.queries.records.export import ExportedStudy, exported_study, study_lines
from db.queries.records.preferences import preference_lines, training_pairs
from db.queries.records.tables import CsvShape, study_csv
from evalkit.errors import RefusedError
from evalkit.records import open_for_writing

__all__ = ["CsvShape", "Exported", "FileFormat", "export_bytes", "export_file"]


class FileFormat(StrEnum):
    """What a study can be written as."""

    EVALKIT = "evalkit"
    CSV = "csv"
    DPO = "dpo"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where; ``n_lines`` leaves a table's heading out.

    ``left_out`` counts what is not written of preferences, by why.
    """

    study: str
    file: str
    format: FileFormat
    csv_shape: CsvShape | None
    n_lines: int
    left_out: dict[str, int] = field(default_factory=dict)


def export_file(
    file: Path,
    *,
    study: str,
    format: FileFormat = FileFormat.EVALKIT,
    csv_shape: CsvShape = CsvShape.LONG,
    include_superseded: bool = False,
    judges: bool = False,
) -> Exported:
    """Write a study to a file; a failure leaves the old file alone.

    ``include_superseded`` is of records and CSV, which have what anybody said; ``judges`` is of
    preferences, in which people have the votes without it.
    """
    is_csv = format is FileFormat.CSV
    if format is FileFormat.DPO and include_superseded:
        raise RefusedError("Preferences have what counts alone: no superseded annotations.")
    if format is not FileFormat.DPO and judges:
        raise RefusedError(f"{format.value} has all annotators: judges are for dpo alone.")
    n_lines = -1 if is_csv else 0
    with read_session() as session:
        exported = exported_study(session, name=study)
        if format is FileFormat.DPO:
            lines, left_out = _preferences(session, exported, judges=judges)
        else:
            shape, left_out = csv_shape if is_csv else None, {}
            lines = _lines(session, exported.id, shape, include_superseded=include_superseded)
        try:
            with open_for_writing(file) as target:
                for line in lines:
                    target.write(line.encode())
                    n_lines += 1
        except OSError as error:
            raise RefusedError(f"{file} cannot be written: {error.strerror}.") from None
    return Exported(
        study=exported.name,
        file=str(file),
        format=format,
        csv_shape=csv_shape if is_csv else None,
        n_lines=max(n_lines, 0),
        left_out=left_out,
    )


def export_bytes(file_name: str, **of: Any) -> bytes:
    """Return what ``export_file`` would write to a file of that name."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / Path(file_name).name
        export_file(file, **of)
        return file.read_bytes()


def _preferences(
    session: Session, exported: ExportedStudy, *, judges: bool
) -> tuple[Iterator[str], dict[str, int]]:
    pairs = training_pairs(session, study=exported.name, judges=judges)
    return preference_lines(session, pairs), pairs.left_out


def _lines(
    session: Session, study_id: int, csv_shape: CsvShape | None, *, include_superseded: bool
) -> Iterator[str]:
    if csv_shape is None:
        return study_lines(session, study_id=study_id, include_superseded=include_superseded)
    return study_csv(session, study_id, shape=csv_shape, include_superseded=include_superseded)
