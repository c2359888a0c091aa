"""The sections of a study's HTML report: reports in, HTML out, every text escaped."""

from collections.abc import Mapping, Sequence

from evalkit.reporting import pair_sentences, text
from evalkit.reporting.collected import Criterion
from evalkit.reporting.html_parts import (
    Axis,
    Cell,
    IntervalRow,
    Mark,
    beside,
    bullets,
    heading,
    intervals,
    paragraph,
    scatter,
    section,
    table,
)
from evalkit.reporting.reports import (
    ModelRow,
    RankingReport,
    ScoresReport,
    TagRates,
)
from evalkit.reporting.sentences import (
    capital,
    commonest_errors,
    counted,
    standings,
)
from evalkit.reporting.significance import SubjectDifferences
from evalkit.stats.differences import PairedDifference
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking import PairCounts, rank_range
from evalkit.stats.scores import ScoreRow

Colours = Mapping[str, str]

_SHARES = Axis(
    0.0, 1.0, ((0.0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %"))
)
_HALF = Axis(_SHARES.low, _SHARES.high, _SHARES.ticks, (0.5,))


def ranking_section(
    report: RankingReport, tested: Sequence[SubjectDifferences], colours: Colours
) -> str:
    """Show where each model stands, who won against whom, and which differences hold."""
    if report.ranking is None:
        return section("Ranking", paragraph(report.reason or ""))
    rows = report.ranking.rows
    drawn = [
        IntervalRow(
            row.model,
            rank_range(row),
            row.win_rate,
            text.percent,
            colours[row.model],
            row.best_rank == row.worst_rank,
        )
        for row in rows
    ]
    cells = [
        (
            row.model,
            rank_range(row),
            text.estimate(row.win_rate, text.percent),
            f"{text.number(row.strength)} {text.interval(row.low, row.high)}".rstrip(),
            text.MISSING if row.probability_best is None else text.percent(row.probability_best),
            text.whole(row.n),
            text.whole(row.n_cases),
        )
        for row in rows
    ]
    columns = ("Model", "Rank", "Win rate", "Strength", "Best with", "Comparisons", "Cases")
    return section(
        "Ranking",
        bullets(standings(report.ranking)),
        beside(
            intervals(drawn, _HALF),
            heading("Won by the row against the column") + _head_to_head(report),
        ),
        table(columns, cells),
        paragraph(
            "Share of comparisons won; ties and both bad count half. Strength is Bradley–Terry, in "
            "log-odds with mean zero. Grey with an open mark: the rank is not settled. “Best "
            "with” is the probability of being the best of these models.",
            report.reason or "",
            style="note",
        ),
        heading("Every two models"),
        _differences(tested),
    )


def _head_to_head(report: RankingReport) -> str:
    order = [row.model for row in report.ranking.rows] if report.ranking else []
    rows: list[list[str | Cell]] = [
        [model, *(_won(model, other, report.matrix) for other in order)] for model in order
    ]
    return table(("", *order), rows)


def _won(model: str, other: str, matrix: Mapping[str, Mapping[str, PairCounts]]) -> Cell:
    if model == other:
        return Cell("")
    counts = matrix[model][other]
    n = counts.wins + counts.losses + counts.ties + counts.both_bad
    if n == 0:
        return Cell(text.MISSING)
    share = (counts.wins + (counts.ties + counts.both_bad) / 2) / n
    return Cell(text.percent(share), f"n = {n:,}", 2 * share - 1)


def _differences(tested: Sequence[SubjectDifferences]) -> str:
    shown = [one for one in tested if any(pair.estimate.n for pair in one.pairs)]
    if not shown:
        return ""
    rows: list[list[str | Cell]] = [
        [f"{pairs[0].model} – {pairs[0].other}", *(_difference_cell(pair) for pair in pairs)]
        for pairs in zip(*(one.pairs for one in shown), strict=True)
    ]
    names = [capital(pair_sentences.subject_name(one.subject)) for one in shown]
    return table(("", *names), rows) + paragraph(
        "The first model minus the second: preference as share won minus lost, scores in points. "
        "Only cases on which both were judged count, for the preference only direct comparisons; "
        "the ranking also uses comparisons with third models and can settle more. Tinted: differ "
        "at p ≤ 0.05 after Holm, blue where the first is ahead, orange where the second is.",
        style="note",
    )


def _difference_cell(pair: PairedDifference) -> Cell:
    if pair.estimate.value is None:
        return Cell(text.MISSING)
    ahead = pair_sentences.ahead(pair)
    p = "" if pair.p_adjusted is None else f"{pair_sentences.p_value(pair.p_adjusted)}, "
    return Cell(
        pair_sentences.difference(pair.estimate),
        f"{p}{counted(pair.estimate.n, 'case')}",
        0.0 if ahead is None else 0.5 if ahead == pair.model else -0.5,
    )


def scores_section(report: ScoresReport, colours: Colours, order: Sequence[str]) -> str:
    """Show mean scores per criterion, overall and by category."""
    parts = [
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
            + intervals(_rows(one.means, text.number, colours, order), axis)
        )
    parts += [beside(*charts[at : at + 2]) for at in range(0, len(charts), 2)]
    for one in scored:
        grid = _by_category(one.means, text.number, order, _scale_axis(one.criterion))
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
        intervals(_rows(report.acceptable, text.percent, colours, order), _SHARES),
        _by_category(report.acceptable, text.percent, order, _SHARES),
        paragraph(
            "A response is acceptable to an annotator unless they called both bad or tagged it as "
            "unsafe.",
            report.acceptable_note or "",
            style="note",
        ),
    )


def errors_section(rates: Sequence[TagRates], order: Sequence[str]) -> str:
    """Show how often each kind of error was found in each model's responses."""
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
        bullets(commonest_errors(rates, order)),
        table(("", *order), rows),
        paragraph(
            "Share of looks, one annotator at one response, that found the error.", style="note"
        ),
    )


