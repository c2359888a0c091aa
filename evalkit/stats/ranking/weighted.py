"""Bradley–Terry strengths weighted to a population of known parts, clustered by case."""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array
from scipy.special import expit

from evalkit.stats.counts import (
    BOTH_BAD,
    Comparisons,
    FloatArray,
    IntArray,
    number_cells,
    sum_by,
)
from evalkit.stats.intervals import (
    MIN_CASES,
    Estimate,
    compact_codes,
    t_interval,
    t_quantile,
    wilson_ends,
)
from evalkit.stats.ranking.bradley_terry import (
    LEFT_SHARE,
    add_weak_prior,
    compared_only,
    fit_strengths,
    half_wins,
    has_infinite_strength,
    information_inverse,
    require_connected,
)
from evalkit.stats.ranking.separation import NO_SPREAD
from evalkit.stats.weighted import EntryWeights, Weighted


@dataclass(frozen=True, slots=True, eq=False)
class WeightedRanking:
    """Strengths of a board as they would be in the population.

    Attributes
    ----------
    models : tuple of str
        Those compared in the parts of the population, in the order of the input.
    strength, win_rate : tuple of Weighted
        In log-odds with mean zero; and what each model would win against an average opponent.
    covariance : FloatArray of shape (n_models, n_models)
        Of the strengths, clustered by case within parts; ``NaN`` where it cannot be had.
    degrees : float
        Of freedom that the spread of all strengths together leaves; those of each number are
        its own.
    missing, alone : tuple of int
        Parts in which nothing was compared, and those with a single case. Those in which one of the
        models was not compared, or on a single case, stand with its own numbers.
    """

    models: tuple[str, ...]
    strength: tuple[Weighted, ...]
    win_rate: tuple[Weighted, ...]
    covariance: FloatArray
    degrees: float
    missing: tuple[int, ...]
    alone: tuple[int, ...]

    def difference(self, model: str, other: str) -> Estimate:
        """Return how far one model is ahead of another in log-odds; n counts cases.

        None where one of the two was not compared in some part of the population.
        """
        i, j = self.models.index(model), self.models.index(other)
        first, second = self.strength[i], self.strength[j]
        n = min(first.n_cases, second.n_cases)
        if first.value is None or second.value is None:
            return Estimate(None, None, None, n)
        value = first.value - second.value
        c = self.covariance
        variance = float(c[i, i] + c[j, j] - 2.0 * c[i, j])
        if first.alone or second.alone or not variance > NO_SPREAD**2:
            return Estimate(value, None, None, n)
        interval = t_interval(value, standard_error=math.sqrt(variance), degrees=self.degrees)
        return Estimate(value, interval.low, interval.high, n)


def weighted_ranking(comparisons: Comparisons, weights: EntryWeights) -> WeightedRanking:
    """Fit strengths in which each part of a population counts for its share.

    Parameters
    ----------
    comparisons : Comparisons
        As of ``rank_models``; *both bad* counts as a tie.
    weights : EntryWeights
        One entry per comparison.

    Returns
    -------
    WeightedRanking
        Without numbers where some part of the population has no comparison, and for a model that
        was not compared in one: ``missing``. What that model won or lost counts for the others.

    Raises
    ------
    UndefinedStatisticError
        Where no two models were compared in the parts that count, or groups of models never met.

    Notes
    -----
    Maximum likelihood of half-wins, each weighted so that the comparisons of a part together
    weigh as its share (pseudo maximum likelihood: Binder 1983; Skinner 1989). Covariance is the
    sandwich of ``bradley_terry.fit`` with scores of cases taken around the mean of their part;
    Student's t with Satterthwaite's degrees of freedom over the parts. Two models of which one part
    always says the same have at least the spread there that ``weighted_means`` gives a share which
    is the same on all cases (``_add_unseen``). Where a strength would be
    infinite, the weak prior and the design effect are those of ``fit``, the effect at least that
    of the weights (Kish). With one part and equal weights strengths and covariance are ``fit``'s.

    References
    ----------
    Binder (1983), International Statistical Review 51; Skinner, Holt & Smith (1989), Analysis of
    Complex Surveys, section 3.4.
    """
    is_in = weights.is_counted
    comparisons = replace(
        comparisons,
        **{
            field: getattr(comparisons, field)[is_in]
            for field in ("case", "left", "right", "preference", "n")
        },
    )
    part, within = weights.part[is_in], weights.within[is_in]
    other = comparisons.left != comparisons.right
    weight = comparisons.n * within * other
    n_parts = len(weights.share)
    of_part = sum_by(part, weight, n_codes=n_parts)
    n_total = float((comparisons.n * other).sum())
    missing = tuple(int(k) for k in np.flatnonzero((weights.share > 0.0) & (of_part <= 0.0)))
    fitted, _ = compared_only(comparisons)  # those left out have weight 0: they met nobody
    if missing:
        return _nothing(fitted.models, missing)
    weight *= n_total * weights.share[part] / np.maximum(of_part[part], 1e-300)
    is_met = np.array([model in fitted.models for model in comparisons.models])
    met = is_met[comparisons.left] & is_met[comparisons.right]
    return _fitted(fitted, weight[met], part[met], weights.share)


