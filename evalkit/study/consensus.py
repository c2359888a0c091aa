"""Which of two responses most annotators prefer, and by how much: one line per pair."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evalkit.stats.annotators.truth import dawid_skene
from evalkit.stats.counts import (
    LEFT,
    PREFERENCE_VALUES,
    RIGHT,
    BoolArray,
    FloatArray,
    IntArray,
    joint_codes,
    sum_by,
)
from evalkit.study.collected import Collected, codings_of_preferences, latest_preferences
from evalkit.study.graded import graded, grades
from evalkit.vocabulary import PREFERENCE_CODES, ConsensusRule, Preference


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
        The share of them who called ``chosen`` better: above 1/2, but where it was adjudicated.
    strength : FloatArray of shape (n_pairs,)
        The mean grade of ``chosen``, −2 to 2; ``NaN`` where nobody's preference has a grade.
    n_undecided : int
        Pairs that were judged and of which neither response is better to so many.
    is_adjudicated : BoolArray of shape (n_pairs,)
        Whether a lead's decision is the answer.
    """

    chosen: IntArray
    rejected: IntArray
    n: IntArray
    agreement: FloatArray
    strength: FloatArray
    n_undecided: int
    answer: IntArray
    confidence: FloatArray
    is_adjudicated: BoolArray


