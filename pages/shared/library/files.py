"""The files a lead can take a study away as."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.queries.records.files import CsvShape, FileFormat


@dataclass(frozen=True, slots=True)
class StudyFile:
    """One file: what it is called, what it holds, and how it is written."""

    title: str
    about: str
    ending: str
    options: Mapping[str, Any] = field(default_factory=dict)
    has_history: bool = True


FILES = (
    StudyFile(
        "CSV, long",
        "A row per preference, score and error mark.",
        "-long.csv",
        {"format": FileFormat.CSV},
    ),
    StudyFile(
        "CSV, wide",
        "A row per case and pair of responses, a column per annotator.",
        "-wide.csv",
        {"format": FileFormat.CSV, "csv_shape": CsvShape.WIDE},
    ),
    StudyFile(
        "Preferences to train on (DPO)",
        "A line per pair on which more than half of the people who judged it agree: prompt, chosen "
        "and rejected, by how much, and of how many. Without failed responses and canaries.",
        "-dpo.jsonl",
        {"format": FileFormat.DPO},
        has_history=False,
    ),
    StudyFile("Records", "Everything, to import elsewhere or keep.", ".jsonl.gz"),
)
