"""What one model takes as a multiple of what another takes: cost, latency, price."""

from dataclasses import dataclass

import numpy as np

from evalkit.reporting.collected import Collected, Looks, acceptable
from evalkit.stats import latency
from evalkit.stats.counts import FloatArray, sum_by
from evalkit.stats.intervals import Estimate
from evalkit.stats.ratios import ratio_of_sums


@dataclass(frozen=True, slots=True)
class PriceRatios:
    """Multiples of the other's; 1 is as much, below 1 less. ``n`` counts cases.

    ``cost`` and ``cost_per_acceptable`` are ratios of sums over the cases both answered (and
    that were judged for both), ``latency`` is the median over cases of one's over the other's.
    """

    cost: Estimate
    cost_per_acceptable: Estimate
    latency: Estimate


def price_ratios(collected: Collected, *, model: str, other: str) -> PriceRatios:
    """Divide what ``model`` takes by what ``other`` takes, paired by case."""
    outputs = collected.outputs
    cost = [mean_by_case(collected, outputs.cost_usd, name) for name in (model, other)]
    times = [mean_by_case(collected, outputs.latency_ms, name) for name in (model, other)]
    both = ~np.isnan(cost[0]) & ~np.isnan(cost[1])
    timed = (times[0] > 0) & (times[1] > 0)
    return PriceRatios(
        cost=ratio_of_sums([cost[0][both]], [cost[1][both]]),
        cost_per_acceptable=_per_acceptable(collected, cost, model=model, other=other),
        latency=_median_ratio(times[0][timed] / times[1][timed]),
    )


def _median_ratio(ratios: FloatArray) -> Estimate:
    if not len(ratios):
        return Estimate(None, None, None, 0, "The two have no case in common with a latency.")
    return latency.quantile(ratios, share=0.5)


def _per_acceptable(
    collected: Collected, cost: list[FloatArray], *, model: str, other: str
) -> Estimate:
    looks = acceptable(collected)
    accepted = [_accepted_by_case(collected, looks, name) for name in (model, other)]
    known = ~np.isnan(np.stack([*cost, *accepted])).any(axis=0)
    mine, theirs = cost[0][known], cost[1][known]
    good, their_good = accepted[0][known], accepted[1][known]
    return ratio_of_sums([mine, their_good], [theirs, good])


def _accepted_by_case(collected: Collected, looks: Looks, model: str) -> FloatArray:
    """Return the share of looks that accepted the model's response to a case."""
    outputs = collected.outputs
    n_looks = np.bincount(looks.output, minlength=len(outputs.id))
    n_good = np.bincount(looks.output, weights=looks.hit, minlength=len(outputs.id))
    with np.errstate(invalid="ignore"):
        return mean_by_case(collected, n_good / n_looks, model)


def mean_by_case(collected: Collected, values: FloatArray, model: str) -> FloatArray:
    """Return the mean of a model's counted outputs per case, ``NaN`` where none is known."""
    outputs = collected.outputs
    cases, code = np.unique(outputs.case, return_inverse=True)
    own = outputs.is_counted & (outputs.model == collected.models.index(model))
    here, code = own & ~np.isnan(values), code.reshape(-1)
    n = np.bincount(code[here], minlength=len(cases))
    with np.errstate(invalid="ignore"):
        means: FloatArray = sum_by(code[here], values[here], n_codes=len(cases)) / n
    return means
