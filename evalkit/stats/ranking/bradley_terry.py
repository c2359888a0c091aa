"""Bradley–Terry strengths: maximum likelihood on pair counts, covariance clustered by case."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from evalkit.errors import UndefinedStatisticError
from evalkit.stats.counts import BOTH_BAD, Comparisons, FloatArray, IntArray, fits_table, sum_by
from evalkit.stats.intervals import MIN_CASES, compact_codes

#: What the left output wins, by preference: a tie is half a win, and so is both bad.
LEFT_SHARE = np.array([1.0, 0.0, 0.5, 0.5])
#: Comparisons each model is given, tied against the others, where a strength would be infinite.
PRIOR_COMPARISONS = 0.5
_MAX_STEP = 2.0
_MAX_ITERATIONS = 200


@dataclass(frozen=True, slots=True, eq=False)
class BradleyTerry:
    """Strengths of all models of a board and how sure they are.

    Attributes
    ----------
    strength : FloatArray of shape (n_models,)
        Log-odds, mean zero: ``P(i beats j) = 1 / (1 + exp(strength_j - strength_i))``.
    covariance : FloatArray of shape (n_models, n_models)
        Clustered by case; all ``NaN`` with fewer than two cases.
    n_cases : int
        Clusters; intervals use t(n_cases - 1).
    has_prior : bool
        True where plain maximum likelihood would give an infinite strength.
    counts : IntArray of shape (n_models, n_models, 4)
        Of the comparisons, as of ``pair_counts``.
    wins : FloatArray of shape (n_models, n_models)
        Half-wins that the strengths fit, the weak prior included where there is one.
    """

    strength: FloatArray
    covariance: FloatArray
    n_cases: int
    has_prior: bool
    counts: IntArray
    wins: FloatArray


def pair_counts(comparisons: Comparisons) -> IntArray:
    """Return how often each preference was given, by left and right model: (M, M, 4).

    Comparisons of a model with itself say nothing of its strength and are not counted.
    """
    return _pair_counts(comparisons, _cell(comparisons))


def _pair_counts(comparisons: Comparisons, cell: IntArray) -> IntArray:
    n_models = len(comparisons.models)
    weights = None if _is_plain(comparisons.n) else comparisons.n.astype(np.float64)
    counts = np.bincount(cell, weights=weights, minlength=n_models * n_models * 4)
    table = np.rint(counts).astype(np.int64).reshape(n_models, n_models, 4)
    own = np.arange(n_models)
    table[own, own] = 0
    return table


def _cell(comparisons: Comparisons) -> IntArray:
    """Return each entry's place in the flat table of left, right and preference."""
    key = comparisons.left.astype(np.int64)
    key *= len(comparisons.models)
    key += comparisons.right
    key *= BOTH_BAD + 1
    key += comparisons.preference
    return key


def _is_plain(n: IntArray) -> bool:
    return bool((n == 1).all())


def compared_only(comparisons: Comparisons) -> tuple[Comparisons, tuple[str, ...]]:
    """Leave out models without a comparison with another; return the rest, and those by name.

    Raises
    ------
    UndefinedStatisticError
        Where no two models were compared.
    """
    n_models = len(comparisons.models)
    counts = pair_counts(comparisons).sum(axis=2)
    seen = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    if not seen.any():
        raise UndefinedStatisticError("No two models have been compared yet.")
    models = tuple(m for m, s in zip(comparisons.models, seen, strict=True) if s)
    if len(models) == n_models:
        return comparisons, ()
    code = np.cumsum(seen) - 1
    mask = seen[comparisons.left] & seen[comparisons.right]
    unranked = tuple(m for m, s in zip(comparisons.models, seen, strict=True) if not s)
    return (
        replace(
            comparisons,
            case=comparisons.case[mask],
            left=code[comparisons.left[mask]],
            right=code[comparisons.right[mask]],
            preference=comparisons.preference[mask],
            n=comparisons.n[mask],
            models=models,
        ),
        unranked,
    )


def half_wins(counts: IntArray | FloatArray) -> FloatArray:
    """Return W of shape (M, M): wins of i over j, with ties and both bad as half a win."""
    on_left = counts @ LEFT_SHARE
    on_right = counts @ (1 - LEFT_SHARE)
    wins: FloatArray = on_left + on_right.T
    return wins


