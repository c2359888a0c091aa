"""How near people are to the others of a unit, counted once, and a judge in the place of each."""

from dataclasses import dataclass

import numpy as np

from evalkit.stats.counts import Codings, FloatArray, IntArray, number_cells, sum_by


@dataclass(frozen=True, slots=True, eq=False)
class Others:
    """What people said where two of them did, and how near each is to the others of a unit.

    Attributes
    ----------
    people : Codings
        One entry per unit and person.
    near : FloatArray of shape (n_entries,)
        The share of the others who said the same, or minus the root mean square distance to them.
    n_people : IntArray of shape (n_units,)
    n_same : IntArray of shape (n_units * n_values,)
        How many gave each value to each unit; of numbers empty.
    total, squares : FloatArray of shape (n_units,)
        Of numbers, the sums of them and of their squares; else empty.
    cell : IntArray of shape (n_entries,)
        What each person said of each case is one cell.
    who, case : IntArray of shape (n_cells,)
        Of each cell.
    """

    people: Codings
    near: FloatArray
    n_people: IntArray
    n_same: IntArray
    total: FloatArray
    squares: FloatArray
    cell: IntArray
    who: IntArray
    case: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class InPlace:
    """A judge in the place of each person, by the units that it and two people judged.

    Attributes
    ----------
    cell : IntArray of shape (n_entries,)
        Of ``Others``: the person, and the case of the unit.
    judge_near, person_near : FloatArray of shape (n_entries,)
        How near the judge, and the person, is to the others.
    """

    cell: IntArray
    judge_near: FloatArray
    person_near: FloatArray


def people_and_others(people: Codings, *, n_units: int, is_number: bool = False) -> Others:
    """Measure how near people are to each other, once for all judges.

    Parameters
    ----------
    people : Codings
        The latest of each person on a unit; units are 0 … n_units - 1.
    is_number : bool
        Whether nearness is the (negative) root mean square distance, not the share of equals.
    """
    n_people, nothing = np.bincount(people.unit, minlength=n_units), np.zeros(0)
    people = people.at(n_people[people.unit] >= 2)
    unit, n_values = people.unit, len(people.values)
    cases, place = number_cells(people.case, n_keys=int(people.case.max(initial=-1)) + 1)
    n_cases = max(len(cases), 1)
    key, n_cells = people.annotator * n_cases + place, len(people.annotators) * n_cases
    cells, cell = number_cells(key, n_keys=n_cells)
    where = cell, cells // n_cases, cases[cells % n_cases]
    if is_number:
        number = people.numbers
        total, squares = (sum_by(unit, of, n_codes=n_units) for of in (number, number * number))
        near = _nearness(number, number, n_people[unit], total[unit], squares[unit])
        none = np.zeros(0, dtype=np.int64)
        return Others(people, near, n_people, none, total, squares, *where)
    place = unit * n_values + people.value
    n_same = np.bincount(place, minlength=n_units * n_values)
    near = (n_same[place] - 1.0) / (n_people[unit] - 1.0)
    return Others(people, near, n_people, n_same, nothing, nothing, *where)


def in_place(verdicts: Codings, others: Others) -> InPlace:
    """Set what a judge said in the place of each person.

    Parameters
    ----------
    verdicts : Codings
        Of one judge; units and values those of ``others``. Of several on a unit the last counts.
    others : Others
    """
    verdict = np.full(len(others.n_people), -1, dtype=np.int64)
    verdict[verdicts.unit] = verdicts.value
    people, person_near, cell = others.people, others.near, others.cell
    theirs = verdict[people.unit]
    usable = theirs >= 0
    if not usable.all():
        people, person_near, theirs = people.at(usable), person_near[usable], theirs[usable]
        cell = cell[usable]
    unit = people.unit
    n = others.n_people[unit]
    if len(others.n_same):
        same = others.n_same[unit * len(people.values) + theirs]
        near = (same - (theirs == people.value)) / (n - 1.0)
    else:
        told = np.array(people.values, dtype=np.float64)[theirs]
        near = _nearness(told, people.numbers, n, others.total[unit], others.squares[unit])
    return InPlace(cell, near, person_near)


def _nearness(
    of: FloatArray, number: FloatArray, n: IntArray, total: FloatArray, squares: FloatArray
) -> FloatArray:
    """Return minus the root mean square distance to those of a unit but for one person's number."""
    around = n * of * of - 2 * of * total + squares - (of - number) ** 2
    near = -np.sqrt(np.maximum(around, 0.0) / (n - 1.0))
    return np.asarray(near, dtype=np.float64)
