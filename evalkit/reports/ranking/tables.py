"""A ranking as blocks: who is ahead, who won against whom."""

import math
from collections.abc import Sequence
from dataclasses import replace

from evalkit import text
from evalkit.phrases import capital
from evalkit.reports.blocks import (
    Axis,
    Cell,
    Heading,
    IntervalRow,
    Intervals,
    Section,
    Table,
    Target,
    View,
    beside,
    bullets,
    section,
    table,
    value_cell,
    words,
)
from evalkit.reports.by_model import MOST_BESIDE, SHARES
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.ranking.sentences import standings
from evalkit.reports.ranking.style import NAMES, StyleReport
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking.ranking import RankingRow, rank_range
from evalkit.stats.ranking.win_rates import PairWinRate

WON = "Won by the row against the column"
_HALF = replace(SHARES, references=((0.5, ""),))
_HOW_TO_READ = (
    "Win rate: the share a model would win if it met every other one equally often, by its "
    "strength; raw: of the comparisons it was in. Ties and both bad count half. Strength is "
    "Bradley–Terry, in log-odds with mean zero. Grey with an open mark: the rank is not settled. "
    "“Best with” is the probability of being the best of these models."
)


def ranking_section(
    report: RankingReport,
    rates: Sequence[PairWinRate],
    models: Sequence[str],
    mapped: Sequence[str],
) -> Section:
    """Show where each model stands, draw ``models``, and who of ``mapped`` won against whom."""
    if report.ranking is None:
        met = head_to_head(report, rates, mapped)
        return section(
            "Ranking",
            words(report.reason or ""),
            *(beside([drawn(group.rows)], [ranked(group.rows)]) for group in report.groups),
            *((Heading(WON), met) if report.n_comparisons else ()),
        )
    rows = report.ranking.rows
    listed = [row for row in rows if row.model in models]
    won = (
        Heading(WON),
        head_to_head(report, rates, [row.model for row in rows if row.model in mapped]),
    )
    is_wide = len(listed) > MOST_BESIDE
    return section(
        "Ranking",
        bullets((*standings(report.ranking), *cautions(report, rates))),
        *((drawn(listed), *won) if is_wide else (beside([drawn(listed)], won),)),
        ranked(rows),
        words(_HOW_TO_READ, report.reason or "", style="note"),
    )


def drawn(rows: Sequence[RankingRow]) -> Intervals:
    """Draw what each model wins against an average opponent, strongest first."""
    standings = tuple(
        _standing(row, row.win_rate, text.percent, raw=row.raw_win_rate) for row in rows
    )
    return Intervals("Win rate", standings, _HALF)


def drawn_strengths(rows: Sequence[RankingRow], models: Sequence[str]) -> Intervals:
    """Draw the strength of these models, strongest first, on the axis of all."""
    estimates = [Estimate(row.strength, row.low, row.high, row.n, row.reason) for row in rows]
    reach = min(5.0, max(1.0, _reach(estimates)))
    ticks = tuple((at, text.number(at)) for at in (-reach, -reach / 2, 0.0, reach / 2, reach))
    return Intervals(
        "Strength",
        tuple(
            _standing(row, estimate, text.number)
            for row, estimate in zip(rows, estimates, strict=True)
            if row.model in models
        ),
        Axis(-reach, reach, ticks, ((0.0, ""),)),
    )


def _standing(
    row: RankingRow, estimate: Estimate, form: text.Format, *, raw: Estimate | None = None
) -> IntervalRow:
    won = "" if raw is None or raw.value is None else f"raw {form(raw.value)}, "
    return IntervalRow(
        row.model,
        estimate,
        form,
        note=f"{rank_range(row)}, {won}n = {estimate.n:,}",
        is_settled=row.best_rank == row.worst_rank,
    )


def ranked(rows: Sequence[RankingRow]) -> Table:
    """Give each model its rank, win rates, strength, and how likely it is the best."""
    columns = (
        "Model", "Rank", "Win rate", "Raw win rate", "Strength (log-odds)", "Best with",
        "Comparisons", "Cases",
    )  # fmt: skip
    cells = [
        (
            Cell(row.model, target=_read(row.model)),
            Cell(rank_range(row)),
            Cell(text.estimate(row.win_rate, text.percent), number=row.win_rate),
            Cell(text.estimate(row.raw_win_rate, text.percent), number=row.raw_win_rate),
            _strength(row),
            Cell(
                text.MISSING if row.probability_best is None else text.percent(row.probability_best)
            ),
            Cell(text.whole(row.n)),
            Cell(text.whole(row.n_cases)),
        )
        for row in rows
    ]
    return table("Models by rank", columns, cells)


