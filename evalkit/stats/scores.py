"""Scores per model and category: means, shares and distributions, clustered by case."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import FloatArray, IntArray, Scores
from evalkit.stats.intervals import (
    ClusteredMeans,
    Estimate,
    amount_estimate,
    clustered_means,
    mean_estimate,
    share_estimate,
)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One number of one model; ``category`` is None for all categories together."""

    model: str
    category: str | None
    estimate: Estimate
    n_cases: int


@dataclass(frozen=True, slots=True)
class DistributionRow:
    """How often a model got each value; ``counts`` is aligned with ``values``, lowest first."""

    model: str
    category: str | None
    values: tuple[float, ...]
    counts: tuple[int, ...]


#: What quantiles are told: the ends, the quartiles and the middle.
QUANTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class QuantileRow:
    """How scores of a model are spread; ``values`` go with ``QUANTILES``, empty without n."""

    model: str
    category: str | None
    values: tuple[float, ...]
    n: int


def mean_scores(scores: Scores) -> tuple[ScoreRow, ...]:
    """Return the mean per model, overall and by category.

    Parameters
    ----------
    scores : Scores
        Values on any numeric scale.

    Returns
    -------
    tuple of ScoreRow
        Per model: first overall (``category`` None), then each category, in the order of
        ``scores``. The mean is over annotations, its interval clustered by case with
        Student's t by ``effective_degrees``. Where a model has nothing the value is None; where
        it has fewer than 2 cases, or all give the same mean, the interval is None; ``reason``
        says so.

    References
    ----------
    Cochran (1977), Sampling Techniques, section 6.4 (ratio estimator).
    """
    return _rows(scores, scores.value, mean_estimate)


def mean_amounts(scores: Scores) -> tuple[ScoreRow, ...]:
    """Return the mean per model, overall and by category, of amounts such as penalties.

    Parameters
    ----------
    scores : Scores
        Values of 0 or more, a few of which may be very large.

    Returns
    -------
    tuple of ScoreRow
        As of ``mean_scores``, with the interval of ``amount_estimate``.
    """
    return _rows(scores, scores.value, amount_estimate)


def shares(scores: Scores, *, at_least: float = 1.0) -> tuple[ScoreRow, ...]:
    """Return the share of values at or above a level; for 0/1 facts, the share of ones.

    Parameters
    ----------
    scores : Scores
        Values on any numeric scale.
    at_least : float
        The level a value must reach to count.

    Returns
    -------
    tuple of ScoreRow
        As of ``mean_scores``; shares are 0–1, with Wilson's interval at the effective number
        of answers, so 12 of 12 is not certainty.
    """
    reached = (scores.value >= at_least).astype(np.float64)
    return _rows(scores, reached, share_estimate)


def distributions(scores: Scores) -> tuple[DistributionRow, ...]:
    """Return how often each value was given per model, overall and by category.

    Parameters
    ----------
    scores : Scores
        Values of a scale with few levels.

    Returns
    -------
    tuple of DistributionRow
        In the order of ``mean_scores``; ``values`` are all values that occur anywhere.
    """
    values, code = np.unique(scores.value, return_inverse=True)
    n_models, n_categories = len(scores.models), len(scores.categories)
    key = (scores.model.astype(np.int64) * n_categories + scores.category) * len(values)
    flat = np.bincount(
        key + code.reshape(-1),
        weights=scores.n.astype(np.float64),
        minlength=n_models * n_categories * len(values),
    )
    table = np.rint(flat).astype(np.int64).reshape(n_models, n_categories, len(values))
    scale = tuple(values.tolist())
    rows = []
    for m, model in enumerate(scores.models):
        rows.append(DistributionRow(model, None, scale, tuple(table[m].sum(axis=0).tolist())))
        rows += [
            DistributionRow(model, category, scale, tuple(table[m, c].tolist()))
            for c, category in enumerate(scores.categories)
        ]
    return tuple(rows)


def quantiles(scores: Scores) -> tuple[QuantileRow, ...]:
    """Return ``QUANTILES`` of the values per model, overall and by category.

    Parameters
    ----------
    scores : Scores
        Values of a scale on which any may be given.

    Returns
    -------
    tuple of QuantileRow
        In the order of ``mean_scores``. Every annotation counts once; between two values the
        quantile is interpolated.

    References
    ----------
    Hyndman & Fan (1996), The American Statistician 50, definition 7.
    """
    order = np.argsort(scores.value, kind="stable")
    value, n = scores.value[order], scores.n[order]
    model, category = scores.model[order], scores.category[order]
    rows = []
    for m, name in enumerate(scores.models):
        own = np.flatnonzero(model == m)
        rows.append(_quantiles(name, None, value[own], n[own]))
        for c, of in enumerate(scores.categories):
            here = own[category[own] == c]
            rows.append(_quantiles(name, of, value[here], n[here]))
    return tuple(rows)


def _quantiles(model: str, category: str | None, value: FloatArray, n: IntArray) -> QuantileRow:
    ends = np.cumsum(n)
    total = int(ends[-1]) if len(ends) else 0
    if not total:
        return QuantileRow(model, category, (), 0)
    at = np.array(QUANTILES) * (total - 1)
    low = value[np.searchsorted(ends, np.floor(at), side="right")]
    high = value[np.searchsorted(ends, np.ceil(at), side="right")]
    return QuantileRow(model, category, tuple((low + (at % 1) * (high - low)).tolist()), total)


def _rows(
    scores: Scores, value: FloatArray, estimate: Callable[[ClusteredMeans, int], Estimate]
) -> tuple[ScoreRow, ...]:
    n_models, n_categories = len(scores.models), len(scores.categories)
    overall = clustered_means(
        scores.model, case=scores.case, value=value, n=scores.n, n_groups=n_models
    )
    cells = clustered_means(
        scores.model.astype(np.int64) * n_categories + scores.category,
        case=scores.case,
        value=value,
        n=scores.n,
        n_groups=n_models * n_categories,
    )
    rows = []
    for m, model in enumerate(scores.models):
        rows.append(ScoreRow(model, None, estimate(overall, m), int(overall.n_cases[m])))
        for c, category in enumerate(scores.categories):
            k = m * n_categories + c
            rows.append(ScoreRow(model, category, estimate(cells, k), int(cells.n_cases[k])))
    return tuple(rows)
