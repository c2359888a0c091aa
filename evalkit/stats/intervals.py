"""A number with its uncertainty, and the intervals that several statistics share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value plausibly lies, at 95 % confidence unless said otherwise."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval and the count it rests on.

    Attributes
    ----------
    value : float or None
        None where it cannot be had; ``reason`` says why.
    low, high : float or None
        None where the interval cannot be had, even if the value can; ``reason`` says why.
    n : int
        How many annotations (or responses) it rests on.
    reason : str or None
        A sentence for the reader wherever something is None.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None
