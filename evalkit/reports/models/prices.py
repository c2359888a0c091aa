"""What one model takes as a multiple of what another takes: cost, latency, price."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats import latency
from evalkit.stats.counts import FloatArray, sum_by
from evalkit.stats.intervals import Estimate
from evalkit.stats.ratios import ratio_of_sums
from evalkit.study.collected import Collected, acceptable


@dataclass(frozen=True, slots=True)
class PriceRatios:
    """Multiples of the other's; 1 is as much, below 1 less. ``n`` counts cases.

    ``cost`` and ``cost_per_acceptable`` are ratios of sums over the cases both answered (and
    that were judged for both), ``latency`` is the median over cases of one's over the other's.
    """

    cost: Estimate
    cost_per_acceptable: Estimate
    latency: Estimate


def price_ratios(
    collected: Collected, accepted: FloatArray, *, model: str, other: str
) -> PriceRatios:
    """Divide what ``model`` takes by what ``other`` takes, paired by case.

    ``accepted`` is the ``accepted_share`` of each output.
    """
    outputs = collected.outputs
    cost = [mean_by_case(collected, outputs.cost_usd, name) for name in (model, other)]
    times = [mean_by_case(collected, outputs.latency_ms, name) for name in (model, other)]
    both = ~np.isnan(cost[0]) & ~np.isnan(cost[1])
    timed = (times[0] > 0) & (times[1] > 0)
    return PriceRatios(
        cost=ratio_of_sums([cost[0][both]], [cost[1][both]]),
        cost_per_acceptable=_per_acceptable(
            cost, [mean_by_case(collected, accepted, name) for name in (model, other)]
        ),
        latency=_median_ratio(times[0][timed] / times[1][timed]),
    )


def _median_ratio(ratios: FloatArray) -> Estimate:
    if not len(ratios):
        return Estimate(None, None, None, 0, "The two have no case in common with a latency.")
    return latency.quantile(ratios, share=0.5)


def _per_acceptable(cost: list[FloatArray], accepted: list[FloatArray]) -> Estimate:
    known = ~np.isnan(np.stack([*cost, *accepted])).any(axis=0)
    mine, theirs = cost[0][known], cost[1][known]
    good, their_good = accepted[0][known], accepted[1][known]
    return ratio_of_sums([mine, their_good], [theirs, good])


def accepted_share(collected: Collected) -> FloatArray:
    """Return the share of looks that accepted each output, ``NaN`` for one nobody looked at."""
    looks, n_outputs = acceptable(collected), len(collected.outputs.id)
    n_looks = np.bincount(looks.output, minlength=n_outputs)
    n_good = sum_by(looks.output, looks.hit.astype(np.float64), n_codes=n_outputs)
    with np.errstate(invalid="ignore"):
        shares: FloatArray = n_good / n_looks
    return shares


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
