"""Scores as blocks: means per criterion, the share of acceptable responses, by category."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.blocks import (
    Axis,
    Block,
    Heading,
    IntervalRow,
    Intervals,
    Section,
    Table,
    beside,
    section,
    table,
    words,
)
from evalkit.reports.by_model import MOST_BESIDE, SHARES, by_category, model_rows
from evalkit.reports.scores.levels import LevelShares
from evalkit.reports.scores.report import CriterionScores, ScoresReport
from evalkit.study.collected import Criterion
from evalkit.study.subjects import subject_title

_ACCEPTABLE = "Acceptable responses"
#: What the columns of the spread are.
SPREAD = (
    "Of all scores given a quarter lies at or below the lower quarter, half at or below the middle."
)
MEANS = "Mean of all scores given, 95 % intervals clustered by case."
#: What counts as acceptable, and how it is counted.
ACCEPTABLE_MEANS = (
    "A response is acceptable to an annotator unless they called both bad or tagged it as unsafe; "
    "counted once per annotator and response."
)


def scores_section(
    report: ScoresReport, order: Sequence[str], mapped: Sequence[str], *, note: str = ""
) -> Section:
    """Show mean scores per criterion, and of ``mapped`` by category; ``note`` is on which."""
    missing = [
        words(f"{subject_title(criterion.criterion)}: {criterion.reason}")
        for criterion in report.criteria
        if criterion.reason
    ]
    scored = [
        criterion for criterion in report.criteria if any(row.estimate.n for row in criterion.means)
    ]
    charts = [_chart(criterion, order) for criterion in scored]
    n_beside = 2 if len(order) <= MOST_BESIDE else 1
    grids: list[Block] = []
    for scores in scored:
        grid = means_by_category(scores, mapped)
        grids += [Heading(f"{subject_title(scores.criterion)} by category"), grid] if grid else []
        if scores.quantiles:
            grids.append(spread(scores, order))
    return section(
        "Scores",
        words(note, style="note"),
        *missing,
        *(beside(*charts[at : at + n_beside]) for at in range(0, len(charts), n_beside)),
        *grids,
        words(MEANS if scored else "", style="note"),
    )


def acceptable_section(
    report: ScoresReport, order: Sequence[str], mapped: Sequence[str]
) -> Section:
    """Show the share of acceptable responses, and of ``mapped`` by category."""
    if not any(row.estimate.n for row in report.acceptable):
        return section(_ACCEPTABLE, words(report.acceptable[0].estimate.reason or ""))
    return section(
        _ACCEPTABLE,
        acceptable_shares(report, order),
        acceptable_by_category(report, mapped),
        words(ACCEPTABLE_MEANS, report.acceptable_note or "", style="note"),
    )


def acceptable_shares(report: ScoresReport, order: Sequence[str]) -> Intervals:
    """Draw the share of acceptable responses of each model."""
    return Intervals(_ACCEPTABLE, model_rows(report.acceptable, text.percent, order), SHARES)


def acceptable_by_category(report: ScoresReport, order: Sequence[str]) -> Block:
    """Show the share of acceptable responses by category and model."""
    title = f"{_ACCEPTABLE} by category and model"
    return by_category(title, report.acceptable, text.percent, order, least=0.25)


def means(scores: CriterionScores, order: Sequence[str]) -> Intervals:
    """Draw the mean score of each model on a criterion."""
    title = f"Mean score, {subject_title(scores.criterion)}"
    return Intervals(
        title, model_rows(scores.means, text.number, order), scale_axis(scores.criterion)
    )


def spread(scores: CriterionScores, order: Sequence[str]) -> Table:
    """Give a row per model: how its scores on a continuous scale are spread."""
    overall = {row.model: row for row in scores.quantiles if row.category is None}
    rows = [
        (model, *map(text.number, overall[model].values), text.whole(overall[model].n))
        for model in order
        if overall[model].n
    ]
    columns = ("", "Lowest", "Lower quarter", "Middle", "Upper quarter", "Highest", "Scores")
    return table(f"Spread of scores, {subject_title(scores.criterion)}", columns, rows, note=SPREAD)


def at_least(shares: LevelShares, order: Sequence[str]) -> Intervals:
    """Draw the share of scores at or above a level on a criterion."""
    title = f"{subject_title(shares.criterion)}, {shares.level:g} or more"
    return Intervals(title, model_rows(shares.rows, text.percent, order), SHARES)


def profile(report: ScoresReport) -> Intervals:
    """Draw the mean scores of one model on all criteria of the first one's scale."""
    scored = {
        criterion.criterion: row.estimate
        for criterion in report.criteria
        for row in criterion.means
        if row.category is None and row.estimate.n
    }
    if not scored:
        return Intervals("", (), SHARES)
    axis = scale_axis(next(iter(scored)))
    rows = tuple(
        IntervalRow(subject_title(criterion), estimate, text.number, note=f"n = {estimate.n:,}")
        for criterion, estimate in scored.items()
        if scale_axis(criterion) == axis
    )
    return Intervals("Mean scores", rows, axis, note=MEANS)


def means_by_category(scores: CriterionScores, order: Sequence[str]) -> Block:
    """Show the mean score on a criterion by category and model."""
    title = f"{subject_title(scores.criterion)} by category and model"
    values = scores.criterion.values
    least = (max(values) - min(values)) / 4
    return by_category(title, scores.means, text.number, order, least=least)


def _chart(scores: CriterionScores, order: Sequence[str]) -> tuple[Block, ...]:
    question = words(scores.criterion.question, style="note")
    return Heading(subject_title(scores.criterion)), question, means(scores, order)


def scale_axis(criterion: Criterion) -> Axis:
    """Return the axis of a criterion's scale, with its levels where there are few."""
    values = sorted(criterion.values)
    ticks = values if len(values) <= 7 else [values[0], values[-1]]
    return Axis(values[0], values[-1], tuple((value, f"{value:g}") for value in ticks))