def require_connected(wins: FloatArray, models: tuple[str, ...]) -> None:
    """Raise UndefinedStatisticError, naming the groups, if no comparisons link them."""
    n_groups, group = connected_components(csr_array(wins + wins.T), directed=False)
    if n_groups > 1:
        names = [
            ", ".join(m for m, g in zip(models, group, strict=True) if g == k)
            for k in range(n_groups)
        ]
        raise UndefinedStatisticError(
            "These groups of models were never compared with each other, so no ranking spans "
            f"them: {'; '.join(names)}. Compare at least one pair across the groups."
        )


def has_infinite_strength(wins: FloatArray) -> bool:
    """Say whether some models only ever won against all the others (Ford 1957)."""
    n_groups, _ = connected_components(csr_array(wins), directed=True, connection="strong")
    return bool(n_groups > 1)


def one_sided_groups(wins: FloatArray, models: tuple[str, ...]) -> str:
    """Return, as the start of a sentence, a group of models that never lost to the rest."""
    _, group = connected_components(csr_array(wins), directed=True, connection="strong")
    for label in dict.fromkeys(group.tolist()):
        inside = group == label
        if not wins[np.ix_(~inside, inside)].any():
            names = [m for m, own in zip(models, inside, strict=True) if own]
            return f"{', '.join(names)} won every comparison with the other models"
    raise AssertionError("one strong component of a graph always leads")


def add_weak_prior(wins: FloatArray) -> FloatArray:
    """Give each model half a virtual comparison, tied, spread evenly over the others."""
    n_models = len(wins)
    virtual = np.full_like(wins, PRIOR_COMPARISONS / (2 * (n_models - 1)))
    np.fill_diagonal(virtual, 0.0)
    return wins + virtual


def fit_strengths(wins: FloatArray) -> FloatArray:
    """Maximise the likelihood of half-wins by Newton's method.

    Parameters
    ----------
    wins : FloatArray of shape (n_models, n_models)
        Half-wins of row over column; the graph of wins must be strongly connected.

    Returns
    -------
    FloatArray of shape (n_models,)
        Log-odds with mean zero.

    References
    ----------
    Hunter (2004), "MM algorithms for generalized Bradley–Terry models", Annals of Statistics 32.
    """
    n = wins + wins.T
    strength = np.zeros(len(wins), dtype=np.float64)
    likelihood = log_likelihood(wins, strength)
    for _ in range(_MAX_ITERATIONS):
        expected = expit(strength[:, None] - strength[None, :])
        gradient = (wins - n * expected).sum(axis=1)
        step = information_inverse(n, expected) @ gradient
        step *= min(1.0, _MAX_STEP / max(np.abs(step).max(), 1e-300))
        for _ in range(40):
            trial = log_likelihood(wins, strength + step)
            if trial >= likelihood - 1e-12 * abs(likelihood):
                break
            step /= 2
        strength += step
        likelihood = trial
        if np.abs(step).max() < 1e-12 * max(1.0, np.abs(strength).max()):
            break
    strength -= strength.mean()
    return strength


def log_likelihood(wins: FloatArray, strength: FloatArray) -> float:
    """Return the log-likelihood of half-wins (M, M) under strengths (M,), at most 0."""
    return -float((wins * np.logaddexp(0.0, strength[None, :] - strength[:, None])).sum())


def information_inverse(n: FloatArray, expected: FloatArray) -> FloatArray:
    """Return the inverse information: the covariance if all comparisons were independent.

    Parameters
    ----------
    n : FloatArray of shape (n_models, n_models)
        Comparisons of every two models; symmetric.
    expected : FloatArray of shape (n_models, n_models)
        The chance of row to win over column.

    Returns
    -------
    FloatArray of shape (n_models, n_models)
        On the scale of squared log-odds; the Moore–Penrose inverse, for strengths of mean zero.
        It is the bread of the sandwich and no interval of ours: it takes a case's comparisons
        as independent, and half-wins as if they varied like wins.

    References
    ----------
    Agresti (2013), Categorical Data Analysis, section 11.6.
    """
    weight = n * expected * (1 - expected)
    np.fill_diagonal(weight, 0.0)
    information = np.diag(weight.sum(axis=1)) - weight
    scale = max(float(np.trace(information)) / len(n), 1e-300)
    pin = scale / len(n)
    inverse = np.linalg.inv(information + pin).astype(np.float64)
    return inverse - 1 / (pin * len(n) ** 2)


