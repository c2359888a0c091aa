"""Errors as blocks: what they weigh, how often each was found."""

import math
from collections.abc import Sequence

from evalkit import text
from evalkit.reports.blocks import (
    Axis,
    Block,
    Cell,
    Heading,
    Intervals,
    Section,
    bullets,
    section,
    table,
    value_cell,
    words,
)
from evalkit.reports.by_model import by_category, model_rows
from evalkit.reports.errors.penalties import weights_in_words
from evalkit.reports.errors.report import TagRates
from evalkit.reports.errors.sentences import commonest_errors
from evalkit.stats.intervals import Estimate
from evalkit.stats.penalties import ErrorWeights
from evalkit.stats.scores import ScoreRow

#: What is drawn of the errors in responses.
PENALTY = "Weight of the errors in a response; less is better"


def errors_section(
    rates: Sequence[TagRates],
    weighed: Sequence[ScoreRow],
    order: Sequence[str],
    *,
    weights: ErrorWeights,
) -> Section:
    """Show what the errors in each model's responses weigh, and how often each was found."""
    marked = [
        (rate.tag.name, {row.model: row.estimate for row in rate.rows if row.category is None})
        for rate in rates
        if any(row.estimate.value for row in rate.rows)
    ]
    if not marked:
        return section("Errors", words("No error has been marked within these filters."))
    marked.sort(key=lambda row: -sum(share.value or 0 for share in row[1].values()))
    widest = max(share.value or 0 for _, models in marked for share in models.values()) or 1.0
    title = "How often each error was found"
    rows = [
        [Cell(name), *(_share_cell(models.get(model), widest) for model in order)]
        for name, models in marked
    ]
    note = "Share of looks, one annotator at one response, that found the error."
    return section(
        "Errors",
        *_weighed(weighed, order, weights),
        Heading(title),
        bullets(commonest_errors(rates, order)),
        table(title, ("", *order), rows, is_map=True, note=note),
    )


def _weighed(
    rows: Sequence[ScoreRow], order: Sequence[str], weights: ErrorWeights
) -> tuple[Block, ...]:
    """Show the mean penalty per response with its interval, overall and by category."""
    if not rows:
        return ()
    drawn = penalties(rows, order)
    least = drawn.axis.high / 4
    title = f"{PENALTY} by category"
    return (
        Heading(PENALTY),
        drawn,
        by_category(title, rows, text.number, order, least=least, is_less_better=True),
        words(weights_in_words(weights), style="note"),
    )


def penalties(rows: Sequence[ScoreRow], order: Sequence[str]) -> Intervals:
    """Draw what the errors in a response weigh, the lightest first."""
    overall = {row.model: row.estimate for row in rows if row.category is None}
    lightest = sorted(order, key=lambda model: _penalty(overall[model]))
    ends = [end for one in overall.values() for end in (one.value, one.high) if end is not None]
    highest = _round_end(max(1.0, *ends))
    ticks = tuple((at, f"{at:g}") for at in (0.0, highest / 2, highest))
    return Intervals(PENALTY, model_rows(rows, text.number, lightest), Axis(0.0, highest, ticks))


def _round_end(reach: float) -> float:
    """Return the round number an axis ends at that reaches so far."""
    power = 10.0 ** math.floor(math.log10(reach))
    return next(power * step for step in (1, 2, 3, 4, 5, 6, 8, 10) if power * step >= reach)


def _penalty(estimate: Estimate) -> float:
    return float("inf") if estimate.value is None else estimate.value


def _share_cell(share: Estimate | None, widest: float) -> Cell:
    tint = 0.0 if share is None or share.value is None else -share.value / widest
    return value_cell(share, text.percent, tint=tint)
