"""Which model is ahead: Bradley–Terry strengths with intervals clustered by case, and ranks."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from evalkit.stats.counts import (
    BOTH_BAD,
    LEFT,
    RIGHT,
    TIE,
    BoolArray,
    Comparisons,
    FloatArray,
    IntArray,
    fits_table,
    sum_by,
)
from evalkit.stats.intervals import (
    MIN_CASES,
    ClusteredMeans,
    Estimate,
    clustered_means,
    compact_codes,
    means_of_cells,
    share_estimate,
    t_interval,
    t_quantile,
)
from evalkit.stats.ranking import bradley_terry
from evalkit.stats.ranking.profile import profile_interval
from evalkit.stats.ranking.separation import (
    NO_SPREAD,
    difference_errors,
    one_sided,
    separate,
    two_differ,
)
from evalkit.stats.ranking.win_rates import average_win_rates

_ONE_CASE = "An interval needs comparisons on at least 2 cases; this model has 1."
_SAME_EVERYWHERE = "Every case gives the same result, so its uncertainty cannot be told."


@dataclass(frozen=True, slots=True)
class PairCounts:
    """What one model did against another, in comparisons."""

    wins: int
    losses: int
    ties: int
    both_bad: int


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One model: strength in log-odds (mean zero over the models), and where it stands.

    ``low``, ``high`` and ``probability_best`` are None where they cannot be had, and ``reason``
    says why. The model's rank lies between ``best_rank`` and ``worst_rank`` (1 = ahead).
    ``win_rate`` is what it would win if it met all others equally often (``average_win_rates``),
    in the order of the strengths; ``raw_win_rate`` what it won of the comparisons it was in.
    """

    model: str
    strength: float
    low: float | None
    high: float | None
    win_rate: Estimate
    raw_win_rate: Estimate
    n: int
    n_cases: int
    best_rank: int
    worst_rank: int
    probability_best: float | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """All models, strongest first.

    Attributes
    ----------
    rows : tuple of RankingRow
    matrix : mapping of model to mapping of other model to PairCounts
    covariance : FloatArray of shape (n_models, n_models)
        Of the strengths, in the order of ``rows``; ``NaN`` where it cannot be had.
    reason : str or None
        What the reader must know of the whole: a weak prior, models left out, no interval.
    unranked : tuple of str
        Models without any comparison.
    separated : bool array of shape (n_models, n_models)
        True where two models differ at 95 %, all pairs considered at once (``is_separated``).
    wins : FloatArray of shape (n_models, n_models)
        Half-wins that the strengths fit, in the order of ``rows``.
    """

    rows: tuple[RankingRow, ...]
    matrix: Mapping[str, Mapping[str, PairCounts]]
    covariance: FloatArray
    n_comparisons: int
    n_cases: int
    reason: str | None
    unranked: tuple[str, ...]
    separated: BoolArray
    wins: FloatArray

    def difference(self, model: str, other: str) -> Estimate:
        """Return how far ``model`` is ahead of ``other`` in log-odds, with its own interval.

        ``n`` counts the comparisons of the two with each other; the estimate also uses those
        with third models. This is one pair looked at alone: for many pairs, ``is_separated``.
        The interval is of Student's t, or of the profile likelihood where the two are told apart
        and Student's would hold zero (``_difference_interval``).
        """
        i, j = self._place(model), self._place(other)
        value = self.rows[i].strength - self.rows[j].strength
        counts = self.matrix[model][other]
        n = counts.wins + counts.losses + counts.ties + counts.both_bad
        reason = self.rows[i].reason or self.rows[j].reason
        error = difference_errors(self.covariance)[i, j]
        if reason is None and not error > NO_SPREAD:
            reason = _SAME_EVERYWHERE
        if reason is not None:
            return Estimate(value, None, None, n, reason)
        strength = np.array([row.strength for row in self.rows])
        low, high = _difference_interval(
            self.wins,
            strength,
            (i, j),
            error=float(error),
            n_cases=self.n_cases,
            is_separated=bool(self.separated[i, j]),
        )
        return Estimate(value, low, high, n)

    def is_separated(self, model: str, other: str) -> bool:
        """Say whether the two differ at 95 %, all pairs considered at once."""
        return bool(self.separated[self._place(model), self._place(other)])

    def _place(self, model: str) -> int:
        return [row.model for row in self.rows].index(model)


def rank_range(row: RankingRow) -> str:
    """Return the ranks a model may have in words: ``1st``, ``2nd–4th``."""
    best, worst = _ordinal(row.best_rank), _ordinal(row.worst_rank)
    return best if best == worst else f"{best}–{worst}"


