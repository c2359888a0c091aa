"""The record format (JSON Lines, version 2): reading with checks, and writing."""

from evalkit.records.problems import MAX_PROBLEMS, Problem, Problems, RecordsRefusedError, shown
from evalkit.records.reader import Record, RecordReader
from evalkit.records.writer import open_for_writing, record_line

__all__ = [
    "MAX_PROBLEMS",
    "Problem",
    "Problems",
    "Record",
    "RecordReader",
    "RecordsRefusedError",
    "open_for_writing",
    "record_line",
    "shown",
]
