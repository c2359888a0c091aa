"""How sure a judge is of its verdict on each unit: as it says itself, or as it says the same."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from evalkit.stats.counts import PREFERENCE_VALUES, RIGHT, FloatArray, IntArray
from evalkit.study.collected import Collected, Criterion
from evalkit.study.subjects import PREFERRED, Subject
from evalkit.study.sure import SureAnswers
from evalkit.study.verdicts import NO_OUTPUT, NO_VERDICT, VerdictUnits, verdict_units


class SureBy(StrEnum):
    """What tells how sure a judge is."""

    PROBABILITY = "probability"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True, eq=False)
class CertainUnits:
    """A judge's verdicts, and what tells how sure it is of them.

    ``n_untold`` verdicts have no probability where those of most others have one: nothing says
    how sure of these it is, and their certainty is 0.
    """

    units: VerdictUnits
    by: SureBy
    n_untold: int


def certain_units(
    collected: Collected, judge: int, subject: Subject, answers: SureAnswers | None
) -> CertainUnits:
    """Set a judge's verdicts beside what people say, and how sure it is of each.

    Parameters
    ----------
    collected, judge, subject
        As of :func:`verdict_units`.
    answers : SureAnswers, optional
        What judges said with a probability.

    Returns
    -------
    CertainUnits
        Where each answer on most of its verdicts has a probability, the certainty of a verdict is
        the mean of these over both orders and repeats: an answer that says something else than the
        verdict counts with what is left of its own, which bounds how probable it holds the verdict.
        Else it is the share of its answers that say the same.

    Notes
    -----
    No label of a person is looked at, so the choice of the one or the other costs no promise.
    """
    units = verdict_units(collected, judge, subject)
    is_verdict = units.verdict != NO_VERDICT
    if answers is None or not len(answers.judge) or not is_verdict.any():
        return CertainUnits(units, SureBy.AGREEMENT, 0)
    sure = _mean_probability(collected, collected.annotators[judge].name, subject, units, answers)
    is_told = ~np.isnan(sure) & is_verdict
    n_untold = int(is_verdict.sum() - is_told.sum())
    if 2 * n_untold >= int(is_verdict.sum()):
        return CertainUnits(units, SureBy.AGREEMENT, 0)
    certainty = np.where(is_told, sure, 0.0)
    return CertainUnits(replace(units, certainty=certainty), SureBy.PROBABILITY, n_untold)


def _mean_probability(
    collected: Collected, judge: str, subject: Subject, units: VerdictUnits, answers: SureAnswers
) -> FloatArray:
    """Return the mean probability of each verdict; ``NaN`` where some answer on it has none."""
    if subject != PREFERRED and not isinstance(subject, Criterion):
        return np.full(len(units.case), np.nan)
    key = subject.key if isinstance(subject, Criterion) else ""
    here = np.flatnonzero((np.array(answers.judge) == judge) & (np.array(answers.criterion) == key))
    ids = collected.outputs.id
    left, right = (_places(ids, side[here]) for side in (answers.left, answers.right))
    value = answers.value[here]
    low, high = np.minimum(left, right), np.maximum(left, right)
    if subject == PREFERRED:
        value = np.where((left > right) & (value <= RIGHT), RIGHT - value, value)
        code = _codes(units, value, PREFERENCE_VALUES)
    else:
        high = np.full(len(high), NO_OUTPUT)
        code = _codes(units, value, None)
    n = len(ids) + 1
    place = _places(
        units.first.astype(np.int64) * n + units.second + 1, low.astype(np.int64) * n + high + 1
    )
    there = np.flatnonzero((place >= 0) & (low >= 0))
    place, code = place[there], code[there]
    sure = answers.probability[here[there]]
    of_verdict = np.where(code == units.verdict[place], sure, 1.0 - sure)
    n_units, n_answers = len(units.case), units.by_judge.sum(axis=1)
    told = np.bincount(place, minlength=n_units)
    total = np.bincount(place, weights=of_verdict, minlength=n_units)
    mean: FloatArray = np.where(told == n_answers, total / np.maximum(told, 1), np.nan)
    return mean


def _codes(units: VerdictUnits, value: FloatArray, called: tuple[str, ...] | None) -> IntArray:
    """Return the places of values among those of the units, -1 of those that are not there."""
    places = {each: place for place, each in enumerate(units.values)}
    names: list[float | str] = [
        called[int(each)] if called else float(each) for each in np.unique(value)
    ]
    codes = np.array([places.get(name, -1) for name in names], dtype=np.int64)
    return codes[np.unique(value, return_inverse=True)[1].reshape(-1)] if len(value) else codes


def _places(there: IntArray, wanted: IntArray) -> IntArray:
    """Return where in the one each of the other is, -1 of those that are not there."""
    if not len(there):
        return np.full(len(wanted), -1)
    order = np.argsort(there, kind="stable")
    place = order[np.minimum(np.searchsorted(there, wanted, sorter=order), len(there) - 1)]
    return np.where(there[place] == wanted, place, -1)