def _fitted(
    comparisons: Comparisons, weight: FloatArray, part: IntArray, share: FloatArray
) -> WeightedRanking:
    """Fit strengths to weighted comparisons, every model of which was compared."""
    n_models = len(comparisons.models)
    left, right = comparisons.left.astype(np.int64), comparisons.right.astype(np.int64)
    cell = (left * n_models + right) * (BOTH_BAD + 1) + comparisons.preference
    n_cells = n_models * n_models * (BOTH_BAD + 1)
    wins = half_wins(sum_by(cell, weight, n_codes=n_cells).reshape(n_models, n_models, -1))
    require_connected(wins, comparisons.models)
    if has_prior := has_infinite_strength(wins):
        wins = add_weak_prior(wins)
    strength = fit_strengths(wins)
    expected = expit(strength[:, None] - strength[None, :])
    bread = information_inverse(wins + wins.T, expected)
    rest = (LEFT_SHARE[comparisons.preference] - expected[left, right]) * weight
    case, other = compact_codes(comparisons.case).astype(np.int64), left != right
    meats, n_cases = _spread_by_part(case, left, right, rest, part, (len(share), n_models))
    meat = meats.sum(axis=0)
    used = np.flatnonzero(share > 0.0)
    cases_of, effective = _cases_by_part(
        case[other], part[other], (left[other], right[other]), weight[other], meats.shape[:2]
    )
    if len(used) > 1:
        _add_unseen(meats, n_cases, comparisons, case, part, weight, rest, effective)
    alone = tuple(int(k) for k in used if n_cases[k] < MIN_CASES)
    covariances: FloatArray = np.stack([bread @ meats[k] @ bread for k in used])
    if alone:
        covariances = np.full_like(covariances, np.nan)
    elif has_prior:
        covariances = _with_prior(covariances, bread, meat, weight)
    slopes = _slopes(expected)
    np.fill_diagonal(expected, 0.0)
    rates, moved = expected.sum(axis=1) / (n_models - 1), _moved(slopes, covariances)
    counts = _counted(comparisons, case, weight, n_models)
    gone, single = (
        [tuple(int(k) for k in used[row]) for row in (cases_of[used] == n).T] for n in (0, 1)
    )
    free = (n_cases[used] - 1.0).astype(np.float64)
    return WeightedRanking(
        comparisons.models,
        _numbers(strength, covariances, free, counts, (gone, single), is_share=False),
        _numbers(rates, moved, free, counts, (gone, single), is_share=True),
        covariances.sum(axis=0),
        _degrees(np.einsum("pii->ip", covariances).sum(axis=0), free),
        (),
        alone,
    )


def _with_prior(
    covariances: FloatArray, bread: FloatArray, meat: FloatArray, weight: FloatArray
) -> FloatArray:
    """Return the inverse information times the design effect, split as the parts vary."""
    effect = float((bread * meat).sum()) / (len(bread) - 1)
    kish = len(weight) * float(weight @ weight) / float(weight.sum()) ** 2
    of_parts = np.trace(covariances, axis1=1, axis2=2)
    whole = float(of_parts.sum())
    even = np.full(len(of_parts), 1.0 / len(of_parts))
    split = of_parts / whole if whole > NO_SPREAD**2 else even
    covariance = bread * max(1.0, kish, effect)
    return np.stack([covariance * part for part in split])


