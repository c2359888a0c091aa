"""What one judge and people said of the same units, people's part counted once for all judges."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.stats.counts import BoolArray, Codings, FloatArray, IntArray, number_cells, sum_by


@dataclass(frozen=True, slots=True, eq=False)
class PeoplesAnswers:
    """What people said of each unit, repeats of one annotator in parts.

    Attributes
    ----------
    case, n_people : IntArray of shape (n_units,)
    by_people : FloatArray of shape (n_units, n_values)
        How often people say each value, one each.
    own : FloatArray of shape (n_units,)
        Sum of each person's agreement with themselves, to be taken from that of all.
    mirror : tuple of int
        As of ``Codings``.
    """

    case: IntArray
    n_people: IntArray
    by_people: FloatArray
    own: FloatArray
    mirror: tuple[int, ...]

    def beside(self, unit: IntArray, by_judge: FloatArray) -> "AnswersOfBoth":
        """Set beside people what a judge said of some units, without those people did not judge.

        Parameters
        ----------
        unit : IntArray of shape (n_judged,)
        by_judge : FloatArray of shape (n_judged, n_values)
        """
        n_people = self.n_people[unit]
        judged = AnswersOfBoth(
            self.case[unit],
            n_people,
            _rows(self.by_people, unit),
            by_judge,
            self.own[unit],
            self.mirror,
        )
        return judged.at(n_people > 0)


@dataclass(frozen=True, slots=True, eq=False)
class AnswersOfBoth:
    """What one judge and people said of the same units, repeats of one annotator in parts.

    Attributes
    ----------
    case, n_people : IntArray of shape (n_units,)
    by_people, by_judge : FloatArray of shape (n_units, n_values)
        How often people say each value, one each, and which share of the judge's verdicts it is.
    own : FloatArray of shape (n_units,)
        Sum of each person's agreement with themselves, to be taken from that of all.
    mirror : tuple of int
        As of ``Codings``.
    """

    case: IntArray
    n_people: IntArray
    by_people: FloatArray
    by_judge: FloatArray
    own: FloatArray
    mirror: tuple[int, ...]

    def at(self, is_kept: BoolArray) -> "AnswersOfBoth":
        """Return the units that a mask picks."""
        if is_kept.all():
            return self
        places = np.flatnonzero(is_kept)
        return AnswersOfBoth(
            self.case[places],
            self.n_people[places],
            _rows(self.by_people, places),
            _rows(self.by_judge, places),
            self.own[places],
            self.mirror,
        )


def _rows(table: FloatArray, places: IntArray) -> FloatArray:
    """Return some rows; columns stay of one piece in memory, so that they are quick to sum."""
    return np.take(table.T, places, axis=1).T


def numbered(codings: Codings) -> Codings:
    """Return the same with units 0 … n_units - 1, in their order."""
    _, unit = number_cells(codings.unit, n_keys=int(codings.unit.max(initial=-1)) + 1)
    return replace(codings, unit=unit)


def peoples_answers(people: Codings, *, n_units: int) -> PeoplesAnswers:
    """Count what people said of each unit.

    Parameters
    ----------
    people : Codings
        What people said, repeats included; not of a continuous scale.
    n_units : int
        Units are 0 … n_units - 1; those of which people said nothing have nobody.
    """
    n_values, n_annotators = len(people.values), max(len(people.annotators), 1)
    case = np.zeros(n_units, dtype=np.int64)
    case[people.unit] = people.case
    key = people.unit * n_annotators + people.annotator
    who, place = number_cells(key, n_keys=n_units * n_annotators)
    if len(who) == len(key):
        # Nobody judged anything again.
        by_people = _table(people.unit, people.value, n_units=n_units, n_values=n_values)
        n_people = np.bincount(people.unit, minlength=n_units)
        return PeoplesAnswers(case, n_people, by_people, n_people.astype(float), people.mirror)
    cells = np.bincount(people.value * len(who) + place, minlength=n_values * len(who))
    told = cells.reshape(n_values, -1) / np.bincount(place)
    of = who // n_annotators
    by_people = np.array([sum_by(of, column, n_codes=n_units) for column in told]).T
    own = sum_by(of, (told**2).sum(axis=0), n_codes=n_units)
    return PeoplesAnswers(case, np.bincount(of, minlength=n_units), by_people, own, people.mirror)


def beside(codings: Codings, judge: int) -> AnswersOfBoth:
    """Set a judge beside people, on the units that it and at least one person judged.

    Parameters
    ----------
    codings : Codings
        What people and this judge said, repeats included; not of a continuous scale.
    judge : int
        The judge's index into ``annotators``; everybody else is a person.
    """
    codings = numbered(codings)
    n_units, is_judge = int(codings.unit.max(initial=-1)) + 1, codings.annotator == judge
    people = peoples_answers(codings.at(~is_judge), n_units=n_units)
    return beside_people(codings.at(is_judge), people)


def beside_people(verdicts: Codings, people: PeoplesAnswers) -> AnswersOfBoth:
    """Set what one judge said beside people whose answers have been counted.

    Parameters
    ----------
    verdicts : Codings
        Of one judge, repeats included; units and values those of ``people``.
    people : PeoplesAnswers
    """
    n_units, n_values = people.by_people.shape
    table = _table(verdicts.unit, verdicts.value, n_units=n_units, n_values=n_values)
    times = np.bincount(verdicts.unit, minlength=n_units)
    unit = np.flatnonzero(times)
    if (times[unit] == 1).all():
        return people.beside(unit, _rows(table, unit))
    return people.beside(unit, _rows(table, unit) / times[unit][:, np.newaxis])


def _table(unit: IntArray, value: IntArray, *, n_units: int, n_values: int) -> FloatArray:
    """Count how often each unit was given each value; shape (n_units, n_values)."""
    cells = np.bincount(value * n_units + unit, minlength=n_values * n_units)
    return cells.reshape(n_values, n_units).T.astype(np.float64)
