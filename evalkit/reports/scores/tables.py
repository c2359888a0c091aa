"""Scores as blocks: means per criterion, the share of acceptable responses, by category."""

from collections.abc import Sequence

from evalkit import text
from evalkit.reports.blocks import Axis, Block, Heading, Intervals, Section, beside, section, words
from evalkit.reports.by_model import SHARES, by_category, model_rows
from evalkit.reports.scores.report import CriterionScores, ScoresReport
from evalkit.study.collected import Criterion
from evalkit.study.subjects import subject_title

_ACCEPTABLE = "Acceptable responses"


def scores_section(report: ScoresReport, order: Sequence[str], *, note: str = "") -> Section:
    """Show mean scores per criterion, overall and by category; ``note`` is on which."""
    missing = [
        words(f"{subject_title(one.criterion)}: {one.reason}")
        for one in report.criteria
        if one.reason
    ]
    scored = [one for one in report.criteria if any(row.estimate.n for row in one.means)]
    charts = [_means(one, order) for one in scored]
    grids: list[Block] = []
    for one in scored:
        title = f"{subject_title(one.criterion)} by category"
        axis = scale_axis(one.criterion)
        grid = by_category(title, one.means, text.number, order, (axis.low, axis.high))
        grids += [Heading(title), grid] if grid else []
    return section(
        "Scores",
        words(note, style="note"),
        *missing,
        *(beside(*charts[at : at + 2]) for at in range(0, len(charts), 2)),
        *grids,
        words("Mean of all scores given." if scored else "", style="note"),
    )


def acceptable_section(report: ScoresReport, order: Sequence[str]) -> Section:
    """Show the share of acceptable responses, overall and by category."""
    if not any(row.estimate.n for row in report.acceptable):
        return section(_ACCEPTABLE, words(report.acceptable[0].estimate.reason or ""))
    rows = model_rows(report.acceptable, text.percent, order)
    return section(
        _ACCEPTABLE,
        Intervals(_ACCEPTABLE, rows, SHARES),
        by_category(_ACCEPTABLE, report.acceptable, text.percent, order, (0.0, 1.0)),
        words(
            "A response is acceptable to an annotator unless they called both bad or tagged it as "
            "unsafe.",
            report.acceptable_note or "",
            style="note",
        ),
    )


def _means(one: CriterionScores, order: Sequence[str]) -> tuple[Block, ...]:
    title = subject_title(one.criterion)
    rows = model_rows(one.means, text.number, order)
    return (
        Heading(title),
        words(one.criterion.question, style="note"),
        Intervals(title, rows, scale_axis(one.criterion)),
    )


def scale_axis(criterion: Criterion) -> Axis:
    """Return the axis of a criterion's scale, with its levels where there are few."""
    values = sorted(criterion.values)
    ticks = values if len(values) <= 7 else [values[0], values[-1]]
    return Axis(values[0], values[-1], tuple((value, f"{value:g}") for value in ticks))