def _spread_by_part(
    case: IntArray,
    left: IntArray,
    right: IntArray,
    rest: FloatArray,
    part: IntArray,
    shape: tuple[int, int],
) -> tuple[FloatArray, IntArray]:
    """Return the spread of the scores of cases within each part, and how many cases it has."""
    n_parts, n_models = shape
    n_codes = int(case.max(initial=-1)) + 1
    compared = left != right
    part_of = np.full(n_codes, -1, dtype=np.int64)
    part_of[case[compared]] = part[compared]
    rows, columns = np.concatenate([case, case]), np.concatenate([left, right])
    score = coo_array(
        (np.concatenate([rest, -rest]), (rows, columns)), shape=(n_codes, n_models)
    ).tocsr()
    n_cases = np.bincount(part_of[part_of >= 0], minlength=n_parts)
    meats = np.zeros((n_parts, n_models, n_models))
    for k in np.flatnonzero(n_cases >= MIN_CASES).tolist():
        own = score[np.flatnonzero(part_of == k)]
        total = np.asarray(own.sum(axis=0)).reshape(1, -1)
        spread = (own.T @ own).toarray() - total.T @ total / n_cases[k]
        meats[k] = spread * (n_cases[k] / (n_cases[k] - 1.0))
    return meats, n_cases


