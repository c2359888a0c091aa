"""Which models differ on what, for every two models of a study, and how sure that is."""

from dataclasses import dataclass, replace
from typing import Any

from evalkit.reports.scores.report import NO_MEAN
from evalkit.stats.differences import PairedDifference, preference_differences, score_differences
from evalkit.stats.intervals import Estimate
from evalkit.study.collected import Collected, comparisons, scores_of_criterion
from evalkit.study.sentences import NOT_COMPARED
from evalkit.study.subjects import PREFERRED, Scaled

#: Why there is no difference of the preference where two models met third ones only.
NEVER_MET = "The two never met directly."
#: At or below this adjusted p value two models differ.
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class SubjectDifferences:
    """The differences of all pairs of models on something; none where ``reason`` says so."""

    subject: Scaled
    pairs: tuple[PairedDifference, ...]
    reason: str | None = None


def significance_report(
    collected: Collected, *, with_bootstrap: bool = False
) -> tuple[SubjectDifferences, ...]:
    """Compare every two models on the preference, then on each criterion.

    Parameters
    ----------
    collected : Collected
        What counts: filters have been applied before.
    with_bootstrap : bool
        Also give intervals by bootstrap, a check that takes its time.

    Returns
    -------
    tuple of SubjectDifferences
        The preference first. Pairs are in the order of the models' names; p values are
        adjusted by Holm over the pairs of one subject. A nominal criterion with more than two
        values has no differences, and says why.
    """
    never_met = NEVER_MET if collected.asks_preference else NOT_COMPARED
    pairs = preference_differences(comparisons(collected), with_bootstrap=with_bootstrap)
    return (
        SubjectDifferences(PREFERRED, tuple(_preferred(pair, never_met) for pair in pairs)),
        *(
            _of_criterion(collected, place, with_bootstrap=with_bootstrap)
            for place in range(len(collected.criteria))
        ),
    )


def _preferred(pair: PairedDifference, never_met: str) -> PairedDifference:
    if pair.estimate.n == 0:
        return replace(pair, estimate=replace(pair.estimate, reason=never_met))
    return on_reach(pair, PREFERRED)


def largest_difference(subject: Scaled) -> float:
    """Return the largest difference there can be.

    It is 1 for the preference (won minus lost, as shares), the width of its scale for a criterion.
    """
    return max(subject.values) - min(subject.values)


def on_reach(pair: PairedDifference, subject: Scaled) -> PairedDifference:
    """End the interval where no difference can lie beyond."""
    estimate, end = pair.estimate, largest_difference(subject)
    if estimate.low is None or estimate.high is None:
        return pair
    low, high = max(float(estimate.low), -end), min(float(estimate.high), end)
    return replace(pair, estimate=replace(estimate, low=low, high=high))


def turned(pair: PairedDifference, *, model: str) -> PairedDifference:
    """Return a difference as ``model`` minus the other of the two."""
    if pair.model == model:
        return pair
    return replace(
        pair,
        model=pair.other,
        other=pair.model,
        estimate=_negated(pair.estimate),
        bootstrap=None if pair.bootstrap is None else _negated(pair.bootstrap),
    )


def _negated(estimate: Estimate) -> Estimate:
    value, high, low = (
        None if end is None else -end for end in (estimate.value, estimate.low, estimate.high)
    )
    return Estimate(value, low, high, estimate.n, estimate.reason)


def is_decided(pair: PairedDifference) -> bool:
    """Say whether the two differ beyond what chance gives, all tests of the family considered."""
    return pair.p_adjusted is not None and pair.p_adjusted <= SIGNIFICANT


def ahead(pair: PairedDifference) -> str | None:
    """Return which of the two is ahead beyond chance, or None."""
    if not is_decided(pair) or not pair.estimate.value:
        return None
    return pair.model if pair.estimate.value > 0 else pair.other


def difference_entry(pair: PairedDifference) -> dict[str, Any]:
    """Return one difference with its interval, its p values and why one of them is missing."""
    estimate = pair.estimate
    return {
        "model": pair.model,
        "other": pair.other,
        "category": pair.category,
        "difference": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "p": pair.p_value,
        "p_max_t": pair.p_family,
        "p_adjusted": pair.p_adjusted,
        "n_cases": estimate.n,
        "reason": estimate.reason,
    }


def _of_criterion(collected: Collected, place: int, *, with_bootstrap: bool) -> SubjectDifferences:
    criterion = collected.criteria[place]
    if not criterion.has_mean:
        return SubjectDifferences(criterion, (), NO_MEAN)
    scores = scores_of_criterion(collected, place)
    pairs = score_differences(scores, with_bootstrap=with_bootstrap)
    return SubjectDifferences(criterion, tuple(on_reach(pair, criterion) for pair in pairs))
