"""Judges beside people as blocks: each judge's κ."""

from evalkit import text
from evalkit.reports.agreement.cells import agreement_axis, number_cell
from evalkit.reports.agreement.report import AgreementReport
from evalkit.reports.agreement.sentences import judges_best_first
from evalkit.reports.blocks import Block, IntervalRow, Intervals, Table, table, words
from evalkit.study.subjects import subject_title

#: More judges than this are read in the table.
_MOST_DRAWN = 15


def best_judges(report: AgreementReport) -> tuple[Block, ...]:
    """Draw κ with people of the judges who agree most, on the first thing both judged."""
    ranked = judges_best_first(report)
    drawn = ranked[:_MOST_DRAWN]
    rows = [IntervalRow(judge.judge, judge.kappa, note=f"n = {judge.kappa.n:,}") for judge in drawn]
    axis = agreement_axis(judge.kappa for judge in drawn)
    some = f"The {len(drawn)} of {len(ranked):,} judges who agree most; the table has all."
    note = words(
        "Cohen's κ with every person who judged the same.",
        some if len(drawn) < len(ranked) else "",
        style="note",
    )
    return Intervals("Cohen's κ of each judge with people", tuple(rows), axis), note


def every_judge(report: AgreementReport) -> Table:
    """Give a row per judge and thing judged, those on the first thing before the others."""
    ranked = judges_best_first(report)
    others = [judge for judge in report.judges if judge.kappa.n and judge not in ranked]
    rows = [
        (
            judge.judge,
            subject_title(judge.subject),
            number_cell(judge.kappa),
            number_cell(judge.percent, text.percent),
            text.whole(judge.kappa.n),
            judge.kappa.reason or "",
        )
        for judge in (*ranked, *others)
    ]
    columns = ("Judge", "On", "Cohen's κ", "Same value", "n", "Why not")
    return table("Every judge", columns, rows, left=("On", "Why not"))
