"""Why comparisons are lost: what losers have and winners of the same pair have not; its cost."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, number_cells, sum_by
from evalkit.stats.distributions import sign_test
from evalkit.stats.intervals import (
    MIN_CASES,
    Estimate,
    Shares,
    means_of_cells,
    share_estimates,
)

NO_WITH = "No comparison here has it in this response alone."
NO_WITHOUT = "No comparison here has it in both responses or in neither."
FEW_CASES = "An interval needs at least 2 cases."


@dataclass(frozen=True, slots=True, eq=False)
class Discordant:
    """Comparisons with a winner of which one response alone has it; arrays of shape (n_groups,).

    ``p_value`` is that of the exact sign test over cases, ``NaN`` where no case leans.
    """

    only_loser: IntArray
    only_winner: IntArray
    p_value: FloatArray


def discordant(
    lost: BoolArray,
    has: BoolArray,
    other_has: BoolArray,
    *,
    group: IntArray,
    case: IntArray,
    n_groups: int,
) -> Discordant:
    """Test whether losers have something more often than winners of the same comparison.

    Parameters
    ----------
    lost, has, other_has : BoolArray of shape (n_entries,)
        Of comparisons with a winner, one entry each, or one from either side where groups are
        models: whether this response lost, whether it has it, and whether the other one does.
    group, case : IntArray of shape (n_entries,)
    n_groups : int

    Notes
    -----
    McNemar's exact test where a case has one comparison. Of several a case counts once, for the
    side to which most of them lean (Conover 1999, section 3.4, on the sign test).
    """
    alone, others_alone = has & ~other_has, other_has & ~has
    is_loser = (alone & lost) | (others_alone & ~lost)
    is_winner = (alone & ~lost) | (others_alone & lost)
    lean = is_loser.astype(np.int64) - is_winner
    n_cases = int(case.max(initial=-1)) + 1
    cells, cell = number_cells(group.astype(np.int64) * n_cases + case, n_keys=n_groups * n_cases)
    leans = sum_by(cell, lean.astype(np.float64), n_codes=len(cells))
    of = cells // max(n_cases, 1)
    more, less = (np.bincount(of[side], minlength=n_groups) for side in (leans > 0, leans < 0))
    p_value = np.where(more + less > 0, sign_test(more, less), np.nan)
    return Discordant(
        np.bincount(group[is_loser], minlength=n_groups),
        np.bincount(group[is_winner], minlength=n_groups),
        p_value,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What it costs to have something that the other response has not; asked group by group.

    Attributes
    ----------
    low, high : FloatArray of shape (n_groups,)
        Ends of the interval of the cost; ``NaN`` where there is none.
    """

    _with: Shares
    _without: Shares
    low: FloatArray
    high: FloatArray

    def won(self, group: int) -> Estimate:
        """Return the share that is won where this response alone has it; ties count half."""
        return self._with[group]

    def __getitem__(self, group: int) -> Estimate:
        """Return the cost: how much more is won where it is in both responses, or in neither.

        ``n`` counts the comparisons in which this response alone has it.
        """
        own, rest = self._with[group], self._without[group]
        if own.value is None:
            return Estimate(None, None, None, 0, NO_WITH)
        if rest.value is None:
            return Estimate(None, None, None, own.n, NO_WITHOUT)
        cost, low, high = rest.value - own.value, float(self.low[group]), float(self.high[group])
        if np.isnan(low):
            return Estimate(cost, None, None, own.n, FEW_CASES)
        return Estimate(cost, low, high, own.n)


def costs_of(
    share: FloatArray,
    has: BoolArray,
    other_has: BoolArray,
    *,
    group: IntArray,
    case: IntArray,
    n_groups: int,
) -> Costs:
    """Return what it costs in win rate to have something that the other response has not.

    Parameters
    ----------
    share : FloatArray of shape (n_entries,)
        What this response won: 1, 0, or 0.5 of a tie. Each comparison is there from both sides.
    has, other_has : BoolArray of shape (n_entries,)
    group, case : IntArray of shape (n_entries,)
        The model of this response, or 0 for all of them: then what is won without it is half.
    n_groups : int

    Notes
    -----
    The difference of two shares, each clustered by case with Wilson's interval, recovered from
    these with their correlation over cases (Zou & Donner 2008, Statistics in Medicine 27).
    """
    met_cases, case = number_cells(case, n_keys=int(case.max(initial=-1)) + 1)
    n_cases = len(met_cases)
    cell = group.astype(np.int64) * n_cases + case
    n_cells = n_groups * n_cases
    sides = []
    for is_there in (has & ~other_has, has == other_has):
        count = np.bincount(cell[is_there], minlength=n_cells).astype(np.float64)
        total = sum_by(cell[is_there], share[is_there], n_codes=n_cells)
        met = np.flatnonzero(count)
        means = means_of_cells(
            met // max(n_cases, 1), total=total[met], count=count[met], n_groups=n_groups
        )
        rest = total - count * np.repeat(np.nan_to_num(means.value), n_cases)
        sides.append((share_estimates(means), rest.reshape(n_groups, n_cases)))
    (own, own_rest), (without, without_rest) = sides
    half = ~without_rest.any(axis=1) & (without.means.value == 0.5)
    low, high = _recovered(_certain(without, half), own, _correlation(own_rest, without_rest))
    few = (own.means.n_cases < MIN_CASES) | (without.means.n_cases < MIN_CASES)
    return Costs(own, without, np.where(few, np.nan, low), np.where(few, np.nan, high))


def _certain(shares: Shares, half: BoolArray) -> Shares:
    """Give no width to what is half in every case: from both sides it cannot be anything else."""
    low, high = (np.where(half, 0.5, ends) for ends in (shares.low, shares.high))
    return Shares(shares.means, low, high)


def _correlation(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return how two shares go together over cases, 0 where one of them has no spread."""
    size = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    product = (first * second).sum(axis=1)
    correlation: FloatArray = np.divide(product, size, out=np.zeros_like(size), where=size > 1e-12)
    return correlation


def _recovered(
    first: Shares, second: Shares, correlation: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of a difference of two shares from the ends of both."""
    value, other = first.means.value, second.means.value
    down, up = value - first.low, first.high - value
    other_down, other_up = other - second.low, second.high - other
    with np.errstate(invalid="ignore"):
        below = np.sqrt(np.maximum(down**2 + other_up**2 - 2 * correlation * down * other_up, 0))
        above = np.sqrt(np.maximum(up**2 + other_down**2 - 2 * correlation * up * other_down, 0))
    return np.maximum(value - other - below, -1.0), np.minimum(value - other + above, 1.0)
