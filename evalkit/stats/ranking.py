"""Which model is ahead: Bradley–Terry strengths with intervals clustered by case, and ranks."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalkit.stats.counts import Comparisons, FloatArray
from evalkit.stats.intervals import Estimate


@dataclass(frozen=True, slots=True)
class PairCounts:
    """What one model did against another, in comparisons."""

    wins: int
    losses: int
    ties: int
    both_bad: int


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One model: strength in log-odds (mean zero over the models), and where it stands.

    ``low``, ``high`` and ``probability_best`` are None where they cannot be had, and ``reason``
    says why. The model's rank lies between ``best_rank`` and ``worst_rank`` (1 = ahead).
    """

    model: str
    strength: float
    low: float | None
    high: float | None
    win_rate: Estimate
    n: int
    n_cases: int
    best_rank: int
    worst_rank: int
    probability_best: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """All models, strongest first.

    Attributes
    ----------
    rows : tuple of RankingRow
    matrix : mapping of model to mapping of other model to PairCounts
    covariance : FloatArray of shape (n_models, n_models)
        Of the strengths, in the order of ``rows``; ``NaN`` where it cannot be had.
    reason : str or None
        What the reader must know of the whole: a weak prior, models left out, no interval.
    unranked : tuple of str
        Models without any comparison.
    """

    rows: tuple[RankingRow, ...]
    matrix: Mapping[str, Mapping[str, PairCounts]]
    covariance: FloatArray
    n_comparisons: int
    n_cases: int
    reason: str | None
    unranked: tuple[str, ...]

    def difference(self, model: str, other: str) -> Estimate:
        """Return how far ``model`` is ahead of ``other`` in log-odds, with its interval."""
        raise NotImplementedError

    def is_separated(self, model: str, other: str) -> bool:
        """Say whether the two differ at 95 %, all pairs considered at once."""
        raise NotImplementedError


def rank_range(row: RankingRow) -> str:
    """Return the ranks a model may have in words: ``1st``, ``2nd–4th``."""
    raise NotImplementedError


def rank_models(comparisons: Comparisons) -> Ranking:
    """Rank models from comparisons; raises UndefinedStatisticError."""
    raise NotImplementedError
