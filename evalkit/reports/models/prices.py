"""What one model takes as a multiple of what another takes: cost, latency, tokens, price."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray, sum_by
from evalkit.stats.intervals import Estimate
from evalkit.stats.ratios import ratio_of_medians, ratio_of_sums
from evalkit.study.collected import Collected
from evalkit.study.looks import acceptable


@dataclass(frozen=True, slots=True)
class Taken:
    """What two models take on the cases where both are known.

    ``what`` is ``cost_usd``, ``latency_ms`` or ``output_tokens``; ``model`` and ``other`` are
    means over these cases, of latency medians, and None without any; ``ratio`` is the one over
    the other, and its ``n`` counts cases.
    """

    what: str
    model: float | None
    other: float | None
    ratio: Estimate


@dataclass(frozen=True, slots=True)
class PriceRatios:
    """Multiples of the other's; 1 is as much, below 1 less. ``n`` counts cases.

    ``cost`` and ``latency`` are those of ``taken_by``; ``cost_per_acceptable`` is a ratio of sums
    over the cases that were judged for both.
    """

    cost: Estimate
    cost_per_acceptable: Estimate
    latency: Estimate


def taken_by(collected: Collected, what: str, *, model: str, other: str) -> Taken:
    """Set what two models take beside each other, paired by case.

    Costs and tokens go by their sums, latencies by their medians: one that took minutes should
    not make up for all others. That is how either is summed up of one model alone, so where both
    answered the same cases the ratio is that of the numbers in any table.

    Parameters
    ----------
    collected : Collected
    what : str
        ``cost_usd``, ``latency_ms`` or ``output_tokens``.
    model, other : str
        Two of ``collected.models``.
    """
    values = getattr(collected.outputs, what)
    mine, theirs = (mean_by_case(collected, values, name) for name in (model, other))
    both = ~np.isnan(mine) & ~np.isnan(theirs)
    mine, theirs = mine[both], theirs[both]
    is_time = what == "latency_ms"
    ratio = ratio_of_medians(mine, theirs) if is_time else ratio_of_sums([mine], [theirs])
    if not ratio.n:
        return Taken(what, None, None, ratio)
    first, second = (
        float(np.median(column) if is_time else column.mean()) for column in (mine, theirs)
    )
    return Taken(what, first, second, ratio)


def price_ratios(
    collected: Collected, accepted: FloatArray, *, model: str, other: str
) -> PriceRatios:
    """Divide what ``model`` takes by what ``other`` takes, paired by case.

    ``accepted`` is the ``accepted_share`` of each output.
    """
    cost, shares = (
        [mean_by_case(collected, values, name) for name in (model, other)]
        for values in (collected.outputs.cost_usd, accepted)
    )
    return PriceRatios(
        cost=taken_by(collected, "cost_usd", model=model, other=other).ratio,
        cost_per_acceptable=_per_acceptable(cost, shares),
        latency=taken_by(collected, "latency_ms", model=model, other=other).ratio,
    )


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