def _add_unseen(
    meats: FloatArray,
    n_cases: IntArray,
    comparisons: Comparisons,
    case: IntArray,
    part: IntArray,
    weight: FloatArray,
    rest: FloatArray,
    effective: FloatArray,
) -> None:
    """Add what the cases of a part cannot show of two models where all of them say the same.

    Residuals of such cases are alike and would claim certainty, however few they are. The share
    that one of the two wins is taken as ``(k + 1/2)/(n + 1)``, with n the effective cases of the
    part that either model has, whichever has fewer; only what their spread falls short of the
    variance of that share is added.
    """
    n_models, n_codes = meats.shape[1], int(case.max(initial=-1)) + 1
    left, right = comparisons.left.astype(np.int64), comparisons.right.astype(np.int64)
    other = left != right
    case, part, weight, rest, left, right = (
        column[other] for column in (case, part, weight, rest, left, right)
    )
    side = np.where(left < right, 1.0, -1.0)
    won = (LEFT_SHARE[comparisons.preference[other]] - 0.5) * side + 0.5
    first, second = np.minimum(left, right), np.maximum(left, right)
    key = ((part * n_models + first) * n_models + second) * n_codes + case
    cells, place = number_cells(key, n_keys=len(meats) * n_models**2 * n_codes)
    pairs, pair = np.unique(cells // n_codes, return_inverse=True)
    of_case, wins, pull = (
        sum_by(place, column, n_codes=len(cells)) for column in (weight, weight * won, rest * side)
    )
    total, squares, mean, pulls, pulled = (
        sum_by(pair, column, n_codes=len(pairs))
        for column in (of_case, of_case**2, wins, pull**2, pull)
    )
    mean /= total
    strays = np.abs(wins - mean[pair] * of_case) > NO_SPREAD * of_case
    is_same = sum_by(pair, strays.astype(np.float64), n_codes=len(pairs)) == 0.0
    of_part, first, second = (
        pairs // n_models**2, pairs // n_models % n_models, pairs % n_models
    )  # fmt: skip
    n = np.minimum(effective[of_part, first], effective[of_part, second])
    smooth = (mean * n + 0.5) / (n + 1.0)
    n_part = np.maximum(n_cases[of_part], MIN_CASES).astype(np.float64)
    shows = (pulls - pulled**2 / n_part) * n_part / (n_part - 1.0)
    lacks = np.where(is_same, np.maximum(smooth * (1.0 - smooth) * squares - shows, 0.0), 0.0)
    np.add.at(meats, (of_part, first, first), lacks)
    np.add.at(meats, (of_part, second, second), lacks)
    np.add.at(meats, (of_part, first, second), -lacks)
    np.add.at(meats, (of_part, second, first), -lacks)


def _cases_by_part(
    case: IntArray,
    part: IntArray,
    sides: tuple[IntArray, IntArray],
    weight: FloatArray,
    shape: tuple[int, int],
) -> tuple[IntArray, FloatArray]:
    """Return on how many cases each part compared every model, and the effective ones (Kish)."""
    n_codes, n_groups = int(case.max(initial=-1)) + 1, shape[0] * shape[1]
    key = np.concatenate([(part * shape[1] + side) * n_codes + case for side in sides])
    cells, place = number_cells(key, n_keys=n_groups * n_codes)
    of_case = sum_by(place, np.concatenate([weight, weight]), n_codes=len(cells))
    group = cells // n_codes
    sums = sum_by(group, of_case, n_codes=n_groups)
    squares = sum_by(group, of_case**2, n_codes=n_groups)
    effective = np.divide(sums**2, squares, out=np.zeros_like(sums), where=squares > 0.0)
    return np.bincount(group, minlength=n_groups).reshape(shape), effective.reshape(shape)


def _moved(slopes: FloatArray, covariances: FloatArray) -> FloatArray:
    """Return the covariance of what moves by these slopes, part by part (delta method)."""
    moved: FloatArray = slopes @ covariances @ slopes.T
    return moved


def _slopes(expected: FloatArray) -> FloatArray:
    """Return how win rates against an average opponent move with strengths (Ranking's own)."""
    weight = expected * (1.0 - expected)
    np.fill_diagonal(weight, 0.0)
    weight /= len(weight) - 1
    slopes: FloatArray = np.diag(weight.sum(axis=1)) - weight
    return slopes


def _counted(
    comparisons: Comparisons, case: IntArray, weight: FloatArray, n_models: int
) -> list[tuple[int, int, float]]:
    """Return comparisons, cases and effective cases of each model."""
    other = comparisons.left != comparisons.right
    n_codes = int(case.max(initial=-1)) + 1
    counts = []
    for model in range(n_models):
        own = other & ((comparisons.left == model) | (comparisons.right == model))
        of_case = sum_by(case[own], weight[own], n_codes=n_codes)
        squares = float(of_case @ of_case)
        effective = float(of_case.sum()) ** 2 / squares if squares > 0.0 else 0.0
        counts.append((int(comparisons.n[own].sum()), int(np.count_nonzero(of_case)), effective))
    return counts


def _degrees(variance: FloatArray, free: FloatArray) -> float:
    """Return Satterthwaite's degrees of freedom of a sum of variances."""
    squares = float((variance**2 / np.maximum(free, 1.0)).sum())
    return float(variance.sum()) ** 2 / squares if squares > 0.0 else float(free.sum())


def _numbers(
    values: FloatArray,
    covariances: FloatArray,
    free: FloatArray,
    counts: list[tuple[int, int, float]],
    lacks: tuple[list[tuple[int, ...]], list[tuple[int, ...]]],
    *,
    is_share: bool,
) -> tuple[Weighted, ...]:
    """Return the numbers of all models from their covariance by part.

    ``lacks`` are the parts in which each was not compared, and those where on a single case.
    """
    variances = np.einsum("pii->ip", covariances)
    rows = []
    for value, variance, of_model, missing, alone in zip(
        values.tolist(), variances, counts, *lacks, strict=True
    ):
        if missing:
            rows.append(Weighted(None, None, None, *of_model[:2], 0.0, missing))
            continue
        whole = float(variance.sum())
        if alone or not whole > NO_SPREAD**2:
            rows.append(Weighted(value, None, None, *of_model, alone=alone))
            continue
        degrees = _degrees(variance, free)
        if is_share:
            effective = value * (1.0 - value) / whole
            low, high = wilson_ends(value, effective, quantile=t_quantile(degrees))
        else:
            interval = t_interval(value, standard_error=math.sqrt(whole), degrees=degrees)
            low, high = interval.low, interval.high
        rows.append(Weighted(value, float(low), float(high), *of_model))
    return tuple(rows)


def _nothing(models: tuple[str, ...], missing: tuple[int, ...]) -> WeightedRanking:
    """Return a ranking without numbers: a part of the population is not in it."""
    nothing = tuple(Weighted(None, None, None, 0, 0, 0.0, missing) for _ in models)
    nowhere = np.full((len(models), len(models)), np.nan)
    return WeightedRanking(models, nothing, nothing, nowhere, math.nan, missing, ())
