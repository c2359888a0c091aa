"""A log that was uploaded: read once, set beside an eval set once, for as long as it is there."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO

import streamlit as st

from db.commands.log_samples import LogFiles
from evalkit.formats.read.mapping import ColumnMapping
from evalkit.redaction.redaction import Redaction
from evalkit.reports.coverage.report import CoverageReport
from evalkit.sampling.clusters import CaseCluster, clusters_of
from evalkit.sampling.sample import Pool
from pages.shared import uploads
from pages.shared.display import exhibits
from pages.shared.library import import_columns, import_reading
from pages.shared.sections import sampling
from pages.shared.sections.sampling import SamplePlan
from pages.shared.uploads import once

_LOG, _BESIDE, _POOL = "new-log-files", "new-log-beside", "new-log-pool"
_GROUPS = "new-log-groups"


def log_at_hand(key: str, *, actor_id: int) -> tuple[str, LogFiles] | None:
    """Ask for the files of a log; give the first one's name and the log, None where there is none.

    A browser forgets what was uploaded when another page is shown. The log that was read stays
    with the session until it is closed here, or another one is opened.

    Raises RefusedError as `LogFiles` does.
    """
    files = st.file_uploader("Files of the log", key=key, accept_multiple_files=True)
    st.caption(
        "Files above 50 MB are read on the command line: python -m evalkit report coverage and "
        "python -m evalkit sample-log"
    )
    if not files:
        return _still_open()
    sources = [(file.name, uploads.content(file)) for file in files]
    formats = import_reading.format_picker([name for name, _ in sources])
    mapping = import_columns.mapping_picker(sources, actor_id=actor_id)
    ids = [file.file_id for file in files]
    return sources[0][0], open_log(ids, sources, formats=formats, mapping=mapping)


def _still_open() -> tuple[str, LogFiles] | None:
    """Give the log that was read before, with a way to close it."""
    kept = st.session_state.get(_LOG)
    if kept is None:
        return None
    name: str = kept[0][0]
    left, right = st.columns([3, 1], vertical_alignment="center")
    with left:
        exhibits.say(f"{name} is still open, as it was read before.")
    if right.button("Close it", icon=":material/close:", key="new-log-close"):
        forget()
        st.rerun()
    return name, kept[1]


def suggested(pool: Pool, plan: SamplePlan) -> dict[int, str]:
    """Ask whether categories are made of groups of like lines; give those of each, by its id."""
    n = sampling.n_clusters(pool)
    if n is None:
        return {}

    def grouped() -> tuple[CaseCluster, ...]:
        with st.spinner("Looking for groups"):
            return clusters_of(pool, n)

    return sampling.named_clusters(once(_GROUPS, (plan.stamp, n), grouped), pool)


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
    asked = sources[0][0], tuple(ids), repr(formats), repr(mapping)

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
    for key in (_LOG, _BESIDE, _POOL, _GROUPS):
        st.session_state.pop(key, None)
    sampling.forget_sample()
