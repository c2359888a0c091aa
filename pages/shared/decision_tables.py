"""A decision as tables: the pictures' points, models beside the baseline, the map."""

from collections.abc import Callable, Mapping

import pandas as pd

from evalkit.reporting import pair_sentences as pair_words
from evalkit.reporting import text
from evalkit.reporting.decision import DecisionReport, Standing
from evalkit.reporting.decision_sentences import format_of, number_name, rival_of
from evalkit.reporting.measures import MeasureNumbers, Number
from evalkit.reporting.style import StyleReport
from evalkit.stats.intervals import Estimate
from pages.shared.charts.colours import MUTED
from pages.shared.html_tables import Cell, Tone
from pages.shared.links import link
from pages.shared.pair_tables import points
from pages.shared.tables import category_name

State = Mapping[str, str | list[str]]


def frontier_frame(
    report: DecisionReport,
    colours: Mapping[str, str],
    *,
    pick: Callable[[Standing], Estimate],
    form: text.Format,
    per: float,
) -> pd.DataFrame:
    """Give a point per model whose quality and price are known; shares in percent."""
    measure = report.chosen.measure
    scale = 100.0 if measure.is_share else 1.0
    rows = []
    for one in report.standings:
        quality, price = report.number(one.model).estimate, pick(one)
        if quality.value is None or price.value is None:
            continue
        rows.append(
            {
                "label": one.model,
                "x": per * price.value,
                "x_low": None if price.low is None else per * price.low,
                "x_high": None if price.high is None else per * price.high,
                "y": scale * quality.value,
                "y_low": None if quality.low is None else scale * quality.low,
                "y_high": None if quality.high is None else scale * quality.high,
                "colour": colours[one.model],
                "is_on_front": one.is_on_front,
                "hover": f"{one.model}\n{text.estimate(quality, format_of(measure))}, "
                f"n = {quality.n:,}\n{text.estimate(price, form)}, n = {price.n:,}",
            }
        )
    frame = pd.DataFrame(rows)
    ends = ["x_low", "x_high", "y_low", "y_high"]
    return frame.astype(dict.fromkeys(ends, float)) if len(frame) else frame


def standing_rows(
    report: DecisionReport, state: State
) -> tuple[list[str], list[tuple[Cell, list[Cell]]]]:
    """Give the models beside the baseline: headings, and for each model its name and cells."""
    shown = [report.chosen, *(one for one in report.measures if one is not report.chosen)]
    prices = [name for name, known in _prices(report).items() if known]
    columns = ["Model", *(number_name(one.measure) for one in shown), *prices]
    rows = []
    for one in report.standings:
        href = _compared(report, one.model, state)
        cells = [_quality_cell(report, numbers, one, href) for numbers in shown]
        cells += [cell for name, cell in _price_cells(one, href).items() if name in prices]
        rows.append((_name_cell(report, one, state), cells))
    return columns, rows


def map_rows(
    report: DecisionReport, state: State
) -> tuple[list[str], list[tuple[Cell, list[Cell]]]]:
    """Give the chosen measure by category and model, all categories first."""
    models = [one.model for one in report.standings]
    columns = ["Category", *(_heading(report, model) for model in models)]
    found = {
        (one.model, one.category): one for one in (*report.chosen.overall, *report.chosen.cells)
    }
    categories = list(dict.fromkeys(one.category for one in report.chosen.cells))
    if len(categories) < 2:
        return columns, []
    rows = []
    for category in (None, *categories):
        name = "All categories" if category is None else category_name(category)
        narrowed = state if category is None else {**state, "category": [category]}
        cells = [
            map_cell(report, found[model, category], _compared(report, model, narrowed))
            for model in models
        ]
        rows.append((Cell(name), cells))
    return columns, rows


def map_cell(report: DecisionReport, one: Number, href: str) -> Cell:
    """Give one cell: the number and n, toned where it is better or worse than the baseline's."""
    form = format_of(report.chosen.measure)
    if one.estimate.value is None:
        return Cell(text.MISSING, "n = 0", tone=Tone.OPEN, title=one.estimate.reason or "")
    small = f"n = {one.estimate.n:,}"
    interval = text.estimate(one.estimate, form)
    cases = f"{one.n_cases:,} cases"
    if one.difference is None:
        return Cell(
            form(one.estimate.value), small, href, title=f"{interval}, {cases}; the baseline"
        )
    p = "" if one.p_adjusted is None else f", {pair_words.p_value(one.p_adjusted)} adjusted"
    apart = _difference(one.difference, report.chosen)
    return Cell(
        form(one.estimate.value),
        small,
        href,
        tone=_tone(one),
        title=f"{interval}, {cases}; {apart} against {report.baseline}{p}",
    )


def style_rows(report: StyleReport, colours: Mapping[str, str], *, held: bool) -> pd.DataFrame:
    """Give one interval row per model, as judged or with style held equal, strongest first."""
    rows = sorted(report.rows, key=lambda row: row.controlled_rank if held else row.raw_rank)
    shown = []
    for row in rows:
        one = row.controlled if held else row.raw
        number = text.estimate(one)
        shown.append(
            {
                "label": row.model,
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "text": number,
                "note": "",
                "hover": f"{row.model}\n{number}\n{one.reason or f'n = {one.n:,}'}",
                "colour": colours[row.model],
                "is_settled": one.low is not None
                and one.high is not None
                and not one.low <= 0 <= one.high,
            }
        )
    return pd.DataFrame(shown)


