"""Judges beside people as blocks: each judge's κ, and what it says in both orders."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.agreement.cells import agreement_axis, number_cell
from evalkit.reports.agreement.judges import BothOrders, JudgeAgreement
from evalkit.reports.agreement.report import AgreementReport
from evalkit.reports.agreement.sentences import judges_best_first
from evalkit.reports.blocks import Block, Cell, IntervalRow, Intervals, Table, table, words
from evalkit.study.subjects import subject_title

#: More judges than this are read in the table.
_MOST_DRAWN = 15
_ORDERS = (
    "Judge",
    "Pairs in both orders",
    "Seen first: same as people",
    "κ",
    "Other order: same as people",
    "κ, other order",
    "Mean of orders",
    "Both must agree",
    "Positional agreement",
)
_ORDERS_NOTE = (
    "Of the pairs a judge saw in both orders. Seen first: what it said when it saw a pair the "
    "first time; other order: with the sides swapped. Both must agree: a pair counts as the same "
    "as people only where both verdicts are. Positional agreement: both verdicts are the same "
    "whatever the order, whether people judged the pair or not; what lies below 100 % is the order."
)


def both_orders(judges: Sequence[JudgeAgreement]) -> Table:
    """Show how each judge that saw pairs in both orders agrees with people in each."""
    rows = [_orders_row(judge.judge, judge.orders) for judge in judges if judge.orders]
    return table("Judges in both orders", _ORDERS, rows, note=_ORDERS_NOTE)


def _orders_row(judge: str, orders: BothOrders) -> list[Cell]:
    first, second = orders.first, orders.second
    shares = (orders.mean, orders.both_agree, orders.positional)
    return [
        Cell(judge),
        Cell(text.whole(orders.n_pairs)),
        number_cell(first.percent_agreement, text.percent, has_n=True),
        number_cell(first.kappa, has_n=True),
        number_cell(second.percent_agreement, text.percent, has_n=True),
        number_cell(second.kappa, has_n=True),
        *(number_cell(share, text.percent, has_n=True) for share in shares),
    ]


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
