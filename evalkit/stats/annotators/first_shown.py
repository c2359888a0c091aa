"""Whether annotators who rank put what is shown first above the others."""

import math
from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray
from evalkit.stats.distributions import sign_test
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate

ORDER_NOT_DEALT = (
    "The order in which ranked responses were shown was not dealt by evalkit, so nobody knows how "
    "often the first should be above the others."
)
NOTHING_RANKED = "Nothing was ranked whose order on the screen is known."


@dataclass(frozen=True, slots=True, eq=False)
class FirstShown:
    """Rankings of which it is known what was shown first; one entry per ranking.

    Attributes
    ----------
    annotator, case : IntArray of shape (n_entries,)
    above : FloatArray of shape (n_entries,)
        Of which share of the others the first one stands above, 0–1; one on its place counts half.
    is_dealt : BoolArray of shape (n_entries,)
        Whether the order on the screen was dealt evenly, by evalkit.
    """

    annotator: IntArray
    case: IntArray
    above: FloatArray
    is_dealt: BoolArray


_NOBODY = np.zeros(0, dtype=np.int64)
NO_FIRST_SHOWN = FirstShown(_NOBODY, _NOBODY, np.zeros(0), np.zeros(0, dtype=np.bool_))


@dataclass(frozen=True, slots=True)
class FirstHabit:
    """How far an annotator puts what is shown first above the others.

    Attributes
    ----------
    rate : Estimate
        Mean share of the others below it, with an interval clustered by case; ``n`` counts
        rankings whose order was dealt. None with the reason where there is none.
    n_above, n_below : int
        In how many of these it was above more than half of the others, and below more than half.
    p_value : float
        Of no leaning; ``NaN`` where it cannot be tested.
    """

    rate: Estimate
    n_above: int
    n_below: int
    p_value: float


#: Of who ranked nothing.
NO_FIRST_HABIT = FirstHabit(Estimate(None, None, None, 0, NOTHING_RANKED), 0, 0, math.nan)


def first_shown_habits(rankings: FirstShown, n_annotators: int) -> tuple[FirstHabit, ...]:
    """Return how far each annotator puts what is shown first above the others.

    Where the order is dealt, each response is shown first as probably as any other, so whatever
    they are like, half of the others is to be expected below it. The p value is the sign test over
    the rankings that lean: above more than half of the others, or below.

    References
    ----------
    Dixon & Mood (1946), Journal of the American Statistical Association 41 (sign test).
    """
    who, above = rankings.annotator[rankings.is_dealt], rankings.above[rankings.is_dealt]
    means = clustered_means(
        who,
        case=rankings.case[rankings.is_dealt],
        value=above,
        n=np.ones(len(who), dtype=np.int64),
        n_groups=n_annotators,
    )
    more, less = (
        np.bincount(who[leans], minlength=n_annotators) for leans in (above > 0.5, above < 0.5)
    )
    p_values = np.where(more + less > 0, sign_test(more, less), np.nan)
    n_ranked = np.bincount(rankings.annotator, minlength=n_annotators)
    return tuple(
        FirstHabit(
            rate=share_estimate(means, k) if means.n[k] else _unknown(bool(n_ranked[k])),
            n_above=int(more[k]),
            n_below=int(less[k]),
            p_value=float(p_values[k]),
        )
        for k in range(n_annotators)
    )


def _unknown(has_ranked: bool) -> Estimate:
    return Estimate(None, None, None, 0, ORDER_NOT_DEALT if has_ranked else NOTHING_RANKED)
