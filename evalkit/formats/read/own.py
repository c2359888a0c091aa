"""evalkit's own records: recognised here, and read by the reader that checks them line by line."""

from collections.abc import Iterator, Sequence

from evalkit.formats.read.interface import (
    Beginning,
    Fit,
    Part,
    ReadFormat,
    ReadingNotes,
    Row,
    Sureness,
)
from evalkit.records.schema import TYPES


def _read(parts: Sequence[Part], notes: ReadingNotes) -> Iterator[Row]:
    for part in parts:
        yield from part


def _recognise(start: Beginning) -> Fit | None:
    kind = start.first.get("type")
    if kind == "header":
        return Fit(Sureness.SURE, "its first line is a header")
    if isinstance(kind, str) and kind in TYPES:
        return Fit(Sureness.SURE, f"its first line is a record of type {kind}")
    return None


EVALKIT = ReadFormat(
    "evalkit",
    "evalkit records",
    "Records as an export writes them: see [the record format](records.md)",
    '{"type": "header", "format": "evalkit", "version": 2, "eval_set": "…"}',
    _recognise,
    _read,
)
