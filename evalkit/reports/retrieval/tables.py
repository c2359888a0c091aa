"""Retrieval as blocks."""

from evalkit import text
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import Section, Table, section, table, words
from evalkit.reports.retrieval.report import RetrievalReport
from evalkit.reports.retrieval.sentences import HOW, STATES, retrieval_verdict

TITLE = "Retrieval"


def depths_table(report: RetrievalReport) -> Table:
    """Give a row per depth and model."""
    rows = [
        (
            f"{row.model}, first {row.k}",
            number_cell(row.recall, text.percent, has_n=True),
            number_cell(row.precision, text.percent, has_n=True),
        )
        for row in report.depths
    ]
    return table("What was retrieved", ("Model", "Recall", "Precision"), rows, note=HOW)


def states_table(report: RetrievalReport) -> Table:
    """Give a row per state of context and model."""
    rows = [
        (
            f"{row.model}, {STATES[row.state].lower()}",
            number_cell(row.acceptable, text.percent, has_n=True),
            text.whole(row.n_cases),
        )
        for row in report.states
    ]
    note = "How often people find responses acceptable. Where context is missing or contradicts "
    note += "itself, a right response says so. Intervals by case."
    return table("Where context is wrong", ("Model", "Acceptable", "Cases"), rows, note=note)


def retrieval_section(report: RetrievalReport) -> Section:
    """Return all there is to say; nothing where no response says what was retrieved for it."""
    if not report.n_responses and not report.states:
        return section(TITLE)
    return section(
        TITLE,
        words(retrieval_verdict(report), style="verdict"),
        depths_table(report),
        states_table(report),
    )
