"""The sections of a study's HTML report: reports in, HTML out, every text escaped."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evalkit import text
from evalkit.html.parts import (
    Axis,
    Cell,
    IntervalRow,
    Mark,
    beside,
    heading,
    intervals,
    paragraph,
    scatter,
    section,
    table,
)
from evalkit.reports.models.report import ModelRow
from evalkit.reports.scores.report import ScoresReport
from evalkit.stats.intervals import Estimate
from evalkit.stats.scores import ScoreRow
from evalkit.study.collected import Criterion
from evalkit.study.subjects import subject_title

Colours = Mapping[str, str]

SHARES = Axis(
    0.0, 1.0, ((0.0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %"))
)
#: More categories than this are read in the JSON: a table of them is longer than a page.
MOST_CATEGORIES = 20
#: More columns than this are not read on a page: categories then stand above the models.
_MOST_COLUMNS = 8


def scores_section(
    report: ScoresReport, colours: Colours, order: Sequence[str], *, note: str = ""
) -> str:
    """Show mean scores per criterion, overall and by category; ``note`` is on which."""
    parts = [paragraph(note, style="note")] if note else []
    parts += [
        paragraph(f"{criterion_title(one.criterion)}: {one.reason}")
        for one in report.criteria
        if one.reason
    ]
    scored = [one for one in report.criteria if any(row.estimate.n for row in one.means)]
    charts = []
    for one in scored:
        axis = _scale_axis(one.criterion)
        charts.append(
            heading(criterion_title(one.criterion))
            + paragraph(one.criterion.question, style="note")
            + intervals(model_rows(one.means, text.number, colours, order), axis)
        )
    parts += [beside(*charts[at : at + 2]) for at in range(0, len(charts), 2)]
    for one in scored:
        grid = by_category(one.means, text.number, order, _scale_axis(one.criterion))
        parts.append(grid and heading(f"{criterion_title(one.criterion)} by category") + grid)
    if scored:
        parts.append(paragraph("Mean of all scores given.", style="note"))
    return section("Scores", *parts)


def acceptable_section(report: ScoresReport, colours: Colours, order: Sequence[str]) -> str:
    """Show the share of acceptable responses, overall and by category."""
    if not any(row.estimate.n for row in report.acceptable):
        return section(
            "Acceptable responses", paragraph(report.acceptable[0].estimate.reason or "")
        )
    return section(
        "Acceptable responses",
        intervals(model_rows(report.acceptable, text.percent, colours, order), SHARES),
        by_category(report.acceptable, text.percent, order, SHARES),
        paragraph(
            "A response is acceptable to an annotator unless they called both bad or tagged it as "
            "unsafe.",
            report.acceptable_note or "",
            style="note",
        ),
    )


@dataclass(frozen=True, slots=True)
class Quality:
    """What cost is set against: a number per model on a scale, and who is on the front."""

    name: str
    of: Mapping[str, Estimate]
    form: text.Format
    limits: tuple[float, float]
    front: frozenset[str] = frozenset()
    is_less_better: bool = False


def cost_section(models: Sequence[ModelRow], quality: Quality, colours: Colours) -> str:
    """Show what responses take, and set it against quality."""
    pictures = (
        _against(
            models,
            "Cost per 1,000 responses",
            lambda row: row.cost_usd,
            text.dollars_per_thousand,
            quality,
            colours,
        ),
        _against(
            models,
            "Median latency",
            lambda row: row.latency_median_ms,
            text.seconds,
            quality,
            colours,
        ),
    )
    reasons = [row.cost_usd.reason for row in models] + [
        row.latency_median_ms.reason for row in models
    ]
    better = "down" if quality.is_less_better else "up"
    front = "diamonds: by the values alone, no other matches or beats them on all that is known."
    return section(
        "Cost and latency",
        beside(*pictures) if any(pictures) else "",
        paragraph(f"{quality.name}: {better} is better, left is less; {front}", style="note")
        if any(pictures)
        else "",
        paragraph(*dict.fromkeys(reason for reason in reasons if reason)),
        _taken(models),
    )


def _taken(models: Sequence[ModelRow]) -> str:
    """Show all that is known of what each model's responses take."""
    columns = (
        "Model", "Acceptable", "Median latency", "p95 latency", "Cost of 1,000",
        "Cost of 1,000 acceptable", "Tokens in", "Tokens out", "Responses",
    )  # fmt: skip
    rows = [
        (
            row.model,
            text.estimate(row.acceptable, text.percent),
            text.estimate(row.latency_median_ms, text.seconds),
            text.estimate(row.latency_p95_ms, text.seconds),
            text.estimate(row.cost_usd, text.dollars_per_thousand),
            text.estimate(row.cost_per_acceptable_usd, text.dollars_per_thousand),
            text.estimate(row.input_tokens, text.whole),
            text.estimate(row.output_tokens, text.whole),
            text.whole(row.n_responses),
        )
        for row in models
    ]
    return table(columns, _without_dashes(rows))


