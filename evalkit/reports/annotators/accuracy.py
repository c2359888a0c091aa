"""How often annotators gave the right answer, where one is known."""

import numpy as np

from evalkit.stats.counts import Codings, FloatArray, IntArray
from evalkit.stats.intervals import Estimate, clustered_means, share_estimates
from evalkit.study.collected import NO_TAG, Collected, Criterion, Tag, latest_preferences
from evalkit.study.gold import toward_lower
from evalkit.study.subjects import ANY_ERROR, PREFERRED, Subject
from evalkit.text import because

#: On a continuous scale, as a share of it, how far from the right number is still right.
NEAR = 0.05

NOT_TRIED = "They judged nothing of which the right answer is known."


def accuracies(
    collected: Collected, subject: Subject, codings: Codings
) -> tuple[Estimate, ...] | None:
    """Return how often each annotator gave the right answer, 0–1, its interval clustered by case.

    Parameters
    ----------
    collected : Collected
    subject : Subject
    codings : Codings
        Who gave what, of what was judged twice the latest: ``codings_of(collected, subject)``.

    Returns
    -------
    tuple of Estimate or None
        In the order of ``codings.annotators``; None where no right answer is known of the subject.
        Right is the same preference, whatever the sides, the same value, on a continuous scale
        one within ``NEAR`` of it, and an error marked where it is, or none where there is none.
    """
    unit, right = _right_answers(collected, subject)
    if not len(unit):
        return None
    judged, answered = _answers(collected, subject, codings)
    order = np.argsort(unit)
    place = order[np.minimum(np.searchsorted(unit, judged, sorter=order), len(unit) - 1)]
    tried = np.flatnonzero(unit[place] == judged)
    is_right = np.abs(answered[tried] - right[place[tried]]) <= _tolerance(subject)
    means = clustered_means(
        codings.annotator[tried],
        case=codings.case[tried],
        value=is_right.astype(np.float64),
        n=np.ones(len(tried), dtype=np.int64),
        n_groups=len(codings.annotators),
    )
    shares = share_estimates(means)
    return tuple(because(shares[k], NOT_TRIED) for k in range(len(codings.annotators)))


def _right_answers(collected: Collected, subject: Subject) -> tuple[IntArray, FloatArray]:
    """Return of what the right answer is known, and that answer as a number."""
    gold = collected.gold
    if subject == PREFERRED:
        return _pair(collected, gold.left, gold.right), gold.preference.astype(np.float64)
    if isinstance(subject, Criterion):
        here = gold.criterion == collected.criteria.index(subject)
        return gold.scored[here], gold.value[here]
    if not isinstance(subject, Tag):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    is_there = gold.tag != NO_TAG
    if subject != ANY_ERROR:
        is_there &= gold.tag == collected.tags.index(subject)
    known, first = np.unique(gold.looked_at[is_there | (gold.tag == NO_TAG)], return_index=True)
    hit = is_there[is_there | (gold.tag == NO_TAG)]
    return known, hit[first].astype(np.float64)


def _answers(
    collected: Collected, subject: Subject, codings: Codings
) -> tuple[IntArray, FloatArray]:
    """Return what was judged and what was given, in the entries of the codings."""
    if subject == PREFERRED:
        preferences, here = collected.preferences, latest_preferences(collected)
        left, right = preferences.left[here], preferences.right[here]
        unit = _pair(collected, np.minimum(left, right), np.maximum(left, right))
        value = toward_lower(left, right, preferences.preference[here])
        return unit, value.astype(np.float64)
    if isinstance(subject, Criterion):
        return codings.unit, codings.numbers
    return codings.unit, codings.value.astype(np.float64)


def _pair(collected: Collected, low: IntArray, high: IntArray) -> IntArray:
    return low.astype(np.int64) * len(collected.outputs.id) + high


def _tolerance(subject: Subject) -> float:
    if isinstance(subject, Criterion) and subject.is_continuous:
        return NEAR * (subject.values[-1] - subject.values[0])
    return 0.0
