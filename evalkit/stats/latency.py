"""What an answer takes: latency quantiles, mean cost, cost per acceptable answer."""

from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.intervals import Estimate


def quantile(values: FloatArray, *, share: float) -> Estimate:
    """Return the value that a share of responses stay at or below (0.5 median, 0.95 p95)."""
    raise NotImplementedError


def mean(values: FloatArray) -> Estimate:
    """Return the mean with its t interval."""
    raise NotImplementedError


def cost_per_acceptable(*, case: IntArray, cost: FloatArray, acceptable: FloatArray) -> Estimate:
    """Return what one acceptable answer costs: all cost over the acceptable answers.

    One entry per response; ``acceptable`` is the share of its judgements that accept it.
    """
    raise NotImplementedError
