"""Scores per model and category: means, shares and distributions, clustered by case."""

from dataclasses import dataclass

from evalkit.stats.counts import Scores
from evalkit.stats.intervals import Estimate


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One number of one model; ``category`` is None for all categories together."""

    model: str
    category: str | None
    estimate: Estimate
    n_cases: int


@dataclass(frozen=True, slots=True)
class DistributionRow:
    """How often a model got each value; ``counts`` is aligned with ``values``, lowest first."""

    model: str
    category: str | None
    values: tuple[float, ...]
    counts: tuple[int, ...]


def mean_scores(scores: Scores) -> tuple[ScoreRow, ...]:
    """Return the mean per model, overall and by category."""
    raise NotImplementedError


def shares(scores: Scores, *, at_least: float = 1.0) -> tuple[ScoreRow, ...]:
    """Return the share of values at or above a level; for 0/1 facts, the share of ones."""
    raise NotImplementedError


def distributions(scores: Scores) -> tuple[DistributionRow, ...]:
    """Return how often each value was given per model, overall and by category."""
    raise NotImplementedError
