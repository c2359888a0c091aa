"""A decision as tables: the pictures' points, models beside the baseline, the map."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from evalkit import text
from evalkit.phrases import capital, counted
from evalkit.reports.decision.measures import MeasureNumbers, Number
from evalkit.reports.decision.report import DecisionReport, Standing, gap_to_baseline
from evalkit.reports.decision.sentences import (
    difference_shown,
    format_of,
    number_name,
    raw_in_short,
    rival_of,
)
from evalkit.reports.power.report import IntervalPower
from evalkit.reports.ranking.style import StyleReport
from evalkit.stats.intervals import Estimate
from evalkit.text import p_value
from pages.shared.address.links import link
from pages.shared.display import exhibits
from pages.shared.display.charts.colours import MUTED
from pages.shared.display.html_tables import Cell, Tone
from pages.shared.sections.tables import category_name

State = Mapping[str, str | list[str]]
_MOST_NAMED = 2


#: What of a model is a price: its cost or its latency.
Price = Callable[[Standing], Estimate]


def frontier_frame(
    report: DecisionReport,
    colours: Mapping[str, str],
    *,
    pick: Price,
    form: text.Format,
    per: float,
) -> pd.DataFrame:
    """Give a point per model whose quality and price are known; shares in percent."""
    measure = report.chosen.measure
    # Up is better in the picture, also of what there should be little of.
    scale = 100.0 if measure.is_share else float(measure.sign)
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
                "y_low": _scaled(quality.low if scale > 0 else quality.high, scale),
                "y_high": _scaled(quality.high if scale > 0 else quality.low, scale),
                "colour": colours[one.model],
                "is_on_front": one.is_on_front,
                "hover": f"{one.model}\n{text.estimate(quality, format_of(measure))}, "
                f"n = {quality.n:,}\n{text.estimate(price, form)}, n = {price.n:,}",
            }
        )
    frame = pd.DataFrame(rows)
    ends = ["x_low", "x_high", "y_low", "y_high"]
    return frame.astype(dict.fromkeys(ends, float)) if len(frame) else frame


def absences(report: DecisionReport, *, pick: Price) -> list[str]:
    """Say of each model that has no point in a picture why not."""
    said = []
    for one in report.standings:
        quality, price = report.number(one.model).estimate, pick(one)
        missing = quality if quality.value is None else price
        if missing.value is None:
            said.append(f"{one.model} is not shown: {missing.reason or 'nothing is known of it.'}")
    return said


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else scale * value


def standing_rows(
    report: DecisionReport, state: State
) -> tuple[list[str], list[tuple[Cell, list[Cell]]]]:
    """Give the models beside the baseline: headings, and for each model its name and cells."""
    others = [one for one in report.measures if one is not report.chosen]
    shown = [report.chosen, *(one for one in others if not one.measure.is_penalty)]
    prices = [name for name, known in _prices(report).items() if known]
    columns = ["Model", *(number_name(one.measure) for one in shown), *prices]
    rows = []
    for one in report.standings:
        href = _compared(report, one.model, state)
        cells = [_quality_cell(report, numbers, one, href) for numbers in shown]
        priced = _price_cells(one, href, is_baseline=one.model == report.baseline)
        cells += [cell for name, cell in priced.items() if name in prices]
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
    for category in (None, *shown_categories(report)):
        name = "All categories" if category is None else category_name(category)
        narrowed = state if category is None else {**state, "category": [category]}
        cells = [
            map_cell(report, found[model, category], _compared(report, model, narrowed))
            for model in models
        ]
        rows.append((Cell(name), cells))
    return columns, rows


def shown_categories(report: DecisionReport) -> list[str]:
    """Give the categories of the map: all, or of many those with a finding and the largest."""
    found: dict[str, tuple[bool, int]] = {}
    for one in report.chosen.cells:
        is_decided, n = found.get(one.category or "", (False, 0))
        found[one.category or ""] = (is_decided or one.is_decided, n + one.estimate.n)
    if len(found) <= exhibits.MOST_CATEGORIES:
        return list(found)
    first = sorted(found, key=found.__getitem__, reverse=True)[: exhibits.MOST_CATEGORIES]
    return [name for name in found if name in first]


def map_cell(report: DecisionReport, one: Number, href: str) -> Cell:
    """Give one cell: the number, its interval and n, toned where it is not the baseline's."""
    form = format_of(report.chosen.measure)
    if one.estimate.value is None:
        return Cell(text.MISSING, "n = 0", tone=Tone.OPEN, title=one.estimate.reason or "")
    shown = text.estimate(one.estimate, form)
    value = form(one.estimate.value)
    about = f"{shown}, {counted(one.n_cases, 'case')}"
    if one.difference is None:
        about = f"{about}; the baseline"
    else:
        about = f"{about}; {difference_shown(report, report.chosen, one)} against {report.baseline}"
        if one.p_adjusted is not None:
            about = f"{about}, {p_value(one.p_adjusted)} adjusted"
    ends = shown.removeprefix(value).strip()
    known = (ends, f"n = {one.estimate.n:,}")
    return Cell(
        value,
        # A narrow cell breaks between the two, never inside one.
        ", ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in known if part),
        href,
        tone=_tone(report, report.chosen, one),
        title=about,
    )


def style_rows(report: StyleReport, colours: Mapping[str, str], *, held: bool) -> pd.DataFrame:
    """Give one interval row per model, as judged or with style held equal, strongest first."""
    rows = sorted(report.rows, key=lambda row: row.controlled_rank if held else row.raw_rank)
    return pd.DataFrame(
        [
            _strength_row(row.model, row.controlled if held else row.raw, colours[row.model])
            for row in rows
        ]
    )


