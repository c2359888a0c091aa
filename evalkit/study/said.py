"""What a judge and people said of each unit, and how far apart they are, on any scale."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.stats.counts import BoolArray, Codings, FloatArray, IntArray
from evalkit.study.collected import Collected, Criterion
from evalkit.study.distances import value_distances
from evalkit.study.near_values import NEAR, is_near, near_values
from evalkit.study.subjects import Subject, codings_of
from evalkit.study.verdicts import NO_OUTPUT, NO_VERDICT, verdict_units
from evalkit.vocabulary import AnnotatorKind


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """How often each value was said of each unit, without those that nobody said.

    ``value`` and ``n`` are of shape (n_entries,), those of a unit from ``start[unit]`` on;
    ``start`` is of shape (n_units + 1,).
    """

    start: IntArray
    value: IntArray
    n: IntArray

    def __getitem__(self, unit: int) -> list[tuple[int, int]]:
        """Return each value said of a unit, by its place among the values, and how often."""
        here = slice(int(self.start[unit]), int(self.start[unit + 1]))
        return list(zip(self.value[here].tolist(), self.n[here].tolist(), strict=True))

    def at(self, units: IntArray) -> "Tally":
        """Return the same of some units, in their order."""
        n = np.diff(self.start)[units]
        start = np.concatenate([[0], np.cumsum(n)])
        entry = np.arange(start[-1]) + np.repeat(self.start[units] - start[:-1], n)
        return Tally(start, self.value[entry], self.n[entry])


@dataclass(frozen=True, slots=True, eq=False)
class SaidOfUnits:
    """What one judge and people said of what the judge judged.

    Attributes
    ----------
    case, first, second, verdict, certainty, n_people : array of shape (n_units,)
        As of ``VerdictUnits``.
    unanimity, distance : FloatArray of shape (n_units,)
        The share of people who say what most of them say, and how far the verdict is from the
        nearest of that, as a share of the scale; ``NaN`` and infinite where nobody judged it.
    is_wrong : BoolArray of shape (n_units,)
        Whether most people say something else.
    by_judge, by_people : Tally
    values : tuple
        As of ``Codings``; on a scale without steps with the verdicts, which are means.
    """

    case: IntArray
    first: IntArray
    second: IntArray
    verdict: IntArray
    certainty: FloatArray
    n_people: IntArray
    unanimity: FloatArray
    distance: FloatArray
    is_wrong: BoolArray
    by_judge: Tally
    by_people: Tally
    values: tuple[float | str, ...]


def said_of_units(collected: Collected, judge: int, subject: Subject) -> SaidOfUnits:
    """Set what a judge said of one thing beside what people said of it.

    Parameters
    ----------
    collected : Collected
        Judges included, everybody identified.
    judge : int
        Its index into ``annotators``.
    subject : Subject
        The preference, a criterion, or a tag.

    Notes
    -----
    On a scale without steps answers are the same that lie within ``NEAR`` of each other; what
    most say is what most others lie that near to. A judge's verdict is the mean of those of its
    own of which that holds; where these lie further apart it says two things equally often.
    """
    if isinstance(subject, Criterion) and subject.is_continuous:
        return _of_numbers(collected, judge, subject)
    units = verdict_units(collected, judge, subject)
    apart = value_distances(subject, units.values)[units.verdict]
    most = units.by_people.max(axis=1, initial=0)
    is_most = units.by_people == most[:, np.newaxis]
    with np.errstate(invalid="ignore"):
        unanimity = most / units.n_people
    return SaidOfUnits(
        case=units.case,
        first=units.first,
        second=units.second,
        verdict=units.verdict,
        certainty=units.certainty,
        n_people=units.n_people,
        unanimity=unanimity,
        distance=np.where(is_most, apart, np.inf).min(axis=1, initial=np.inf),
        is_wrong=units.is_wrong,
        by_judge=_of_table(units.by_judge),
        by_people=_of_table(units.by_people),
        values=units.values,
    )


def _of_numbers(collected: Collected, judge: int, subject: Criterion) -> SaidOfUnits:
    low, high = min(subject.values), max(subject.values)
    is_person = np.array([who.kind != AnnotatorKind.JUDGE for who in collected.annotators], bool)
    latest = codings_of(collected, subject)
    every = codings_of(collected, subject, every=True)
    verdicts = every.at(every.annotator == judge)
    people = latest.at(is_person[latest.annotator])
    unit = np.unique(verdicts.unit)
    n_units = len(unit)
    verdicts = replace(verdicts, unit=np.searchsorted(unit, verdicts.unit))
    people = people.at(np.isin(people.unit, unit))
    people = replace(people, unit=np.searchsorted(unit, people.unit))
    own = near_values(verdicts.unit, verdicts.numbers, low=low, high=high, n_units=n_units)
    theirs = near_values(people.unit, people.numbers, low=low, high=high, n_units=n_units)
    share, spread = own.middle()
    is_clear, distance = spread <= 2 * NEAR, theirs.distance(share)
    verdict = low + share * (high - low)
    values = np.unique(np.concatenate([verdicts.numbers, people.numbers, verdict]))
    with np.errstate(invalid="ignore"):
        unanimity = theirs.n_near / theirs.n
    return SaidOfUnits(
        case=collected.outputs.case[unit],
        first=unit,
        second=np.full(n_units, NO_OUTPUT),
        verdict=np.where(is_clear, np.searchsorted(values, verdict), NO_VERDICT),
        certainty=np.where(is_clear, own.n_near / own.n, 0.0),
        n_people=theirs.n,
        unanimity=unanimity,
        distance=distance,
        is_wrong=is_clear & (theirs.n > 0) & ~is_near(distance),
        by_judge=_of_numbers_said(verdicts, values, n_units),
        by_people=_of_numbers_said(people, values, n_units),
        values=tuple(values.tolist()),
    )


def _of_numbers_said(codings: Codings, values: FloatArray, n_units: int) -> Tally:
    key = codings.unit * len(values) + np.searchsorted(values, codings.numbers)
    cells, n = np.unique(key, return_counts=True)
    return _tally(cells // len(values), cells % len(values), n, n_units)


def _of_table(counts: IntArray) -> Tally:
    unit, value = np.nonzero(counts)
    return _tally(unit, value, counts[unit, value], len(counts))


def _tally(unit: IntArray, value: IntArray, n: IntArray, n_units: int) -> Tally:
    start = np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=n_units))])
    return Tally(start, value, n)