def fit(comparisons: Comparisons) -> BradleyTerry:
    """Fit strengths and their covariance clustered by case.

    Parameters
    ----------
    comparisons : Comparisons
        At least one comparison of two different models; every model compared.

    Returns
    -------
    BradleyTerry
        In the order of ``comparisons.models``.

    Raises
    ------
    UndefinedStatisticError
        Where groups of models were never compared with each other.

    Notes
    -----
    Sandwich ``A B A``: A is the inverse information, ``B = G/(G-1) Σ_case S Sᵀ`` with S the
    summed residuals of a case (Liang & Zeger 1986). Where a strength would be infinite, each
    model is given half a virtual comparison, tied against the others, and the covariance is
    the inverse information times the mean design effect ``tr(AB)/(M-1)``, at least 1 (Rao &
    Scott 1981): residuals of one-sided pairs vanish and would claim certainty.
    """
    cell = _cell(comparisons)
    counts = _pair_counts(comparisons, cell)
    wins = half_wins(counts)
    require_connected(wins, comparisons.models)
    has_prior = has_infinite_strength(wins)
    if has_prior:
        wins = add_weak_prior(wins)
    strength = fit_strengths(wins)
    expected = expit(strength[:, None] - strength[None, :])
    bread = information_inverse(wins + wins.T, expected)
    meat, n_cases = _clustered_meat(comparisons, cell, expected)
    if n_cases < MIN_CASES:
        covariance = np.full_like(bread, np.nan)
    elif has_prior:
        effect = float((bread * meat).sum()) / (len(strength) - 1)
        covariance = bread * max(1.0, effect)
    else:
        covariance = bread @ meat @ bread
    return BradleyTerry(strength, covariance, n_cases, has_prior, counts, wins)


def _clustered_meat(
    comparisons: Comparisons, cell: IntArray, expected: FloatArray
) -> tuple[FloatArray, int]:
    """Return the spread of the cases' scores, and the number of cases."""
    n_models = len(comparisons.models)
    residual = LEFT_SHARE[None, None, :] - expected[:, :, None]
    own = np.arange(n_models)
    residual[own, own] = 0.0
    rest = residual.reshape(-1)[cell]
    if not _is_plain(comparisons.n):
        rest *= comparisons.n
    case = compact_codes(comparisons.case)
    n_codes = int(case.max(initial=-1)) + 1
    compared = comparisons.left != comparisons.right
    seen = case if compared.all() else case[compared]
    n_cases = int(np.count_nonzero(np.bincount(seen)))
    score = _scores_by_case(case, comparisons, rest, shape=(n_codes, n_models))
    total = np.asarray(score.sum(axis=0)).reshape(1, -1)
    product = score.T @ score
    squares = product if isinstance(product, np.ndarray) else product.toarray()
    # The scores sum to zero at the maximum, except where the weak prior pulls.
    spread = squares - total.T @ total / max(n_cases, 1)
    return spread * (n_cases / max(n_cases - 1, 1)), n_cases


def _scores_by_case(
    case: IntArray, comparisons: Comparisons, rest: FloatArray, *, shape: tuple[int, int]
) -> FloatArray | csr_array:
    """Sum residuals by case and model, for on the left and against on the right."""
    n_codes, n_models = shape
    if not fits_table(n_codes * n_models, n_entries=len(rest)):
        columns = np.concatenate([comparisons.left, comparisons.right])
        rows = np.concatenate([case, case])
        return coo_array((np.concatenate([rest, -rest]), (rows, columns)), shape=shape).tocsr()
    place = case.astype(np.int64)
    place *= n_models
    place += comparisons.left
    flat = sum_by(place, rest, n_codes=n_codes * n_models)
    place += comparisons.right
    place -= comparisons.left
    flat -= sum_by(place, rest, n_codes=n_codes * n_models)
    score: FloatArray = flat.reshape(shape)
    return score
