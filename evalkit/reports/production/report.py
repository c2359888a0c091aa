"""Every number as it was collected, beside what it would be with production's mix of cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evalkit import text
from evalkit.errors import UndefinedStatisticError
from evalkit.phrases import joined
from evalkit.reports.by_model import category_name
from evalkit.reports.decision.measures import (
    Measure,
    available_measures,
    model_estimates,
    scores_of,
)
from evalkit.reports.ranking.report import RankingReport, ranking_report
from evalkit.stats.intervals import Estimate, cut_off
from evalkit.stats.ranking.weighted import WeightedRanking, weighted_ranking
from evalkit.stats.weighted import MeanKind, Weighted, weighted_means
from evalkit.study.collected import Collected, comparisons
from evalkit.study.traffic import CaseWeights, case_weights

# Strengths nearer to each other than this are the same: they are found by steps down to 1e-12.
_ROUNDING = 1e-9
_SAME = "Every case gives the same mean, so its uncertainty cannot be told."


class Chances(StrEnum):
    """Whether cases count by the chance with which they were sampled."""

    NONE = "not recorded"
    SOME = "recorded of some cases only, and not used"
    OF_TWO_SAMPLES = "of two samples, and not used"
    ALL = "used"


@dataclass(frozen=True, slots=True)
class ProductionRow:
    """One number of one model: as collected, and weighted.

    ``n_effective`` is how many cases, all counting the same, would weigh as evenly as the
    ``n_cases`` behind ``weighted`` do.
    """

    model: str
    as_collected: Estimate
    weighted: Estimate
    n_cases: int
    n_effective: float


@dataclass(frozen=True, slots=True)
class ProductionMeasure:
    """What quality is measured by, of every model; ``strengths`` of the preference alone."""

    measure: Measure
    rows: tuple[ProductionRow, ...]
    strengths: tuple[ProductionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductionReport:
    """Numbers weighted to production.

    Attributes
    ----------
    shares : tuple of (str, float)
        What each of the categories that count here is of all of production, as stated; together
        less than 1 where others have no case or are not looked at. Empty where none are stated.
    no_case : tuple of (str, float)
        Categories that production is asked and no case is of, with their share of everything.
    no_share : tuple of (str, int)
        Categories with cases that production is not asked, or nobody stated, with their cases.
    chances : Chances
    measures : tuple of ProductionMeasure
    first, first_weighted : tuple of str
        Who comes first by the preference as collected, and weighted; several where they are level,
        none where either is not known.
    lead : Estimate or None
        How far the only first as weighted is ahead of who comes first as collected, in log-odds; of
        the next where both are the same.
    next_weighted : tuple of str
        Whom ``lead`` is ahead of.
    unplaced : tuple of str
        Models that are ranked as collected and have no weighted strength.
    """

    shares: tuple[tuple[str, float], ...]
    no_case: tuple[tuple[str, float], ...]
    no_share: tuple[tuple[str, int], ...]
    chances: Chances
    measures: tuple[ProductionMeasure, ...]
    first: tuple[str, ...] = ()
    first_weighted: tuple[str, ...] = ()
    lead: Estimate | None = None
    next_weighted: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()

    def of(
        self, only: Sequence[str] = (), without: Sequence[str] = ()
    ) -> tuple[ProductionMeasure, ...]:
        """Return the measures with these keys (all where empty), without those with these."""
        return tuple(
            measure
            for measure in self.measures
            if (not only or measure.measure.key in only) and measure.measure.key not in without
        )


def production_report(collected: Collected) -> ProductionReport | None:
    """Weigh every number to what production is asked; None where nothing says what that is.

    Each category counts for its share of production, however many cases or annotations it has
    here, each case for one over the chance with which it was sampled (``case_weights``). A number
    of a model that has nothing in a category with a share is undefined, with the category named.
    """
    outputs = collected.outputs
    weights = case_weights(
        outputs.category,
        collected.categories,
        traffic=collected.traffic,
        sampled=outputs.sampled,
    )
    if weights is None and not collected.traffic and not collected.of_two_samples:
        return None
    no_case, no_share = _apart(collected)
    shares = _shares(collected, weights)
    if weights is None:
        return ProductionReport((), no_case, no_share, _chances(collected), ())
    ranking = ranking_report(collected)
    measures, board = [], None
    for measure in available_measures(collected):
        if measure.is_preference:
            board = _board(collected, weights)
            measures.append(_preference(collected, measure, ranking, board))
        else:
            measures.append(_mean(collected, measure, weights))
    return ProductionReport(
        shares, no_case, no_share, _chances(collected), tuple(measures), *_first(ranking, board)
    )


def _apart(
    collected: Collected,
) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[str, int], ...]]:
    """Return categories with a share and no case, and those with cases and no share."""
    if not collected.traffic:
        return (), ()
    stated = collected.traffic.shares
    there = set(collected.categories)
    no_case = tuple(
        (name, share)
        for name, share in stated.items()
        if share > 0.0 and name not in there and not collected.limits.categories
    )
    outputs = collected.outputs
    no_share = tuple(
        (name, len(np.unique(outputs.case[outputs.category == place])))
        for place, name in enumerate(collected.categories)
        if not stated.get(name, 0.0) > 0.0
    )
    return no_case, tuple((name, n) for name, n in no_share if n)


def _shares(collected: Collected, weights: CaseWeights | None) -> tuple[tuple[str, float], ...]:
    if weights is None or not collected.traffic:
        return ()
    stated = collected.traffic.shares
    here = [(name, stated.get(name, 0.0)) for name in collected.categories]
    return tuple((name, share) for name, share in here if share > 0.0)


def _chances(collected: Collected) -> Chances:
    sampled = collected.outputs.sampled
    if collected.of_two_samples:
        return Chances.OF_TWO_SAMPLES
    if sampled is None or not len(sampled) or np.isnan(sampled).all():
        return Chances.NONE
    return Chances.SOME if np.isnan(sampled).any() else Chances.ALL


def _board(collected: Collected, weights: CaseWeights) -> WeightedRanking | str:
    """Return the weighted ranking, or why there is none."""
    try:
        left = collected.preferences.left
        return weighted_ranking(comparisons(collected), weights.of(left))
    except UndefinedStatisticError as undefined:
        return str(undefined)


def _preference(
    collected: Collected,
    measure: Measure,
    ranking: RankingReport,
    board: WeightedRanking | str,
) -> ProductionMeasure:
    """Set win rates against an average opponent, and strengths, beside the weighted ones."""
    as_ranked = {row.model: row for row in ranking.ranking.rows} if ranking.ranking else {}
    rates, strengths = [], []
    for model in collected.models:
        nothing = Estimate(None, None, None, 0, ranking.reason or "It has not been compared yet.")
        row = as_ranked.get(model)
        rate, strength = nothing, nothing
        if row is not None:
            rate = row.win_rate
            strength = Estimate(row.strength, row.low, row.high, row.n, row.reason)
        if isinstance(board, str):
            gone = Estimate(None, None, None, 0, board)
            rates.append(ProductionRow(model, rate, gone, 0, 0.0))
            strengths.append(ProductionRow(model, strength, gone, 0, 0.0))
            continue
        if model not in board.models:
            gone = Estimate(None, None, None, 0, "It was not compared in what production is asked.")
            rates.append(ProductionRow(model, rate, gone, 0, 0.0))
            strengths.append(ProductionRow(model, strength, gone, 0, 0.0))
            continue
        place = board.models.index(model)
        rates.append(_row(collected, model, rate, board.win_rate[place]))
        strengths.append(_row(collected, model, strength, board.strength[place]))
    return ProductionMeasure(measure, tuple(rates), tuple(strengths))


def _mean(collected: Collected, measure: Measure, weights: CaseWeights) -> ProductionMeasure:
    """Set means or shares beside the weighted ones."""
    scores = scores_of(collected, measure)
    cases, first = np.unique(collected.outputs.case, return_index=True)
    output = first[np.searchsorted(cases, scores.case)]
    weighted = weighted_means(
        scores.model,
        case=scores.case,
        value=scores.value,
        n=scores.n,
        weights=weights.of(output),
        n_groups=len(scores.models),
        scale=_scale(measure),
    )
    plain = model_estimates(collected, measure)
    rows = [
        _row(collected, model, plain[model], number, limits=measure.limits)
        for model, number in zip(collected.models, weighted, strict=True)
    ]
    return ProductionMeasure(measure, tuple(rows))


def _scale(measure: Measure) -> MeanKind:
    if measure.is_penalty:
        return MeanKind.AMOUNT
    return MeanKind.SHARE if measure.is_share else MeanKind.SCORE


def _row(
    collected: Collected,
    model: str,
    as_collected: Estimate,
    number: Weighted,
    *,
    limits: tuple[float, float] | None = None,
) -> ProductionRow:
    """Return a weighted number with a reason for whatever it does not have."""
    reason = None
    if number.value is None:
        names = _named(collected, number.missing)
        share = sum(collected.traffic.shares[name] for name in names) if names else 0.0
        of = joined([category_name(name) for name in names])
        reason = (
            f"Nothing of it was judged in {of} ({text.percent(share)} of production), so nothing "
            "can be said of the whole."
        )
    elif number.alone:
        of = joined([category_name(name) for name in _named(collected, number.alone)])
        reason = f"An interval needs at least 2 cases of each category; {of} has 1."
        if not collected.traffic:
            reason = "An interval needs at least 2 cases; there is 1."
    elif number.low is None:
        reason = _SAME
    weighted = Estimate(number.value, number.low, number.high, number.n, reason)
    if limits is not None:
        weighted = cut_off(weighted, limits)
    return ProductionRow(model, as_collected, weighted, number.n_cases, number.n_effective)


def _named(collected: Collected, parts: Sequence[int]) -> list[str]:
    return [collected.categories[part] for part in parts] if collected.traffic else []


def _first(
    ranking: RankingReport, board: WeightedRanking | str | None
) -> tuple[tuple[str, ...], tuple[str, ...], Estimate | None, tuple[str, ...], tuple[str, ...]]:
    """Return who is first, as collected and weighted, how far ahead of whom, and who has no place.

    Nothing of it hangs on names: models are level where their strengths differ by rounding alone.
    """
    nothing = (), (), None, (), ()
    if ranking.ranking is None or not isinstance(board, WeightedRanking) or board.missing:
        return nothing
    collected = {row.model: row.strength for row in ranking.ranking.rows}
    strength = {
        model: number.value
        for model, number in zip(board.models, board.strength, strict=True)
        if number.value is not None
    }
    if len(strength) < 2:
        return nothing
    unplaced = tuple(model for model in collected if model not in strength)
    first, ahead = _highest(collected), _highest(strength)
    if len(ahead) > 1:
        return first, ahead, None, (), unplaced
    behind = tuple(model for model in first if model != ahead[0] and model in strength)
    if not behind:
        behind = _highest({model: of for model, of in strength.items() if model not in ahead})
    leads = [board.difference(ahead[0], model) for model in behind]
    least = min(leads, key=lambda lead: -np.inf if lead.low is None else lead.low)
    return first, ahead, least, behind, unplaced


def _highest(strength: dict[str, float]) -> tuple[str, ...]:
    """Return the strongest; several where rounding alone tells them apart."""
    most = max(strength.values())
    return tuple(model for model, of in strength.items() if most - of <= _ROUNDING)
