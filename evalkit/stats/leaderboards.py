"""Our ranking beside others."""

import math
from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray
from evalkit.stats.distributions import average_ranks
from evalkit.stats.intervals import Z95, Estimate

_MIN_MODELS = 4


@dataclass(frozen=True, slots=True)
class RankShift:
    """A model's rank (1 is best, ties share the mean) among the models both boards have.

    ``shift`` is theirs minus ours: above 0, we rank the model higher than they do.
    """

    model: str
    ours: float
    theirs: float

    @property
    def shift(self) -> float:
        """Return how many ranks better the model is on our board."""
        return self.theirs - self.ours


@dataclass(frozen=True, slots=True)
class BoardComparison:
    """How far two boards order the models alike, and who stands elsewhere, largest shift first."""

    correlation: Estimate
    shifts: tuple[RankShift, ...]


def compare_boards(ours: dict[str, float], theirs: dict[str, float]) -> BoardComparison:
    """Compare our ranking with a public one on the models both have.

    Parameters
    ----------
    ours, theirs : mapping of model to score
        Higher is better; the scales may differ.

    Returns
    -------
    BoardComparison
        ``correlation`` is Spearman's, -1 to 1; ``n`` counts models. The interval takes the
        models as drawn from a population, so with few it is wide; below 4 models, or where a
        board ties all of them, it is None. A direction, not a test of either board.

    References
    ----------
    Bonett & Wright (2000), Psychometrika 65 (interval on Fisher's scale).
    """
    models = sorted(ours.keys() & theirs.keys())
    n = len(models)
    own = average_ranks(np.array([-ours[model] for model in models]))
    other = average_ranks(np.array([-theirs[model] for model in models]))
    shifts = [
        RankShift(model, float(a), float(b)) for model, a, b in zip(models, own, other, strict=True)
    ]
    shifts.sort(key=lambda row: (-abs(row.shift), row.model))
    return BoardComparison(_spearman(own, other, n), tuple(shifts))


def _spearman(own: FloatArray, other: FloatArray, n: int) -> Estimate:
    if n < 2 or np.ptp(own) == 0 or np.ptp(other) == 0:
        reason = "A correlation needs at least 2 models in common that the boards do not all tie."
        return Estimate(None, None, None, n, reason)
    value = float(np.corrcoef(own, other)[0, 1])
    value = min(1.0, max(-1.0, value))
    if n < _MIN_MODELS:
        reason = f"An interval needs at least {_MIN_MODELS} models in common; there are {n}."
        return Estimate(value, None, None, n, reason)
    # At ±1 the scale is infinite: the nearest that n models can otherwise show stands in.
    nearest = 1 - 6 * 2 / (n * (n * n - 1))
    centre = math.atanh(max(-nearest, min(nearest, value)))
    half = Z95 * math.sqrt((1 + value * value / 2) / (n - 3))
    low, high = math.tanh(centre - half), math.tanh(centre + half)
    return Estimate(value, min(low, value), max(high, value), n)
