"""The files a lead can take a study away as."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from db.engine import read_session
from db.queries.library import StudySummary
from db.queries.records.files import CsvShape, FileFormat
from db.queries.records.preferences import left_out_in_words, training_pairs
from evalkit.phrases import counted
from evalkit.vocabulary import TaskKind


@dataclass(frozen=True, slots=True)
class StudyFile:
    """One file: what it is called, what it holds, and how it is written."""

    title: str
    about: str
    ending: str
    options: Mapping[str, Any] = field(default_factory=dict)
    has_history: bool = True
    is_of_pairs: bool = False


_FILES = (
    StudyFile(
        "CSV, long",
        "A row per comparison, ranking, score, check, error mark and answer in words.",
        "-long.csv",
        {"format": FileFormat.CSV},
    ),
    StudyFile(
        "CSV, wide",
        "A row per thing judged, a column per annotator: what can stand side by side, no words.",
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
        is_of_pairs=True,
    ),
    StudyFile("Records", "Everything, to import elsewhere or keep.", ".jsonl.gz"),
)


def files_of(study: StudySummary) -> list[StudyFile]:
    """Return the files of a study: where single responses are judged there are no pairs."""
    return [file for file in _FILES if study.kind != TaskKind.SINGLE or not file.is_of_pairs]


def offer_count(study: StudySummary) -> None:
    """Say on request how many pairs there are and how many are left out: it reads all of them."""
    if st.button("Count the pairs", type="tertiary", key="export-count"):
        with read_session() as session:
            pairs = training_pairs(session, study=study.name)
        st.caption(f"{counted(len(pairs.case), 'pair')}.{left_out_in_words(pairs.left_out)}")
