"""How many cases it takes to tell two models apart on a criterion."""

from dataclasses import dataclass
from typing import Any

from evalkit.errors import UndefinedStatisticError
from evalkit.reports.pair.significance import is_decided, on_reach, turned
from evalkit.stats.differences import case_differences, score_differences
from evalkit.stats.intervals import Estimate
from evalkit.stats.power import cases_for_difference
from evalkit.study.collected import Collected, Criterion, scores_of_criterion


@dataclass(frozen=True, slots=True)
class ScorePower:
    """What it takes to tell two models apart on a criterion: cases in all, paired, at 95 %.

    ``n_cases_needed`` is None where it cannot be had, and where the two differ already, after
    Holm's correction over all pairs, which ``is_settled`` says.
    """

    criterion: Criterion
    model: str
    other: str
    difference: Estimate
    is_settled: bool
    n_cases_needed: int | None
    reason: str | None


def score_power(collected: Collected, criterion: Criterion) -> tuple[ScorePower, ...]:
    """Say for every two models how many cases it takes to tell their means on a criterion apart.

    Parameters
    ----------
    collected : Collected
    criterion : Criterion
        One of ``collected.criteria`` that has a mean.

    Returns
    -------
    tuple of ScorePower
        In the order of the models' names, the one ahead first within a pair. A difference is
        taken to be as large as it seems, with a chance of four in five to find it.
    """
    scores = scores_of_criterion(collected, collected.criteria.index(criterion))
    by_case = case_differences(scores)
    powers = []
    for place, pair in enumerate(score_differences(scores)):
        ahead = turned(pair, model=pair.other if (pair.estimate.value or 0) < 0 else pair.model)
        ahead = on_reach(ahead, criterion)
        settled = is_decided(pair)
        needed, reason = None, pair.estimate.reason
        if not settled and pair.estimate.value is not None:
            try:
                needed = cases_for_difference(by_case[:, place]).n_needed
            except UndefinedStatisticError as undefined:
                reason = str(undefined)
        powers.append(
            ScorePower(
                criterion=criterion,
                model=ahead.model,
                other=ahead.other,
                difference=ahead.estimate,
                is_settled=settled,
                # A pair that differs alone, but not yet with all pairs considered at once.
                n_cases_needed=None if needed is None else max(needed, pair.estimate.n),
                reason=reason,
            )
        )
    return tuple(powers)


def score_entry(power: ScorePower) -> dict[str, Any]:
    """Return what it takes to tell two models apart on a criterion."""
    return {
        "criterion": power.criterion.key,
        "model": power.model,
        "other": power.other,
        "difference": power.difference.value,
        "low": power.difference.low,
        "high": power.difference.high,
        "is_settled": power.is_settled,
        "n_cases_now": power.difference.n,
        "n_cases_needed": power.n_cases_needed,
        "reason": power.reason,
    }