def _ordinal(rank: int) -> str:
    teens = 10 <= rank % 100 <= 20
    return f"{rank}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(rank % 10, 'th')}"


def rank_models(comparisons: Comparisons) -> Ranking:
    """Rank models by plain maximum likelihood with half-win ties.

    Parameters
    ----------
    comparisons : Comparisons
        Preferences as given; *both bad* counts as a tie. Comparisons of a model with itself
        are left out.

    Returns
    -------
    Ranking
        Strengths in log-odds, mean zero, with 95 % intervals from the sandwich clustered by
        case and t(n_cases - 1). The raw win rate is the share of a model's comparisons that it
        won, ties and both bad as half, clustered by case. Ranks hold all pairs considered at
        once (max-t; where some strength is infinite, also ``one_sided``); two models alone are
        told apart by ``two_differ``. With fewer than 2 cases, or a model on fewer than 2,
        intervals are None.

    Raises
    ------
    UndefinedStatisticError
        Where nothing was compared, or groups of models were never compared with each other;
        the message names the groups.

    References
    ----------
    Hunter (2004), Annals of Statistics 32; Liang & Zeger (1986), Biometrika 73; Hothorn, Bretz
    & Westfall (2008), Biometrical Journal 50 (max-t).
    """
    compared, unranked = bradley_terry.compared_only(comparisons)
    fit = bradley_terry.fit(compared)
    rates = _win_rates(compared)
    # Strongest first from here on: draws then do not depend on the models' names.
    order = np.lexsort((np.arange(len(compared.models)), -fit.strength))
    strength = fit.strength[order]
    covariance = fit.covariance[np.ix_(order, order)]
    usable = rates.n_cases[order] >= MIN_CASES
    wins = fit.wins[np.ix_(order, order)]
    separated, best = separate(strength, covariance, usable=usable, n_cases=fit.n_cases, wins=wins)
    if len(order) == 2:
        separated[~np.eye(2, dtype=bool)] = usable.all() and two_differ(compared)
    elif fit.has_prior:
        separated |= one_sided(compared)[np.ix_(order, order)]
    rows = _rows(compared.models, order, fit=fit, rates=rates, separated=separated, best=best)
    if len(rows) == 2 and separated.any():
        error = float(difference_errors(covariance)[0, 1])
        rows = _half_apart(rows, wins, error=error, n_cases=fit.n_cases)
    return Ranking(
        rows=rows,
        matrix=_matrix(fit.counts, compared.models),
        covariance=covariance,
        n_comparisons=int(fit.counts.sum()),
        n_cases=fit.n_cases,
        reason=_reason(compared.models, fit, unranked),
        unranked=unranked,
        separated=separated,
        wins=wins,
    )


def _difference_interval(
    wins: FloatArray,
    strength: FloatArray,
    pair: tuple[int, int],
    *,
    error: float,
    n_cases: int,
    is_separated: bool,
) -> tuple[float, float]:
    """Return the interval of a difference, which holds zero for no two that are told apart.

    A standard error of log-odds grows with them: 11 wins of 12 give [0.00, 4.80] by Student's t.
    """
    i, j = pair
    value = float(strength[i] - strength[j])
    plain = t_interval(value, standard_error=error, degrees=n_cases - 1)
    if is_separated and plain.low <= 0 <= plain.high:
        quantile = t_quantile(n_cases - 1)
        return profile_interval(wins, strength, i, j, error=error, quantile=quantile)
    return plain.low, plain.high


def _half_apart(
    rows: tuple[RankingRow, ...], wins: FloatArray, *, error: float, n_cases: int
) -> tuple[RankingRow, ...]:
    """Give two models that are told apart half the interval of their difference each."""
    if not error > NO_SPREAD or any(row.low is None for row in rows):
        return rows
    strength = np.array([row.strength for row in rows])
    low, high = _difference_interval(
        wins, strength, (0, 1), error=error, n_cases=n_cases, is_separated=True
    )
    return (
        replace(rows[0], low=low / 2, high=high / 2),
        replace(rows[1], low=-high / 2, high=-low / 2),
    )


def pair_matrix(comparisons: Comparisons) -> dict[str, dict[str, PairCounts]]:
    """Return what each model did against each other one; zeros where they never met."""
    return _matrix(bradley_terry.pair_counts(comparisons), comparisons.models)


