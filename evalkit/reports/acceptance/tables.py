"""Verdicts taken without a person as blocks."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.acceptance.audit import AuditRow
from evalkit.reports.acceptance.report import AcceptanceReport, AcceptanceRow, Promise
from evalkit.reports.acceptance.sentences import (
    acceptance_verdict,
    audit_in_words,
    audit_standing,
    how,
    promised,
    row_in_words,
    standing,
    sure_at_least,
)
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import (
    Axis,
    Cell,
    IntervalRow,
    Intervals,
    Section,
    Table,
    bullets,
    section,
    table,
    words,
)
from evalkit.study.accepted import Look
from evalkit.study.subjects import subject_title

_COLUMNS = (
    "Judge",
    "On",
    "Reading",
    "Sure by",
    "Sure at least",
    "Accepted",
    "Wrong of the accepted",
    "Verdicts",
    "Labelled",
    "Dev labels",
    "Certification labels",
    "At least needed",
)
_CURVE_COLUMNS = ("Judge", "On", "Sure at least", "Accepted", "Wrong of the accepted")
_TRIED_COLUMNS = ("Sure at least", "Accepted", "Wrong", "p")
_CURVE_NOTE = (
    "On the labels of the dev split, from which the threshold is chosen. Left of the mark at most "
    "as many are wrong as may be."
)
_TRIED_NOTE = (
    "Exact tests on the labels of the test split, one after the other and each at the whole level; "
    "the first that fails ends it."
)


def acceptance_section(
    report: AcceptanceReport, looks: Sequence[Look] = (), audits: Sequence[AuditRow] = ()
) -> Section:
    """Say all of it: the promise, every judge on everything, looks, what was accepted and read."""
    if not report.rows:
        return section("Acceptance", words(acceptance_verdict(report), style="verdict"))
    return section(
        "Acceptance",
        words(acceptance_verdict(report), style="verdict"),
        words(promised(report.promise), how(report), style="note"),
        bullets(row_in_words(row, report.promise) for row in report.rows),
        acceptance_table(report),
        curve_table(report.rows),
        look_table(looks),
        bullets(audit_in_words(row) for row in audits),
        audit_table(audits),
    )


def acceptance_table(report: AcceptanceReport) -> Table:
    """Give a row per judge and thing judged."""
    rows = [
        (
            row.judge,
            subject_title(row.subject),
            standing(row),
            str(row.certainty),
            _threshold(row),
            *_of_test(row),
            text.whole(row.n_verdicts),
            text.whole(row.n_labelled),
            text.whole(row.n_dev),
            text.whole(row.n_certification),
            text.whole(row.least),
        )
        for row in report.rows
    ]
    return table("Verdicts that may be accepted", _COLUMNS, rows, left=("On", "Reading", "Sure by"))


def _threshold(row: AcceptanceRow) -> str:
    if row.refusal is not None or row.test is None or row.test.threshold is None:
        return text.MISSING
    return sure_at_least(row, row.test.threshold)


def _of_test(row: AcceptanceRow) -> tuple[Cell, Cell]:
    if row.refusal is not None or row.test is None:
        return Cell(text.MISSING), Cell(text.MISSING)
    return (
        number_cell(row.test.accepted, text.percent, has_n=True),
        number_cell(row.test.wrong, text.percent, has_n=True),
    )


def curve_blocks(row: AcceptanceRow, promise: Promise) -> tuple[Intervals, ...]:
    """Draw how much is wrong of what would be accepted, from the surest verdicts to all."""
    if not row.curve:
        return ()
    lines = tuple(
        IntervalRow(
            f"at least {sure_at_least(row, point.threshold)} sure",
            point.wrong,
            text.percent,
            note=f"accepts {text.estimate(point.accepted, text.percent)}, n = {point.wrong.n:,}",
        )
        for point in row.curve
    )
    most = max([2 * promise.risk, *(line.estimate.high or 0.0 for line in lines)])
    risk = (promise.risk, f"at most {text.small_percent(promise.risk)}")
    axis = Axis(0.0, min(1.0, most), ((0.0, "none wrong"), risk), ((promise.risk, ""),))
    title = f"{row.judge}, {subject_title(row.subject)}: wrong of the accepted"
    return (Intervals(title, lines, axis, note=_CURVE_NOTE),)


def curve_table(judges: Sequence[AcceptanceRow]) -> Table:
    """Give the same in numbers, of several judges."""
    rows = [
        (
            row.judge,
            subject_title(row.subject),
            sure_at_least(row, point.threshold),
            number_cell(point.accepted, text.percent, has_n=True),
            number_cell(point.wrong, text.percent, has_n=True),
        )
        for row in judges
        for point in row.curve
    ]
    return table("Error and coverage on the dev split", _CURVE_COLUMNS, rows, left=("On",))


def tried_table(row: AcceptanceRow) -> Table:
    """Show the tests in the order in which they were made."""
    rows = [
        (
            sure_at_least(row, tried.threshold),
            text.whole(tried.n_accepted),
            text.whole(tried.n_wrong),
            text.bare_p(tried.p_value),
        )
        for tried in (row.test.tried if row.test else ())
    ]
    return table("Tests on the test split", _TRIED_COLUMNS, rows, note=_TRIED_NOTE)


def look_table(looks: Sequence[Look]) -> Table:
    """Show every look at certification labels, and what it spent."""
    rows = [
        (
            look.judge,
            look.subject,
            f"{look.looked_at:%Y-%m-%d %H:%M}",
            look.looked_by or text.MISSING,
            text.small_percent(look.risk),
            text.small_percent(look.confidence),
            text.small_percent(look.level),
            "nothing accepted"
            if look.threshold is None
            else f"at least {text.percent(look.threshold)} sure",
        )
        for look in looks
    ]
    return table(
        "Looks at the test split",
        _LOOK_COLUMNS,
        rows,
        left=("On", "When", "By", "Outcome"),
        note=_LOOK_NOTE,
    )


def audit_table(rows: Sequence[AuditRow]) -> Table:
    """Show what was accepted, and what people said of what went back to them."""
    cells = [
        (
            row.accepted.judge,
            row.accepted.subject,
            str(row.accepted.state),
            audit_standing(row),
            text.whole(len(row.accepted.units)),
            text.whole(row.n_cases),
            text.percent(row.accepted.share),
            text.whole(row.n_drawn),
            text.whole(row.n_read),
            number_cell(row.wrong, text.percent, has_n=True),
            f"{text.percent(row.low)} to {text.percent(row.high)}",
            row.accepted.audit_study or text.MISSING,
        )
        for row in rows
    ]
    return table(
        "What was accepted",
        _AUDIT_COLUMNS,
        cells,
        left=("On", "State", "Audit", "Read in"),
        note=_AUDIT_NOTE if rows else "",
    )


_LOOK_COLUMNS = ("Judge", "On", "When", "By", "Risk", "Probability", "Spent", "Outcome")
_LOOK_NOTE = (
    "Each look at another judge, at other labels or with another promise, spends its share of the "
    "chance of error: the first 61 %, the second 15 %, together never more than all. The same "
    "again spends nothing."
)
_AUDIT_COLUMNS = (
    "Judge",
    "On",
    "State",
    "Audit",
    "Verdicts",
    "Cases",
    "Goes back",
    "Went back",
    "Read",
    "Wrong",
    "Looked at every day",
    "Read in",
)
_AUDIT_NOTE = (
    "Cases go back to people in a study of their own, without a word of the judge. Wrong is the "
    "share of all that was accepted, its interval narrower the more of it was read. What stands "
    "under every day holds at every look at once: above what is promised it is a breach."
)
