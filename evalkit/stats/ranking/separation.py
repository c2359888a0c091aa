"""Which models can be told apart when every pair is looked at, from strengths and covariance."""

import numpy as np

from evalkit.stats.counts import BoolArray, Comparisons, FloatArray, IntArray, sum_by
from evalkit.stats.differences import preference_differences
from evalkit.stats.intervals import MIN_CASES
from evalkit.stats.ranking.bradley_terry import LEFT_SHARE
from evalkit.stats.ranking.profile import deviance

#: A standard error below this is rounding, not evidence.
NO_SPREAD = 1e-9
SIGNIFICANT = 0.05
# Pairs that the strengths leave open, nearest to the bound first: each takes a fit of its own.
_MOST_PROFILES = 200
# A deviance is seldom larger than this many squared standard errors of what it is near to.
_REACH = 0.4


def difference_errors(covariance: FloatArray) -> FloatArray:
    """Return the standard error of every difference of two strengths, shape (n_models, n_models).

    ``var = C_ii + C_jj - 2 C_ij``, zero on the diagonal, ``NaN`` where the covariance is.
    """
    own = np.diag(covariance)
    errors: FloatArray = np.sqrt(np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0))
    return errors


def one_sided(comparisons: Comparisons) -> BoolArray:
    """Return which pairs differ at 95 % because one of the two was better on every case.

    Parameters
    ----------
    comparisons : Comparisons
        A case decides for the model that won more of its comparisons of the two; one that
        decides for neither says nothing.

    Returns
    -------
    bool array of shape (n_models, n_models)
        By the sign test over cases, exact, with Bonferroni's correction for all pairs.

    Notes
    -----
    Where a model wins always its strength is infinite and the standard error grows with it, so
    strengths cannot say what the wins do (Hauck & Donner): 15 wins of 15 would tell nothing.

    References
    ----------
    Hauck & Donner (1977), Journal of the American Statistical Association 72.
    """
    n_models = len(comparisons.models)
    first = np.minimum(comparisons.left, comparisons.right).astype(np.int64)
    second = np.maximum(comparisons.left, comparisons.right)
    share = LEFT_SHARE[comparisons.preference] * 2 - 1
    won: FloatArray = np.where(comparisons.left == first, share, -share) * comparisons.n
    cell = (comparisons.case.astype(np.int64) * n_models + first) * n_models + second
    cells, place = np.unique(cell, return_inverse=True)
    decided = np.sign(sum_by(place, won, n_codes=len(cells)))
    pair, size = cells % (n_models * n_models), n_models * n_models
    for_first = np.bincount(pair[decided > 0], minlength=size)
    for_second = np.bincount(pair[decided < 0], minlength=size)
    n_cases = np.where((for_first == 0) | (for_second == 0), for_first + for_second, 0)
    p = 2.0 ** (1 - n_cases.reshape(n_models, n_models))
    differ = (p * (n_models * (n_models - 1) / 2) <= SIGNIFICANT) & (n_cases > 0).reshape(p.shape)
    np.fill_diagonal(differ, False)
    both: BoolArray = differ | differ.T
    return both


def two_differ(comparisons: Comparisons) -> bool:
    """Say whether the only two models of a study differ, by the test of their difference.

    It is ``preference_differences``, exact up to 13 cases: what pages say of the two by their
    strengths and by their direct comparisons is one and the same.
    """
    (pair,) = preference_differences(comparisons)
    return pair.p_value is not None and pair.p_value <= SIGNIFICANT


