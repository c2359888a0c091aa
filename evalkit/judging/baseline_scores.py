"""A judge of single responses without any model: what length and words know of people's scores.

A ridge regression, per criterion, on the logarithm of a response's length and its TF-IDF vector:
of the share of people who gave each level, of which the likeliest is said; on a continuous scale of
their mean. Whatever costs money must do better than this.

Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2nd ed., 3.4.1 and
18.3.5 (ridge regression in the dual), 4.2 (of indicators of levels).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.errors import RefusedError
from evalkit.judging.baseline import (
    LEAST_CASES,
    MOST_PAIRS,
    N_FOLDS,
    PENALTIES,
    features_of,
    vocabulary_of,
)
from evalkit.scale import ScaleRange
from evalkit.stats.counts import FloatArray, IntArray
from evalkit.stats.intervals import Estimate, clustered_means, mean_estimate, share_estimate

#: Another way to make features or to fit them is another word, and so another judge.
SCORES_BASELINE = "scores-by-length-and-words-1"
# What decimals lose in binary.
_ROUNDING = 1e-6
#: What may be said on a scale: its levels, or any number between its ends.
Scale = tuple[float, ...] | ScaleRange


@dataclass(frozen=True, slots=True)
class TaughtScores:
    """A response to a case, and the scores on one criterion that people gave it."""

    case: str
    text: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreBaseline:
    """A fitted baseline of one criterion.

    ``left_out`` is how it does on people's scores of cases that were left out of its fit and of
    the choice of its penalty, ``constant`` how always saying one and the same does: the share
    (0–1) of scores that are said, or on a continuous scale the mean distance to them, in its
    units. Intervals clustered by case; n scores. ``n_responses`` and ``n_cases`` are what it was
    fitted on.
    """

    scale: Scale
    words: Mapping[str, int]
    rarity: FloatArray
    middle: FloatArray
    weights: FloatArray
    centre: FloatArray
    left_out: Estimate
    constant: Estimate
    n_responses: int
    n_cases: int

    def value(self, text: str) -> float:
        """Return the score of a response: a level of the scale, or a number it allows."""
        features = features_of([text], self.words, self.rarity)
        (score,) = _said((features - self.middle) @ self.weights + self.centre, self.scale)
        return float(score)


def fit_scores(responses: Sequence[TaughtScores], scale: Scale) -> ScoreBaseline:
    """Fit the baseline to people's scores on one criterion.

    Parameters
    ----------
    responses : sequence of TaughtScores
        Of the cases to be trained on alone; each with a score at least.
    scale : tuple of float or ScaleRange
        The levels, or the ends of a continuous scale.

    Returns
    -------
    ScoreBaseline
        With the penalty under which cases that were left out were foreseen best.

    Raises
    ------
    RefusedError
        If people scored responses to fewer than `LEAST_CASES` cases.
    """
    taught = list(responses)[:MOST_PAIRS]
    cases = {case: place for place, case in enumerate(dict.fromkeys(of.case for of in taught))}
    if len(cases) < LEAST_CASES:
        raise RefusedError(
            f"The baseline learns from the cases of the train split alone. People scored responses "
            f"to {len(cases)} of these so far, and it needs {LEAST_CASES}: let more be scored."
        )
    words, rarity = vocabulary_of([of.text for of in taught])
    x = features_of([of.text for of in taught], words, rarity)
    y = np.array([_goal(of.values, scale) for of in taught])
    of_case = np.array([cases[of.case] for of in taught])
    fold = of_case % min(N_FOLDS, len(cases))
    foreseen, constant = _foreseen(x, y, fold)
    penalty = _best(foreseen, y)
    # What is told of a fold is by the penalty that foresees the other folds best.
    blind = np.zeros_like(y)
    for number in np.unique(fold):
        here = fold == number
        others = {each: told[~here] for each, told in foreseen.items()}
        blind[here] = foreseen[_best(others, y[~here])][here]
    middle, weights, centre = _ridge(x, y, penalty)
    return ScoreBaseline(
        scale=scale,
        words=words,
        rarity=rarity,
        middle=middle,
        weights=weights,
        centre=centre,
        left_out=_beside(_said(blind, scale), taught, of_case, scale),
        constant=_beside(_said(constant, scale), taught, of_case, scale),
        n_responses=len(taught),
        n_cases=len(cases),
    )


def _goal(values: tuple[float, ...], scale: Scale) -> list[float]:
    """Return what is to be foreseen: the mean, or the share of people who gave each level."""
    if isinstance(scale, ScaleRange):
        return [float(np.mean(values))]
    return [values.count(level) / len(values) for level in scale]


def _said(foreseen: FloatArray, scale: Scale) -> FloatArray:
    """Return the score that follows from what is foreseen of each response."""
    if not isinstance(scale, ScaleRange):
        # Of two that are as likely the lower one.
        levels: FloatArray = np.array(scale, dtype=np.float64)
        likeliest: FloatArray = levels[np.round(foreseen, 9).argmax(axis=1)]
        return likeliest
    value = np.clip(foreseen[:, 0], scale.min, scale.max)
    if scale.step:
        most = np.floor((scale.max - scale.min) / scale.step + _ROUNDING)
        steps = np.minimum(np.round((value - scale.min) / scale.step), most)
        value = scale.min + steps * scale.step
    return np.asarray(np.round(value, 6), dtype=np.float64)


def _ridge(
    x: FloatArray, y: FloatArray, penalty: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the mean of the features, the weights of each goal, and the mean of the goals."""
    middle, centre = x.mean(axis=0), y.mean(axis=0)
    apart = x - middle
    dual = np.linalg.solve(apart @ apart.T + penalty * np.eye(len(x)), y - centre)
    weights: FloatArray = apart.T @ dual
    return middle, weights, centre


def _foreseen(
    x: FloatArray, y: FloatArray, fold: IntArray
) -> tuple[dict[float, FloatArray], FloatArray]:
    """Return what a fit to all other folds foresees, by penalty, and what their mean does."""
    foreseen = {penalty: np.zeros_like(y) for penalty in PENALTIES}
    constant = np.zeros_like(y)
    for number in np.unique(fold):
        out = fold == number
        for penalty, told in foreseen.items():
            middle, weights, centre = _ridge(x[~out], y[~out], penalty)
            told[out] = (x[out] - middle) @ weights + centre
        constant[out] = y[~out].mean(axis=0)
    return foreseen, constant


def _best(foreseen: Mapping[float, FloatArray], y: FloatArray) -> float:
    return min(foreseen, key=lambda penalty: float(((foreseen[penalty] - y) ** 2).sum()))


def _beside(
    score: FloatArray, taught: Sequence[TaughtScores], of_case: IntArray, scale: Scale
) -> Estimate:
    """Set what is said of each response beside every score that a person gave it."""
    n = np.array([len(of.values) for of in taught])
    values = np.concatenate([of.values for of in taught])
    apart = np.abs(values - np.repeat(score, n))
    is_share = not isinstance(scale, ScaleRange)
    means = clustered_means(
        np.zeros(len(values), dtype=np.int64),
        case=np.repeat(of_case, n),
        value=(apart == 0).astype(np.float64) if is_share else apart,
        n=np.ones(len(values), dtype=np.int64),
        n_groups=1,
    )
    return share_estimate(means) if is_share else mean_estimate(means)
