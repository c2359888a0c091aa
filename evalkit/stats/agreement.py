"""Whether annotators agree: Krippendorff's alpha, percent agreement and pairs of annotators."""

from dataclasses import dataclass

from evalkit.stats.counts import Codings
from evalkit.stats.intervals import Estimate
from evalkit.vocabulary import Level


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement coefficient; None with a ``reason`` where it cannot be had.

    ``n_units`` and ``n_labels`` count what was used: units with at least two annotators, and
    the values given to them.
    """

    value: float | None
    low: float | None
    high: float | None
    n_units: int
    n_labels: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two annotators on the ``n`` units both judged."""

    annotators: tuple[str, str]
    cohen_kappa: Estimate
    percent_agreement: Estimate
    n: int


def krippendorff_alpha(codings: Codings, level: Level) -> Agreement:
    """Measure agreement corrected for chance."""
    raise NotImplementedError


def percent_agreement(codings: Codings) -> Agreement:
    """Measure how often two annotators of the same unit gave the same value."""
    raise NotImplementedError


def pairwise_agreement(codings: Codings) -> tuple[PairAgreement, ...]:
    """Measure agreement of every two annotators with units in common, ordered by name."""
    raise NotImplementedError
