"""A log that was uploaded: read once, set beside an eval set once, for as long as it is there."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO

import streamlit as st

from db.commands.log_samples import LogFiles
from evalkit.formats.read.mapping import ColumnMapping
from evalkit.redaction.redaction import Redaction
from evalkit.reports.coverage.report import CoverageReport
from evalkit.sampling.sample import Pool
from pages.shared.uploads import once

_LOG, _BESIDE, _POOL = "new-log-files", "new-log-beside", "new-log-pool"


def open_log(
    ids: Sequence[str],
    sources: Sequence[tuple[str, BinaryIO]],
    *,
    formats: Mapping[str, str] | None,
    mapping: ColumnMapping | None,
) -> LogFiles:
    """Return a log by the ids of its uploads, read for as long as these and what they are stay.

    Raises RefusedError as `LogFiles` does.
    """
    asked = tuple(ids), repr(formats), repr(mapping)

    def read() -> LogFiles:
        forget()
        with st.spinner("Reading the log"):
            log = LogFiles(sources, formats=formats, mapping=mapping)
            _ = log.lines
        return log

    return once(_LOG, asked, read)


def beside(log: LogFiles, eval_set: str, stamp: object) -> CoverageReport:
    """Set a log beside the newest version of an eval set; ``stamp`` changes where that may have.

    What is shown of lines is redacted.
    """

    def compared() -> CoverageReport:
        with st.spinner("Comparing the log with the eval set"):
            return log.beside(eval_set, redaction=Redaction())

    return once(_BESIDE, (id(log), eval_set, stamp), compared)


def pool_of_log(log: LogFiles, report: CoverageReport | None) -> Pool:
    """Return what can be chosen: of all lines, or of those that are far by a report."""
    ids = None if report is None else report.far_ids

    def compared() -> Pool:
        with st.spinner("Comparing the lines with one another"):
            return log.pool(ids)

    return once(_POOL, (id(log), ids), compared)


def forget() -> None:
    """Let go of what was read, and of all that was made of it."""
    kept = st.session_state.get(_LOG)
    if kept is not None:
        kept[1].__exit__()
    for key in (_LOG, _BESIDE, _POOL):
        st.session_state.pop(key, None)