def _win_rates(comparisons: Comparisons) -> ClusteredMeans:
    """Return the share each model won; sums per case and model, for both sides in turn."""
    n_models = len(comparisons.models)
    case = compact_codes(comparisons.case).astype(np.int64)
    size = (int(case.max(initial=-1)) + 1) * n_models
    other = comparisons.left != comparisons.right
    n = (comparisons.n * other).astype(np.float64)
    won = bradley_terry.LEFT_SHARE[comparisons.preference] * n
    cell = case * n_models + comparisons.left
    if not fits_table(size, n_entries=len(cell)):
        return _sparse_win_rates(comparisons)
    count, total = sum_by(cell, n, n_codes=size), sum_by(cell, won, n_codes=size)
    cell += comparisons.right
    cell -= comparisons.left
    count += sum_by(cell, n, n_codes=size)
    total += sum_by(cell, n - won, n_codes=size)
    seen = np.flatnonzero(count)
    return means_of_cells(seen % n_models, total=total[seen], count=count[seen], n_groups=n_models)


def _sparse_win_rates(comparisons: Comparisons) -> ClusteredMeans:
    """Return the same where a table of cases by models would be huge."""
    share = bradley_terry.LEFT_SHARE[comparisons.preference]
    other = comparisons.left != comparisons.right
    left, right = comparisons.left[other], comparisons.right[other]
    return clustered_means(
        np.concatenate([left, right]),
        case=np.tile(comparisons.case[other], 2),
        value=np.concatenate([share[other], 1 - share[other]]),
        n=np.tile(comparisons.n[other], 2),
        n_groups=len(comparisons.models),
    )


def _rows(
    models: tuple[str, ...],
    order: IntArray,
    *,
    fit: bradley_terry.BradleyTerry,
    rates: ClusteredMeans,
    separated: BoolArray,
    best: FloatArray,
) -> tuple[RankingRow, ...]:
    """Return the rows in ``order``, in which ``separated`` and ``best`` already are."""
    average = average_win_rates(
        fit.strength[order],
        fit.covariance[np.ix_(order, order)],
        n=rates.n[order],
        n_cases=rates.n_cases[order],
    )
    n_ahead = np.triu(separated).sum(axis=0)
    n_behind = np.triu(separated).sum(axis=1)
    return tuple(
        _row(
            models[k],
            fit=fit,
            rates=rates,
            average=average[place],
            k=int(k),
            ranks=(1 + int(n_ahead[place]), len(order) - int(n_behind[place])),
            chance=float(best[place]),
        )
        for place, k in enumerate(order)
    )


def _row(
    model: str,
    *,
    fit: bradley_terry.BradleyTerry,
    rates: ClusteredMeans,
    average: Estimate,
    k: int,
    ranks: tuple[int, int],
    chance: float,
) -> RankingRow:
    strength = float(fit.strength[k])
    error = math.sqrt(max(float(fit.covariance[k, k]), 0.0)) if fit.n_cases >= MIN_CASES else 0.0
    reason, low, high = None, None, None
    if rates.n_cases[k] < MIN_CASES:
        reason = _ONE_CASE
    elif error <= NO_SPREAD:
        reason = _SAME_EVERYWHERE
    else:
        interval = t_interval(strength, standard_error=error, degrees=fit.n_cases - 1)
        low, high = interval.low, interval.high
    return RankingRow(
        model=model,
        strength=strength,
        low=low,
        high=high,
        win_rate=average,
        raw_win_rate=share_estimate(rates, k),
        n=int(rates.n[k]),
        n_cases=int(rates.n_cases[k]),
        best_rank=ranks[0],
        worst_rank=ranks[1],
        probability_best=None if math.isnan(chance) else chance,
        reason=reason,
    )


def _matrix(counts: IntArray, models: tuple[str, ...]) -> dict[str, dict[str, PairCounts]]:
    both = counts + counts.transpose(1, 0, 2)
    wins = counts[:, :, LEFT] + counts[:, :, RIGHT].T
    return {
        model: {
            other: PairCounts(
                wins=int(wins[i, j]),
                losses=int(wins[j, i]),
                ties=int(both[i, j, TIE]),
                both_bad=int(both[i, j, BOTH_BAD]),
            )
            for j, other in enumerate(models)
            if j != i
        }
        for i, model in enumerate(models)
    }


def _reason(
    models: tuple[str, ...],
    fit: bradley_terry.BradleyTerry,
    unranked: tuple[str, ...],
) -> str | None:
    sentences = []
    if fit.has_prior:
        groups = bradley_terry.one_sided_groups(bradley_terry.half_wins(fit.counts), models)
        sentences.append(
            f"{groups}, so plain maximum likelihood gives an infinite strength; a weak prior is "
            "used: each model is given half a comparison, tied, against the others."
        )
    if fit.n_cases < MIN_CASES:
        sentences.append("Intervals need comparisons on at least 2 cases; there is 1.")
    if unranked:
        sentences.append(f"Not compared yet and not ranked: {', '.join(unranked)}.")
    return " ".join(sentences) or None