def cost_section(
    models: Sequence[ModelRow], quality: Mapping[str, Estimate], what: str, colours: Colours
) -> str:
    """Show what responses take, and set it against quality."""
    known = [row for row in models if row.model in quality]
    price = [Mark(row.model, row.cost_usd, quality[row.model], colours[row.model]) for row in known]
    pace = [
        Mark(row.model, row.latency_median_ms, quality[row.model], colours[row.model])
        for row in known
    ]
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
    return section(
        "Cost and latency",
        beside(
            scatter(
                price,
                x_title="Cost per 1,000 responses",
                y_title=what,
                x_form=text.dollars_per_thousand,
                y_form=text.percent,
            ),
            scatter(
                pace,
                x_title="Median latency",
                y_title=what,
                x_form=text.seconds,
                y_form=text.percent,
            ),
        ),
        paragraph(f"{what}: up is better, left is less.", style="note"),
        table(columns, _without_dashes(rows)),
    )


def _without_dashes(rows: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Empty the columns in which nothing is known of any model."""
    known = [set(column) != {text.MISSING} for column in zip(*rows, strict=True)]
    return [
        [cell if is_known else "" for cell, is_known in zip(row, known, strict=True)]
        for row in rows
    ]


def _rows(
    rows: Sequence[ScoreRow], form: text.Format, colours: Colours, order: Sequence[str]
) -> list[IntervalRow]:
    overall = {row.model: row.estimate for row in rows if row.category is None}
    return [
        IntervalRow(model, f"n = {overall[model].n:,}", overall[model], form, colours[model])
        for model in order
        if model in overall
    ]


def _by_category(
    rows: Sequence[ScoreRow], form: text.Format, order: Sequence[str], axis: Axis
) -> str:
    names = list(dict.fromkeys(row.category for row in rows if row.category is not None))
    if len(names) < 2:
        return ""
    cells = {(row.category, row.model): row.estimate for row in rows}
    values = [one.value for one in cells.values() if one.value is not None]
    least, most = min(values, default=axis.low), max(values, default=axis.high)
    return table(
        ("", *order),
        [
            [
                category_title(name),
                *(_value_cell(cells.get((name, model)), form, least, most) for model in order),
            ]
            for name in names
        ],
    )


def _value_cell(one: Estimate | None, form: text.Format, least: float, most: float) -> Cell:
    if one is None or one.value is None:
        return Cell(text.MISSING)
    tint = (one.value - least) / (most - least) if most > least else 0.0
    small = ", ".join(filter(None, (text.bounds(one, form), f"n = {one.n:,}")))
    return Cell(form(one.value), small, tint)


def _share_cell(one: Estimate | None, widest: float) -> Cell:
    if one is None or one.value is None:
        return Cell(text.MISSING)
    small = ", ".join(filter(None, (text.bounds(one, text.percent), f"n = {one.n:,}")))
    return Cell(text.percent(one.value), small, -one.value / (widest or 1))


def _scale_axis(criterion: Criterion) -> Axis:
    values = sorted(criterion.values)
    ticks = values if len(values) <= 7 else [values[0], values[-1]]
    return Axis(values[0], values[-1], tuple((value, f"{value:g}") for value in ticks))


def criterion_title(criterion: Criterion) -> str:
    """Name a criterion as a heading."""
    return capital(criterion.key.replace("_", " "))


def category_title(name: str) -> str:
    """Name a category, also that of cases without one."""
    return name or "No category"
