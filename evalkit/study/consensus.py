"""Which of two responses most annotators prefer, and by how much: one line per pair."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import LEFT, RIGHT, FloatArray, IntArray, joint_codes, sum_by
from evalkit.study.collected import Collected, latest_preferences
from evalkit.study.graded import graded, grades


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """The pairs of responses of which one is better to more than half of who judged them.

    Attributes
    ----------
    chosen, rejected : IntArray of shape (n_pairs,)
        Indices into ``Collected.outputs``, in the order of cases.
    n : IntArray of shape (n_pairs,)
        How many annotators judged the pair.
    agreement : FloatArray of shape (n_pairs,)
        The share of them who called ``chosen`` better, above 1/2.
    strength : FloatArray of shape (n_pairs,)
        The mean grade of ``chosen``, −2 to 2; ``NaN`` where nobody's preference has a grade.
    n_undecided : int
        Pairs that were judged and of which neither response is better to so many.
    """

    chosen: IntArray
    rejected: IntArray
    n: IntArray
    agreement: FloatArray
    strength: FloatArray
    n_undecided: int


def consensus(collected: Collected) -> Consensus:
    """Return what most annotators prefer of every two responses that were compared.

    Every annotator has one vote on a pair, their latest; the pairs that a ranking implies count
    too. Who found both equally good, or both bad, votes for neither. Names and sides decide
    nothing: without more than half of the votes there is no consensus.
    """
    preferences, places = collected.preferences, latest_preferences(collected)
    left, right = preferences.left[places], preferences.right[places]
    first, second = np.minimum(left, right), np.maximum(left, right)
    pair = joint_codes(collected.outputs.case[first], first, second)
    n_pairs = int(pair.max(initial=-1)) + 1
    better = np.where(preferences.preference[places] == LEFT, left, -1)
    better = np.where(preferences.preference[places] == RIGHT, right, better)
    n = np.bincount(pair, minlength=n_pairs)
    for_first = np.bincount(pair[better == first], minlength=n_pairs)
    for_second = np.bincount(pair[better == second], minlength=n_pairs)
    votes = np.maximum(for_first, for_second)
    ends = np.zeros((2, n_pairs), dtype=np.int64)
    ends[:, pair] = first, second
    is_second = for_second > for_first
    keep = 2 * votes > n
    with np.errstate(invalid="ignore"):
        share = votes / n
    return Consensus(
        chosen=np.where(is_second, ends[1], ends[0])[keep],
        rejected=np.where(is_second, ends[0], ends[1])[keep],
        n=n[keep],
        agreement=share[keep],
        strength=(np.where(is_second, -1.0, 1.0) * _mean_grade(collected, places, pair, n_pairs))[
            keep
        ],
        n_undecided=int((~keep).sum()),
    )


def _mean_grade(collected: Collected, places: IntArray, pair: IntArray, n_pairs: int) -> FloatArray:
    """Return the mean grade of the first of each pair, of the votes that have one."""
    is_graded = np.isin(places, graded(collected))
    places, pair = places[is_graded], pair[is_graded]
    left, right = collected.preferences.left[places], collected.preferences.right[places]
    toward_first = grades(collected, places) * np.where(left < right, 1, -1)
    with np.errstate(invalid="ignore"):
        return sum_by(pair, toward_first, n_codes=n_pairs) / np.bincount(pair, minlength=n_pairs)
