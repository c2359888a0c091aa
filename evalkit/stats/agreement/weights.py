"""How much credit two different values get when agreement is measured."""

from enum import StrEnum

import numpy as np

from evalkit.stats.counts import FloatArray
from evalkit.vocabulary import Level


class Weights(StrEnum):
    """None for a miss (identity), or less the further apart.

    Linear and quadratic are Cohen's (1968); ordinal is Gwet's (2014), by the number of pairs of
    values in between, and is not Krippendorff's ordinal distance.
    """

    IDENTITY = "identity"
    ORDINAL = "ordinal"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


def weights_of(level: Level) -> Weights:
    """Return the usual weights of a scale: linear by its order, quadratic by its numbers."""
    return {
        Level.NOMINAL: Weights.IDENTITY,
        Level.ORDINAL: Weights.LINEAR,
        Level.INTERVAL: Weights.QUADRATIC,
    }[level]


def weight_matrix(values: tuple[float | str, ...], weights: Weights) -> FloatArray:
    """Return the credit for every two values, 1 on the diagonal; shape (n_values, n_values).

    Distances are between places on the declared scale, as in Cohen (1968), not between the
    numbers: an ordinal scale may be numbered in any way.
    """
    place = np.arange(len(values), dtype=np.float64)
    if weights is Weights.IDENTITY or len(values) == 1:
        return np.eye(len(values))
    share = np.abs(place[:, None] - place[None, :]) / place[-1]
    if weights is Weights.QUADRATIC:
        share = share**2
    elif weights is Weights.ORDINAL:
        apart = share * place[-1]
        share = apart * (apart + 1) / (place[-1] * (place[-1] + 1))
    credit: FloatArray = 1 - share
    return credit
