"""A judge without any model: what length and words alone know of people's preferences.

A logistic regression on the difference of two responses: of the logarithm of their lengths, and of
their TF-IDF vectors. It has no constant, and so no leaning to a side: shown the other way round it
says the same. Whatever costs money must do better than this.

Source: Bradley and Terry (1952) with features of what is compared, as the logistic regression of
differences without a constant; fitted by iteratively reweighted least squares in the dual (Hastie,
Tibshirani and Friedman, The Elements of Statistical Learning, 2nd ed., 4.4.1 and 18.3.5).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evalkit.errors import RefusedError
from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate

#: Another way to make features or to fit them is another word, and so another judge.
BASELINE = "length-and-words-1"
#: The strengths of the penalty that are tried, by cases left out.
PENALTIES = (0.1, 1.0, 10.0)
N_FOLDS = 5
#: Fewer cases teach nothing, and more pairs nothing new: the time grows with their cube.
LEAST_CASES, MOST_PAIRS = 5, 1_500
_MOST_WORDS = 4_000
_WORD = re.compile(r"\w+")
_MOST_STEPS = 50
_ENOUGH = 1e-9


@dataclass(frozen=True, slots=True)
class TaughtPair:
    """Two responses to a case, and how many people called each the better one."""

    case: str
    left: str
    right: str
    n_left: int
    n_right: int


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """A fitted baseline.

    ``accuracy`` is the share (0–1) of people's preferences that it says of cases that were left out
    of its fit and of the choice of its penalty, ``longer`` that of always naming the longer one on
    the same; intervals clustered by case, n preferences. ``n_pairs`` and ``n_cases`` are what it
    was fitted on.
    """

    words: Mapping[str, int]
    rarity: FloatArray
    weights: FloatArray
    penalty: float
    accuracy: Estimate
    longer: Estimate
    n_pairs: int
    n_cases: int

    def chance(self, left: str, right: str) -> float:
        """Return how probable it is (0–1) that people who choose one call the left one better."""
        difference = self._features(left) - self._features(right)
        return float(_logistic(difference @ self.weights))

    def _features(self, text: str) -> FloatArray:
        (features,) = features_of([text], self.words, self.rarity)
        return np.asarray(features, dtype=np.float64)


def fit_baseline(pairs: Sequence[TaughtPair]) -> Baseline:
    """Fit the baseline to people's preferences.

    Parameters
    ----------
    pairs : sequence of TaughtPair
        Of the cases to be trained on alone; pairs that nobody decided teach nothing.

    Returns
    -------
    Baseline
        With the penalty under which cases that were left out were foreseen best.

    Raises
    ------
    RefusedError
        If people decided pairs of fewer than `LEAST_CASES` cases.
    """
    decided = [pair for pair in pairs if pair.n_left + pair.n_right][:MOST_PAIRS]
    cases = {case: place for place, case in enumerate(dict.fromkeys(p.case for p in decided))}
    if len(cases) < LEAST_CASES:
        raise RefusedError(
            f"The baseline learns from the cases of the train split alone. People decided pairs of "
            f"{len(cases)} of these so far, and it needs {LEAST_CASES}: let more be compared."
        )
    words, rarity = vocabulary_of([text for pair in decided for text in (pair.left, pair.right)])
    left, right = (
        features_of([getattr(pair, side) for pair in decided], words, rarity)
        for side in ("left", "right")
    )
    difference = left - right
    n_left = np.array([pair.n_left for pair in decided], dtype=np.float64)
    n = n_left + np.array([pair.n_right for pair in decided])
    of_case = np.array([cases[pair.case] for pair in decided])
    fold = of_case % min(N_FOLDS, len(cases))
    foreseen = {each: _left_out(difference, n_left, n, fold, each) for each in PENALTIES}

    def best_on(here: BoolArray) -> float:
        return min(PENALTIES, key=lambda each: _loss(foreseen[each][here], n_left[here], n[here]))

    # What is told of a fold is by the penalty that foresees the other folds best.
    blind = np.full(len(fold), 0.5)
    for number in np.unique(fold):
        blind[fold == number] = foreseen[best_on(fold != number)][fold == number]
    penalty = best_on(fold >= 0)
    return Baseline(
        words=words,
        rarity=rarity,
        weights=fit_logistic(difference, n_left, n, penalty=penalty),
        penalty=penalty,
        accuracy=_said(blind - 0.5, n_left, n, of_case),
        longer=_said(difference[:, 0], n_left, n, of_case),
        n_pairs=len(decided),
        n_cases=len(cases),
    )


def fit_logistic(x: FloatArray, n_left: FloatArray, n: FloatArray, *, penalty: float) -> FloatArray:
    """Fit a logistic regression without a constant, with half the penalty on squared weights.

    Parameters
    ----------
    x : FloatArray of shape (n_rows, n_features)
    n_left, n : FloatArray of shape (n_rows,)
        How often the one answer was given, of how many.
    penalty : float
        Above 0; one over the ``C`` of scikit-learn.

    Returns
    -------
    FloatArray of shape (n_features,)
        The weights at the one minimum there is.
    """
    kernel = x @ x.T
    dual = np.zeros(len(x))
    for _ in range(_MOST_STEPS):
        level = kernel @ dual
        share = _logistic(level)
        weight = np.maximum(n * share * (1 - share), 1e-10)
        goal = level + (n_left - n * share) / weight
        step = np.linalg.solve(kernel + np.diag(penalty / weight), goal) - dual
        dual = dual + step
        if np.abs(step).max() < _ENOUGH:
            break
    fitted: FloatArray = x.T @ dual
    return fitted


def _left_out(
    x: FloatArray, n_left: FloatArray, n: FloatArray, fold: IntArray, penalty: float
) -> FloatArray:
    """Return what is foreseen of each pair by a fit to the cases of all other folds."""
    foreseen = np.full(len(x), 0.5)
    for number in np.unique(fold):
        out = fold == number
        weights = fit_logistic(x[~out], n_left[~out], n[~out], penalty=penalty)
        foreseen[out] = _logistic(x[out] @ weights)
    return foreseen


def _loss(share: FloatArray, n_left: FloatArray, n: FloatArray) -> float:
    sound = np.clip(share, 1e-9, 1 - 1e-9)
    return float(-(n_left * np.log(sound) + (n - n_left) * np.log(1 - sound)).sum())


def _said(leaning: FloatArray, n_left: FloatArray, n: FloatArray, case: IntArray) -> Estimate:
    """Return which share of preferences is on the side leant to; of none, half."""
    right = np.where(leaning > 0, n_left, np.where(leaning < 0, n - n_left, n / 2))
    whole = n.astype(np.int64)
    group = np.zeros(len(n), dtype=np.int64)
    return share_estimate(clustered_means(group, case=case, value=right / n, n=whole, n_groups=1))


def vocabulary_of(responses: Sequence[str]) -> tuple[dict[str, int], FloatArray]:
    """Return the commonest words that stand in two responses or more, and how rare each is."""
    texts = list(dict.fromkeys(responses))
    stands_in = Counter(word for text in texts for word in set(_words(text)))
    common = sorted(
        (word for word, n in stands_in.items() if n > 1), key=lambda word: (-stands_in[word], word)
    )[:_MOST_WORDS]
    counts = np.array([stands_in[word] for word in common], dtype=np.float64)
    rarity = np.log((1 + len(texts)) / (1 + counts)) + 1
    return {word: place for place, word in enumerate(common)}, rarity


def features_of(texts: Sequence[str], words: Mapping[str, int], rarity: FloatArray) -> FloatArray:
    """Return the logarithm of the length, and TF-IDF of length 1, of each text."""
    features = np.zeros((len(texts), 1 + len(words)))
    for row, text in enumerate(texts):
        counts = Counter(word for word in _words(text) if word in words)
        for word, n in counts.items():
            features[row, 1 + words[word]] = (1 + np.log(n)) * rarity[words[word]]
        length = np.linalg.norm(features[row])
        if length:
            features[row] /= length
        features[row, 0] = np.log1p(len(text))
    return features


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _logistic(x: FloatArray) -> FloatArray:
    share: FloatArray = 0.5 * (1 + np.tanh(x / 2))
    return share