def consensus(
    collected: Collected,
    rule: ConsensusRule = ConsensusRule.MAJORITY,
    *,
    with_ties: bool = False,
    adjudicated: Mapping[tuple[int, int], Preference] | None = None,
) -> Consensus:
    """Return what annotators agree on about every two responses that were compared.

    Every annotator has one vote on a pair, their latest; the pairs that a ranking implies count
    too. Who found both equally good, or both bad, votes for neither.

    Parameters
    ----------
    collected : Collected
    rule : ConsensusRule
        By majority an answer needs more than half of the votes: names and sides decide nothing.
        By Dawid–Skene it needs a probability above 1/2 once annotators are weighed by how
        reliable they are. ``ADJUDICATED`` is what a lead decided where one did, and the majority
        elsewhere. ``EVERY`` makes of each vote a line of its own.
    with_ties : bool
        Whether pairs of which a tie, or both bad, is the answer are among them.
    adjudicated : mapping, optional
        What was decided, by the row numbers of two responses, the lower first, of which the
        preference is as if it stood left.
    """
    if rule is ConsensusRule.EVERY:
        return _every(collected, with_ties=with_ties)
    places = latest_preferences(collected)
    votes = _votes(collected, places)
    share = votes.counts / np.maximum(votes.n, 1)
    certain = _dawid_skene(collected, votes) if rule is ConsensusRule.DAWID_SKENE else share
    decided = np.zeros(len(votes.n), dtype=np.bool_)
    if rule is ConsensusRule.ADJUDICATED:
        certain, decided = _adjudicated(collected, votes, share, adjudicated or {})
    # Halves are no majority; a sum of probabilities may miss one half by a rounding.
    best = np.argmax(certain, axis=0)
    pairs = np.arange(len(best))
    is_agreed = certain[best, pairs] > 0.5 + (1e-9 if rule is ConsensusRule.DAWID_SKENE else 0.0)
    is_tie = best > RIGHT
    keep = is_agreed & (with_ties | ~is_tie)
    is_second = best == RIGHT
    grade = _mean_grade(collected, places, votes.pair, len(best))
    chosen = np.where(is_second, votes.second, votes.first)
    strength = np.where(is_tie, np.nan, np.where(is_second, -1.0, 1.0) * grade)
    is_probable = rule is ConsensusRule.DAWID_SKENE
    confidence = certain[best, pairs] if is_probable else np.full(len(best), np.nan)
    return Consensus(
        chosen=chosen[keep],
        rejected=(votes.first + votes.second - chosen)[keep],
        n=votes.n[keep],
        agreement=share[best, pairs][keep],
        strength=strength[keep],
        n_undecided=int((~keep).sum()),
        answer=np.where(is_second, LEFT, best)[keep],
        confidence=confidence[keep],
        is_adjudicated=decided[keep],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    """The pairs that were compared, and how many votes each answer on them has.

    ``pair`` is that of each vote; ``counts`` is of shape (4, n_pairs), for the first of the two,
    the second, a tie and both bad.
    """

    pair: IntArray
    first: IntArray
    second: IntArray
    counts: IntArray
    n: IntArray


def _votes(collected: Collected, places: IntArray) -> _Votes:
    preferences = collected.preferences
    left, right = preferences.left[places], preferences.right[places]
    first, second = np.minimum(left, right), np.maximum(left, right)
    pair = joint_codes(collected.outputs.case[first], first, second)
    n_pairs = int(pair.max(initial=-1)) + 1
    of = preferences.preference[places]
    answer = np.where((left > right) & (of <= RIGHT), 1 - of, of)
    ends = np.zeros((2, n_pairs), dtype=np.int64)
    ends[:, pair] = first, second
    counts = np.bincount(answer * n_pairs + pair, minlength=4 * n_pairs).reshape(4, n_pairs)
    return _Votes(pair, ends[0], ends[1], counts, counts.sum(axis=0))


def _dawid_skene(collected: Collected, votes: _Votes) -> FloatArray:
    """Return how probable each answer on each pair is; 0 of one that nobody could give."""
    probability = np.zeros(votes.counts.shape)
    if not len(votes.pair):
        return probability
    codings = codings_of_preferences(collected)
    truth = dawid_skene(codings)
    for place, value in enumerate(codings.values):
        probability[PREFERENCE_VALUES.index(str(value)), truth.units] = truth.probability[:, place]
    return probability


def _adjudicated(
    collected: Collected,
    votes: _Votes,
    share: FloatArray,
    decisions: Mapping[tuple[int, int], Preference],
) -> tuple[FloatArray, BoolArray]:
    """Return the share of each answer, all of it where a lead decided, and where one did."""
    certain, decided = share.copy(), np.zeros(len(votes.n), dtype=np.bool_)
    ids = collected.outputs.id
    pairs = np.column_stack([ids[votes.first], ids[votes.second]])
    for place, (first, second) in enumerate(pairs.tolist() if decisions else ()):
        low, high = min(first, second), max(first, second)
        if (low, high) not in decisions:
            continue
        answer = PREFERENCE_CODES[decisions[low, high]]
        if low != first and answer <= RIGHT:
            answer = 1 - answer
        certain[:, place] = 0.0
        certain[answer, place] = 1.0
        decided[place] = True
    return certain, decided


def _every(collected: Collected, *, with_ties: bool) -> Consensus:
    """Return each vote as a line of its own, of which one annotator is certain."""
    preferences, places = collected.preferences, latest_preferences(collected)
    of = preferences.preference[places]
    keep = (of <= RIGHT) | with_ties
    has_grade = np.isin(places, graded(collected)) & (of <= RIGHT)
    places, of, has_grade = places[keep], of[keep], has_grade[keep]
    left, right = preferences.left[places], preferences.right[places]
    ones = np.ones(len(places), dtype=np.int64)
    return Consensus(
        chosen=np.where(of == RIGHT, right, left),
        rejected=np.where(of == RIGHT, left, right),
        n=ones,
        agreement=ones.astype(np.float64),
        strength=np.where(has_grade, np.abs(grades(collected, places)), np.nan),
        n_undecided=int((~keep).sum()),
        answer=np.where(of == RIGHT, LEFT, of),
        confidence=np.full(len(places), np.nan),
        is_adjudicated=np.zeros(len(places), dtype=np.bool_),
    )


def _mean_grade(collected: Collected, places: IntArray, pair: IntArray, n_pairs: int) -> FloatArray:
    """Return the mean grade of the first of each pair, of the votes that have one."""
    is_graded = np.isin(places, graded(collected))
    places, pair = places[is_graded], pair[is_graded]
    left, right = collected.preferences.left[places], collected.preferences.right[places]
    toward_first = grades(collected, places) * np.where(left < right, 1, -1)
    with np.errstate(invalid="ignore"):
        return sum_by(pair, toward_first, n_codes=n_pairs) / np.bincount(pair, minlength=n_pairs)
