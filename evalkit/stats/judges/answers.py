"""What one judge and people said of the same units, people's part counted once for all judges."""

from dataclasses import dataclass, replace

import numpy as np

from evalkit.stats.counts import BoolArray, Codings, FloatArray, IntArray, number_cells, sum_by
from evalkit.stats.judges.cases import Cases, Parts, cases_of, cases_of_kinds


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
    kind : IntArray of shape (n_units,)
        Units of which people said the same have the same number; of shape (0,) where units are
        not counted but each stands for itself.
    of_kind : IntArray of shape (n_kinds,)
        A unit of each kind.
    is_single : bool
        Whether each unit is a case of its own.
    parts : Parts or None
        Of the cases, where each is counted by itself.
    """

    case: IntArray
    n_people: IntArray
    by_people: FloatArray
    own: FloatArray
    mirror: tuple[int, ...]
    kind: IntArray
    of_kind: IntArray
    is_single: bool
    parts: Parts | None

    def beside(
        self, unit: IntArray, told: IntArray, by_judge: tuple[FloatArray, ...]
    ) -> tuple["AnswersOfBoth", ...]:
        """Set beside people what a judge said of some units, without those people did not judge.

        Parameters
        ----------
        unit : IntArray of shape (n_judged,)
        told : IntArray of shape (n_judged,)
            What the judge said, a row of each table.
        by_judge : FloatArray of shape (n_told, n_values) each
            Of each of its verdicts, what share of it is each value.

        Returns
        -------
        tuple of AnswersOfBoth
            For each table the same units: those of which people and the judge said the same are
            counted, and not repeated.
        """
        judged = self.n_people[unit] > 0
        if not judged.all():
            unit, told = unit[judged], told[judged]
        case = self.case[unit]
        if len(self.kind):
            n_told = len(by_judge[0])
            cases, cells = cases_of_kinds(
                case,
                self.kind[unit] * n_told + told,
                n_kinds=len(self.of_kind) * n_told,
                is_single=self.is_single,
                parts=self.parts,
            )
            unit, told = self.of_kind[cells // n_told], cells % n_told
        else:
            cases = cases_of(case, parts=self.parts)
        n_people, by_people, own = self.n_people[unit], _rows(self.by_people, unit), self.own[unit]
        return tuple(
            AnswersOfBoth(n_people, by_people, _rows(of, told), own, self.mirror, cases)
            for of in by_judge
        )


@dataclass(frozen=True, slots=True, eq=False)
class AnswersOfBoth:
    """What one judge and people said of the same units, repeats of one annotator in parts.

    A row is a unit, or all units of which people and the judge said the same.

    Attributes
    ----------
    n_people : IntArray of shape (n_rows,)
    by_people, by_judge : FloatArray of shape (n_rows, n_values)
        How often people say each value, one each, and which share of the judge's verdicts it is.
    own : FloatArray of shape (n_rows,)
        Sum of each person's agreement with themselves, to be taken from that of all.
    mirror : tuple of int
        As of ``Codings``.
    cases : Cases
        Which rows each case holds.
    """

    n_people: IntArray
    by_people: FloatArray
    by_judge: FloatArray
    own: FloatArray
    mirror: tuple[int, ...]
    cases: Cases

    @property
    def n_units(self) -> IntArray:
        """How many units both judged, in each part."""
        n: IntArray = self.cases.units.sum(axis=1).astype(np.int64)
        return n

    @property
    def n(self) -> int:
        """How many units both judged."""
        return int(self.n_units.sum())

    @property
    def of_people(self) -> FloatArray:
        """What share of people says each value; shape (n_rows, n_values)."""
        share: FloatArray = self.by_people / np.maximum(self.n_people, 1)[:, np.newaxis]
        return share

    def at(self, is_kept: BoolArray) -> "AnswersOfBoth":
        """Return the rows that a mask picks."""
        if is_kept.all():
            return self
        places = np.flatnonzero(is_kept)
        return AnswersOfBoth(
            self.n_people[places],
            _rows(self.by_people, places),
            _rows(self.by_judge, places),
            self.own[places],
            self.mirror,
            self.cases.at(is_kept),
        )


def _rows(table: FloatArray, places: IntArray) -> FloatArray:
    """Return some rows; columns stay of one piece in memory, so that they are quick to sum."""
    return np.take(table.T, places, axis=1).T


def numbered(codings: Codings) -> Codings:
    """Return the same with units 0 … n_units - 1, in their order."""
    _, unit = number_cells(codings.unit, n_keys=int(codings.unit.max(initial=-1)) + 1)
    return replace(codings, unit=unit)


def peoples_answers(people: Codings, *, n_units: int, parts: Parts | None = None) -> PeoplesAnswers:
    """Count what people said of each unit.

    Parameters
    ----------
    people : Codings
        What people said, repeats included; not of a continuous scale.
    n_units : int
        Units are 0 … n_units - 1; those of which people said nothing have nobody.
    parts : Parts, optional
        Of the cases, where each is counted by itself.
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
        own = n_people.astype(np.float64)
        kinds = _kinds(case, n_people, by_people)
        return PeoplesAnswers(case, n_people, by_people, own, people.mirror, *kinds, parts)
    cells = np.bincount(people.value * len(who) + place, minlength=n_values * len(who))
    told = cells.reshape(n_values, -1) / np.bincount(place)
    of = who // n_annotators
    by_people = np.array([sum_by(of, column, n_codes=n_units) for column in told]).T
    own = sum_by(of, (told**2).sum(axis=0), n_codes=n_units)
    n_people = np.bincount(of, minlength=n_units)
    kinds = _kinds(case, n_people, by_people, own)
    return PeoplesAnswers(case, n_people, by_people, own, people.mirror, *kinds, parts)


