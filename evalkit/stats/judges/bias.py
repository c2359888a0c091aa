"""What a judge leans to beyond what people lean to, on the same pairs of responses."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, FloatArray, IntArray, number_cells, sum_by
from evalkit.stats.intervals import Estimate, clustered_means, share_estimate

NOT_BOTH_ORDERS = "It was shown no pair in both orders."
NO_PAIR = "It and people judged no pair in common of which one response has more of this."
NO_SIDES = (
    "Of people's sides on these pairs nobody knows that they were even, so what they lean to "
    "cannot be told."
)


@dataclass(frozen=True, slots=True, eq=False)
class Picks:
    """Choices between two responses of which one has more of something; an entry per choice.

    Attributes
    ----------
    unit, case, annotator : IntArray of shape (n_entries,)
        Which two responses, to which case, by whom.
    order : IntArray of shape (n_entries,)
        0 or 1: which of the two stood first.
    toward : FloatArray of shape (n_entries,)
        1 where the response with more of it was chosen, 0 where the other; ½ for neither.
    """

    unit: IntArray
    case: IntArray
    annotator: IntArray
    order: IntArray
    toward: FloatArray


@dataclass(frozen=True, slots=True)
class Leaning:
    """How often a judge chooses what has more of something, how often people do, and the excess.

    ``judge`` and ``people`` are shares, 0–1, ``excess`` the first less the second, −1 to 1; all on
    the same ``n`` pairs. Where there are none of these with people, ``judge`` is of all its own.
    """

    judge: Estimate
    people: Estimate
    excess: Estimate


def leanings(
    picks: Picks, judges: IntArray, *, is_person: BoolArray, by_order: bool = False
) -> tuple[Leaning, ...]:
    """Measure what each judge leans to beyond people.

    Parameters
    ----------
    picks : Picks
        Of judges and people; what stood on no known side is not among them where that matters.
    judges : IntArray of shape (n_judges,)
        Annotators to be measured.
    is_person : BoolArray of shape (n_annotators,)
    by_order : bool
        Whether it is about what stood first: then a judge's pair counts where it saw both orders,
        each of them half, so that how good the responses are says nothing.

    Returns
    -------
    tuple of Leaning
        In the order of ``judges``. An estimate is None, with a reason, where nothing tells it.

    Notes
    -----
    Each pair counts once: the mean of a judge's choices less the mean over people of the mean of
    each one's. A tie is half a choice of both. The excess is what a judge adds: where people
    choose longer responses since these are better, so should a judge. Intervals by case
    (``share_estimate`` of (1 + excess)/2, so that one exists where no pair differs).

    References
    ----------
    Zheng et al. (2023), arXiv 2306.05685 (position, length); Dubois et al. (2024), arXiv
    2404.04475 (share of longer among chosen, of judges and of people).
    """
    units, unit = number_cells(picks.unit, n_keys=int(picks.unit.max(initial=-1)) + 1)
    n_units, n_annotators = len(units), len(is_person)
    case = np.zeros(n_units, dtype=np.int64)
    case[unit] = picks.case
    # Of each annotator, pair and order the mean; of these the mean of both orders.
    seen = (picks.annotator.astype(np.int64) * max(n_units, 1) + unit) * 2 + picks.order
    cells, place = number_cells(seen, n_keys=2 * n_units * n_annotators)
    of_cell = sum_by(place, picks.toward, n_codes=len(cells)) / np.bincount(place)
    looks, place = number_cells(cells // 2, n_keys=n_units * n_annotators)
    n_orders = np.bincount(place, minlength=len(looks))
    value = sum_by(place, of_cell, n_codes=len(looks)) / np.maximum(n_orders, 1)
    who, of_unit = looks // max(n_units, 1), looks % max(n_units, 1)
    people = is_person[who]
    n_people = np.bincount(of_unit[people], minlength=n_units)
    with np.errstate(invalid="ignore", divide="ignore"):
        by_people = sum_by(of_unit[people], value[people], n_codes=n_units) / n_people

    def leaning(judge: int) -> Leaning:
        own = who == judge
        nothing = NO_PAIR
        if by_order:
            own &= n_orders == 2
            nothing = NOT_BOTH_ORDERS
        pairs, chosen = of_unit[own], value[own]
        shared = n_people[pairs] > 0
        if not shared.any():
            reason = NO_SIDES if by_order and len(pairs) else nothing
            none = Estimate(None, None, None, 0, reason)
            alone = _share(chosen, case[pairs]) if len(pairs) else none
            return Leaning(alone, none, none)
        pairs, chosen = pairs[shared], chosen[shared]
        theirs = by_people[pairs]
        half = _share((1.0 + chosen - theirs) / 2.0, case[pairs])
        return Leaning(_share(chosen, case[pairs]), _share(theirs, case[pairs]), _excess(half))

    return tuple(leaning(judge) for judge in judges.tolist())


def _share(value: FloatArray, case: IntArray) -> Estimate:
    even = np.ones(len(value), dtype=np.int64)
    return share_estimate(clustered_means(0 * even, case=case, value=value, n=even, n_groups=1))


def _excess(half: Estimate) -> Estimate:
    """Return a difference of −1 to 1 of what was kept between 0 and 1."""
    value, low, high = (
        None if end is None else 2.0 * end - 1.0 for end in (half.value, half.low, half.high)
    )
    return Estimate(value, low, high, half.n, half.reason)
