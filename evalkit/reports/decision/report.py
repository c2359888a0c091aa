"""What a decision rests on: quality next to cost and latency, against a baseline, by category."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from evalkit.reports.decision.measures import (
    Measure,
    MeasureNumbers,
    Number,
    available_measures,
    is_small,
    measure_numbers,
    number_entry,
)
from evalkit.reports.models.prices import PriceRatios, accepted_share, price_ratios
from evalkit.reports.models.report import ModelRow, models_report
from evalkit.reports.pair.significance import turned
from evalkit.reports.ranking.lead import Lead, lead_of, report_lead
from evalkit.reports.ranking.report import RankingReport, ranking_report
from evalkit.stats.differences import PairedDifference
from evalkit.stats.frontier import pareto_front
from evalkit.stats.intervals import Estimate
from evalkit.stats.ranking.ranking import PairCounts
from evalkit.study.collected import Collected
from evalkit.study.main_criteria import main_part

_NEVER_MET = PairCounts(wins=0, losses=0, ties=0, both_bad=0)


@dataclass(frozen=True, slots=True)
class Standing:
    """One model beside the baseline.

    Attributes
    ----------
    strength : Estimate or None
        Log-odds ahead of the baseline (``Ranking.difference``); None for the baseline, and
        where the two are not ranked.
    is_separated : bool
        Whether the two differ in strength, all pairs of models considered at once.
    prices : PriceRatios
        What it takes, as multiples of what the baseline takes.
    is_on_front : bool
        Whether no other model is at least as good on quality, cost and latency and better on
        one, by the values alone; what is unknown of all models plays no part.
    beaten_by : tuple of str
        The models that keep it from the front.
    """

    model: str
    taken: ModelRow
    strength: Estimate | None
    is_separated: bool
    prices: PriceRatios
    is_on_front: bool
    beaten_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionReport:
    """All of a decision: models in the order of quality, best first."""

    measures: tuple[MeasureNumbers, ...]
    chosen: MeasureNumbers
    baseline: str
    standings: tuple[Standing, ...]
    ranking: RankingReport
    front_on: tuple[str, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """Return all models, best first."""
        return tuple(standing.model for standing in self.standings)

    def number(self, model: str) -> Number:
        """Return the chosen measure of a model, overall."""
        return next(number for number in self.chosen.overall if number.model == model)

    def standing(self, model: str) -> Standing:
        """Return a model beside the baseline."""
        return next(standing for standing in self.standings if standing.model == model)


def default_baseline(collected: Collected, measure: Measure) -> str:
    """Return what the best model is most naturally set against: the second best."""
    overall = measure_numbers(collected, measure, baseline=collected.models[0]).overall
    order = _best_first(_quality(overall, ranking_report(collected), measure))
    return order[min(1, len(order) - 1)]


def decision_report(collected: Collected, *, measure: Measure, baseline: str) -> DecisionReport:
    """Set every model beside a baseline, on quality and on what it takes.

    Parameters
    ----------
    collected : Collected
    measure : Measure
        Of ``available_measures``: what quality is here.
    baseline : str
        One of ``collected.models``.

    Notes
    -----
    Differences are paired by case, with Student's t interval and p values from flipping the
    signs of cases. Differences of the preference are of win rates against whoever was met on
    the case; ``Standing.strength`` and overall numbers (``average_win_rates``) adjust for who that
    was, those by category do not. Between models that no comparisons
    link, directly or through others, there are none, and by the preference there is no front.
    """
    ranking = ranking_report(collected)
    chosen = _linked(
        measure_numbers(collected, measure, baseline=baseline, with_cells=True), ranking, baseline
    )
    measures = tuple(
        chosen
        if other_measure == measure
        else _linked(
            measure_numbers(collected, other_measure, baseline=baseline), ranking, baseline
        )
        for other_measure in available_measures(main_part(collected, also=measure.criterion))
    )
    quality = _quality(chosen.overall, ranking, measure)
    order = _best_first(quality)
    taken = {row.model: row for row in models_report(collected)}
    front, front_on = _front(quality, taken)
    if measure.is_preference and ranking.ranking is None:
        front, front_on = dict.fromkeys(front, (False, ())), ()
    accepted = accepted_share(collected)
    standings = tuple(
        _standing(
            taken[model],
            baseline,
            ranking=ranking,
            prices=price_ratios(collected, accepted, model=model, other=baseline),
            front=front[model],
        )
        for model in order
    )
    return DecisionReport(measures, chosen, baseline, standings, ranking, front_on)


def gap_to_baseline(
    report: DecisionReport, numbers: MeasureNumbers, number: Number
) -> tuple[Estimate | None, bool]:
    """Return how far a number is above the baseline's, and whether that is beyond chance.

    Win rates of all comparisons are set apart by strength (log-odds), which allows for who was
    met: in a star of comparisons the one is above where the other is below.
    """
    strength = report.standing(number.model).strength
    if numbers.measure.is_preference and number.category is None and strength is not None:
        return strength, report.standing(number.model).is_separated
    return number.difference, number.is_decided


def settled(report: DecisionReport, model: str, other: str) -> bool:
    """Say whether two models differ on the chosen measure beyond chance, all pairs considered.

    By scores only if the cases both have say the same as the numbers of each.
    """
    if report.chosen.measure.is_preference:
        ranking = report.ranking.ranking
        ranked = {row.model for row in ranking.rows} if ranking else set()
        if ranking is None or not {model, other} <= ranked:
            return False
        return ranking.is_separated(model, other)
    gap = _gap_on_shared_cases(report, model, other)
    return gap is not None and gap * _gap(report, model, other) > 0


def decision_lead(report: DecisionReport) -> Lead | None:
    """Return who is ahead of whom among the models that were judged on the chosen measure.

    None where nothing was, or where no ranking spans what was compared. By the preference as the
    ranking has it. By scores two models are comparable if any case was
    judged of both: numbers from cases the other was not judged on may be higher because these
    cases are easier.
    """
    if report.chosen.measure.is_preference:
        return report_lead(report.ranking)
    models = [
        standing.model
        for standing in report.standings
        if report.number(standing.model).estimate.value is not None
    ]
    place = {model: at for at, model in enumerate(models)}
    separated = np.zeros((len(models), len(models)), dtype=bool)
    comparable = np.zeros_like(separated)
    for pair in report.chosen.pairs:
        if pair.model in place and pair.other in place and pair.estimate.n > 0:
            i, j = place[pair.model], place[pair.other]
            comparable[i, j] = comparable[j, i] = True
            is_apart = is_small(pair.p_adjusted) and _agrees(report, pair)
            separated[i, j] = separated[j, i] = is_apart
    return lead_of(models, separated, comparable) if models else None


def contradicted(report: DecisionReport, model: str, other: str) -> bool:
    """Say whether cases both have say beyond chance what the numbers of the two do not.

    That can be where each was also judged on cases that the other was not, easier or harder ones.
    """
    if report.chosen.measure.is_preference:
        return False
    gap = _gap_on_shared_cases(report, model, other)
    return gap is not None and gap * _gap(report, model, other) <= 0


def standing_entry(report: DecisionReport, standing: Standing) -> dict[str, Any]:
    """Return one model beside the baseline."""
    return {
        **number_entry(report.number(standing.model)),
        "strength_difference": None if standing.strength is None else asdict(standing.strength),
        "is_separated": standing.is_separated,
        "cost_usd": asdict(standing.taken.cost_usd),
        "cost_per_acceptable_usd": asdict(standing.taken.cost_per_acceptable_usd),
        "latency_median_ms": asdict(standing.taken.latency_median_ms),
        "times_the_baseline": asdict(standing.prices),
        "is_on_front": standing.is_on_front,
        "beaten_by": list(standing.beaten_by),
    }


def _agrees(report: DecisionReport, pair: PairedDifference) -> bool:
    """Say whether the cases both have say the same as the numbers of each."""
    return (pair.estimate.value or 0.0) * _gap(report, pair.model, pair.other) > 0


def _gap(report: DecisionReport, model: str, other: str) -> float:
    value, less = (report.number(name).estimate.value for name in (model, other))
    return (value or 0.0) - (less or 0.0)


def _gap_on_shared_cases(report: DecisionReport, model: str, other: str) -> float | None:
    """Return ``model`` minus ``other``, paired by case; None where that may be chance."""
    for pair in report.chosen.pairs:
        if {pair.model, pair.other} == {model, other} and is_small(pair.p_adjusted):
            return turned(pair, model=model).estimate.value
    return None


def _linked(numbers: MeasureNumbers, report: RankingReport, baseline: str) -> MeasureNumbers:
    """Take overall win rates from strengths; leave out differences that no comparisons link."""
    if not numbers.measure.is_preference:
        return numbers
    if report.ranking is not None:
        rates = {row.model: row.win_rate for row in report.ranking.rows}
        overall = tuple(
            replace(number, estimate=rates[number.model], raw=number.estimate)
            if number.model in rates
            else number
            for number in numbers.overall
        )
        return replace(numbers, overall=overall)
    reached, linked = {baseline}, {baseline}
    while linked:
        met = {
            other
            for model in linked
            for other, n in report.matrix[model].items()
            if n != _NEVER_MET
        }
        linked = met - reached
        reached |= linked
    nothing = Estimate(None, None, None, 0, report.reason)

    def within(number: Number) -> Number:
        if number.model in reached:
            return number
        return replace(number, difference=nothing, p_adjusted=None, is_decided=False)

    return replace(
        numbers,
        overall=tuple(within(number) for number in numbers.overall),
        cells=tuple(within(cell) for cell in numbers.cells),
    )


def _quality(
    overall: Sequence[Number], report: RankingReport, measure: Measure
) -> dict[str, float | None]:
    """Return how good each model is, more being better, None where that is not known.

    By the preference that is its strength: win rates are against whoever a model happened to meet.
    """
    if measure.is_preference and report.ranking is not None:
        strengths = {row.model: row.strength for row in report.ranking.rows}
        return {number.model: strengths.get(number.model) for number in overall}
    return {
        number.model: None
        if number.estimate.value is None
        else measure.sign * number.estimate.value
        for number in overall
    }


def _best_first(quality: Mapping[str, float | None]) -> tuple[str, ...]:
    return tuple(
        sorted(quality, key=lambda model: (quality[model] is None, -(quality[model] or 0.0), model))
    )


def _front(
    quality: Mapping[str, float | None], taken: Mapping[str, ModelRow]
) -> tuple[dict[str, tuple[bool, tuple[str, ...]]], tuple[str, ...]]:
    """Return who is on the front and who keeps others from it, and what the front is made on."""
    models = tuple(quality)
    columns = {
        "quality": [quality[model] for model in models],
        "cost": [_negative(taken[model].cost_usd) for model in models],
        "latency": [_negative(taken[model].latency_median_ms) for model in models],
    }
    used = {name: column for name, column in columns.items() if any(v is not None for v in column)}
    table = np.array([[np.nan if v is None else v for v in column] for column in used.values()]).T
    on_front = pareto_front(table)
    undominated = {}
    for place, model in enumerate(models):
        beaten = (table >= table[place]).all(axis=1) & (table > table[place]).any(axis=1)
        by = tuple(models[other] for other in np.flatnonzero(beaten).tolist())
        undominated[model] = (on_front[place], by)
    return undominated, tuple(used)


def _standing(
    taken: ModelRow,
    baseline: str,
    *,
    ranking: RankingReport,
    prices: PriceRatios,
    front: tuple[bool, tuple[str, ...]],
) -> Standing:
    model, (on_front, beaten_by) = taken.model, front
    strength, is_separated = None, False
    ranked = {row.model for row in ranking.ranking.rows} if ranking.ranking else set()
    if ranking.ranking is not None and model != baseline and {model, baseline} <= ranked:
        strength = ranking.ranking.difference(model, baseline)
        is_separated = ranking.ranking.is_separated(model, baseline)
    return Standing(model, taken, strength, is_separated, prices, on_front, beaten_by)


def _negative(estimate: Estimate) -> float | None:
    return None if estimate.value is None else -estimate.value
