"""The section of a study's HTML report about errors: what they weigh, how often each was found."""

from collections.abc import Sequence

from evalkit import text
from evalkit.html.parts import Axis, Cell, bullets, heading, intervals, paragraph, section, table
from evalkit.html.sections import Colours, by_category, model_rows
from evalkit.reports.errors.penalties import weights_in_words
from evalkit.reports.errors.report import TagRates
from evalkit.reports.errors.sentences import commonest_errors
from evalkit.stats.intervals import Estimate
from evalkit.stats.penalties import ErrorWeights
from evalkit.stats.scores import ScoreRow


def errors_section(
    rates: Sequence[TagRates],
    weighed: Sequence[ScoreRow],
    colours: Colours,
    order: Sequence[str],
    *,
    weights: ErrorWeights,
) -> str:
    """Show what the errors in each model's responses weigh, and how often each was found."""
    found = [
        (rate.tag.name, {row.model: row.estimate for row in rate.rows if row.category is None})
        for rate in rates
        if any(row.estimate.value for row in rate.rows)
    ]
    found.sort(key=lambda one: -sum(of.value or 0 for of in one[1].values()))
    widest = max((of.value or 0 for _, models in found for of in models.values()), default=1)
    rows: list[list[str | Cell]] = [
        [name, *(_share_cell(models.get(model), widest) for model in order)]
        for name, models in found
    ]
    if not rows:
        return section("Errors", paragraph("No error has been marked within these filters."))
    return section(
        "Errors",
        _weighed(weighed, colours, order, weights),
        heading("How often each error was found"),
        bullets(commonest_errors(rates, order)),
        table(("", *order), rows),
        paragraph(
            "Share of looks, one annotator at one response, that found the error.", style="note"
        ),
    )


def _weighed(
    rows: Sequence[ScoreRow], colours: Colours, order: Sequence[str], weights: ErrorWeights
) -> str:
    """Show the mean penalty per response with its interval, the lightest first."""
    if not rows:
        return ""
    overall = {row.model: row.estimate for row in rows if row.category is None}
    lightest = sorted(order, key=lambda model: _penalty(overall[model]))
    ends = [end for one in overall.values() for end in (one.value, one.high) if end is not None]
    highest = max(1.0, *ends)
    ticks = tuple((at, text.number(at)) for at in (0.0, highest / 2, highest))
    axis = Axis(0.0, highest, ticks)
    return (
        heading("Weight of the errors in a response; less is better")
        + intervals(model_rows(rows, text.number, colours, lightest), axis)
        + by_category(rows, text.number, order, axis, is_less_better=True)
        + paragraph(weights_in_words(weights), style="note")
    )


def _penalty(one: Estimate) -> float:
    return float("inf") if one.value is None else one.value


def _share_cell(one: Estimate | None, widest: float) -> Cell:
    if one is None or one.value is None:
        return Cell(text.MISSING)
    small = ", ".join(filter(None, (text.bounds(one, text.percent), f"n = {one.n:,}")))
    return Cell(text.percent(one.value), small, -one.value / (widest or 1))
