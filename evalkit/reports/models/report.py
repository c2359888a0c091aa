"""What a study has collected to the results people read: agreement, ranking, scores, models."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.reports.errors.report import _named_rows, tags_report
from evalkit.reports.scores.report import _unknown
from evalkit.stats import latency
from evalkit.stats.counts import BoolArray, FloatArray
from evalkit.stats.intervals import Estimate
from evalkit.stats.scores import ScoreRow, shares
from evalkit.study.collected import Collected, Tag
from evalkit.study.looks import Looks, acceptable, scores_of_looks


@dataclass(frozen=True, slots=True)
class ModelRow:
    """What one model's responses are worth and what they take."""

    model: str
    n_responses: int
    acceptable: Estimate
    latency_median_ms: Estimate
    latency_p95_ms: Estimate
    cost_usd: Estimate
    cost_per_acceptable_usd: Estimate
    input_tokens: Estimate
    output_tokens: Estimate
    reasoning_tokens: Estimate
    tags: tuple[tuple[Tag, Estimate], ...]


def models_report(collected: Collected) -> tuple[ModelRow, ...]:
    """Return quality next to latency, cost and tokens, one row per model."""
    looks = acceptable(collected)
    accepted = _overall(_named_rows(shares(scores_of_looks(collected, looks)), _unknown(collected)))
    rates = [(rates.tag, _overall(rates.rows)) for rates in tags_report(collected)]
    return tuple(
        _model_row(
            collected,
            place,
            looks=looks,
            accepted=accepted[model],
            tags=tuple((tag, of_model[model]) for tag, of_model in rates),
        )
        for place, model in enumerate(collected.models)
    )


def _model_row(
    collected: Collected,
    place: int,
    *,
    looks: Looks,
    accepted: Estimate,
    tags: tuple[tuple[Tag, Estimate], ...],
) -> ModelRow:
    outputs = collected.outputs
    own = outputs.is_counted & (outputs.model == place)
    latency_ms = _known(outputs.latency_ms[own])
    tokens_in, tokens_out = _known(outputs.input_tokens[own]), _known(outputs.output_tokens[own])
    thought = _known(outputs.reasoning_tokens[own])
    return ModelRow(
        model=collected.models[place],
        n_responses=int(own.sum()),
        acceptable=accepted,
        latency_median_ms=_recorded(latency.quantile(latency_ms, share=0.5), "latency"),
        latency_p95_ms=_recorded(latency.quantile(latency_ms, share=0.95), "latency"),
        cost_usd=_recorded(latency.mean(_known(outputs.cost_usd[own])), "cost"),
        cost_per_acceptable_usd=_cost_per_acceptable(collected, own, looks),
        input_tokens=_recorded(latency.mean(tokens_in), "number of tokens"),
        output_tokens=_recorded(latency.mean(tokens_out), "number of tokens"),
        reasoning_tokens=_recorded(latency.mean(thought), "number of reasoning tokens"),
        tags=tags,
    )


def _known(values: FloatArray) -> FloatArray:
    return values[~np.isnan(values)]


def _recorded(estimate: Estimate, what: str) -> Estimate:
    """Say what was not recorded where nothing was."""
    return (
        estimate
        if estimate.n
        else replace(estimate, reason=f"No {what} was recorded with these responses.")
    )


def _cost_per_acceptable(collected: Collected, own: BoolArray, looks: Looks) -> Estimate:
    """Return the price of an acceptable response among those judged whose cost is known."""
    outputs = collected.outputs
    n_looks = np.bincount(looks.output, minlength=len(outputs.id))
    n_accepted = np.bincount(looks.output, weights=looks.hit, minlength=len(outputs.id))
    here = own & (n_looks > 0) & ~np.isnan(outputs.cost_usd)
    if not here.any():
        reason = None if len(looks.output) else _unknown(collected)
        return Estimate(None, None, None, 0, reason or "No judged response has a known cost.")
    return latency.cost_per_acceptable(
        case=outputs.case[here],
        cost=outputs.cost_usd[here],
        acceptable=n_accepted[here] / n_looks[here],
    )


def _overall(rows: tuple[ScoreRow, ...]) -> dict[str, Estimate]:
    return {row.model: row.estimate for row in rows if row.category is None}