def effect_rows(report: StyleReport, names: Mapping[str, str]) -> pd.DataFrame:
    """Give one interval row per feature and for the left side, in log-odds."""
    return pd.DataFrame(
        [
            {
                "label": names[name],
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "text": text.estimate(one),
                "note": "",
                "hover": f"{names[name]}\n{text.estimate(one)}\nn = {one.n:,}",
                "colour": MUTED,
                "is_settled": one.low is not None
                and one.high is not None
                and not one.low <= 0 <= one.high,
            }
            for name, one in report.effects.items()
        ]
    )


def _name_cell(report: DecisionReport, one: Standing, state: State) -> Cell:
    parts = ["on the front" if one.is_on_front else f"beaten by {', '.join(one.beaten_by)}"]
    if not one.is_on_front and not one.beaten_by:
        parts = ["not all is known"]
    if one.model == report.baseline:
        parts.insert(0, "baseline")
    mark = "◆ " if one.is_on_front else ""
    return Cell(f"{mark}{one.model}", ", ".join(parts), link("overview", state))


def _quality_cell(
    report: DecisionReport, numbers: MeasureNumbers, one: Standing, href: str
) -> Cell:
    measure = numbers.measure
    number = next(found for found in numbers.overall if found.model == one.model)
    shown = text.estimate(number.estimate, format_of(measure))
    title = number.estimate.reason or f"n = {number.estimate.n:,}, {number.n_cases:,} cases"
    if number.difference is None:
        return Cell(shown, "" if one.model != report.baseline else "baseline", href, title=title)
    if number.difference.value is None:
        return Cell(shown, "", href, title=number.difference.reason or title)
    small = _difference(number.difference, numbers)
    tone = _tone(number)
    if measure.is_preference and one.strength is not None:
        # The ranking adjusts for who was met, so it decides; as on the overview.
        tone = Tone.OPEN
        if one.is_separated:
            tone = Tone.BETTER if (one.strength.value or 0.0) > 0 else Tone.WORSE
        title += f"; strength {pair_words.difference(one.strength)} against {report.baseline}"
    elif number.p_adjusted is not None:
        title += f"; {pair_words.p_value(number.p_adjusted)} after Holm"
    return Cell(shown, small, href, tone=tone, title=title)


def _prices(report: DecisionReport) -> dict[str, bool]:
    """Say which prices are known of any model."""
    cells = [_price_cells(one, "") for one in report.standings]
    return {name: any(row[name].text != text.MISSING for row in cells) for name in cells[0]}


def _price_cells(one: Standing, href: str) -> dict[str, Cell]:
    taken, times = one.taken, one.prices
    return {
        "Cost of 1,000": _price(taken.cost_usd, times.cost, text.dollars_per_thousand, href),
        "Cost of 1,000 acceptable": _price(
            taken.cost_per_acceptable_usd,
            times.cost_per_acceptable,
            text.dollars_per_thousand,
            href,
        ),
        "Median latency": _price(taken.latency_median_ms, times.latency, text.seconds, href),
    }


def _price(taken: Estimate, times: Estimate, form: text.Format, href: str) -> Cell:
    shown = text.estimate(taken, form)
    title = taken.reason or f"n = {taken.n:,} responses"
    if times.value is None or taken.value is None:
        return Cell(shown, "", href if taken.value is not None else "", title=title)
    if times.value == 1 and times.reason:
        return Cell(shown, "", href, title=title)
    is_open = times.low is None or times.high is None or times.low <= 1 <= times.high
    tone = Tone.OPEN if is_open else Tone.BETTER if times.value < 1 else Tone.WORSE
    return Cell(shown, multiple(times), href, tone=tone, title=title)


def multiple(one: Estimate) -> str:
    """Write a ratio: ``21.7× [18.7, 25.2]``, ``0.05× [0.04, 0.05]``."""
    if one.value is None:
        return text.MISSING
    return f"{_times(one.value)}× {text.interval(one.low, one.high, _times)}".rstrip()


def _times(value: float) -> str:
    if value < 0.0995:
        return f"{value:.3f}"
    return (
        f"{value:.2f}" if value < 9.995 else f"{value:,.1f}" if value < 99.95 else f"{value:,.0f}"
    )


def _difference(one: Estimate, numbers: MeasureNumbers) -> str:
    return pair_words.difference(one, points if numbers.measure.is_share else text.number)


def _tone(one: Number) -> Tone:
    if not one.is_decided or one.difference is None:
        return Tone.OPEN
    return Tone.BETTER if (one.difference.value or 0.0) > 0 else Tone.WORSE


def _heading(report: DecisionReport, model: str) -> str:
    return f"{model} (baseline)" if model == report.baseline else model


def _compared(report: DecisionReport, model: str, state: State) -> str:
    """Give the address of the cases behind a number: the model beside the baseline."""
    other = report.baseline if model != report.baseline else rival_of(report)
    if other == model:
        other = report.standings[0].model
    if other is None or other == model:
        return link("overview", state)
    return link("compare-models", {**state, "model": model, "other": other})
