"""Reports to frames: what charts draw, what tables show, what downloads hold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from evalkit import text
from evalkit.reports.models.report import ModelRow
from evalkit.reports.ranking.report import RankingReport
from evalkit.reports.scores.report import CriterionScores
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking.ranking import PairCounts, Ranking, rank_range
from evalkit.stats.ranking.win_rates import PairWinRate
from evalkit.stats.scores import DistributionRow, ScoreRow
from evalkit.study.collected import Criterion

Colours = Mapping[str, str]

NO_CATEGORY = "No category"
#: A tint draws the eye; what rests on less than this does not deserve it.
FEWEST_TINTED = 3
#: Of more models than this a grid has columns too narrow for an interval.
_MOST_WIDE = 6


def category_name(category: str) -> str:
    """Name a category, also that of cases without one."""
    return category or NO_CATEGORY


def ranking_rows(ranking: Ranking, colours: Colours, *, strength: bool) -> pd.DataFrame:
    """Give one interval row per ranked model, strongest first: win rate, or strength."""
    rows = []
    for row in ranking.rows:
        rate = row.win_rate
        shown = Estimate(row.strength, row.low, row.high, row.n, row.reason) if strength else rate
        rows.append(
            interval_row(
                row.model,
                shown,
                text.number if strength else text.percent,
                note=f"{rank_range(row)}, n = {shown.n:,}",
                colour=colours[row.model],
                is_settled=row.best_rank == row.worst_rank,
            )
        )
    return pd.DataFrame(rows)


def annotator_name(name: str, *, is_simulated: bool, is_judge: bool = False) -> str:
    """Name an annotator, and say that it is a judge or simulated where the name does not."""
    kind = "judge" if is_judge else "simulated" if is_simulated else ""
    return name if kind in name.lower() else f"{name} ({kind})"


def interval_row(
    label: str,
    shown: Estimate,
    form: text.Format,
    *,
    colour: str,
    note: str = "",
    is_settled: bool = True,
) -> dict[str, Any]:
    """Give one row of an interval chart; what cannot be had is a gap with its reason on hover."""
    number = text.estimate(shown, form)
    about = shown.reason or f"n = {shown.n:,}"
    return {
        "label": label,
        "value": shown.value,
        "low": shown.low,
        "high": shown.high,
        "text": number,
        "note": note or f"n = {shown.n:,}",
        "hover": f"{label}\n{number}\n{about}",
        "colour": colour,
        "is_settled": is_settled,
    }


def ranking_table(ranking: Ranking) -> pd.DataFrame:
    """Give one row per ranked model: rank, win rate, strength, how likely it is the best, n."""
    return pd.DataFrame(
        {
            "Model": [row.model for row in ranking.rows],
            "Rank": [rank_range(row) for row in ranking.rows],
            "Win rate": [text.estimate(row.win_rate, text.percent) for row in ranking.rows],
            "Strength (log-odds)": [
                f"{text.number(row.strength)} {text.interval(row.low, row.high)}".rstrip()
                for row in ranking.rows
            ],
            "Best with probability": [
                text.MISSING if row.probability_best is None else text.percent(row.probability_best)
                for row in ranking.rows
            ],
            "Comparisons": [f"{row.n:,}" for row in ranking.rows],
            "Cases": [f"{row.n_cases:,}" for row in ranking.rows],
        }
    )


def distribution_frame(
    rows: Iterable[DistributionRow], criterion: Criterion, models: Sequence[str]
) -> pd.DataFrame:
    """Give a row per model and level of the scale: how often the level was given."""
    names = dict(zip(criterion.values, criterion.labels, strict=True))
    given = {row.model: row for row in rows if row.category is None}
    cells = []
    for model in models:
        counts = dict(zip(given[model].values, given[model].counts, strict=True))
        n = sum(counts.values())
        for value in criterion.values:
            count = counts.get(value, 0)
            share = count / n if n else None
            level = " ".join(filter(None, (f"{value:g}", names[value])))
            hover = f"{model}: {level}\n{count:,} of {n:,}"
            cells.append((model, value, level, share, hover))
    return pd.DataFrame(cells, columns=["label", "value", "level", "share", "hover"])


def head_to_head(report: RankingReport, rates: Sequence[PairWinRate]) -> pd.DataFrame:
    """Give a cell per pair of models: how often the row's model won against the column's."""
    order = [row.model for row in report.ranking.rows] if report.ranking else list(report.models)
    found = {(rate.model, rate.other): rate.estimate for rate in rates}
    return pd.DataFrame(
        [
            _pair_cell(model, other, report.matrix, found.get((model, other)))
            for model in order
            for other in order
        ]
    )


def _pair_cell(
    model: str,
    other: str,
    matrix: Mapping[str, Mapping[str, PairCounts]],
    rate: Estimate | None,
) -> dict[str, Any]:
    cell: dict[str, Any] = {"row": model, "column": other, "value": None, "text": "", "small": ""}
    if model == other:
        return cell | {"hover": "A model is not compared with itself."}
    counts = matrix[model][other]
    if rate is None or rate.value is None:
        return cell | {"text": text.MISSING, "hover": f"{model} and {other} never met."}
    hover = (
        f"{model} against {other}\n{text.estimate(rate, text.percent)}\n{counts.wins:,} won, "
        f"{counts.losses:,} lost, {counts.ties:,} ties, {counts.both_bad:,} both bad"
    )
    return cell | {
        "value": rate.value,
        "text": text.percent(rate.value),
        "small": f"n = {rate.n:,}",
        "hover": hover,
    }


def matrix_table(
    report: RankingReport, rates: Sequence[PairWinRate], models: Sequence[str]
) -> pd.DataFrame:
    """Give one row per ordered pair of models that met, in the order of ``models``."""
    rows = [
        (
            rate.model,
            rate.other,
            text.estimate(rate.estimate, text.percent),
            *_counts(report.matrix[rate.model][rate.other]),
        )
        for rate in _in_order(rates, models)
    ]
    columns = ["Model", "Against", "Win rate", "Won", "Lost", "Ties", "Both bad"]
    return pd.DataFrame(rows, columns=columns)


def matrix_numbers(
    report: RankingReport, rates: Sequence[PairWinRate], models: Sequence[str]
) -> pd.DataFrame:
    """Give the unrounded numbers of the same."""
    return pd.DataFrame(
        [
            {
                "model": rate.model,
                "other": rate.other,
                **asdict(report.matrix[rate.model][rate.other]),
                "win_rate": rate.estimate.value,
                "low": rate.estimate.low,
                "high": rate.estimate.high,
                "n": rate.estimate.n,
                "reason": rate.estimate.reason,
            }
            for rate in _in_order(rates, models)
        ]
    )


def _in_order(rates: Sequence[PairWinRate], models: Sequence[str]) -> list[PairWinRate]:
    """Return pairs that met, in the order of the models."""
    place = {model: k for k, model in enumerate(models)}
    met = [rate for rate in rates if rate.estimate.value is not None]
    return sorted(met, key=lambda rate: (place[rate.model], place[rate.other]))


def _counts(of: PairCounts) -> tuple[int, int, int, int]:
    return of.wins, of.losses, of.ties, of.both_bad


def share_rows(
    rows: Iterable[ScoreRow],
    colours: Colours,
    models: Sequence[str],
    *,
    form: text.Format = text.percent,
) -> pd.DataFrame:
    """Give one interval row per model for an overall number, in the order given."""
    overall = {row.model: row.estimate for row in rows if row.category is None}
    return pd.DataFrame(
        [interval_row(model, overall[model], form, colour=colours[model]) for model in models]
    )


def score_panel(one: CriterionScores, colours: Colours, models: Sequence[str]) -> pd.DataFrame:
    """Give one interval row per model for a criterion, in the order given."""
    means = {row.model: row.estimate for row in one.means if row.category is None}
    return pd.DataFrame(
        [interval_row(model, means[model], text.number, colour=colours[model]) for model in models]
    )


def by_category(rows: Iterable[ScoreRow], models: Sequence[str], form: text.Format) -> pd.DataFrame:
    """Give a cell per category and model, the overall number first; too few get no tint."""
    place = {model: number for number, model in enumerate(models)}
    in_order = sorted(
        rows, key=lambda row: (row.category is not None, row.category or "", place[row.model])
    )
    cells = [
        {
            "category": row.category,
            "row": "All categories" if row.category is None else category_name(row.category),
            "column": row.model,
            "value": row.estimate.value if row.estimate.n >= FEWEST_TINTED else None,
            "text": text.MISSING if row.estimate.value is None else form(row.estimate.value),
            "small": _cell_basis(row.estimate, form, is_narrow=len(models) > _MOST_WIDE),
            "hover": _cell_hover(row.model, category_name(row.category or ""), row.estimate, form),
        }
        for row in in_order
    ]
    return pd.DataFrame(cells)


def _cell_basis(shown: Estimate, form: text.Format, *, is_narrow: bool) -> str:
    """Say beneath a number on how much it rests and, where there is room, how sure it is."""
    if shown.value is None:
        return ""
    ends = "" if is_narrow else text.bounds(shown, form)
    return ", ".join(filter(None, (ends, f"n = {shown.n:,}")))


def _cell_hover(model: str, category: str, shown: Estimate, form: text.Format) -> str:
    about = shown.reason or f"n = {shown.n:,}"
    return f"{model}, {category}\n{text.estimate(shown, form)}\n{about}"


def score_table(
    rows: Iterable[ScoreRow], form: text.Format, *, what: str, models: Sequence[str]
) -> pd.DataFrame:
    """Give one row per model and category, the models in the order given."""
    kept = sorted(rows, key=lambda row: models.index(row.model))
    shown = pd.DataFrame(
        {
            "Model": [row.model for row in kept],
            "Category": [
                "All" if row.category is None else category_name(row.category) for row in kept
            ],
            what: [text.estimate(row.estimate, form) for row in kept],
            "n": [f"{row.estimate.n:,}" for row in kept],
            "Cases": [f"{row.n_cases:,}" for row in kept],
            "Why not": [row.estimate.reason or "" for row in kept],
        }
    )
    return without_empty(shown, "Why not")


def model_table(rows: Iterable[ModelRow], models: Sequence[str]) -> pd.DataFrame:
    """Give one row per model, in the order given: what its responses are worth and what they take.

    What is known of no model is left out.
    """
    rows = sorted(rows, key=lambda row: models.index(row.model))

    def column(pick: Callable[[ModelRow], Estimate], form: text.Format) -> list[str]:
        return [text.estimate(pick(row), form) for row in rows]

    shown = pd.DataFrame(
        {
            "Model": [row.model for row in rows],
            "Acceptable": [
                text.MISSING
                if row.acceptable.value is None
                else f"{text.estimate(row.acceptable, text.percent)}, n = {row.acceptable.n:,}"
                for row in rows
            ],
            "Median latency": column(lambda row: row.latency_median_ms, text.seconds),
            "p95 latency": column(lambda row: row.latency_p95_ms, text.seconds),
            "Cost of 1,000": column(lambda row: row.cost_usd, text.dollars_per_thousand),
            "Cost of 1,000 acceptable": column(
                lambda row: row.cost_per_acceptable_usd, text.dollars_per_thousand
            ),
            "Tokens in": column(lambda row: row.input_tokens, text.whole),
            "Tokens out": column(lambda row: row.output_tokens, text.whole),
            "Responses": [f"{row.n_responses:,}" for row in rows],
        }
    )
    return shown.loc[:, ~(shown == text.MISSING).all()]


def criterion_name(criterion: Criterion) -> str:
    """Name a criterion as a heading: ``instruction_following`` is ``Instruction following``."""
    name = criterion.key.replace("_", " ")
    return name[:1].upper() + name[1:]


def without_empty(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Leave out a column with nothing to say."""
    return frame if frame[column].any() else frame.drop(columns=column)
