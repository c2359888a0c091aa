"""How far models are apart on the cases they share: paired differences with tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from evalkit.stats.counts import Comparisons, FloatArray, IntArray, Scores, sum_by
from evalkit.stats.intervals import MIN_CASES, Estimate, compact_codes, t_interval
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE
from evalkit.stats.significance import benjamini_hochberg, holm, order_of_cases, sign_flip

_NO_CASES = "The two were set against each other on no case yet."
_ONE_CASE = "An interval needs at least 2 cases in common; there is 1."
_NO_SPREAD = "Every case gives the same difference, so its uncertainty cannot be told."
_N_BOOTSTRAPS = 2000
_BLOCK = 100
_SEED = 13


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """``model`` minus ``other`` on the cases both have; ``estimate.n`` counts those cases.

    ``p_value`` is of this pair alone, ``p_family`` holds all pairs considered at once (max-T),
    ``p_adjusted`` is Holm's over models or Benjamini–Hochberg's over categories. They are None
    without a case in common. ``bootstrap`` is the same mean with its interval by bootstrap, where
    it was asked for.
    """

    model: str
    other: str
    category: str | None
    estimate: Estimate
    p_value: float | None
    p_family: float | None
    p_adjusted: float | None
    bootstrap: Estimate | None = None


def score_differences(
    scores: Scores, *, with_bootstrap: bool = False
) -> tuple[PairedDifference, ...]:
    """Compare the mean scores of every two models, paired by case.

    Parameters
    ----------
    scores : Scores
        Values on any numeric scale; a case counts once, by the mean of its annotations.
    with_bootstrap : bool
        Also resample cases (``bootstrap_difference``).

    Returns
    -------
    tuple of PairedDifference
        In the order of ``scores.models``. The interval is that of Student's t over cases; p
        values come from flipping the signs of cases, adjusted by Holm over all pairs.
    """
    differences = case_differences(scores)
    names = [(model, other, None) for model, other in combinations(scores.models, 2)]
    return _test(differences, names, holm, with_bootstrap=with_bootstrap)


def case_differences(scores: Scores) -> FloatArray:
    """Return how far every two models are apart on every case.

    Parameters
    ----------
    scores : Scores
        Values on any numeric scale; a case counts once, by the mean of its annotations.

    Returns
    -------
    FloatArray of shape (n_cases, n_pairs)
        Pairs in the order of ``combinations(scores.models, 2)``, the first minus the second;
        ``NaN`` where a case lacks one of the two.
    """
    means = _case_means(scores, scores.model, n_groups=len(scores.models))
    pairs = list(combinations(range(len(scores.models)), 2))
    return means[:, [i for i, _ in pairs]] - means[:, [j for _, j in pairs]]


def category_differences(scores: Scores, *, model: str, other: str) -> tuple[PairedDifference, ...]:
    """Compare two models category by category, paired by case.

    Parameters
    ----------
    scores : Scores
        Values on any numeric scale.
    model, other : str
        Two of ``scores.models``.

    Returns
    -------
    tuple of PairedDifference
        One per category; ``p_adjusted`` is Benjamini–Hochberg's over the categories.
    """
    n_categories = len(scores.categories)
    i, j = scores.models.index(model), scores.models.index(other)
    group = scores.model.astype(np.int64) * n_categories + scores.category
    means = _case_means(scores, group, n_groups=len(scores.models) * n_categories)
    columns = np.arange(n_categories)
    differences = means[:, i * n_categories + columns] - means[:, j * n_categories + columns]
    names = [(model, other, category) for category in scores.categories]
    return _test(differences, names, benjamini_hochberg)


def preference_differences(
    comparisons: Comparisons, *, with_bootstrap: bool = False
) -> tuple[PairedDifference, ...]:
    """Compare every two models by their direct comparisons, paired by case.

    Parameters
    ----------
    comparisons : Comparisons
        Ties and both bad count for neither.
    with_bootstrap : bool
        Also resample cases (``bootstrap_difference``).

    Returns
    -------
    tuple of PairedDifference
        The share won minus the share lost, -1 to 1; a case counts once, by the mean of its
        comparisons of the two. Third models play no part. Adjusted by Holm over all pairs.
    """
    n_models = len(comparisons.models)
    first = np.minimum(comparisons.left, comparisons.right).astype(np.int64)
    second = np.maximum(comparisons.left, comparisons.right)
    net = 2 * LEFT_SHARE[comparisons.preference] - 1
    value = np.where(comparisons.left < comparisons.right, net, -net)
    pairs = list(combinations(range(n_models), 2))
    column = np.full(n_models * n_models, -1)
    column[[i * n_models + j for i, j in pairs]] = np.arange(len(pairs))
    group = column[first * n_models + second]
    compared = group >= 0
    means = _means_by_case(
        comparisons.case[compared],
        group[compared],
        value[compared],
        comparisons.n[compared],
        n_groups=len(pairs),
    )
    names = [(comparisons.models[i], comparisons.models[j], None) for i, j in pairs]
    return _test(means, names, holm, with_bootstrap=with_bootstrap)


def mean_difference(differences: FloatArray) -> Estimate:
    """Return the mean of paired differences with Student's t interval over cases.

    Parameters
    ----------
    differences : FloatArray of shape (n_cases,)
        One per case; ``NaN`` where a case lacks one of the two.

    Returns
    -------
    Estimate
        ``n`` counts cases. None without cases; no interval with one, or if all are equal.
    """
    known = differences[~np.isnan(differences)]
    n = len(known)
    if n == 0:
        return Estimate(None, None, None, 0, _NO_CASES)
    value = float(known.mean())
    if n < MIN_CASES:
        return Estimate(value, None, None, n, _ONE_CASE)
    error = float(known.std(ddof=1)) / np.sqrt(n)
    if error <= 1e-12:
        return Estimate(value, None, None, n, _NO_SPREAD)
    interval = t_interval(value, standard_error=error, degrees=n - 1)
    return Estimate(value, interval.low, interval.high, n)


def bootstrap_difference(differences: FloatArray) -> Estimate:
    """Return the mean of paired differences with its percentile bootstrap interval over cases.

    Parameters
    ----------
    differences : FloatArray of shape (n_cases,)
        One per case; no ``NaN``.

    Returns
    -------
    Estimate
        From 2,000 resamples with a fixed seed: a check on the interval of Student's t, which
        covers better with few cases.
    """
    n = len(differences)
    if n == 0:
        return Estimate(None, None, None, 0, _NO_CASES)
    value = float(differences.mean())
    if n < MIN_CASES:
        return Estimate(value, None, None, n, _ONE_CASE)
    generator = np.random.default_rng(_SEED)
    ordered = differences[order_of_cases(differences[:, None])]
    means = [
        ordered[generator.integers(0, n, (_BLOCK, n))].mean(axis=1)
        for _ in range(_N_BOOTSTRAPS // _BLOCK)
    ]
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return Estimate(value, float(low), float(high), n)


def _case_means(scores: Scores, group: IntArray, *, n_groups: int) -> FloatArray:
    return _means_by_case(scores.case, group, scores.value, scores.n, n_groups=n_groups)


def _means_by_case(
    case: IntArray, group: IntArray, value: FloatArray, n: IntArray, *, n_groups: int
) -> FloatArray:
    """Return the mean of each case in each group, shape (n_cases, n_groups), ``NaN`` if none."""
    code = compact_codes(case).astype(np.int64)
    n_cases = int(code.max(initial=-1)) + 1
    key, size = code * n_groups + group, n_cases * n_groups
    weight = n.astype(np.float64)
    with np.errstate(invalid="ignore"):
        means = sum_by(key, value * weight, n_codes=size) / sum_by(key, weight, n_codes=size)
    return means.reshape(n_cases, n_groups)


def _test(
    differences: FloatArray,
    names: Sequence[tuple[str, str, str | None]],
    adjust: Callable[[FloatArray], FloatArray],
    *,
    with_bootstrap: bool = False,
) -> tuple[PairedDifference, ...]:
    tests = sign_flip(differences[~np.isnan(differences).all(axis=1)])
    adjusted = adjust(tests.p_value)
    return tuple(
        PairedDifference(
            model,
            other,
            category,
            mean_difference(differences[:, k]),
            _or_none(tests.p_value[k]),
            _or_none(tests.p_family[k]),
            _or_none(adjusted[k]),
            _bootstrapped(differences[:, k]) if with_bootstrap else None,
        )
        for k, (model, other, category) in enumerate(names)
    )


def _bootstrapped(differences: FloatArray) -> Estimate:
    return bootstrap_difference(differences[~np.isnan(differences)])


def _or_none(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
