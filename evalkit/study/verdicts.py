"""What a judge says of each unit, how sure of it it is, and whether people say otherwise."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import BoolArray, Codings, FloatArray, IntArray
from evalkit.study.collected import Collected, Criterion
from evalkit.study.subjects import ANY_ERROR, PREFERRED, Subject, codings_of, subjects
from evalkit.vocabulary import AnnotatorKind

#: Stands for a verdict where a judge contradicts itself as often as not.
NO_VERDICT = -1
#: Stands for the second response of a unit that has only one.
NO_OUTPUT = -1


@dataclass(frozen=True, slots=True, eq=False)
class VerdictUnits:
    """What one judge says on one thing, unit by unit; one entry for every unit it judged.

    Attributes
    ----------
    case : IntArray of shape (n_units,)
    first, second : IntArray of shape (n_units,)
        Outputs, the lower index first; ``second`` is ``NO_OUTPUT`` of a response judged alone.
    verdict : IntArray of shape (n_units,)
        What it says most often, an index into ``values``: of a pair as if ``first`` stood first.
        ``NO_VERDICT`` where it says two things equally often.
    certainty : FloatArray of shape (n_units,)
        The share of its verdicts on the unit, both orders and repeats, that say so; 0–1, and 0
        without a verdict.
    n_people : IntArray of shape (n_units,)
        How many people judged it.
    is_wrong : BoolArray of shape (n_units,)
        Whether more people say something else than say the same; never where none did.
    by_judge, by_people : IntArray of shape (n_units, n_values)
        How often each value was said of the unit, all verdicts of the judge and the latest answer
        of every person; as if ``first`` stood first.
    values : tuple
        As of ``Codings``.
    """

    case: IntArray
    first: IntArray
    second: IntArray
    verdict: IntArray
    certainty: FloatArray
    n_people: IntArray
    is_wrong: BoolArray
    by_judge: IntArray
    by_people: IntArray
    values: tuple[float | str, ...]


def acceptable_subjects(collected: Collected) -> tuple[Subject, ...]:
    """Return the subjects on which a verdict can be right: not a number between levels.

    Nor a checklist, whose items are no unit that people can be asked for alone.
    """
    return tuple(
        subject
        for subject in subjects(collected)
        if subject in (PREFERRED, ANY_ERROR)
        or (isinstance(subject, Criterion) and not subject.is_continuous)
    )


def verdict_units(collected: Collected, judge: int, subject: Subject) -> VerdictUnits:
    """Set a judge's verdicts on one thing beside what most people say.

    Parameters
    ----------
    collected : Collected
        Judges included, everybody identified.
    judge : int
        Its index into ``annotators``.
    subject : Subject
        One of :func:`acceptable_subjects`, or a tag.

    Returns
    -------
    VerdictUnits
        Where people differ, a verdict is right that as many of them give as any other: a judge
        cannot be wrong where people split evenly. Of what a person judged twice the latest counts.
    """
    is_person = np.array([who.kind != AnnotatorKind.JUDGE for who in collected.annotators], bool)
    every = codings_of(collected, subject, every=True)
    latest = codings_of(collected, subject)
    n_units = 1 + int(every.unit.max(initial=-1))
    by_judge = _counts(every.at(every.annotator == judge), n_units)
    by_people = _counts(latest.at(is_person[latest.annotator]), n_units)
    unit = np.flatnonzero(by_judge.sum(axis=1))
    told, people = by_judge[unit], by_people[unit]
    most = told.max(axis=1, initial=0)
    is_clear = (told == most[:, np.newaxis]).sum(axis=1) == 1
    verdict = np.where(is_clear, told.argmax(axis=1), NO_VERDICT)
    same = people[np.arange(len(unit)), verdict]
    first, second = outputs_of_units(collected, subject, every)
    return VerdictUnits(
        case=collected.outputs.case[first[unit]],
        first=first[unit],
        second=second[unit],
        verdict=verdict,
        certainty=np.where(is_clear, most / told.sum(axis=1), 0.0),
        n_people=people.sum(axis=1),
        is_wrong=is_clear & (same < people.max(axis=1, initial=0)),
        by_judge=told,
        by_people=people,
        values=every.values,
    )


def _counts(codings: Codings, n_units: int) -> IntArray:
    """Return how often each value was given, by unit."""
    n_values = len(codings.values)
    cells = np.bincount(codings.unit * n_values + codings.value, minlength=n_units * n_values)
    return cells.reshape(n_units, n_values)


def outputs_of_units(
    collected: Collected, subject: Subject, every: Codings
) -> tuple[IntArray, IntArray]:
    """Return both outputs of every unit, by its code; ``every`` are codings with repeats."""
    n_units = 1 + int(every.unit.max(initial=-1))
    if subject != PREFERRED:
        return np.arange(n_units), np.full(n_units, NO_OUTPUT)
    preferences = collected.preferences
    # The order of the codings: that in which preferences were given.
    order = np.argsort(preferences.latest, kind="stable")
    ends = np.zeros((2, n_units), dtype=np.int64)
    ends[:, every.unit] = np.sort([preferences.left[order], preferences.right[order]], axis=0)
    return ends[0], ends[1]
