"""What came in case by case, in the order in which it did, for who looks at it every day."""

import numpy as np

from evalkit.stats.counts import LEFT, RIGHT, FloatArray, IntArray
from evalkit.study.collected import Collected
from evalkit.study.subjects import Subject, codings_of
from evalkit.study.verdicts import verdict_units
from evalkit.vocabulary import AnnotatorKind


def first_comparisons(collected: Collected, *, model: str, other: str) -> FloatArray:
    """Return how two models did on each case they met on, by the first comparison of it.

    Parameters
    ----------
    collected : Collected
    model, other : str
        Two of ``collected.models``.

    Returns
    -------
    FloatArray of shape (n_cases,)
        1 where ``model`` was preferred, 0 where the other was, 1/2 for neither; in the order of
        time. Later comparisons of a case would change what was looked at already: they count
        nowhere here.
    """
    preferences, of = collected.preferences, collected.outputs.model
    first, second = collected.models.index(model), collected.models.index(other)
    left, right = of[preferences.left], of[preferences.right]
    is_turned = (left == second) & (right == first)
    here = np.flatnonzero(((left == first) & (right == second)) | is_turned)
    here = here[np.argsort(preferences.latest[here], kind="stable")]
    preference = preferences.preference[here]
    share = np.select([preference == LEFT, preference == RIGHT], [1.0, 0.0], 0.5)
    share = np.where(is_turned[here], 1.0 - share, share)
    shares: FloatArray = share[_firsts(collected.outputs.case[preferences.left[here]])]
    return shares


def first_agreements(collected: Collected, judge: int, subject: Subject) -> FloatArray:
    """Return on each case whether a judge says what the first person did who judged the same.

    Parameters
    ----------
    collected : Collected
        Judges included, everybody identified.
    judge : int
        Its index into ``annotators``.
    subject : Subject
        One of ``evalkit.study.verdicts.acceptable_subjects``.

    Returns
    -------
    FloatArray of shape (n_cases,)
        1 or 0, in the order in which people judged; 0 also where the judge says two things
        equally often.
    """
    is_person = np.array([who.kind != AnnotatorKind.JUDGE for who in collected.annotators], bool)
    units = verdict_units(collected, judge, subject)
    every = codings_of(collected, subject, every=True)
    is_judged = np.zeros(1 + int(every.unit.max(initial=-1)), dtype=np.bool_)
    is_judged[every.unit[every.annotator == judge]] = True
    verdict = np.full(len(is_judged), -1, dtype=np.int64)
    verdict[is_judged] = units.verdict
    here = np.flatnonzero(is_person[every.annotator] & is_judged[every.unit])
    is_same = verdict[every.unit[here]] == every.value[here]
    same: FloatArray = is_same[_firsts(every.case[here])].astype(np.float64)
    return same


def _firsts(case: IntArray) -> IntArray:
    """Return the place of the first entry of each case, in the order of entries."""
    return np.sort(np.unique(case, return_index=True)[1])