def _strength(row: RankingRow) -> Cell:
    number = Estimate(row.strength, row.low, row.high, row.n, row.reason)
    written = f"{text.number(row.strength)} {text.interval(row.low, row.high)}".rstrip()
    return Cell(written, number=number, about=row.reason or "")


def _read(model: str) -> Target:
    return Target(View.RESPONSES, {"model": model, "through": "responses"})


def head_to_head(
    report: RankingReport, rates: Sequence[PairWinRate], order: Sequence[str]
) -> Table:
    """Show how often each model won against each other it met."""
    met = {(rate.model, rate.other): rate.estimate for rate in rates}
    rows = [
        [Cell(model), *(_won(report, model, other, met.get((model, other))) for other in order)]
        for model in order
    ]
    return table(WON, ("", *order), rows, is_map=True)


def _won(report: RankingReport, model: str, other: str, rate: Estimate | None) -> Cell:
    if model == other:
        return Cell("", about="A model is not compared with itself.")
    target = Target(View.PAIR, {"model": model, "other": other})
    if rate is None or rate.value is None:
        return Cell(text.MISSING, about=f"{model} and {other} never met.", target=target)
    counts = report.matrix[model][other]
    return value_cell(
        rate,
        text.percent,
        tint=2 * rate.value - 1,
        about=f"{model} against {other}: {counts.wins:,} won, {counts.losses:,} lost, "
        f"{counts.ties:,} ties, {counts.both_bad:,} both bad",
        target=target,
    )


def wins_and_losses(
    report: RankingReport, rates: Sequence[PairWinRate], order: Sequence[str]
) -> Table:
    """Count what became of the comparisons of every two models that met."""
    place = {model: number for number, model in enumerate(order)}
    met = [rate for rate in rates if rate.estimate.value is not None]
    rows = []
    for rate in sorted(met, key=lambda rate: (place[rate.model], place[rate.other])):
        counts = report.matrix[rate.model][rate.other]
        numbers = (counts.wins, counts.losses, counts.ties, counts.both_bad)
        rows.append(
            [
                Cell(rate.model),
                Cell(rate.other),
                Cell(text.estimate(rate.estimate, text.percent), number=rate.estimate),
                *(Cell(text.whole(number)) for number in numbers),
            ]
        )
    columns = ("Model", "Against", "Win rate", "Won", "Lost", "Ties", "Both bad")
    return table("Wins and losses", columns, rows, left=("Against",))


def strengths(report: StyleReport, models: Sequence[str], *, held: bool) -> Intervals:
    """Draw these models' strength as judged, or with style held equal, strongest first."""
    rows = sorted(report.rows, key=lambda row: row.controlled_rank if held else row.raw_rank)
    every = [strength for row in report.rows for strength in (row.raw, row.controlled)]
    end = min(5.0, max(1.0, math.ceil(2 * _reach(every)) / 2))
    ticks = tuple((at, f"{at:g}".replace("-", "−")) for at in (-end, 0.0, end))
    return Intervals(
        "Strength, style held equal" if held else "Strength, as judged",
        tuple(
            _log_odds(row.model, row.controlled if held else row.raw)
            for row in rows
            if row.model in models
        ),
        Axis(-end, end, ticks, ((0.0, ""),)),
    )


def style_effects(report: StyleReport) -> Intervals:
    """Draw what each feature of style is worth."""
    end = min(5.0, max(0.25, _reach(list(report.effects.values()))))
    return Intervals(
        "Effect of each feature of style",
        tuple(_log_odds(capital(NAMES[name]), effect) for name, effect in report.effects.items()),
        Axis(-end, end, ((-end, "← loses more"), (0.0, "0"), (end, "wins more →")), ((0.0, ""),)),
        note="Log-odds for one standard deviation more than the other response.",
    )


def _log_odds(label: str, estimate: Estimate) -> IntervalRow:
    is_known = estimate.low is not None and estimate.high is not None
    is_settled = is_known and not (estimate.low or 0.0) <= 0 <= (estimate.high or 0.0)
    return IntervalRow(label, estimate, is_settled=is_settled)


def _reach(estimates: Sequence[Estimate]) -> float:
    ends = (
        end
        for estimate in estimates
        for end in (estimate.value, estimate.low, estimate.high)
        if end is not None
    )
    return max((abs(end) for end in ends), default=0.0)
