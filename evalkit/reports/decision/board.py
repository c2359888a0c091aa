"""A decision on one page: how good each model is, and the leaders beside the baseline."""

from collections.abc import Sequence
from dataclasses import replace

from evalkit.phrases import counted
from evalkit.reports.blocks import (
    Axis,
    Block,
    Cell,
    Heading,
    IntervalRow,
    Intervals,
    Table,
    Tone,
    table,
)
from evalkit.reports.by_model import SHARES, without_dashes
from evalkit.reports.decision.report import DecisionReport
from evalkit.reports.decision.tables import (
    PRICES,
    price_cells,
    quality_cell,
    tone,
    tones,
)
from evalkit.reports.errors.tables import penalty_axis
from evalkit.reports.scores.tables import scale_axis
from evalkit.reports.shown_models import shown_models

_N_ROWS = 5


def board(report: DecisionReport) -> tuple[Block, ...]:
    """Draw quality, and give the leaders and the baseline a row each with what they take."""
    return (
        Heading(report.chosen.measure.number_name),
        drawn(report, shown_models(report.models, baseline=report.baseline).models),
        Heading(f"The leaders beside {report.baseline}"),
        leaders(report),
    )


def drawn(report: DecisionReport, models: Sequence[str]) -> Intervals:
    """Draw the quality of models, best first, and say how many are left out."""
    measure = report.chosen.measure
    numbers = [report.number(model) for model in models]
    rows = [
        IntervalRow(
            number.model,
            number.estimate,
            measure.form,
            note="baseline" if number.difference is None else f"n = {number.estimate.n:,}",
            is_settled=tone(report, report.chosen, number) is not Tone.OPEN,
        )
        for number in numbers
    ]
    n_more = len(report.standings) - len(models)
    more = f" Not drawn: {counted(n_more, 'other model')}." if n_more else ""
    return Intervals(
        measure.number_name,
        tuple(rows),
        _axis(report, rows),
        note="95 % intervals. Grey with an open mark: not told apart from "
        f"{report.baseline}.{more}",
    )


def _axis(report: DecisionReport, rows: Sequence[IntervalRow]) -> Axis:
    measure = report.chosen.measure
    if measure.is_penalty:
        ends = [end for row in rows for end in (row.estimate.value, row.estimate.high)]
        return penalty_axis([end for end in ends if end is not None])
    if measure.criterion is not None:
        return scale_axis(measure.criterion)
    return replace(SHARES, references=((0.5, ""),) if measure.is_preference else ())


def leaders(report: DecisionReport) -> Table:
    """Give the best five models a row each, the baseline among them: quality and what it takes."""
    best = list(report.standings[:_N_ROWS])
    if report.baseline not in [standing.model for standing in best]:
        best[-1] = report.standing(report.baseline)
    known = [
        numbers
        for numbers in report.measures
        if numbers is report.chosen or numbers.measure.is_acceptable
    ]
    known.sort(key=lambda numbers: numbers is not report.chosen)
    taken = [price_cells(report, standing) for standing in best]
    taken = without_dashes([[cost, latency] for cost, _, latency in taken])
    rows = [
        [
            Cell(standing.model, ("baseline",) if standing.model == report.baseline else ()),
            *(quality_cell(report, numbers, standing.model) for numbers in known),
            *cells,
        ]
        for standing, cells in zip(best, taken, strict=True)
    ]
    return table(
        "The leaders",
        ("Model", *(numbers.measure.number_name for numbers in known), PRICES[0], PRICES[2]),
        rows,
        note=f"Beneath: how far from {report.baseline} (win rates in strength, log-odds; what is "
        f"taken in multiples); {tones()} beyond chance, grey: undecided.",
    )
