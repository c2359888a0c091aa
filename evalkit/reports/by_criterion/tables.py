"""Wins by criterion as a map: page, file and terminal show it."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.blocks import (
    Block,
    Cell,
    IntervalRow,
    Intervals,
    Section,
    Table,
    section,
    table,
    value_cell,
    words,
)
from evalkit.reports.by_criterion.report import CriterionReport
from evalkit.reports.by_model import SHARES
from evalkit.stats.intervals import Estimate

TITLE = "Better on each criterion"
_HOW_TO_READ = (
    "The share of its comparisons that a model won on the criterion alone; ties and both bad count "
    "half. Raw, so it hangs on whom a model met. Beneath it the 95 % interval, clustered by case, "
    "and n. The first column has the same of the preference on the whole."
)
_OF_TWO = (
    "The share of the comparisons with the other that the first won on the criterion alone; ties "
    "and both bad count half. 95 % intervals, clustered by case; n counts comparisons."
)


def criterion_section(
    report: CriterionReport,
    order: Sequence[str],
    pairs: Sequence[tuple[str, str, CriterionReport]] = (),
) -> Section:
    """Show who won on each criterion, of all and of every two; nothing where nobody chose."""
    more = (every_two_by_criterion(pairs),) if report.criteria and len(pairs) > 1 else ()
    return section(TITLE, *criterion_blocks(report, order), *more)


def criterion_blocks(report: CriterionReport, order: Sequence[str]) -> tuple[Block, ...]:
    """Give a row per model and a column per criterion, and say how to read them."""
    if not report.criteria:
        return ()
    rows = [[Cell(model), *(_cell(won[model]) for _, won in _named(report))] for model in order]
    columns = ("", *(name for name, _ in _named(report)))
    return table(TITLE, columns, rows, is_map=True), words(_HOW_TO_READ, style="note")


def two_by_criterion(report: CriterionReport, model: str, other: str) -> tuple[Block, ...]:
    """Draw what one model won against another on the whole and on each criterion."""
    if not report.criteria:
        return ()
    rows = [
        IntervalRow(name, won[model], text.percent, f"n = {won[model].n:,}")
        for name, won in _named(report)
    ]
    drawn = Intervals(f"{TITLE}: what {model} won against {other}", tuple(rows), SHARES)
    return drawn, words(_OF_TWO, style="note")


def every_two_by_criterion(pairs: Sequence[tuple[str, str, CriterionReport]]) -> Table:
    """Give a row per two models: what the first won against the other."""
    rows = [
        [Cell(f"{model} against {other}"), *(_cell(won[model]) for _, won in _named(report))]
        for model, other, report in pairs
    ]
    columns = ("", *(name for name, _ in _named(pairs[0][2])))
    return table(f"{TITLE}, of every two", columns, rows, is_map=True, note=_OF_TWO)


def _named(report: CriterionReport) -> list[tuple[str, dict[str, Estimate]]]:
    on = [(f"On {each.criterion.key.replace('_', ' ')}", each.won) for each in report.criteria]
    return [("On the whole", report.overall), *on]


def _cell(won: Estimate) -> Cell:
    tint = 0.0 if won.value is None else 2 * won.value - 1
    return value_cell(won, text.percent, tint=tint)
