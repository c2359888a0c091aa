"""Whether annotators lean to a side: only where sides were dealt, or a pair was shown both ways."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalkit.stats.counts import LEFT, RIGHT, IntArray, sum_by
from evalkit.stats.distributions import sign_test
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate, wilson_interval

NOT_DEALT = (
    "Sides were not dealt by evalkit and no pair was shown in both orders, so nobody knows "
    "how often left should be chosen."
)
NO_SIDE = "No side is known to have been preferred yet."


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Preferences as they were shown; one entry per presentation.

    Attributes
    ----------
    annotator, unit : IntArray of shape (n_entries,)
        Who chose, and between which two outputs, whatever their order.
    order : IntArray of shape (n_entries,)
        0 where the output with the lower code stood left, 1 where it stood right.
    chosen : IntArray of shape (n_entries,)
        0 left, 1 right, 2 tie, 3 both bad.
    is_dealt : bool array of shape (n_entries,)
        Whether the sides were dealt evenly, by evalkit.
    """

    annotator: IntArray
    unit: IntArray
    order: IntArray
    chosen: IntArray
    is_dealt: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SideHabit:
    """How often an annotator chose left of ``n`` times a side was chosen.

    Attributes
    ----------
    left, n : int
    rate : Estimate
        Their share, with Wilson's interval, clustered by pair where pairs were shown again;
        None with the reason where sides say nothing.
    p_value : float
        Of no leaning; ``NaN`` where it cannot be tested.
    is_dealt : bool
        Whether half is expected because sides were dealt; else because both orders were shown.
    """

    left: int
    n: int
    rate: Estimate
    p_value: float
    is_dealt: bool


#: Of what has no sides.
NO_HABIT = SideHabit(0, 0, Estimate(None, None, None, 0, NO_SIDE), math.nan, is_dealt=False)


def side_habits(sides: Sides, n_annotators: int) -> tuple[SideHabit, ...]:
    """Return how far each annotator leans to a side, of what is balanced between them.

    A presentation says something of a habit where its sides were dealt, or where its annotator
    saw the same pair as often the other way round. Without a habit each pair then leans to left
    as probably as to right: the p value is the sign test over the pairs that lean (where no pair
    was shown twice, the exact binomial test of left against right).

    References
    ----------
    Dixon & Mood (1946), Journal of the American Statistical Association 41 (sign test).
    """
    pairs, place = _pairs(sides, n_annotators)
    tells = balanced(sides)
    here = tells & (sides.chosen <= RIGHT)
    who, is_left = sides.annotator[here], sides.chosen[here] == LEFT
    tipped = sum_by(place[here], np.where(is_left, 1.0, -1.0), n_codes=len(pairs))
    more, less = (
        np.bincount(pairs[leans] % n_annotators, minlength=n_annotators)
        for leans in (tipped > 0, tipped < 0)
    )
    p_values = np.where(more + less > 0, sign_test(more, less), np.nan)
    rates = _rates(who, place[here], is_left, n_annotators=n_annotators)
    preferred, telling, dealt = (
        np.bincount(sides.annotator[some], minlength=n_annotators)
        for some in (np.ones_like(tells), tells, sides.is_dealt)
    )
    reasons = [
        NOT_DEALT if preferred[k] and not telling[k] else NO_SIDE for k in range(n_annotators)
    ]
    left = np.bincount(who[is_left], minlength=n_annotators)
    return tuple(
        SideHabit(
            left=int(left[k]),
            n=rate.n,
            rate=rate if rate.n else Estimate(None, None, None, 0, reasons[k]),
            p_value=float(p_values[k]),
            is_dealt=bool(dealt[k]),
        )
        for k, rate in enumerate(rates)
    )


def balanced(sides: Sides) -> npt.NDArray[np.bool_]:
    """Return which presentations say something of a habit: dealt, or shown as often turned."""
    pairs, place = _pairs(sides, int(sides.annotator.max(initial=0)) + 1)
    turned = np.where(sides.order == 0, 1.0, -1.0)
    is_even = sum_by(place, turned, n_codes=len(pairs)) == 0
    tells: npt.NDArray[np.bool_] = sides.is_dealt | is_even[place]
    return tells


def _pairs(sides: Sides, n_annotators: int) -> tuple[IntArray, IntArray]:
    """Return each annotator's pairs as ``unit * n_annotators + annotator``, and every entry's."""
    key = sides.unit.astype(np.int64) * n_annotators + sides.annotator
    pairs, place = np.unique(key, return_inverse=True)
    return pairs, place.reshape(-1)


def _rates(
    annotator: IntArray, pair: IntArray, is_left: npt.NDArray[np.bool_], *, n_annotators: int
) -> list[Estimate]:
    """Return the share of left per annotator, clustered by pair where one came again."""
    weight = np.ones(len(pair), dtype=np.int64)
    means = clustered_means(
        annotator, case=pair, value=is_left.astype(np.float64), n=weight, n_groups=n_annotators
    )
    rates = []
    for k in range(n_annotators):
        n, share = int(means.n[k]), float(means.value[k])
        if n and n == int(means.n_cases[k]):
            interval = wilson_interval(share, n)
            rates.append(Estimate(share, interval.low, interval.high, n))
        else:
            rates.append(share_estimate(means, k))
    return rates