def _against(
    models: Sequence[ModelRow],
    title: str,
    pick: Callable[[ModelRow], Estimate],
    form: text.Format,
    quality: Quality,
    colours: Colours,
) -> str:
    """Draw quality against one price."""
    marks = [
        Mark(
            row.model,
            pick(row),
            quality.of[row.model],
            colours[row.model],
            row.model in quality.front,
        )
        for row in models
        if row.model in quality.of
    ]
    return scatter(
        marks,
        x_title=title,
        y_title=quality.name,
        x_form=form,
        y_form=quality.form,
        y_limits=quality.limits,
    )


def _without_dashes(rows: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Empty the columns in which nothing is known of any model."""
    known = [set(column) != {text.MISSING} for column in zip(*rows, strict=True)]
    return [
        [cell if is_known else "" for cell, is_known in zip(row, known, strict=True)]
        for row in rows
    ]


def model_rows(
    rows: Sequence[ScoreRow], form: text.Format, colours: Colours, order: Sequence[str]
) -> list[IntervalRow]:
    """Return a row of an interval chart for every model, all categories together."""
    overall = {row.model: row.estimate for row in rows if row.category is None}
    return [
        IntervalRow(model, f"n = {overall[model].n:,}", overall[model], form, colours[model])
        for model in order
        if model in overall
    ]


def by_category(
    rows: Sequence[ScoreRow],
    form: text.Format,
    order: Sequence[str],
    axis: Axis,
    *,
    is_less_better: bool = False,
) -> str:
    """Show numbers by category and model; blue is more, orange is more of what is bad."""
    names = list(dict.fromkeys(row.category for row in rows if row.category is not None))
    if len(names) < 2:
        return ""
    if len(names) > MOST_CATEGORIES:
        return many_categories(len(names))
    cells = {(row.category, row.model): row.estimate for row in rows}
    values = [one.value for one in cells.values() if one.value is not None]
    least, most = min(values, default=axis.low), max(values, default=axis.high)
    full = -1.0 if is_less_better else 1.0
    shown = {
        place: _value_cell(cells.get(place), form, least, most, full=full)
        for place in itertools.product(names, order)
    }
    if len(order) > max(_MOST_COLUMNS, len(names)):
        headings = [category_title(name) for name in names]
        return table(
            ("", *headings), [[model, *(shown[name, model] for name in names)] for model in order]
        )
    return table(
        ("", *order),
        [[category_title(name), *(shown[name, model] for model in order)] for name in names],
    )


def many_categories(n: int) -> str:
    """Say where to read what does not fit on a page."""
    return paragraph(f"There are {n:,} categories: see the results pages or the JSON.")


def _value_cell(
    one: Estimate | None, form: text.Format, least: float, most: float, *, full: float
) -> Cell:
    if one is None or one.value is None:
        return Cell(text.MISSING)
    tint = (one.value - least) / (most - least) if most > least else 0.0
    small = ", ".join(filter(None, (text.bounds(one, form), f"n = {one.n:,}")))
    return Cell(form(one.value), small, full * tint)


def _scale_axis(criterion: Criterion) -> Axis:
    values = sorted(criterion.values)
    ticks = values if len(values) <= 7 else [values[0], values[-1]]
    return Axis(values[0], values[-1], tuple((value, f"{value:g}") for value in ticks))


def criterion_title(criterion: Criterion) -> str:
    """Name a criterion as a heading."""
    return subject_title(criterion)


def category_title(name: str) -> str:
    """Name a category, also that of cases without one."""
    return name or "No category"
