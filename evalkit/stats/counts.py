"""What the statistics take in: columns of integer codes, as the database groups them."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.integer[Any]]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LEFT, RIGHT, TIE, BOTH_BAD = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """Preferences as they were given; one entry per annotation or per group of equal ones.

    Attributes
    ----------
    case : IntArray of shape (n_entries,)
        The cluster of each entry, any non-negative codes.
    left, right : IntArray of shape (n_entries,)
        Index into ``models`` of the output shown on that side.
    preference : IntArray of shape (n_entries,)
        0 left is better, 1 right, 2 tie, 3 both bad (``vocabulary.PREFERENCE_CODES``).
    n : IntArray of shape (n_entries,)
        How many annotations the entry stands for, at least 1.
    models : tuple of str
        Names, sorted.
    """

    case: IntArray
    left: IntArray
    right: IntArray
    preference: IntArray
    n: IntArray
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Values of one criterion, or any number or 0/1 fact per output.

    Attributes
    ----------
    case, model, category : IntArray of shape (n_entries,)
        The cluster, and indices into ``models`` and ``categories``.
    value : FloatArray of shape (n_entries,)
        On the criterion's own scale; no ``NaN``.
    n : IntArray of shape (n_entries,)
        How many annotations gave this value, at least 1.
    """

    case: IntArray
    model: IntArray
    category: IntArray
    value: FloatArray
    n: IntArray
    models: tuple[str, ...]
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Codings:
    """Who gave which value to what; one entry per (unit, annotator).

    Attributes
    ----------
    unit : IntArray of shape (n_entries,)
        What was judged: an output for scores, a case and its two outputs for preferences.
    case : IntArray of shape (n_entries,)
        The cluster of the unit.
    annotator, value : IntArray of shape (n_entries,)
        Indices into ``annotators`` and ``values``.
    values : tuple of float or str
        The declared scale, lowest first (nominal: in any order), also where unused; of a
        continuous scale the numbers that were given, ascending.
    mirror : tuple of int
        The place that each value takes when the two responses compared change theirs; empty
        where nothing can change places. A preference has no order: its level is nominal.
    is_continuous : bool
        Whether any number between the ends could be given. There may be as many values as
        entries: what is computed of them goes by their moments, never by a table of values.
    """

    unit: IntArray
    case: IntArray
    annotator: IntArray
    value: IntArray
    values: tuple[float | str, ...]
    annotators: tuple[str, ...]
    mirror: tuple[int, ...] = ()
    is_continuous: bool = False

    @property
    def numbers(self) -> FloatArray:
        """Return the number given by each entry, of values that are numbers."""
        return np.array(self.values, dtype=np.float64)[self.value]

    def at(self, places: IntArray | BoolArray) -> "Codings":
        """Return the entries at some places, or those that a mask picks."""
        return replace(
            self,
            unit=self.unit[places],
            case=self.case[places],
            annotator=self.annotator[places],
            value=self.value[places],
        )


def both_ways(counts: FloatArray, mirror: tuple[int, ...], *, axis: int = -1) -> FloatArray:
    """Return how often each value is given, the mean of both orientations of every comparison.

    Which of two responses is called the first is arbitrary. What is expected by chance, and what
    is an annotator's habit, may not hang on it.

    Parameters
    ----------
    counts : FloatArray
        Of each value, on the last axis unless ``axis`` says otherwise.
    mirror : tuple of int
        Of ``Codings``; where it is empty the counts come back as they are.
    """
    return (counts + np.take(counts, mirror, axis=axis)) / 2 if mirror else counts


#: The values of a preference between two responses, in either order.
PREFERENCE_VALUES = ("first model wins", "second model wins", "tie", "both bad")
_ALWAYS_OFFERED = (LEFT, RIGHT)


def value_name(value: float | str) -> str:
    """Return what a sentence calls a value: a level as its scale writes it, so 1 and not 1.0."""
    return value if isinstance(value, str) else f"{value:g}"


def preference_codings(
    *,
    case: IntArray,
    left: IntArray,
    right: IntArray,
    preference: IntArray,
    annotator: IntArray,
    annotators: tuple[str, ...],
    offers_all: bool = False,
) -> Codings:
    """Return what annotators chose, whatever side each output was shown on.

    Parameters
    ----------
    case, left, right, preference, annotator : IntArray of shape (n_entries,)
        One entry per annotation; ``left`` and ``right`` are codes of outputs or models whose
        order is that of the models' names.
    annotators : tuple of str
        Names, indexed by ``annotator``.
    offers_all : bool
        Whether a tie and both bad are known to have been offered. Else each was if anybody gave
        it: coefficients whose chance depends on how many values there are count no other.

    Returns
    -------
    Codings
        Units are a case and two outputs; ``values`` are those of ``PREFERENCE_VALUES`` that were
        offered, where the first is the one with the lower code. The first two are each other's
        ``mirror``: that order counts nowhere.
    """
    first, second = np.minimum(left, right), np.maximum(left, right)
    unit = joint_codes(case, first, second)
    flip = (left > right) & (preference <= RIGHT)
    value = np.where(flip, 1 - preference, preference)
    return offered_preferences(
        Codings(unit, case, annotator, value, PREFERENCE_VALUES, annotators, (1, 0, 2, 3)),
        offers_all=offers_all,
    )


