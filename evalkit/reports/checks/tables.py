"""Checks as blocks: beside people, and by model."""

from collections.abc import Sequence

from evalkit import text
from evalkit.checks.table import kind_called
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.blocks import Cell, Section, Table, bullets, section, table, words
from evalkit.reports.checks.report import ChecksReport
from evalkit.reports.checks.sentences import (
    HOW,
    agreement_in_words,
    asked_in_words,
    checks_verdict,
)

TITLE = "Checks"
_PEOPLE = (
    "Check",
    "Stands beside",
    "Accuracy",
    "κ with people",
    "False pass",
    "False fail",
    "Responses",
    "Why not",
)
_FOUND_NOTE = (
    "The share of each model's responses that pass, of those of which the check can say anything. "
    "Intervals by case."
)


def people_table(report: ChecksReport) -> Table:
    """Give a row per check that stands beside something people are asked."""
    rows = [
        (
            row.name,
            asked_in_words(row.answers),
            number_cell(of.accuracy, text.percent),
            number_cell(of.kappa),
            number_cell(of.false_pass, text.percent, has_n=True),
            number_cell(of.false_fail, text.percent, has_n=True),
            text.whole(of.n),
            " ".join(
                dict.fromkeys(
                    each.reason or ""
                    for each in (of.accuracy, of.kappa, of.false_pass, of.false_fail)
                    if each.value is None
                )
            ),
        )
        for row, of in report.beside_people
    ]
    return table("Checks beside people", _PEOPLE, rows, left=("Stands beside", "Why not"), note=HOW)


def models_table(report: ChecksReport) -> Table:
    """Give a row per check and a column per model: the share that passes."""
    columns = ("Check", "Kind", *report.models, "Checked", "Undefined")
    rows: list[Sequence[str | Cell]] = [
        (
            row.name if row.case_key is None else f"{row.name} (case {row.case_key})",
            kind_called(row.kind).title,
            *(number_cell(share, text.percent) for _, share in row.models),
            text.whole(row.n_pass + row.n_fail),
            text.whole(row.n_undefined),
        )
        for row in report.rows
    ]
    return table("What passes, by model", columns, rows, left=("Kind",), note=_FOUND_NOTE)


def checks_section(report: ChecksReport) -> Section:
    """Return everything a report says of checks; nothing where none is in use."""
    if not report.rows:
        return section(TITLE)
    return section(
        TITLE,
        words(checks_verdict(report), style="verdict"),
        bullets(agreement_in_words(row, of) for row, of in report.beside_people),
        people_table(report),
        models_table(report),
    )