def effect_rows(report: StyleReport, names: Mapping[str, str]) -> pd.DataFrame:
    """Give one interval row per feature, in log-odds."""
    return pd.DataFrame(
        [_strength_row(capital(names[name]), one, MUTED) for name, one in report.effects.items()]
    )


def power_rows(shown: list[IntervalPower], form: text.Format) -> list[tuple[Cell, list[Cell]]]:
    """Give a row per model: what is known, and what the wanted interval takes."""
    return [
        (
            Cell(one.model),
            [
                Cell(text.estimate(one.estimate, form), f"{counted(one.n_cases_now, 'case')}"),
                *_needs(one),
            ],
        )
        for one in shown
    ]


def _needs(one: IntervalPower) -> list[Cell]:
    if one.n_cases_needed is None:
        return [Cell(text.MISSING, title=one.reason or ""), Cell(text.MISSING)]
    if one.n_cases_needed <= one.n_cases_now:
        return [Cell("known already"), Cell(text.MISSING)]
    more = Cell(f"{counted(one.n_cases_needed - one.n_cases_now, 'case')} more")
    if one.more is None:
        return [more, Cell(text.MISSING, title=one.reason or "")]
    now = f"now {one.per_case_now:.1f}"
    if one.per_case_needed is None:
        return [more, Cell("never enough", now, tone=Tone.OPEN)]
    return [more, Cell(f"{one.per_case_needed:,} a case", now)]


def _strength_row(label: str, one: Estimate, colour: str) -> dict[str, object]:
    number = text.estimate(one)
    return {
        "label": label,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "text": number,
        "note": "",
        "hover": f"{label}\n{number}\n{one.reason or f'n = {one.n:,}'}",
        "colour": colour,
        "is_settled": one.low is not None and one.high is not None and not one.low <= 0 <= one.high,
    }


def _name_cell(report: DecisionReport, one: Standing, state: State) -> Cell:
    # On quality alone there is no front: the order says all.
    is_told = len(report.front_on) > 1
    parts = ["baseline"] if one.model == report.baseline else []
    if is_told and one.is_on_front:
        parts.append("on the front")
    elif is_told:
        by = one.beaten_by
        parts.append(f"behind {_named(report, by)}" if by else "not all is known")
    mark = "◆ " if is_told and one.is_on_front else ""
    return Cell(f"{mark}{one.model}", ", ".join(parts), link("overview", state))


def _named(report: DecisionReport, models: Sequence[str]) -> str:
    """Name models, of many only the best."""
    places = [one.model for one in report.standings]
    best = sorted(models, key=places.index)
    if len(best) <= _MOST_NAMED:
        return ", ".join(best)
    return f"{', '.join(best[:_MOST_NAMED])} and {len(best) - _MOST_NAMED} more"


def _quality_cell(
    report: DecisionReport, numbers: MeasureNumbers, one: Standing, href: str
) -> Cell:
    number = next(found for found in numbers.overall if found.model == one.model)
    shown = text.estimate(number.estimate, format_of(numbers.measure))
    about = f"n = {number.estimate.n:,}, {counted(number.n_cases, 'case')}"
    title = number.estimate.reason or about
    if number.difference is None:
        return Cell(shown, raw_in_short(number), href, title=title)
    if number.difference.value is None:
        return Cell(shown, raw_in_short(number), href, title=number.difference.reason or title)
    if numbers.measure.is_preference and one.strength is not None:
        title = f"{title}; strength in log-odds above {report.baseline}"
    elif number.p_adjusted is not None:
        title = f"{title}; {p_value(number.p_adjusted)} after Holm"
    tone = _tone(report, numbers, number)
    small = filter(None, (difference_shown(report, numbers, number), raw_in_short(number)))
    return Cell(shown, ", ".join(small), href, tone=tone, title=title)


def _prices(report: DecisionReport) -> dict[str, bool]:
    """Say which prices are known of any model."""
    cells = [_price_cells(one, "", is_baseline=False) for one in report.standings]
    return {name: any(row[name].text != text.MISSING for row in cells) for name in cells[0]}


def _price_cells(one: Standing, href: str, *, is_baseline: bool) -> dict[str, Cell]:
    taken, times = one.taken, one.prices
    thousand = text.dollars_per_thousand
    shown = (
        ("Cost of 1,000", taken.cost_usd, times.cost, thousand),
        (
            "Cost of 1,000 acceptable",
            taken.cost_per_acceptable_usd,
            times.cost_per_acceptable,
            thousand,
        ),
        ("Median latency", taken.latency_median_ms, times.latency, text.seconds),
    )
    return {
        name: _price(price, None if is_baseline else ratio, form, href)
        for name, price, ratio, form in shown
    }


def _price(taken: Estimate, times: Estimate | None, form: text.Format, href: str) -> Cell:
    shown = text.estimate(taken, form)
    if taken.value is None:
        return Cell(shown, title=taken.reason or "")
    title = taken.reason or f"n = {counted(taken.n, 'response')}"
    if times is None:
        return Cell(shown, "", href, title=title)
    if times.value is None:
        return Cell(shown, "", href, title=times.reason or title)
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


def _tone(report: DecisionReport, numbers: MeasureNumbers, one: Number) -> Tone:
    """Say whether a model is better than the baseline; overall preferences go by strength."""
    if one.difference is None:
        return Tone.PLAIN
    gap, is_decided = gap_to_baseline(report, numbers, one)
    if not is_decided or gap is None or not gap.value:
        return Tone.OPEN
    return Tone.BETTER if gap.value * numbers.measure.sign > 0 else Tone.WORSE


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