def offered_preferences(codings: Codings, *, offers_all: bool) -> Codings:
    """Return preferences whose ``values`` are those that annotators could give.

    Parameters
    ----------
    codings : Codings
        With all four values.
    offers_all : bool
        As of ``preference_codings``.
    """
    n_values = len(codings.values)
    is_offered = np.bincount(codings.value, minlength=n_values) > 0
    is_offered[list(_ALWAYS_OFFERED)] = True
    if offers_all or is_offered.all():
        return codings
    place = np.cumsum(is_offered) - 1
    offered = np.flatnonzero(is_offered).tolist()
    return replace(
        codings,
        value=place[codings.value],
        values=tuple(codings.values[k] for k in offered),
        mirror=tuple(int(place[codings.mirror[k]]) for k in offered) if codings.mirror else (),
    )


def joint_codes(*codes: IntArray) -> IntArray:
    """Give each distinct combination of codes a number, in their order."""
    key, n_keys = _dense(codes)
    if fits_table(n_keys, n_entries=len(key)):
        return number_cells(key, n_keys=n_keys)[1]
    sizes = [int(code.max(initial=0)) + 1 for code in codes]
    if math.prod(sizes) < 2**63:
        # One number per combination sorts ten times faster than rows do.
        key = np.ravel_multi_index(codes, sizes)
        return np.unique(key, return_inverse=True)[1].reshape(-1)
    return np.unique(np.column_stack(codes), axis=0, return_inverse=True)[1].reshape(-1)


def _dense(codes: tuple[IntArray, ...]) -> tuple[IntArray, int]:
    """Return a number for each combination, in their order, and below what all of them are.

    Each code counts from the least that stands beside the same codes before it, so that there are
    few numbers where it is close to it, as outputs of one case are; the rest is not looked at once
    there are too many for a table.
    """
    key, n_keys = codes[0].astype(np.int64), int(codes[0].max(initial=0)) + 1
    for code in codes[1:]:
        if not fits_table(n_keys, n_entries=len(key)):
            break
        least = np.full(n_keys, np.iinfo(np.int64).max)
        np.minimum.at(least, key, code.astype(np.int64))
        above = code - least[key]
        width = int(above.max(initial=0)) + 1
        key, n_keys = key * width + above, n_keys * width
    return key, n_keys


#: The values of an error tag on an output.
TAG_VALUES = ("not marked", "marked")


def tag_codings(
    *,
    unit: IntArray,
    case: IntArray,
    annotator: IntArray,
    is_marked: npt.NDArray[np.bool_],
    annotators: tuple[str, ...],
) -> Codings:
    """Return whether annotators marked one error tag on the outputs they judged.

    Parameters
    ----------
    unit, case, annotator : IntArray of shape (n_entries,)
        One entry per output and annotator who was asked for errors, marked or not.
    is_marked : bool array of shape (n_entries,)
    annotators : tuple of str
        Names, indexed by ``annotator``.
    """
    return Codings(unit, case, annotator, is_marked.astype(np.int64), TAG_VALUES, annotators)


#: Cells a table may have beyond four per entry before sorting is cheaper than counting.
TABLE_CELLS = 1_000_000


def fits_table(n_cells: int, *, n_entries: int) -> bool:
    """Say whether a table of all cells is worth its memory for so many entries."""
    return n_cells <= 4 * n_entries + TABLE_CELLS


def number_cells(key: IntArray, *, n_keys: int) -> tuple[IntArray, IntArray]:
    """Return the keys that occur, ascending, and each entry's place among them.

    What ``np.unique`` gives with ``return_inverse``, by counting instead of sorting where the
    keys are not many more than the entries.
    """
    if not fits_table(n_keys, n_entries=len(key)):
        cells, place = np.unique(key, return_inverse=True)
        return cells, place.reshape(-1)
    occurs = np.zeros(n_keys, dtype=bool)
    occurs[key] = True
    cells = np.flatnonzero(occurs)
    number = np.cumsum(occurs, dtype=np.int64)
    number -= 1
    return cells, number[key]


def sum_by(code: IntArray, weight: FloatArray, *, n_codes: int) -> FloatArray:
    """Sum weights by code; shape (n_codes,)."""
    return np.bincount(code, weights=weight, minlength=n_codes).astype(np.float64, copy=False)


def sums_of_alike(
    code: IntArray, weight: FloatArray, times: FloatArray | None, *, n_codes: int
) -> FloatArray:
    """Sum weights by code, each as often as it stands for something alike; None is once."""
    return sum_by(code, weight if times is None else times * weight, n_codes=n_codes)


def sum_rows(rows: FloatArray, code: IntArray, *, n_codes: int) -> FloatArray:
    """Sum rows by code; (n_rows, n_columns) becomes (n_codes, n_columns)."""
    return np.stack([sum_by(code, column, n_codes=n_codes) for column in rows.T], axis=1)
