"""Judges that saw pairs in both orders: right by which rule, and what the order decides."""

from collections.abc import Iterator, Sequence

from evalkit import text
from evalkit.phrases import counted, lower
from evalkit.reports.agreement.cells import number_cell
from evalkit.reports.agreement.judges import BothOrders
from evalkit.reports.blocks import Axis, Block, Cell, IntervalRow, Intervals, Table, table
from evalkit.reports.judges.report import JudgeRow
from evalkit.stats.intervals import Estimate

_RULES_NOTE = (
    "Of the pairs a judge saw in both orders and people judged. First order alone: what it said "
    "when it saw a pair the first time; other order alone: with the sides swapped. Mean of both: "
    "each verdict is half. Both must agree: a pair counts as right only where both verdicts are, "
    "so one that is undecided, since they differ, is wrong. Where both agree: the decided alone."
)
_POSITIONS_NOTE = (
    "Of all pairs a judge saw in both orders, whether people judged them or not. Positional "
    "agreement: both verdicts are the same whatever the order. Primacy: of the pairs on which they "
    "are not, those where it chose both times what stood first. Position bias: chosen first both "
    "times less chosen second both times, of all pairs; 0 is none."
)
_RULES = ("Judge", "Rule", "Same as people", "κ", "Pairs", "Undecided")
_POSITIONS = ("Judge", "Pairs", "Positional agreement", "Primacy", "Position bias")


def orders_sentence(row: JudgeRow) -> str:
    """Say how far its verdicts hang on the order; nothing where it saw no pair in both."""
    if row.orders is None:
        return ""
    same = row.orders.positions.positional
    if same.value is None:
        return f"How far its verdicts hang on the order is not known: {lower(same.reason or '')}"
    share = text.estimate(same, text.percent)
    pairs = counted(row.orders.n_pairs, "pair")
    return f"Shown {pairs} in both orders, it says the same of {share} whatever the order."


def orders_blocks(judges: Sequence[JudgeRow]) -> tuple[Block, ...]:
    """Say all of it."""
    return rules_table(judges), positions_table(judges)


def rules_picture(row: JudgeRow) -> Intervals:
    """Draw how often one judge says what people say, by each rule."""
    if row.orders is None:
        return Intervals("", (), Axis(0.0, 1.0))
    lines = tuple(
        IntervalRow(rule, share, text.percent, note=f"n = {share.n:,}{_undecided(undecided)}")
        for rule, share, _, undecided in _by_rule(row.orders)
        if share.value is not None
    )
    ticks = ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %"))
    return Intervals("Same as people, by the rule about orders", lines, Axis(0.0, 1.0, ticks))


def _undecided(n: int | None) -> str:
    return "" if n is None else f", {n:,} undecided"


def rules_table(judges: Sequence[JudgeRow]) -> Table:
    """Give a row per judge and rule about orders."""
    rows = [
        (
            judge.judge,
            rule,
            number_cell(share, text.percent),
            "" if kappa is None else number_cell(kappa),
            text.whole(share.n),
            "" if undecided is None else text.whole(undecided),
        )
        for judge in judges
        if judge.orders
        for rule, share, kappa, undecided in _by_rule(judge.orders)
    ]
    return table("Judges in both orders", _RULES, rows, left=("Rule",), note=_RULES_NOTE)


def _by_rule(orders: BothOrders) -> Iterator[tuple[str, Estimate, Estimate | None, int | None]]:
    """Give each rule with the share of the same answers, κ, and how many pairs it leaves open."""
    right = orders.right
    yield "First order alone", right.first.percent_agreement, right.first.kappa, None
    yield "Other order alone", right.second.percent_agreement, right.second.kappa, None
    yield "Mean of both orders", right.mean, None, None
    yield "Both must agree", right.both_agree, None, right.n_undecided
    yield "Where both agree", right.decided, None, None


def positions_table(judges: Sequence[JudgeRow]) -> Table:
    """Give a row per judge: what the order of two responses does to it."""
    rows = [
        (
            judge.judge,
            text.whole(judge.orders.n_pairs),
            number_cell(judge.orders.positions.positional, text.percent),
            number_cell(judge.orders.positions.primacy, text.percent, has_n=True),
            _bias_cell(judge.orders.positions.position_bias),
        )
        for judge in judges
        if judge.orders
    ]
    return table("What the order decides", _POSITIONS, rows, note=_POSITIONS_NOTE)


def _bias_cell(bias: Estimate) -> Cell:
    return Cell(text.difference(bias, text.points), number=bias, about=bias.reason or "")