def _kinds(
    case: IntArray, n_people: IntArray, by_people: FloatArray, *more: FloatArray
) -> tuple[IntArray, IntArray, bool]:
    """Return a number for each unit, by what people said of it, and a unit of each number.

    Last whether each unit is a case of its own.
    """
    judged = case[n_people > 0]
    is_single = len(number_cells(judged, n_keys=int(judged.max(initial=-1)) + 1)[0]) == len(judged)
    kind: IntArray = np.zeros(len(case), dtype=np.int64)
    n_kinds = 1
    for column in (*by_people.T, *more):
        # Whole numbers are counted, parts sorted.
        whole = column.astype(np.int64)
        values, place = number_cells(whole, n_keys=int(whole.max(initial=0)) + 1)
        if not np.array_equal(whole, column):
            values, place = np.unique(column, return_inverse=True)
        cells, kind = number_cells(kind * len(values) + place, n_keys=n_kinds * len(values))
        n_kinds = len(cells)
    of_kind = np.zeros(n_kinds, dtype=np.int64)
    of_kind[kind] = np.arange(len(case))
    return kind, of_kind, is_single


def beside(codings: Codings, judge: int, *, parts: Parts | None = None) -> AnswersOfBoth:
    """Set a judge beside people, on the units that it and at least one person judged.

    Parameters
    ----------
    codings : Codings
        What people and this judge said, repeats included; not of a continuous scale.
    judge : int
        The judge's index into ``annotators``; everybody else is a person.
    parts : Parts, optional
        Of the cases, where each is counted by itself.
    """
    codings = numbered(codings)
    n_units, is_judge = int(codings.unit.max(initial=-1)) + 1, codings.annotator == judge
    people = peoples_answers(codings.at(~is_judge), n_units=n_units, parts=parts)
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
    times = np.bincount(verdicts.unit, minlength=n_units)
    if times.max(initial=0) <= 1:
        (rows,) = people.beside(verdicts.unit, verdicts.value, (np.eye(n_values),))
        return rows
    unit = np.flatnonzero(times)
    table = _rows(_table(verdicts.unit, verdicts.value, n_units=n_units, n_values=n_values), unit)
    told: IntArray = np.zeros(len(unit), dtype=np.int64)
    n_told = 1
    for column in table.T.astype(np.int64):
        n_codes = int(column.max(initial=0)) + 1
        cells, told = number_cells(told * n_codes + column, n_keys=n_told * n_codes)
        n_told = len(cells)
    of_told = np.zeros(n_told, dtype=np.int64)
    of_told[told] = np.arange(len(unit))
    shares = table[of_told] / times[unit][of_told][:, np.newaxis]
    (rows,) = people.beside(unit, told, (shares,))
    return rows


def _table(unit: IntArray, value: IntArray, *, n_units: int, n_values: int) -> FloatArray:
    """Count how often each unit was given each value; shape (n_units, n_values)."""
    cells = np.bincount(value * n_units + unit, minlength=n_values * n_units)
    return cells.reshape(n_values, n_units).T.astype(np.float64)
