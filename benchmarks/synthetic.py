"""Made-up studies of any size: 20 models of different strength, harder and easier cases."""

import numpy as np

from evalkit.stats.counts import (
    BOTH_BAD,
    LEFT,
    RIGHT,
    TIE,
    Codings,
    Comparisons,
    FloatArray,
    IntArray,
)

N_MODELS = 20
#: On average this many annotations fall on one case.
PER_CASE = 200
N_ANNOTATORS = 30
MODELS = tuple(f"model-{number:02d}" for number in range(N_MODELS))
ANNOTATORS = tuple(f"annotator-{number:02d}" for number in range(N_ANNOTATORS))


def n_cases(n: int) -> int:
    """Return how many cases a study of n annotations has."""
    return max(n // PER_CASE, 5)


def strengths(generator: np.random.Generator) -> FloatArray:
    """Return true strengths of the models in log-odds, mean zero."""
    drawn = generator.normal(0, 0.6, N_MODELS)
    drawn -= drawn.mean()
    return drawn


def comparisons(n: int, *, seed: int = 0) -> Comparisons:
    """Return n comparisons as given, one entry each, with popular and rare models.

    Every case favours some models over others (sd 0.5 in log-odds), annotators lean a little to
    the left, a fifth are ties and both bad.
    """
    generator = np.random.default_rng(seed)
    popularity = 1 / np.arange(1, N_MODELS + 1) ** 0.8
    popularity = generator.permutation(popularity / popularity.sum())
    left = generator.choice(N_MODELS, n, p=popularity)
    right = generator.choice(N_MODELS, n, p=popularity)
    while (same := np.flatnonzero(left == right)).size:
        right[same] = generator.choice(N_MODELS, same.size, p=popularity)
    case = generator.integers(0, n_cases(n), n)
    ability = abilities(n_cases(n), generator)
    preference = preferences(ability[case, left], ability[case, right], generator)
    return Comparisons(case, left, right, preference, np.ones(n, dtype=np.int64), MODELS)


def abilities(n_cases: int, generator: np.random.Generator) -> FloatArray:
    """Return how good each model's answer to each case is, in log-odds: (n_cases, n_models)."""
    return generator.normal(0, 0.5, (n_cases, N_MODELS)) + strengths(generator)


def preferences(left: FloatArray, right: FloatArray, generator: np.random.Generator) -> IntArray:
    """Draw what was preferred between two answers of given ability."""
    wins_left = 1 / (1 + np.exp(-(left - right + 0.05)))
    drawn = np.where(generator.random(len(left)) < wins_left, LEFT, RIGHT)
    undecided = np.where(generator.random(len(left)) < 0.7, TIE, BOTH_BAD)
    return np.where(generator.random(len(left)) < 0.2, undecided, drawn).astype(np.int64)


def grouped(given: Comparisons) -> Comparisons:
    """Return the same comparisons as a database groups them: equal ones are one entry."""
    key = (given.case * N_MODELS + given.left) * N_MODELS + given.right
    cell, count = np.unique(key * 4 + given.preference, return_counts=True)
    pair, preference = np.divmod(cell, 4)
    rest, right = np.divmod(pair, N_MODELS)
    case, left = np.divmod(rest, N_MODELS)
    return Comparisons(case, left, right, preference, count, given.models)


def codings(n_units: int, *, seed: int = 0) -> Codings:
    """Return scores from 1 to 5 of n outputs by two to six annotators each (four on average)."""
    generator = np.random.default_rng(seed)
    n_judges = generator.integers(2, 7, n_units)
    unit = np.repeat(np.arange(n_units), n_judges)
    first = np.repeat(generator.integers(0, N_ANNOTATORS, n_units), n_judges)
    turn = np.arange(len(unit)) - np.repeat(np.cumsum(n_judges) - n_judges, n_judges)
    quality = generator.normal(3, 1, n_units)
    leniency = generator.normal(0, 0.3, N_ANNOTATORS)
    annotator = (first + turn) % N_ANNOTATORS
    seen = quality[unit] + leniency[annotator] + generator.normal(0, 0.8, len(unit))
    value = np.clip(np.rint(seen), 1, 5).astype(np.int64) - 1
    return Codings(unit, unit // N_MODELS, annotator, value, (1.0, 2.0, 3.0, 4.0, 5.0), ANNOTATORS)
