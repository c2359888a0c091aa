"""The section of a study's HTML report about the ranking: who is ahead, who won against whom."""

from collections.abc import Sequence

from evalkit import text
from evalkit.html.parts import (
    Axis,
    Cell,
    IntervalRow,
    beside,
    bullets,
    heading,
    intervals,
    paragraph,
    section,
    table,
)
from evalkit.html.sections import SHARES, Colours
from evalkit.phrases import capital, counted
from evalkit.reports.pair import sentences as pair_sentences
from evalkit.reports.pair.analyses import two_analyses
from evalkit.reports.pair.significance import SubjectDifferences, ahead
from evalkit.reports.ranking.cautions import cautions
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.ranking.sentences import standings
from evalkit.stats.differences import PairedDifference
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking.ranking import RankingRow, rank_range
from evalkit.stats.ranking.win_rates import PairWinRate
from evalkit.text import difference, p_value

_FIRST_MINUS_SECOND = (
    "The first model minus the second: preference as share won minus lost, scores in points. Only "
    "cases on which both were judged count, for the preference only direct comparisons; the "
    "ranking also uses comparisons with third models and can settle more. Tinted: differ at "
    "p ≤ 0.05 after Holm, blue where the first is ahead, orange where the second is."
)
_HALF = Axis(SHARES.low, SHARES.high, SHARES.ticks, (0.5,))


def ranking_section(
    report: RankingReport,
    rates: Sequence[PairWinRate],
    tested: Sequence[SubjectDifferences],
    colours: Colours,
) -> str:
    """Show where each model stands, who won against whom, and which differences hold."""
    if report.ranking is None:
        return section(
            "Ranking",
            paragraph(report.reason or ""),
            *(
                beside(intervals(_drawn(group.rows, colours), _HALF), _ranked(group.rows))
                for group in report.groups
            ),
            _head_to_head(report.models, rates) if report.n_comparisons else "",
            _every_two(report, tested),
        )
    rows = report.ranking.rows
    return section(
        "Ranking",
        bullets((*standings(report.ranking), *cautions(report, rates))),
        beside(
            intervals(_drawn(rows, colours), _HALF),
            _head_to_head([row.model for row in rows], rates),
        ),
        _ranked(rows),
        paragraph(
            "Win rate: the share a model would win if it met every other one equally often, by "
            "its strength; raw: of the comparisons it was in. Ties and both bad count half. "
            "Strength is Bradley–Terry, in log-odds with mean zero. Grey with an open mark: the "
            "rank is not settled. “Best with” is the probability of being the best of these "
            "models.",
            report.reason or "",
            style="note",
        ),
        _every_two(report, tested),
    )


def _drawn(rows: Sequence[RankingRow], colours: Colours) -> list[IntervalRow]:
    return [
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


def _ranked(rows: Sequence[RankingRow]) -> str:
    cells = [
        (
            row.model,
            rank_range(row),
            text.estimate(row.win_rate, text.percent),
            text.estimate(row.raw_win_rate, text.percent),
            f"{text.number(row.strength)} {text.interval(row.low, row.high)}".rstrip(),
            text.MISSING if row.probability_best is None else text.percent(row.probability_best),
            text.whole(row.n),
            text.whole(row.n_cases),
        )
        for row in rows
    ]
    columns = (
        "Model",
        "Rank",
        "Win rate",
        "Raw win rate",
        "Strength",
        "Best with",
        "Comparisons",
        "Cases",
    )
    return table(columns, cells)


def _head_to_head(order: Sequence[str], rates: Sequence[PairWinRate]) -> str:
    found = {(rate.model, rate.other): rate.estimate for rate in rates}
    rows: list[list[str | Cell]] = [
        [model, *(_won(found.get((model, other))) for other in order)] for model in order
    ]
    return heading("Won by the row against the column") + table(("", *order), rows)


def _won(one: Estimate | None) -> Cell:
    if one is None or one.value is None:
        return Cell("" if one is None else text.MISSING)
    small = ", ".join(filter(None, (text.bounds(one, text.percent), f"n = {one.n:,}")))
    return Cell(text.percent(one.value), small, 2 * one.value - 1)


def _every_two(report: RankingReport, tested: Sequence[SubjectDifferences]) -> str:
    """Show how far every two models are apart on everything judged, and how sure that is."""
    shown = [one for one in tested if any(pair.estimate.n for pair in one.pairs)]
    if not shown:
        return ""
    columns = [[_difference_cell(report, one, pair) for pair in one.pairs] for one in shown]
    rows: list[list[str | Cell]] = [
        [f"{pair.model} – {pair.other}", *cells]
        for pair, *cells in zip(shown[0].pairs, *columns, strict=True)
    ]
    names = [capital(pair_sentences.subject_name(one.criterion)) for one in shown]
    return (
        heading("Every two models")
        + table(("", *names), rows)
        + paragraph(_FIRST_MINUS_SECOND, style="note")
    )


def _difference_cell(
    report: RankingReport, one: SubjectDifferences, pair: PairedDifference
) -> Cell:
    if pair.estimate.value is None:
        analyses = None if one.criterion else two_analyses(report, pair)
        return Cell(text.MISSING, pair_sentences.never_met_in_short(analyses) if analyses else "")
    winner = ahead(pair)
    p = "" if pair.p_adjusted is None else f"{p_value(pair.p_adjusted)}, "
    return Cell(
        difference(pair.estimate),
        f"{p}{counted(pair.estimate.n, 'case')}",
        0.0 if winner is None else 0.5 if winner == pair.model else -0.5,
    )
