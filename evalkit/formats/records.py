"""All of a study in the record format, to import elsewhere or keep."""

from collections.abc import Iterator

from evalkit.formats.material import ExportFormat, ExportOption, FileFormat, Source
from evalkit.formats.writing import json_lines


def _write(source: Source) -> Iterator[str]:
    return json_lines(source, source.records())


RECORDS = ExportFormat(
    FileFormat.EVALKIT,
    "Records",
    "Everything, to import elsewhere or keep: cases, outputs, rubric, and what everybody said.",
    ".jsonl.gz",
    "record",
    _write,
    frozenset({ExportOption.SUPERSEDED}),
)
