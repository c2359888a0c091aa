"""What a lead asks of a model: who costs and takes little enough, who is near enough to the first.

Answers as data; ``requirement_sentences`` puts them in words.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from evalkit.reports.decision.report import DecisionReport
from evalkit.reports.models.prices import taken_by
from evalkit.reports.pair.significance import turned
from evalkit.reports.ranking.style import as_share
from evalkit.stats.intervals import Estimate
from evalkit.study.collected import Collected

_NOTHING = "Nothing sets the two against each other on this."


@dataclass(frozen=True, slots=True)
class Requirements:
    """The limits a lead typed; None is none.

    ``most_cost`` is in US dollars for 1,000 responses, ``most_latency`` in seconds at the median,
    ``margin``, the smallest difference that matters, in points: percentage points of shares,
    points of the scale of a criterion, weight of errors.
    """

    most_cost: float | None = None
    most_latency: float | None = None
    margin: float | None = None

    def __bool__(self) -> bool:
        return self != NOTHING_ASKED


#: What a reader who typed no limit asks.
NOTHING_ASKED = Requirements()


class Meets(StrEnum):
    """Whether a number is at most a limit, by its interval."""

    YES = "yes"
    """The whole interval is."""
    NO = "no"
    """No part of the interval is."""
    UNDECIDED = "undecided"
    """The limit lies within the interval, or there is none."""
    UNKNOWN = "unknown"
    """There is no number."""


@dataclass(frozen=True, slots=True)
class ModelAnswers:
    """What holds of one model; an answer is None where nothing was asked.

    Attributes
    ----------
    behind : Estimate or None
        How many points the first is better. By the preference that is how far beyond 50 % its
        chance of winning against the model goes, by strengths, else the difference paired by
        case, both alone among all pairs. None for the first itself.
    cost_ratio : Estimate or None
        Its cost over that of the first (``taken_by``); None for the first itself.
    """

    model: str
    behind: Estimate | None
    cost_ratio: Estimate | None
    is_within: Meets | None
    meets_cost: Meets | None
    meets_latency: Meets | None

    @property
    def meets_all(self) -> Meets:
        """Say whether everything asked holds: no where anything does not."""
        asked = {self.is_within, self.meets_cost, self.meets_latency} - {None}
        for answer in (Meets.NO, Meets.UNKNOWN, Meets.UNDECIDED):
            if answer in asked:
                return answer
        return Meets.YES


def at_most(number: Estimate, limit: float) -> Meets:
    """Say whether a number is at most a limit, by its 95 % interval."""
    if number.value is None:
        return Meets.UNKNOWN
    if number.low is None or number.high is None:
        return Meets.UNDECIDED
    if number.high <= limit:
        return Meets.YES
    return Meets.NO if number.low > limit else Meets.UNDECIDED


def model_answers(
    collected: Collected, report: DecisionReport, requirements: Requirements
) -> tuple[ModelAnswers, ...]:
    """Return what holds of every model, best first; nothing where nothing is asked."""
    if not requirements:
        return ()
    return tuple(
        _answers(collected, report, requirements, standing.model) for standing in report.standings
    )


def requirements_entry(
    requirements: Requirements, answers: Sequence[ModelAnswers], sentences: Sequence[str]
) -> dict[str, Any] | None:
    """Return what was asked and what holds, as JSON; None where nothing was asked."""
    if not requirements:
        return None
    return {
        **asdict(requirements),
        "answers": [{**asdict(row), "meets_all": str(row.meets_all)} for row in answers],
        "sentences": list(sentences),
    }


def _answers(
    collected: Collected, report: DecisionReport, requirements: Requirements, model: str
) -> ModelAnswers:
    first, taken = report.standings[0].model, report.standing(model).taken
    cost, latency, margin = (
        requirements.most_cost,
        requirements.most_latency,
        requirements.margin,
    )
    behind = ratio = is_within = None
    if model != first:
        behind = _behind(report, first, model)
        ratio = taken_by(collected, "cost_usd", model=model, other=first).ratio
        is_within = None if margin is None else at_most(behind, margin)
    return ModelAnswers(
        model=model,
        behind=behind,
        cost_ratio=ratio,
        is_within=is_within,
        meets_cost=None if cost is None else at_most(_times(taken.cost_usd, 1000.0), cost),
        meets_latency=None
        if latency is None
        else at_most(_times(taken.latency_median_ms, 0.001), latency),
    )


def _behind(report: DecisionReport, first: str, model: str) -> Estimate:
    measure = report.chosen.measure
    if measure.is_preference:
        ranking = report.ranking.ranking
        if ranking is None or not {first, model} <= {row.model for row in ranking.rows}:
            return Estimate(None, None, None, 0, report.ranking.reason or _NOTHING)
        share = as_share(ranking.difference(first, model))
        return _times(_plus(share, -0.5), 100.0)
    for pair in report.chosen.pairs:
        if {pair.model, pair.other} == {first, model}:
            better = first if measure.sign > 0 else model
            return _times(turned(pair, model=better).estimate, 100.0 if measure.is_share else 1.0)
    return Estimate(None, None, None, 0, _NOTHING)


def _plus(number: Estimate, more: float) -> Estimate:
    value, low, high = (
        None if end is None else end + more for end in (number.value, number.low, number.high)
    )
    return Estimate(value, low, high, number.n, number.reason)


def _times(number: Estimate, factor: float) -> Estimate:
    value, low, high = (
        None if end is None else end * factor for end in (number.value, number.low, number.high)
    )
    return Estimate(value, low, high, number.n, number.reason)