def separate(
    strength: FloatArray,
    covariance: FloatArray,
    *,
    usable: BoolArray,
    n_cases: int,
    wins: FloatArray | None = None,
) -> tuple[BoolArray, FloatArray]:
    """Return which pairs differ at 95 % together, and each model's probability of being best.

    Parameters
    ----------
    strength : FloatArray of shape (n_models,)
        Log-odds. Draws are made for the strongest first, whatever the order given.
    covariance : FloatArray of shape (n_models, n_models)
    usable : bool array of shape (n_models,)
        False for a model on fewer than 2 cases.
    n_cases : int
        Clusters behind the covariance.
    wins : FloatArray of shape (n_models, n_models), optional
        Half-wins that the strengths were fitted to; pairs that the standard errors leave open are
        then tested by their deviance, too (``profile.deviance``).

    Returns
    -------
    tuple of bool array of shape (n_models, n_models) and FloatArray of shape (n_models,)
        Which pairs differ, and the probability of being best, 0–1. Models that are not usable
        are separated from none, and leave the probability of being best ``NaN`` for all.

    Notes
    -----
    1,000 to 10,000 draws, with a fixed seed, from the multivariate t of the strengths give the
    95 % quantile of the largest standardised difference over all pairs. Where a model wins nearly
    always, the standard error of its strength grows faster than the strength (Hauck & Donner):
    there the signed root of the deviance takes the place of the standardised difference.

    References
    ----------
    Hothorn, Bretz & Westfall (2008), Biometrical Journal 50 (max-t); Hauck & Donner (1977),
    Journal of the American Statistical Association 72.
    """
    n_models = len(strength)
    separated = np.zeros((n_models, n_models), dtype=bool)
    best = np.full(n_models, np.nan)
    errors = difference_errors(covariance)
    error_known = (errors > NO_SPREAD) & usable[:, None] & usable[None, :]
    if n_cases < MIN_CASES or not error_known.any():
        return separated, best
    largest, best_counts, n_draws = _draw(strength, covariance, known=error_known, n_cases=n_cases)
    gap = np.abs(strength[:, None] - strength[None, :])
    bound = float(np.quantile(largest, 0.95))
    separated[error_known] = gap[error_known] > bound * errors[error_known]
    if wins is not None:
        open_pairs = np.triu(error_known & ~separated, 1)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            near = np.where(open_pairs, gap / errors, 0.0)
            # On the scale of win rates, on which standard errors do not grow with the difference.
            reach = np.where(open_pairs, 2 * np.sinh(gap / 2) / errors, 0.0)
        first, second = np.nonzero(reach * (1 + _REACH) > bound)
        nearest = np.argsort(-near[first, second], kind="stable")[:_MOST_PROFILES]
        for i, j in zip(first[nearest].tolist(), second[nearest].tolist(), strict=True):
            root = np.sqrt(deviance(wins, strength, i, j, error=float(errors[i, j])))
            separated[i, j] = separated[j, i] = root > bound
    if usable.all():
        best = best_counts / n_draws
    return separated, best


def _draw(
    strength: FloatArray, covariance: FloatArray, *, known: BoolArray, n_cases: int
) -> tuple[FloatArray, FloatArray, int]:
    """Return the largest standardised difference of each draw, and how often each model led."""
    n_models = len(strength)
    alike = _alike(strength, covariance)
    order = np.argsort(alike, kind="stable")
    strength, alike, square = strength[order], alike[order], np.ix_(order, order)
    covariance, known = covariance[square], known[square]
    first, second = np.nonzero(np.triu(known, 1))
    scale = difference_errors(covariance)[first, second]
    # Differences to the strongest model carry all there is to know, without the singular mean.
    contrast = np.eye(n_models)[1:] - np.eye(n_models)[0]
    spread = contrast @ covariance @ contrast.T
    spread += np.eye(n_models - 1) * (1e-12 * max(np.trace(spread), 1e-12))
    root = np.linalg.cholesky(spread)
    n_draws = int(np.clip(1_000_000 // len(first), 1000, 10_000))
    generator = np.random.default_rng(20)
    largest, led = [], np.zeros(n_models)
    for start in range(0, n_draws, 500):
        size = min(500, n_draws - start)
        normal = generator.standard_normal((size, n_models - 1)) @ root.T
        stretch = np.sqrt(generator.chisquare(n_cases - 1, size) / (n_cases - 1))
        # A row a model: the largest of few rows is found many times as fast as of few columns.
        draw = np.vstack([np.zeros(size), (normal / stretch[:, None]).T])
        largest.append((np.abs(draw[first] - draw[second]) / scale[:, None]).max(axis=0))
        led += np.bincount((strength[:, None] + draw).argmax(axis=0), minlength=n_models)
    # Models that nothing but their names tells apart are best equally often.
    shared = (np.bincount(alike, weights=led) / np.bincount(alike))[alike]
    return np.concatenate(largest), shared[np.argsort(order)], n_draws


def _alike(strength: FloatArray, covariance: FloatArray) -> IntArray:
    """Return a code per model, strongest first, by its numbers alone; those alike share one."""
    weight = covariance @ np.tanh(strength)
    numbers = np.column_stack([-strength, np.diag(covariance), weight])
    _, alike = np.unique(np.round(numbers, 9) + 0.0, axis=0, return_inverse=True)
    return alike.reshape(-1)
