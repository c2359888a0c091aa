"""Whole files of a study in any format, from one state of the database."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from db.engine import read_session
from db.queries.records.export import exported_study
from db.queries.records.manifest import manifest, manifest_path
from db.queries.records.source import StudySource
from evalkit.errors import RefusedError
from evalkit.formats.material import ExportFormat, ExportOptions, FileFormat
from evalkit.formats.table import FORMATS
from evalkit.formats.writing import json_document
from evalkit.phrases import joined
from evalkit.records import open_for_writing

__all__ = ["Exported", "FileFormat", "export_bytes", "export_file", "manifest_bytes"]

_AS_USUAL = ExportOptions()


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where; ``n_lines`` counts rows and leaves headings out.

    ``left_out`` counts what was not written, by why.
    """

    study: str
    file: str
    format: FileFormat
    n_lines: int
    left_out: dict[str, int] = field(default_factory=dict)


def export_file(
    file: Path,
    *,
    study: str,
    format: FileFormat = FileFormat.EVALKIT,
    options: ExportOptions = _AS_USUAL,
) -> Exported:
    """Write a study to a file, and its manifest beside; a failure leaves the old ones alone.

    Raises
    ------
    RefusedError
        Where the format has no room for an option, the file cannot be written, or what is to be
        trained on overlaps with an eval set that must stay unseen.
    """
    made_as = FORMATS[format]
    _refuse_options(made_as, options)
    with read_session() as session:
        of = exported_study(session, name=study)
        source = StudySource(session, of, options)
        try:
            with open_for_writing(file) as target:
                for chunk in made_as.write(source):
                    target.write(chunk.encode() if isinstance(chunk, str) else chunk)
                source.refuse_overlaps()
            with open_for_writing(manifest_path(file)) as target:
                target.write(json_document(manifest(session, of, made_as, source, file)).encode())
        except OSError as error:
            raise RefusedError(f"{file} cannot be written: {error.strerror}.") from None
    return Exported(
        study=source.study,
        file=str(file),
        format=format,
        n_lines=source.n_rows,
        left_out=source.left_out,
    )


def export_bytes(
    file_name: str, *, study: str, format: FileFormat, options: ExportOptions = _AS_USUAL
) -> bytes:
    """Return what ``export_file`` would write to a file of that name."""
    return _exported_bytes(file_name, study, format, options)[0]


def manifest_bytes(
    file_name: str, *, study: str, format: FileFormat, options: ExportOptions = _AS_USUAL
) -> bytes:
    """Return the manifest that ``export_file`` would write beside a file of that name."""
    return _exported_bytes(file_name, study, format, options)[1]


def _exported_bytes(
    file_name: str, study: str, format: FileFormat, options: ExportOptions
) -> tuple[bytes, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / Path(file_name).name
        export_file(file, study=study, format=format, options=options)
        return file.read_bytes(), manifest_path(file).read_bytes()


def _refuse_options(made_as: ExportFormat, options: ExportOptions) -> None:
    for option in options.chosen():
        if option not in made_as.options:
            fitting = [key.value for key, other in FORMATS.items() if option in other.options]
            raise RefusedError(
                f"The format {made_as.key.value} has no room for --{option.replace('_', '-')}: "
                f"that is for {joined(fitting)}."
            )
    if options.rule not in made_as.rules:
        raise RefusedError(
            f"The format {made_as.key.value} has no room for --rule {options.rule}: whether a "
            f"response passes is by {' or '.join(made_as.rules)}."
        )
